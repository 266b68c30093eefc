"""The engine's own clock: every boundary is a column of a row that the statement works out for itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.plan import MICROSECONDS, Bound, Fixed, Relative, Unit, Window
from segql.plan.instants import instant
from segql.sql.clocks import Now, Query
from segql.sql.errors import Unsupported
from segql.sql.points import Moving, Point
from segql.sql.row import Row


@dataclass(frozen=True)
class Live(Now):
    """The clock of the engine, or the one to which a way leads from it."""

    row: Row
    way: tuple[Bound, ...] = ()
    is_moving = True

    @property
    def zone(self) -> ZoneInfo:  # type: ignore[override]
        return self.row.zone

    @property
    def last_year(self) -> int:  # type: ignore[override]
        return self.row.last_year

    def at(self, bound: Bound) -> Point:
        if not isinstance(bound, Relative):
            return instant(bound, self.row.made)
        # What lies outside of all that can be written is a constant; what will soon lie there is not to be trusted.
        years = (self.row.made.as_of.year - 1, self.last_year)
        ends = [self.row.clock(self.way, dt.datetime(year, 1, 1, tzinfo=dt.UTC)) for year in years]
        found = [instant(bound, each) for each in ends]
        outside = [each for each in found if not 1 < each.year < dt.MAXYEAR]
        if len(outside) == len(found):
            return found[0]
        if outside:
            raise Unsupported("a boundary near the first or last year of the calendar, on a moving clock", None)
        return Moving(self.way, bound)

    def before(self, microseconds: int) -> Point | None:
        seconds = microseconds // MICROSECONDS[Unit.SECOND]
        point = self.at(Relative(-seconds, Unit.SECOND))
        return None if isinstance(point, dt.datetime) else point

    def joined(self, query: Query) -> Query:
        return self.row.joined(query)

    def ctes(self) -> list[tuple[str, exp.Expr]]:
        return self.row.ctes()

    def as_of(self, bound: Bound) -> Live:
        point = self.at(bound)
        return Live(self.row, (*self.way, Fixed(point) if isinstance(point, dt.datetime) else bound))

    def lowest(self, point: Point | None) -> dt.datetime | None:
        return None if point is None else self.row.lowest(point)

    def highest(self, point: Point | None) -> dt.datetime | None:
        return point if isinstance(point, dt.datetime) else None

    def timestamp(self, point: Point) -> exp.Expr:
        return self.row.timestamp(point)

    def day(self, point: Point) -> exp.Expr:
        return self.row.day(point)

    def first_day(self, point: Point) -> exp.Expr:
        return self.row.first_day(point)

    def recurs(self, window: Window, value: Callable[[], exp.Expr], day: Callable[[], exp.Expr]) -> exp.Expr:
        del value
        return self.row.recurs(self.stretch(window), day())
