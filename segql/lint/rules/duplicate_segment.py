"""Two segments say the same, maybe in other words or another order.

One of them will be changed some day and the other one not. Where two names are needed, let one use the other. Whether
other words mean the same is decided from the ranges and sets of values that they let through.

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

from collections import defaultdict
from collections.abc import Iterator

from segql import plan
from segql.analysis import Definition
from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.proving import Prover
from segql.lint.rule import Rule
from segql.logic.connectives import opposite
from segql.tree import Node

# Of segments that ask about the same things so many are held against each other.
_ALIKE_MOST = 20


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each segment that has the plan of an earlier one, or certainly its members."""
    first: dict[tuple[str, object], Definition] = {}
    alike: dict[object, list[Definition]] = defaultdict(list)
    names = {each.name.text: each.name.span for each in context.segments}
    for name, each in context.analyzed.definitions.items():
        # Who is in one of two segments that are only another one, is said by another rule.
        if name not in names or isinstance(each.condition, plan.InSegment | plan.Literal):
            continue
        earlier = first.setdefault((each.entity, _settled(each.condition)), each)
        if earlier is each:
            group = alike[each.entity, context.prover.outline(each.condition, (each.entity,))]
            earlier = next((other for other in group if _is_same(each, other, context.prover)), each)
            # Each would be held against each.
            if len(group) < _ALIKE_MOST:
                group.append(each)
        if earlier is not each:
            labels = [Label(names[earlier.name], "here it is said first")]
            hint = f"keep one of them, or write `where in segment {earlier.name}`"
            yield RULE.finding(names[name], f"`{name}` has the same members as `{earlier.name}`", hint, labels=labels)


def _is_same(one: Definition, other: Definition, prover: Prover) -> bool:
    """Say whether certainly nobody is in one of two segments only."""
    rows = (one.entity,)
    # Of nobody another rule tells.
    if prover.impossible([one.condition], rows):
        return False
    return prover.impossible([one.condition, opposite(other.condition)], rows) and prover.impossible(
        [other.condition, opposite(one.condition)], rows
    )


def _settled(condition: Node) -> object:
    """Return what is the same for conditions that differ only in their order."""
    if isinstance(condition, plan.And | plan.Or):
        return type(condition), frozenset(condition.operands)
    return condition


RULE = Rule("L205", "duplicate-segment", find, needs_catalog=True)
