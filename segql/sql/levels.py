"""Counts and sums that are only compared with numbers, as how many of these they reach: one small number a member."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from sqlglot import exp

from segql import plan
from segql.plan import Op
from segql.plan.expressions import FROM_ZERO
from segql.sql.literals import any_of, cast, column, identifier, named, number
from segql.tree import Node, children
from segql.types import Kind

# A number, and whether it must be passed rather than reached.
Mark: TypeAlias = tuple[int | Decimal, bool]

_EXACT = frozenset({Kind.INTEGER, Kind.DECIMAL})
# Of more marks each costs more than the narrower column saves.
_MARKS_MOST = 8


@dataclass(frozen=True, slots=True)
class Levels:
    """The marks of aggregates, in rising order; an aggregate's level is how many of them it reaches.

    Without any row it is 0 or missing, since all marks lie above zero.

    Example:
        >>> Levels({}).of(plan.TRUE) is None
        True
    """

    marks: Mapping[plan.Aggregate, tuple[Mark, ...]]

    def of(self, made: plan.Expr) -> tuple[Mark, ...] | None:
        """Return the marks of an aggregate; None where its value itself is needed."""
        return self.marks.get(made) if isinstance(made, plan.Aggregate) else None

    def reached(self, op: Op, left: plan.Aggregate, right: plan.Literal, level: exp.Expr) -> exp.Expr:
        """Return a comparison of an aggregate with a number as one of its level."""
        place = self.marks[left].index(_mark(op, right)) + 1
        if op in {Op.GE, Op.GT}:
            return exp.GTE(this=level, expression=number(place))
        # Below a mark is who has no row at all, too.
        some = exp.Coalesce(this=level, expressions=[number(0)])
        return exp.LT(this=some, expression=number(place))


def levels_of(conditions: Iterable[plan.Expr]) -> Levels:
    """Return the levels of those counts and sums in conditions of which nothing else is asked.

    Example:
        >>> levels_of([plan.TRUE]).marks
        {}
    """
    marks: dict[plan.Aggregate, set[Mark]] = {}
    needed: set[plan.Aggregate] = set()
    pending: list[Node] = list(conditions)
    while pending:
        each = pending.pop()
        match each:
            case plan.Compare(op, plan.Aggregate() as made, plan.Literal() as right) if _is_mark(op, made, right):
                marks.setdefault(made, set()).add(_mark(op, right))
                # What it is made of is asked for, too.
                pending += children(made)
            case plan.Aggregate():
                needed.add(each)
                pending += children(each)
            case _:
                pending += children(each)
    kept = {made: tuple(sorted(found)) for made, found in marks.items() if made not in needed}
    return Levels({made: found for made, found in kept.items() if len(found) <= _MARKS_MOST})


def in_levels(
    query: exp.Select, key: str, found: Sequence[tuple[str, str, tuple[Mark, ...] | None]], alias: str
) -> exp.Select:
    """Return a query of totals, with levels in the place of values.

    `found` are its columns: the name of the value, that of the level, and the marks; None where the value is kept.
    Where all are levels, members that reach none are left out: that is what a missing level says.
    """
    made: list[exp.Expr] = [column(key)]
    lowest: list[exp.Expr] = []
    for value, level, marks in found:
        if marks is None:
            made.append(column(value))
            continue
        passed = [_passes(column(value), mark) for mark in marks]
        lowest.append(passed[0].copy())
        ifs = [exp.If(this=each, true=number(place)) for place, each in reversed(list(enumerate(passed, 1)))]
        made.append(named(cast(exp.Case(ifs=ifs, default=number(0)), "tinyint"), level))
    rows = exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))
    outer = exp.select(*made, copy=False).from_(rows, copy=False)
    return outer.where(any_of(lowest), copy=False) if len(lowest) == len(found) else outer


def _passes(value: exp.Expr, mark: Mark) -> exp.Expr:
    least, is_strict = mark
    return (exp.GT if is_strict else exp.GTE)(this=value, expression=number(least))


def _is_mark(op: Op, made: plan.Aggregate, right: plan.Literal) -> bool:
    is_exact = made.tally in FROM_ZERO and made.type.kind in _EXACT and not isinstance(made.rows, plan.Items)
    value = right.value
    is_above_zero = isinstance(value, int | Decimal) and not isinstance(value, bool) and value > 0
    return is_exact and is_above_zero and op in {Op.GE, Op.GT, Op.LT, Op.LE}


def _mark(op: Op, right: plan.Literal) -> Mark:
    assert isinstance(right.value, int | Decimal)
    return right.value, op in {Op.GT, Op.LE}
