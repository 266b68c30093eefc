"""A segment has more conditions, or more brackets in brackets, than can be read at once.

Parts of it that have a meaning of their own can be segments or traits of their own, with a name and a description.

Bad (with most = 3):
    segment chosen
        where age < 30
          and country = "DE"
          and marketing_ok
          and did purchase
Good (with most = 3):
    segment young_germans
        where age < 30
          and country = "DE"

    segment chosen
        where in segment young_germans
          and marketing_ok
          and did purchase
Fix:
    None: the parts have to be found, and named.
Settings:
    most: how many conditions a segment may have; 30 if it is not set.
    deepest: how many connectives may stand inside each other; 6 if it is not set.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node, children

_CONNECTIVES = (ast.And, ast.Or, ast.Not, ast.KOfN)


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each segment that is too long, or too deep."""
    most: int = context.option(RULE.name, "most")
    deepest: int = context.option(RULE.name, "deepest")
    for each in context.segments:
        conditions, depth = _size(each.condition)
        place = each.condition.span if each.name.span == each.span else each.name.span
        if conditions > most:
            message = f"`{each.name.text}` has {conditions:,} conditions, more than {most:,}"
            yield RULE.finding(place, message, "give parts of it names of their own")
        elif depth > deepest:
            message = f"conditions of `{each.name.text}` stand {depth:,} deep inside each other, more than {deepest:,}"
            yield RULE.finding(place, message, "give parts of it names of their own")


def _size(condition: Node) -> tuple[int, int]:
    """Return how many conditions are joined in one, and how many connectives stand inside each other."""
    count, deepest = 0, 0
    pending = [(condition, 0)]
    while pending:
        each, depth = pending.pop()
        if isinstance(each, _CONNECTIVES):
            pending.extend((child, depth + 1) for child in children(each) if not isinstance(child, ast.HowMany))
        elif isinstance(each, ast.Group):
            pending.append((each.inner, depth))
        else:
            count, deepest = count + 1, max(deepest, depth)
    return count, deepest


RULE = Rule("L606", "long-segment", find, settings={"most": 30, "deepest": 6})
