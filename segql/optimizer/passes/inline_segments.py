"""Write a segment in the place where it is asked, if that is the only one and nobody asked for the segment itself.

Its members need no column of their own then. What is asked of others, at another instant, or among a segment keeps the
name; so does what is asked of rows. A segment that nothing asks for any more leaves the request.

before:  segment young where age < 30
         segment wanted where in segment young and is_vip
after:   segment wanted where age < 30 and is_vip
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from segql import plan
from segql.optimizer.facts import Facts
from segql.tree import Node, children, replace

# Connectives that would stand deeper inside each other stay apart: trees are gone through by recursion.
_DEPTH_MOST = 60


def inline_segments(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request without segments of which there is one use, in a condition of the member itself at T."""
    del facts
    if len(request.segments) == len(request.asked):
        return request
    uses = Counter(name for each in (*request.segments, *request.values) for name in _named(each))
    single = {name for name, count in uses.items() if count == 1} - set(request.asked)
    bodies: dict[tuple[str, str], plan.Expr] = {}
    segments: list[plan.Segment] = []
    for each in request.segments:
        condition = _written_out(each.condition, each.entity, bodies)
        if each.name in single and _depth(condition) <= _DEPTH_MOST:
            bodies[each.entity, each.name] = condition
        segments.append(each if condition is each.condition else replace(each, condition=condition))
    made = [_written_out(each.expr, each.entity, bodies) for each in request.values]
    pairs = zip(request.values, made, strict=True)
    values = tuple(each if expr is each.expr else replace(each, expr=expr) for each, expr in pairs)
    left = _asked_for(segments, values, request.asked)
    is_same = len(left) == len(request.segments) and values == request.values
    return request if is_same else replace(request, segments=tuple(left), values=values)


def _asked_for(
    segments: list[plan.Segment], values: tuple[plan.Value, ...], asked: tuple[str, ...]
) -> list[plan.Segment]:
    """Return the segments that were asked for, or that something that is left asks for."""
    wanted = {*asked, *(name for each in values for name in _named(each))}
    left: list[plan.Segment] = []
    for each in reversed(segments):
        if each.name in wanted:
            left.append(each)
            wanted.update(_named(each))
    return left[::-1]


def _named(tree: Node) -> Iterator[str]:
    """Yield the name of each segment that is asked, as often as it is."""
    pending: list[Any] = [tree]
    while pending:
        each = pending.pop()
        if isinstance(each, plan.InSegment):
            yield each.name
        elif isinstance(each, plan.OneOf):
            # Its options can be very many.
            pending.append(each.value)
        else:
            pending.extend(children(each))


def _written_out(expr: Any, entity: str, bodies: Mapping[tuple[str, str], plan.Expr]) -> Any:
    """Return a condition, or a value made of conditions, with the segments in it written out."""
    if not bodies:
        return expr
    changes: dict[str, Any] = {}
    match expr:
        case plan.InSegment() if expr.is_own:
            return bodies.get((entity, expr.name), expr)
        case plan.And() | plan.Or():
            changes["operands"] = expr.operands
        case plan.Not():
            changes["operand"] = (expr.operand,)
        case plan.CountTrue() | plan.Choice():
            changes["conditions"] = expr.conditions
        case plan.Compare(_, left, right):
            return _with_sides(expr, left, right, entity, bodies)
        case plan.Arithmetic(_, left, right):
            return _with_sides(expr, left, right, entity, bodies)
    for name, parts in changes.items():
        made = tuple(_written_out(each, entity, bodies) for each in parts)
        if any(one is not other for one, other in zip(made, parts, strict=True)):
            return replace(expr, **{name: made[0] if name == "operand" else made})
    return expr


def _with_sides(
    expr: Any, left: plan.Expr, right: plan.Expr, entity: str, bodies: Mapping[tuple[str, str], plan.Expr]
) -> Any:
    """Write out what stands inside the two values; a segment that is one of them stays, as it is never missing."""
    made = [each if isinstance(each, plan.InSegment) else _written_out(each, entity, bodies) for each in (left, right)]
    return expr if made[0] is left and made[1] is right else replace(expr, left=made[0], right=made[1])


def _depth(expr: plan.Expr) -> int:
    match expr:
        case plan.And(operands) | plan.Or(operands):
            return 1 + max(map(_depth, operands))
        case plan.Not(operand):
            return 1 + _depth(operand)
        case _:
            return 1
