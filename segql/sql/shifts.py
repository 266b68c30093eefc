"""Wall clocks in SQL: a shift that changes with the time is a `case` of literals, so no engine's zone table decides."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.plan.instants import EARLIEST
from segql.plan.zones import Shifts, from_wall, to_wall
from segql.sql.dialects import Dialect

# A wall clock and UTC are never further apart than this.
_APART = dt.timedelta(days=2)
# Events are kept by machines, and none is older than their epoch; before it the zone's shift of that day stands.
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Up to so many changes are asked one after the other, which reads best; more are split into so many parts at most. With
# more parts it would be slower, with fewer it would be nested deeper than some engines read.
_FLAT_MOST = 8


class Zoned(Protocol):
    """The project's zone, and the last year of which its changes and those of others are known."""

    @property
    def zone(self) -> ZoneInfo:
        """The project's zone."""
        ...

    @property
    def last_year(self) -> int:
        """The last year of which changes are known."""
        ...


def wall_of_instant(
    value: exp.Expr, clock: Zoned, dialect: Dialect, start: dt.datetime | None = None, end: dt.datetime | None = None
) -> exp.Expr:
    """Return the wall-clock time, in the project's zone, of an instant that lies from `start` up to `end`."""
    return _shifted(value, to_wall(clock.zone, clock.last_year), start, end, dialect)


def instant_of_wall(
    value: exp.Expr,
    zone: ZoneInfo,
    clock: Zoned,
    dialect: Dialect,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
) -> exp.Expr:
    """Return the instant of a wall-clock time in a zone; only instants from `start` up to `end` matter."""
    return _shifted(value, from_wall(zone, clock.last_year), start, end, dialect)


def instant_of_date(
    value: exp.Expr, clock: Zoned, dialect: Dialect, start: dt.datetime | None = None, end: dt.datetime | None = None
) -> exp.Expr:
    """Return the instant of a date's midnight in the project's zone; only instants from `start` up to `end` matter."""
    shifts = from_wall(clock.zone, clock.last_year)
    changes: dict[dt.datetime, dt.timedelta] = {}
    for place, _ in shifts.changes:
        # A shift holds for a midnight from the first one at or after its change.
        day = (
            place if place.time() == dt.time() else dt.datetime.combine(place.date() + dt.timedelta(days=1), dt.time())
        )
        changes[day] = _at(shifts, day)
    of_midnights = Shifts(shifts.first, tuple(changes.items()))
    return _shifted(dialect.midnight_of(value), of_midnights, start, end, dialect, date_compared=value)


def _at(shifts: Shifts, place: dt.datetime) -> dt.timedelta:
    found = shifts.first
    for start, shift in shifts.changes:
        if start > place:
            break
        found = shift
    return found


def _naive(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _shifted(
    value: exp.Expr,
    shifts: Shifts,
    start: dt.datetime | None,
    end: dt.datetime | None,
    dialect: Dialect,
    *,
    date_compared: exp.Expr | None = None,
) -> exp.Expr:
    first = None if start is None or start <= EARLIEST + _APART else _naive(start) - _APART
    last = None if end is None else _naive(end) + _APART
    needed = shifts.between(first, last)
    steps: list[tuple[dt.datetime | None, dt.timedelta]] = [(None, needed.first)]
    for place, shift in needed.changes:
        # Neighbours of one shift need no question between them.
        if shift != steps[-1][1]:
            steps.append((place, shift))
    if len(steps) == 1:
        return _moved(value, steps[0][1], dialect)
    shift_of = _asked(steps, date_compared or value, dialect, of_dates=date_compared is not None)
    return dialect.later(value, shift_of)


def _asked(
    steps: list[tuple[dt.datetime | None, dt.timedelta]], compared: exp.Expr, dialect: Dialect, *, of_dates: bool
) -> exp.Expr:
    """Return the shift that holds for a value."""

    def is_before(place: dt.datetime | None) -> exp.Expr:
        assert place is not None
        bound = dialect.date(place.date()) if of_dates else dialect.timestamp(place)
        return exp.LT(this=compared.copy(), expression=bound)

    if len(steps) <= _FLAT_MOST:
        parts = [[each] for each in steps]
        values = [_length(shift, dialect) for _, shift in steps]
    else:
        count = min(_FLAT_MOST, -(-len(steps) // _FLAT_MOST))
        places = [len(steps) * each // count for each in range(count + 1)]
        parts = [steps[start:end] for start, end in itertools.pairwise(places)]
        values = [_asked(part, compared, dialect, of_dates=of_dates) for part in parts]
    asked = [exp.If(this=is_before(part[0][0]), true=value) for part, value in zip(parts[1:], values, strict=False)]
    return exp.Case(ifs=asked, default=values[-1])


def _length(shift: dt.timedelta, dialect: Dialect) -> exp.Expr:
    return dialect.duration(shift // dt.timedelta(microseconds=1))


def _moved(value: exp.Expr, shift: dt.timedelta, dialect: Dialect) -> exp.Expr:
    microseconds = shift // dt.timedelta(microseconds=1)
    if microseconds == 0:
        return value
    moved = dialect.later if microseconds > 0 else dialect.earlier
    return moved(value, dialect.duration(abs(microseconds)))
