"""Wall clocks in SQL: a shift that changes with the time is a `case` of literals, so no engine's zone table decides."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.plan import Clock
from segql.plan.zones import Shifts, from_wall, to_wall
from segql.sql.literals import case, cast, date, interval, timestamp

# Dates may lie ahead of T; further ahead the rules of zones are not known anyway.
_YEARS_AHEAD = 20


def wall_of_instant(
    value: exp.Expr,
    clock: Clock,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
) -> exp.Expr:
    """Return the wall-clock time, in the project's zone, of an instant that lies from `start` up to `end`."""
    shifts = to_wall(clock.zone, clock.as_of.year + _YEARS_AHEAD)
    return _shifted(value, shifts.between(_naive(start), _naive(end)), value)


def instant_of_wall(value: exp.Expr, zone: ZoneInfo, clock: Clock) -> exp.Expr:
    """Return the instant of a wall-clock time in a zone."""
    return _shifted(value, from_wall(zone, clock.as_of.year + _YEARS_AHEAD), value)


def instant_of_date(value: exp.Expr, clock: Clock) -> exp.Expr:
    """Return the instant of a date's midnight in the project's zone."""
    shifts = from_wall(clock.zone, clock.as_of.year + _YEARS_AHEAD)
    changes: list[tuple[dt.datetime, dt.timedelta]] = []
    for place, _ in shifts.changes:
        # A shift holds for a midnight from the first one at or after its change.
        day = (
            place if place.time() == dt.time() else dt.datetime.combine(place.date() + dt.timedelta(days=1), dt.time())
        )
        changes.append((day, _at(shifts, day)))
    kept = [each for i, each in enumerate(changes) if i + 1 == len(changes) or changes[i + 1][0] != each[0]]
    return _shifted(cast(value, "timestamp"), Shifts(shifts.first, tuple(kept)), value, of_dates=True)


def _at(shifts: Shifts, place: dt.datetime) -> dt.timedelta:
    found = shifts.first
    for start, shift in shifts.changes:
        if start > place:
            break
        found = shift
    return found


def _naive(moment: dt.datetime | None) -> dt.datetime | None:
    return None if moment is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


def _shifted(value: exp.Expr, shifts: Shifts, compared: exp.Expr, *, of_dates: bool = False) -> exp.Expr:
    steps = [(None, shifts.first), *shifts.changes]
    # Neighbours of one shift need no question between them.
    merged = [each for i, each in enumerate(steps) if i == 0 or steps[i - 1][1] != each[1]]
    if len(merged) == 1:
        return _moved(value, merged[0][1])
    return _halved(value, merged, compared, of_dates)


def _halved(
    value: exp.Expr,
    steps: list[tuple[dt.datetime | None, dt.timedelta]],
    compared: exp.Expr,
    of_dates: bool,
) -> exp.Expr:
    """Ask for the middle first, so that few questions find the shift."""
    if len(steps) == 1:
        return _moved(value, steps[0][1])
    half = len(steps) // 2
    place = steps[half][0]
    assert place is not None
    bound = date(place.date()) if of_dates else timestamp(place)
    is_before = exp.LT(this=compared.copy(), expression=bound)
    first, second = (_halved(value, part, compared, of_dates) for part in (steps[:half], steps[half:]))
    return case(is_before, first, second)


def _moved(value: exp.Expr, shift: dt.timedelta) -> exp.Expr:
    microseconds = shift // dt.timedelta(microseconds=1)
    if microseconds == 0:
        return value.copy()
    kind = exp.Add if microseconds > 0 else exp.Sub
    return kind(this=value.copy(), expression=interval(abs(microseconds)))
