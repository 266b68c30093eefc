"""Two segments say the same, maybe in other words or another order.

One of them will be changed some day and the other one not. Where two names are needed, let one use the other.

Bad:
    segment young_germans
        where age < 30 and country = "DE"

    segment germans_under_30
        where country = "DE" and age < 30
Good:
    segment young_germans
        where age < 30 and country = "DE"

    segment germans_under_30
        "The old name, for the letters."
        where in segment young_germans
Fix:
    None: which of the names stays has to be decided.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql import plan
from segql.analysis import Definition
from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.tree import Node


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each segment that has the plan of an earlier one, the order of its conditions aside."""
    first: dict[tuple[str, object], Definition] = {}
    names = {each.name.text: each.name.span for each in context.segments}
    for name, each in context.analyzed.definitions.items():
        # Who is in one of two segments that are only another one, is said by another rule.
        if name not in names or isinstance(each.condition, plan.InSegment | plan.Literal):
            continue
        earlier = first.setdefault((each.entity, _settled(each.condition)), each)
        if earlier is not each:
            labels = [Label(names[earlier.name], "here it is said first")]
            hint = f"keep one of them, or write `where in segment {earlier.name}`"
            yield RULE.finding(names[name], f"`{name}` has the same members as `{earlier.name}`", hint, labels=labels)


def _settled(condition: Node) -> object:
    """Return what is the same for conditions that differ only in their order."""
    if isinstance(condition, plan.And | plan.Or):
        return type(condition), frozenset(condition.operands)
    return condition


RULE = Rule("L205", "duplicate-segment", find, needs_catalog=True)
