"""Two names differ only in upper and lower case, or in their underscores.

One will be taken for the other, and systems that segments are sent to often do not tell them apart.

Bad:
    segment big_buyers
        where spend > 1000

    segment BigBuyers
        where spend > 2000
Good:
    segment big_buyers
        where spend > 1000

    segment very_big_buyers
        where spend > 2000
Fix:
    None: a name has to be found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from operator import itemgetter

from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast

_NAMED = (ast.Segment, ast.Trait, ast.Score, ast.Tiers, ast.Split, ast.StaticList, ast.Param)


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each name that is hardly different from the first such one by the alphabet; the later one is told."""
    alike: dict[str, dict[str, tuple[int, ast.Name]]] = defaultdict(dict)
    for at, each in enumerate(context.declarations):
        if isinstance(each, _NAMED):
            alike[each.name.text.casefold().replace("_", "")].setdefault(each.name.text, (at, each.name))
    for group in alike.values():
        first, *others = (group[name] for name in sorted(group))
        for other in others:
            (_, earlier), (_, later) = sorted([first, other], key=itemgetter(0))
            message = f"`{later.text}` is hardly different from `{earlier.text}`"
            labels = [Label(earlier.span, "here is the other one")]
            yield RULE.finding(later.span, message, "give one of them a name of its own", labels=labels)


RULE = Rule("L207", "similar-name", find)
