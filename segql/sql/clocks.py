"""The clock of a statement: where T and all that is measured from it come from."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.plan import NOW, Bound, Clock, Window
from segql.plan.instants import days, first_day, instant, resolve
from segql.sql.dialects import Dialect
from segql.sql.literals import known, number
from segql.sql.points import Point, Stretch, earliest

Query = TypeVar("Query", bound=exp.Expr)

# Dates may lie ahead of T; further ahead the rules of zones are not known anyway.
_YEARS_AHEAD = 20


class Now(ABC):
    """T, and what lies around it, as points; and points as SQL. Equal clocks give the same points."""

    zone: ZoneInfo
    # The last year of which the zone's changes are known.
    last_year: int

    # ── points ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def at(self, bound: Bound) -> Point:
        """Return the instant of a bound."""

    @abstractmethod
    def before(self, microseconds: int) -> Point | None:
        """Return the instant so much elapsed time before T; None where it lies before all that can be written."""

    @abstractmethod
    def as_of(self, bound: Bound) -> Now:
        """Return the clock of another instant, which is never later than T."""

    @abstractmethod
    def lowest(self, point: Point | None) -> dt.datetime | None:
        """Return an instant before which a point never lies; None where there is no such one."""

    @abstractmethod
    def highest(self, point: Point | None) -> dt.datetime | None:
        """Return an instant after which a point never lies; None where there is no such one."""

    def stretch(self, window: Window) -> Stretch:
        """Return the instants of a window."""
        start = None if window.start is None else self.at(window.start)
        end = None if window.end is None else self.at(window.end)
        return Stretch(start, end)

    def past(self, window: Window | None) -> Stretch:
        """Return the instants of a window that lie before T."""
        now = self.at(NOW)
        if window is None:
            return Stretch(None, now)
        stretch = self.stretch(window)
        return Stretch(stretch.start, now if stretch.end is None else earliest([stretch.end, now]))

    # ── the statement ────────────────────────────────────────────────────────────────────────────────────────────────

    def joined(self, query: Query) -> Query:
        """Return a query with what its points are read from."""
        return query

    def ctes(self) -> list[tuple[str, exp.Expr]]:
        """Return the CTEs that points are read from."""
        return []

    # ── SQL ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def timestamp(self, point: Point) -> exp.Expr:
        """Return a point."""

    @abstractmethod
    def day(self, point: Point) -> exp.Expr:
        """Return the date of a point on the wall clock."""

    @abstractmethod
    def first_day(self, point: Point) -> exp.Expr:
        """Return the first day whose midnight is not before a point: a date bound for a half-open stretch."""

    @abstractmethod
    def recurs(self, window: Window, value: Callable[[], exp.Expr], day: Callable[[], exp.Expr]) -> exp.Expr:
        """Return whether a value is known and its `day`, as month × 100 + day, recurs in a window of whole days."""


@dataclass(frozen=True, slots=True)
class Still(Now):
    """A clock that stands: every point is an instant, and is written out."""

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
