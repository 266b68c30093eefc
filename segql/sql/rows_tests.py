"""Conditions on the rows of a member alone, as they are asked for one segment: is the key among those of such rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from segql import plan
from segql.plan import Op, Tally
from segql.plan.expressions import FROM_ZERO
from segql.sql.groups import is_alone, source_of
from segql.tree import walk
from segql.types import Kind

# Of one stream; each reads it again.
_TESTS_MOST = 2


@dataclass(frozen=True, slots=True)
class RowsTest:
    """That a condition on an aggregate holds for a member; it never does for one without rows.

    `having` is None where it is enough that there is a row. If not `is_there`, that it does not hold.
    """

    made: plan.Aggregate
    having: plan.Expr | None
    is_there: bool = True


def rows_tests(condition: plan.Expr, *, is_moving: bool, of_absence: bool) -> dict[plan.Expr, RowsTest]:
    """Return the parts of a condition that are tests of rows, where each may be a query of its own.

    Parts stand under `and` and `or`. With a clock that moves, what compares moments of a group is none: the clock's
    columns are not grouped. That there are no such rows is one only where tests `of_absence` are wanted. Of more than
    a few tests of the same rows all are left out: one pass answers them.
    """
    found: dict[plan.Expr, RowsTest] = {}
    times: dict[str, int] = {}
    pending = [condition]
    while pending:
        each = pending.pop()
        if isinstance(each, plan.And | plan.Or):
            pending.extend(each.operands)
        elif each not in found and (test := rows_test(each)):
            if (is_moving and _compares_moments(test)) or not (test.is_there or of_absence):
                continue
            found[each] = test
            times[source_of(test.made)] = times.get(source_of(test.made), 0) + 1
    return {each: test for each, test in found.items() if times[source_of(test.made)] <= _TESTS_MOST}


def rows_test(condition: plan.Expr) -> RowsTest | None:
    """Return a condition as a test of rows, None where it is another.

    Example:
        >>> from segql.types import INTEGER
        >>> rows = plan.Events("purchase", None, None)
        >>> counted = plan.Aggregate(Tally.COUNT, rows, None, INTEGER)
        >>> rows_test(plan.Compare(Op.GE, counted, plan.Literal(1, INTEGER))).having is None
        True
    """
    match condition:
        case plan.Not(operand):
            inner = rows_test(operand)
            # What is counted and does not reach a number is another matter than that there is nothing.
            is_plain = inner is not None and inner.is_there and inner.having is None
            return RowsTest(inner.made, None, is_there=False) if inner and is_plain else None
        case plan.Compare(op, plan.Aggregate() as made, plan.Literal() as number) if _is_plain(made):
            return _compared(condition, op, made, number)
        case plan.InWindow(plan.Aggregate() as made, _) if _is_plain(made):
            return RowsTest(made, condition)
        case _:
            return None


def _compares_moments(test: RowsTest) -> bool:
    return test.having is not None and test.made.type.kind in {Kind.TIMESTAMP, Kind.DATE, Kind.DURATION}


def _compared(condition: plan.Expr, op: Op, made: plan.Aggregate, number: plan.Literal) -> RowsTest | None:
    if made.tally not in FROM_ZERO:
        return RowsTest(made, condition)
    value = number.value
    assert isinstance(value, int | float | Decimal)
    if made.tally is Tally.COUNT and op is Op.LT and value == 1:
        return RowsTest(made, None, is_there=False)
    if op not in {Op.GE, Op.GT, Op.EQ} or value <= 0:
        is_any = op is Op.GT and value == 0 and made.tally is Tally.COUNT
        return RowsTest(made, None) if is_any else None
    is_any = made.tally is Tally.COUNT and op is Op.GE and value == 1
    return RowsTest(made, None if is_any else condition)


def _is_plain(made: plan.Aggregate) -> bool:
    """Say whether an aggregate is made of rows by grouping alone, and asks nothing of the member."""
    if isinstance(made.rows, plan.Items) or is_alone(made):
        return False
    others = (plan.Population, plan.InSegment, plan.InList, plan.AlsoWith)
    return not any(isinstance(each, others) for each in walk(made))
