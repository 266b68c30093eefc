"""Windows at an instant T: the one place where boundaries become instants."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from segql.plan.clock import Clock
from segql.plan.windows import Bound, Fixed, Relative, Unit, Window

EARLIEST = dt.datetime(1, 1, 2, tzinfo=dt.UTC)
LATEST = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)

_ELAPSED = {Unit.SECOND: "seconds", Unit.MINUTE: "minutes", Unit.HOUR: "hours"}
_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` up to, not including, `end`, as aware instants in UTC; None leaves that side open."""

    start: dt.datetime | None
    end: dt.datetime | None

    @property
    def is_empty(self) -> bool:
        """Whether no instant lies in it."""
        return self.start is not None and self.end is not None and self.start >= self.end


def resolve(window: Window, clock: Clock) -> Interval:
    """Return the instants of a window at the clock's T.

    Example:
        >>> at = Clock(dt.datetime(2026, 1, 31, tzinfo=dt.UTC))
        >>> resolve(Window(Relative(-1, Unit.DAY), Relative(0, Unit.DAY)), at).start.isoformat()
        '2026-01-30T00:00:00+00:00'
    """
    start = None if window.start is None else instant(window.start, clock)
    end = None if window.end is None else instant(window.end, clock)
    return Interval(start, end)


def instant(bound: Bound, clock: Clock) -> dt.datetime:
    """Return the instant of a bound: days and longer are steps of the wall clock, hours and shorter elapsed time."""
    match bound:
        case Fixed(value) if isinstance(value, dt.datetime) and value.tzinfo is not None:
            return value.astimezone(dt.UTC)
        case Fixed(value) if isinstance(value, dt.datetime):
            return of_wall(value, clock.zone)
        case Fixed(value):
            return midnight(value, clock.zone)
        case Relative(count, unit, floor, then):
            return _relative(count, unit, floor, then, clock)


def of_wall(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the instant of a wall-clock time: a skipped one moves forward by the gap, a repeated one is its first."""
    try:
        return wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    except OverflowError:
        return EARLIEST if wall.year < 2 else LATEST


def midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Return the instant at which a day begins in a zone."""
    return of_wall(dt.datetime.combine(day, dt.time()), zone)


def first_day(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    """Return the first day whose midnight is not before the instant: a date bound for a half-open interval."""
    day = moment.astimezone(zone).date()
    return day if midnight(day, zone) >= moment else day + dt.timedelta(days=1)


def days(interval: Interval, zone: ZoneInfo) -> tuple[dt.date, dt.date]:
    """Return the first day of a closed interval and the first day after it."""
    assert interval.start is not None
    assert interval.end is not None
    return first_day(interval.start, zone), first_day(interval.end, zone)


def _relative(count: int, unit: Unit, floor: Unit | None, then: int, clock: Clock) -> dt.datetime:
    if not count and floor is None:
        return clock.as_of
    if unit in _ELAPSED:
        try:
            moved = clock.as_of + dt.timedelta(**{_ELAPSED[unit]: count})
        except OverflowError:
            return EARLIEST if count < 0 else LATEST
        wall = moved.astimezone(clock.zone).replace(tzinfo=None)
    else:
        wall = _step(clock.as_of.astimezone(clock.zone).replace(tzinfo=None, fold=0), count, unit)
        # T itself may be the second of two equal wall-clock times.
        moved = of_wall(wall, clock.zone) if count else clock.as_of
    if floor is None:
        return moved
    return of_wall(_step(_floor(wall, floor, clock.week_starts), then, floor), clock.zone)


def _step(wall: dt.datetime, count: int, unit: Unit) -> dt.datetime:
    """Move a wall-clock time by calendar steps; a day that the month lacks becomes its last."""
    try:
        if unit in _MONTHS:
            months = wall.year * 12 + wall.month - 1 + count * _MONTHS[unit]
            year, month = divmod(months, 12)
            last = calendar.monthrange(year, month + 1)[1]
            return wall.replace(year=year, month=month + 1, day=min(wall.day, last))
        return wall + dt.timedelta(days=count * (7 if unit is Unit.WEEK else 1))
    except (OverflowError, ValueError):
        return (EARLIEST if count < 0 else LATEST).replace(tzinfo=None)


def _floor(wall: dt.datetime, unit: Unit, week_starts: int) -> dt.datetime:
    day = wall.replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case Unit.WEEK:
            return day - dt.timedelta(days=(day.isoweekday() - week_starts) % 7)
        case Unit.MONTH:
            return day.replace(day=1)
        case Unit.QUARTER:
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case Unit.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day
