"""Two segments say the same, maybe in other words or another order.

One of them will be changed some day and the other one not. Where two names are needed, let one use the other. Words
are the same in any order, and where one is a longer way to say the other, as `count(purchase) > 0` of `did purchase`;
else it is decided from the ranges and sets of values that they let through.

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
from collections.abc import Iterator, Sequence

from segql import plan
from segql.analysis import Definition
from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.proving import Prover
from segql.lint.rule import Rule
from segql.lint.settled import form
from segql.logic.connectives import opposite
from segql.logic.tested import subject

# Of segments that ask about the same things so many are held against each other.
_ALIKE_MOST = 20


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each pair of segments that have one plan, or certainly the same members, of which one is the first by name.

    The one that is written later is told.
    """
    names = {each.name.text: each.name.span for each in context.segments}
    order = {name: at for at, name in enumerate(names)}
    by_name = sorted((each for name, each in context.analyzed.definitions.items() if name in names), key=_name)
    # Who is in one of two segments that are only another one, is said by another rule.
    asked = [each for each in by_name if not isinstance(each.condition, plan.InSegment | plan.Literal)]
    for pair in _pairs(asked, context.prover):
        earlier, later = sorted((each.name for each in pair), key=order.__getitem__)
        message = f"`{later}` has the same members as `{earlier}`"
        hint = f"keep one of them, or write `where in segment {earlier}`"
        yield RULE.finding(names[later], message, hint, labels=[Label(names[earlier], "here it is said first")])


def _pairs(segments: Sequence[Definition], prover: Prover) -> Iterator[tuple[Definition, Definition]]:
    """Yield each segment that is the same as an earlier one, with the first such one."""
    first: dict[object, Definition] = {}
    alike: dict[object, list[Definition]] = defaultdict(list)
    for each in segments:
        made = form(each.condition)
        # Of nobody and everybody other rules tell.
        if isinstance(made, plan.Literal):
            continue
        params = tuple(sorted(prover.params_in(each.condition)))
        earlier = first.setdefault((each.entity, made, params), each)
        if earlier is not each:
            yield earlier, each
        else:
            alike[each.entity, _asked(prover.opened(made))].append(each)
    for group in alike.values():
        if len(group) > 1:
            yield from _proven(group, prover)


def _proven(segments: Sequence[Definition], prover: Prover) -> Iterator[tuple[Definition, Definition]]:
    alike: dict[object, list[Definition]] = defaultdict(list)
    for each in segments:
        group = alike[prover.outline(each.condition, (each.entity,))]
        earlier = next((other for other in group if _is_same(each, other, prover)), None)
        if earlier is not None:
            yield earlier, each
        # Each would be held against each.
        elif len(group) < _ALIKE_MOST:
            group.append(each)


def _is_same(one: Definition, other: Definition, prover: Prover) -> bool:
    """Say whether certainly nobody is in one of two segments only."""
    rows = (one.entity,)
    # Of nobody another rule tells.
    if prover.impossible([one.condition], rows):
        return False
    return prover.impossible([one.condition, opposite(other.condition)], rows) and prover.impossible(
        [other.condition, opposite(one.condition)], rows
    )


def _asked(condition: plan.Expr) -> frozenset[plan.Expr]:
    """Return the values that a condition compares, or else its tests."""
    match condition:
        case plan.And(operands) | plan.Or(operands):
            return frozenset().union(*map(_asked, operands))
        case plan.Not(operand):
            return _asked(operand)
    return frozenset([subject(condition) or condition])


def _name(definition: Definition) -> str:
    return definition.name


RULE = Rule("L205", "duplicate-segment", find, needs_catalog=True)
