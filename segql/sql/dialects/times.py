"""Dates, instants and lengths of time as SQL. An instant is a timestamp without zone, in UTC, with microseconds."""

from __future__ import annotations

import datetime as dt

from sqlglot import exp

from segql.plan import Part
from segql.sql.errors import Unsupported
from segql.sql.literals import cast, text
from segql.types import Type

_UNITS = (
    ("DAY", 86_400_000_000),
    ("HOUR", 3_600_000_000),
    ("MINUTE", 60_000_000),
    ("SECOND", 1_000_000),
)


def in_largest_unit(microseconds: int) -> tuple[int, str]:
    """Return a length of elapsed time in the largest unit that divides it.

    Example:
        >>> in_largest_unit(7_200_000_000), in_largest_unit(1_500_000)
        ((2, 'HOUR'), (1500000, 'MICROSECOND'))
    """
    unit, size = next((each for each in _UNITS if microseconds % each[1] == 0), ("MICROSECOND", 1))
    return microseconds // size, unit


class Times:
    """Moments and lengths of elapsed time that engines share."""

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        """Return an instant, or a wall-clock time that has no zone."""
        naive = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
        return cast(text(naive.isoformat(sep=" ")), "timestamp")

    def date(self, day: dt.date) -> exp.Expr:
        """Return a day."""
        return cast(text(day.isoformat()), "date")

    def duration(self, microseconds: int) -> exp.Expr:
        """Return a length of elapsed time."""
        count, unit = in_largest_unit(microseconds)
        return exp.Interval(this=text(str(count)), unit=exp.Var(this=unit))

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        """Return a number of microseconds as a length of elapsed time."""
        raise Unsupported("arithmetic with a length of time that is no constant", None)

    def later(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        """Return the moment that lies a length of time after another."""
        return exp.Add(this=moment, expression=duration)

    def earlier(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        """Return the moment that lies a length of time before another."""
        return exp.Sub(this=moment, expression=duration)

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Return the microseconds from one timestamp to another."""
        raise Unsupported("lengths of time", None)

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Return the days from one date to another."""
        raise Unsupported("lengths of time", None)

    def day_of(self, moment: exp.Expr) -> exp.Expr:
        """Return the date of a timestamp."""
        return cast(moment, "date")

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        """Return the timestamp at which a date begins."""
        return cast(day, "timestamp")

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        """Return a part of a date or timestamp as an integer; the weekday is 1 for Monday to 7 for Sunday."""
        del type_
        unit = "isodow" if part is Part.WEEKDAY else part.value
        return exp.Extract(this=exp.Var(this=unit.upper()), expression=moment)
