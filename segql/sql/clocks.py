"""The clock of a statement: where T and all that is measured from it come from."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.plan import NOW, Bound, Window
from segql.sql.points import Point, Stretch, earliest

Query = TypeVar("Query", bound=exp.Expr)


class Now(ABC):
    """T, and what lies around it, as points; and points as SQL. Equal clocks give the same points."""

    zone: ZoneInfo
    # Whether boundaries are columns of a row that is joined, rather than constants.
    is_moving = False
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
