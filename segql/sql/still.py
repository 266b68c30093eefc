"""The clock that stands: every boundary is worked out here, and written out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.plan import Bound, Clock, Window
from segql.plan.instants import days, first_day, instant, resolve
from segql.sql.clocks import Now
from segql.sql.dialects import Dialect
from segql.sql.literals import known, number
from segql.sql.points import Point

# Dates may lie ahead of T; further ahead the rules of zones are not known anyway.
_YEARS_AHEAD = 20


@dataclass(frozen=True, slots=True)
class Still(Now):
    """A clock of which every point is an instant."""

    clock: Clock
    dialect: Dialect

    @property
    def zone(self) -> ZoneInfo:  # type: ignore[override]
        return self.clock.zone

    @property
    def last_year(self) -> int:  # type: ignore[override]
        return min(self.clock.as_of.year + _YEARS_AHEAD, 9990)

    def at(self, bound: Bound) -> dt.datetime:
        return instant(bound, self.clock)

    def before(self, microseconds: int) -> dt.datetime | None:
        try:
            return self.clock.as_of - dt.timedelta(microseconds=microseconds)
        except OverflowError:
            return None

    def as_of(self, bound: Bound) -> Still:
        return replace(self, clock=replace(self.clock, as_of=min(self.at(bound), self.clock.as_of)))

    def lowest(self, point: Point | None) -> dt.datetime | None:
        return None if point is None else _written(point)

    def highest(self, point: Point | None) -> dt.datetime | None:
        return None if point is None else _written(point)

    def timestamp(self, point: Point) -> exp.Expr:
        return self.dialect.timestamp(_written(point))

    def day(self, point: Point) -> exp.Expr:
        return self.dialect.date(_written(point).astimezone(self.zone).date())

    def first_day(self, point: Point) -> exp.Expr:
        return self.dialect.date(first_day(_written(point), self.zone))

    def recurs(self, window: Window, value: Callable[[], exp.Expr], day: Callable[[], exp.Expr]) -> exp.Expr:
        found = sorted(_days_of_year(*days(resolve(window, self.clock), self.zone)))
        if len(found) > 365:
            return known(value())
        if not found:
            return exp.false()
        return exp.In(this=exp.Paren(this=day()), expressions=[number(each) for each in found])


def _written(point: Point) -> dt.datetime:
    assert isinstance(point, dt.datetime)
    return point


def _days_of_year(first: dt.date, end: dt.date) -> set[int]:
    """Return the days, as month × 100 + day, whose anniversary falls from `first` up to `end`."""
    found: set[int] = set()
    for step in range(min((end - first).days, 366)):
        day = first + dt.timedelta(days=step)
        found.add(day.month * 100 + day.day)
        # 29 February is kept on the 28th in other years.
        if (day.month, day.day) == (2, 28) and (day + dt.timedelta(days=1)).month == 3:
            found.add(229)
    return found
