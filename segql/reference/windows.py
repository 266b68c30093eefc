"""Windows, resolved at T: calendar steps on the project's wall clock, elapsed time below a day."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
from typing import assert_never

from segql.plan import MICROSECONDS, Bound, Clock, Fixed, Relative, Side, Unit, Window
from segql.reference.values import instant, moment

_EARLIEST = dt.datetime.min.replace(tzinfo=dt.UTC)
_LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)
_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}


def in_window(at: dt.datetime, window: Window, clock: Clock) -> bool:
    """Say whether the instant lies in the window: from its start up to, not including, its end."""
    if window.start is not None and at < resolve(window.start, clock):
        return False
    return window.end is None or at < resolve(window.end, clock)


@functools.lru_cache(maxsize=10_000)
def resolve(bound: Bound, clock: Clock) -> dt.datetime:
    """Return the instant of a bound.

    Example:
        >>> resolve(Relative(-1, Unit.MONTH), Clock(dt.datetime(2026, 3, 31, tzinfo=dt.UTC)))
        datetime.datetime(2026, 2, 28, 0, 0, tzinfo=datetime.timezone.utc)
    """
    match bound:
        case Fixed(dt.datetime() as stamp):
            return instant(stamp, clock.zone) if stamp.tzinfo is None else stamp.astimezone(dt.UTC)
        case Fixed(day):
            return moment(day, clock.zone)
        case Relative(count, unit, floor, then):
            try:
                return _relative(count, unit, floor, then, clock)
            except (OverflowError, ValueError):  # before the year 1 or after the year 9999
                return _EARLIEST if count + then < 0 else _LATEST
        case _:
            assert_never(bound)


def near(at: dt.datetime | None, side: Side, duration: int, anchor: dt.datetime | None) -> bool:
    """Say whether both are known, the instant within so many microseconds on that side."""
    if at is None or anchor is None:
        return False
    away = (at - anchor) // dt.timedelta(microseconds=1)
    match side:
        case Side.AFTER:
            return 0 < away <= duration
        case Side.BEFORE:
            return -duration <= away < 0
        case Side.OF:
            return -duration <= away <= duration


def recurs(day: dt.date, window: Window, clock: Clock) -> bool:
    """Say whether the anniversary of the day falls on a calendar day of the window."""
    if window.start is None or window.end is None:
        return True
    each = resolve(window.start, clock).astimezone(clock.zone).date()
    end = resolve(window.end, clock).astimezone(clock.zone).date()
    while each < end:
        if (each.month, each.day) == _kept_on(day, each.year):
            return True
        each += dt.timedelta(days=1)
    return False


def _kept_on(day: dt.date, year: int) -> tuple[int, int]:
    """Return month and day of the anniversary: 29 February is kept on the 28th in other years."""
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return (2, 28)
    return (day.month, day.day)


def _relative(count: int, unit: Unit, floor: Unit | None, then: int, clock: Clock) -> dt.datetime:
    if floor is None:
        return _moved(clock.as_of, count, unit, clock)
    if floor in MICROSECONDS and floor not in _DAYS:
        # Whole hours and shorter are counted from the last one that the wall clock showed.
        at = _moved(clock.as_of, count, unit, clock)
        wall = at.astimezone(clock.zone)
        past = dt.timedelta(minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)
        within = past % dt.timedelta(microseconds=MICROSECONDS[floor])
        return _moved(at - within, then, floor, clock)
    if unit in _MONTHS or unit in _DAYS:
        day = _stepped(_wall(clock.as_of, clock), count, unit).date()
    else:
        day = _wall(_moved(clock.as_of, count, unit, clock), clock).date()
    start = dt.datetime.combine(_floored(day, floor, clock.week_starts), dt.time())
    return instant(_stepped(start, then, floor), clock.zone)


def _moved(at: dt.datetime, count: int, unit: Unit, clock: Clock) -> dt.datetime:
    """Move an instant: hours and shorter elapse, days and longer are steps on the wall clock."""
    if count == 0:
        return at
    if unit in _MONTHS or unit in _DAYS:
        return instant(_stepped(_wall(at, clock), count, unit), clock.zone)
    return at + dt.timedelta(microseconds=count * MICROSECONDS[unit])


def _wall(at: dt.datetime, clock: Clock) -> dt.datetime:
    """Return what the project's wall clock shows at the instant."""
    return at.astimezone(clock.zone).replace(tzinfo=None)


def _stepped(wall: dt.datetime, count: int, unit: Unit) -> dt.datetime:
    """Move a wall-clock time by days or longer; months land on the last day at the latest."""
    if unit in _DAYS:
        return wall + dt.timedelta(days=count * _DAYS[unit])
    year, month = divmod(wall.year * 12 + wall.month - 1 + count * _MONTHS[unit], 12)
    last = calendar.monthrange(year, month + 1)[1]
    return wall.replace(year=year, month=month + 1, day=min(wall.day, last))


def _floored(day: dt.date, unit: Unit, week_starts: int) -> dt.date:
    """Take a day back to the first of its week, month, quarter or year."""
    match unit:
        case Unit.WEEK:
            return day - dt.timedelta(days=(day.isoweekday() - week_starts) % 7)
        case Unit.MONTH:
            return day.replace(day=1)
        case Unit.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Unit.YEAR:
            return day.replace(month=1, day=1)
        case _:
            return day
