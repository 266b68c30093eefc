"""Courses of events: every choice of events is tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TypeAlias

from segql import plan
from segql.plan import Absence, AnyOrder, Burst, Resumed, Step
from segql.reference.world import Row, Scope

# The events that are meant, and whether a condition holds, for the rows in sight.
Rows: TypeAlias = Callable[[plan.Events, Scope], Sequence[Row]]
Holds: TypeAlias = Callable[[plan.Expr, Scope], bool]


def took(course: plan.Course, scope: Scope, rows: Rows, holds: Holds, as_of: dt.datetime) -> bool:
    """Say whether the member's events took the course."""
    match course:
        case plan.Sequence(steps, within):
            return _went_on(steps, within, scope, rows, holds, as_of)
        case AnyOrder(events, within):
            each = [[_at(row) for row in rows(one, scope)] for one in events]
            return _together(each, [], within)
        case Burst(events, count, within):
            instants = sorted(_at(row) for row in rows(events, scope))
            runs = zip(instants, instants[count - 1 :], strict=False)
            return any(last - first < _length(within) for first, last in runs)
        case Resumed(events, when, gap):
            found = rows(events, scope)
            return any(holds(when, scope.below(row)) and _after_a_gap(row, found, gap) for row in found)
        case _:
            raise AssertionError(course)


def _went_on(
    steps: Sequence[Step | Absence], within: int | None, scope: Scope, rows: Rows, holds: Holds, as_of: dt.datetime
) -> bool:
    """Say whether the steps that are left can follow the events in sight, those of the steps before."""
    if not steps:
        chosen = scope.rows[1:]
        return within is None or _at(chosen[-1]) - _at(chosen[0]) <= _length(within)
    step, rest = steps[0], steps[1:]
    if isinstance(step, Absence):
        start, length = _at(scope.rows[-1]), _length(step.within)
        is_over = as_of - start > length
        if not is_over or any(start < _at(row) and _at(row) - start <= length for row in rows(step.events, scope)):
            return False
        return _went_on(rest, within, scope, rows, holds, as_of)
    return any(
        _follows(step, row, scope, rows) and _went_on(rest, within, scope.below(row), rows, holds, as_of)
        for row in _candidates(step, scope, rows, holds)
    )


def _candidates(step: Step, scope: Scope, rows: Rows, holds: Holds) -> Sequence[Row]:
    """Return the events that a step may be, whatever came before: of the first ever, all of that instant."""
    found = rows(step.events, scope)
    if step.is_first:
        earliest = min((_at(row) for row in found), default=None)
        found = [row for row in found if _at(row) == earliest]
    return [row for row in found if step.when is None or holds(step.when, scope.below(row))]


def _follows(step: Step, row: Row, scope: Scope, rows: Rows) -> bool:
    """Say whether an event comes after the step before it as it must."""
    if len(scope.rows) == 1:
        return True
    start, end = _at(scope.rows[-1]), _at(row)
    if end <= start or (step.within is not None and end - start > _length(step.within)):
        return False
    if step.after is not None and end - start < _length(step.after):
        return False
    return not any(start < _at(each) < end for events in step.without for each in rows(events, scope))


def _together(each: Sequence[Sequence[dt.datetime]], chosen: list[dt.datetime], within: int) -> bool:
    """Say whether one instant of each can be chosen beside those that were."""
    if chosen and max(chosen) - min(chosen) > _length(within):
        return False
    return not each or any(_together(each[1:], [*chosen, at], within) for at in each[0])


def _after_a_gap(row: Row, others: Sequence[Row], gap: int) -> bool:
    before = max((_at(each) for each in others if _at(each) < _at(row)), default=None)
    return before is not None and _at(row) - before >= _length(gap)


def _at(row: Row) -> dt.datetime:
    assert row.at is not None
    return row.at


def _length(microseconds: int) -> dt.timedelta:
    return dt.timedelta(microseconds=microseconds)
