"""Which values of a plan are a parameter's, and so can be others at the next run."""

from __future__ import annotations

import re
from collections.abc import Collection

from segql import plan
from segql.tree import walk

_WORD = re.compile(r"\w+")


def params_in(value: plan.Expr, params: Collection[str]) -> tuple[str, ...]:
    """Return the parameters that stand in a value, in the places of literals, as far as their names were written there.

    A plan holds the value of a parameter as a literal, maybe worked out already, as `-least`. A text with the name of a
    parameter in it counts as one, too: then less is certain.
    """
    if not params:
        return ()
    texts = (each.span.text for each in walk(value) if isinstance(each, plan.Literal))
    return tuple(word for text in texts for word in _WORD.findall(text) if word in params)
