"""How a step of a sequence hangs on the steps before it: what of its condition reads their fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segql import plan
from segql.plan import Op
from segql.plan.conjuncts import conjuncts
from segql.tree import Node, children
from segql.types import Kind


@dataclass(frozen=True, slots=True)
class Tie:
    """How the condition of a step hangs on earlier ones: by equal values, its own first, or in any other way."""

    equal: tuple[tuple[plan.Expr, plan.Expr], ...]
    loose: tuple[plan.Expr, ...]
    own: tuple[plan.Expr, ...]


def tie_of(events: plan.Events, level: int) -> Tie:
    """Return how the condition of a step at a level hangs on the steps before."""
    equal: list[tuple[plan.Expr, plan.Expr]] = []
    loose: list[plan.Expr] = []
    own: list[plan.Expr] = []
    for each in conjuncts(events.where):
        pair = _equal(each, level)
        if not _reads_earlier(each, level):
            own.append(each)
        elif pair is None:
            loose.append(each)
        else:
            equal.append(pair)
    return Tie(tuple(equal), tuple(loose), tuple(own))


def _equal(condition: plan.Expr, level: int) -> tuple[plan.Expr, plan.Expr] | None:
    """Return the two sides of an equality between a value of the step and one of earlier steps alone."""
    match condition:
        case plan.Compare(Op.EQ, left, right) if _is_exact(left, right):
            for mine, theirs in ((left, right), (right, left)):
                if _is_of_earlier(theirs, level) and not _reads_earlier(mine, level):
                    return mine, theirs
    return None


def _is_exact(left: plan.Expr, right: plan.Expr) -> bool:
    """Say whether values of both are equal where rows of both can be put into one group."""
    kinds = {left.type.kind, right.type.kind}
    return len(kinds - {Kind.FLOAT}) == len(kinds) == 1 or kinds == {Kind.INTEGER, Kind.DECIMAL}


def _reads_earlier(expr: plan.Expr, level: int) -> bool:
    return any(isinstance(each, plan.Field) and 0 < each.level < level for each in in_sight(expr))


def _is_of_earlier(expr: plan.Expr, level: int) -> bool:
    others = (plan.Aggregate, plan.Course, plan.Moment)
    return _reads_earlier(expr, level) and not any(
        isinstance(each, others) or (isinstance(each, plan.Field) and not 0 < each.level < level)
        for each in in_sight(expr)
    )


def fields_read(later: Sequence[Node], level: int) -> list[plan.Field]:
    """Return the fields of the steps up to a level that later ones read, each once."""
    found = (each for step in later for part in children(step) for each in in_sight(part))
    fields = (each for each in found if isinstance(each, plan.Field) and 0 < each.level <= level)
    return list(dict.fromkeys(fields))


def in_sight(expr: Node) -> Iterator[Node]:
    """Yield the parts of an expression that read the rows in sight.

    What an aggregate or course of the member reads are rows of its own; items of a list belong to their row.
    """
    pending = [expr]
    while pending:
        each = pending.pop()
        yield each
        is_closed = isinstance(each, plan.Course) or (
            isinstance(each, plan.Aggregate) and not isinstance(each.rows, plan.Items)
        )
        if not is_closed:
            pending.extend(children(each))
