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

from collections.abc import Iterator

from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast

_NAMED = (ast.Segment, ast.Trait, ast.Score, ast.Tiers, ast.Split, ast.StaticList, ast.Param)


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each name that an earlier one is hardly different from."""
    first: dict[str, ast.Name] = {}
    for each in context.declarations:
        if not isinstance(each, _NAMED):
            continue
        earlier = first.setdefault(each.name.text.casefold().replace("_", ""), each.name)
        if earlier.text != each.name.text:
            message = f"`{each.name.text}` is hardly different from `{earlier.text}`"
            labels = [Label(earlier.span, "here is the other one")]
            yield RULE.finding(each.name.span, message, "give one of them a name of its own", labels=labels)


RULE = Rule("L207", "similar-name", find)
