"""Words of the language that nothing is called anew: for readers, and since some of them need backticks ever after."""

from __future__ import annotations

from segql.analysis import Sort
from segql.analysis.aggregates import TALLIES
from segql.analysis.functions import FUNCTIONS
from segql.highlight.words import HARD, WORDS

_DECLARING = ("entity", "events", "one", "many", "trait", "param", "list", "segment", "score", "tiers", "split")
_AMONG_ALL = ("average", "median", "percentile", "quantile", "rank")
_SOFT = frozenset(
    {
        *_DECLARING,
        *FUNCTIONS,
        *TALLIES,
        *_AMONG_ALL,
        *(each.text for each in WORDS if " " not in each.text),
    }
)
# Columns are called `first`, `count` or `key` in many databases, and the best tier `top`.
_FREE = frozenset({Sort.FIELD, Sort.TIER, Sort.ARM})


def is_word(name: str, sort: Sort) -> bool:
    """Say whether a name is a word of the language that something of this sort cannot be called.

    Example:
        >>> [is_word("sum", sort) for sort in (Sort.TRAIT, Sort.FIELD)]
        [True, False]
        >>> is_word("Everyone", Sort.FIELD)
        True
    """
    word = name.casefold()
    return word in HARD or (sort not in _FREE and word in _SOFT)
