"""The engine's own clock: every boundary is worked out from one instant, in one row that the whole statement reads.

The row is a CTE, `clock`, made in steps where one column is made of others. A `select` that reads a column of it is
joined with it (`joined`), once it is whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.plan import MICROSECONDS, NOW, Bound, Clock, Fixed, Part, Relative, Unit, Window
from segql.plan.instants import first_day, instant
from segql.plan.zones import to_wall
from segql.sql.clocks import Now, Query
from segql.sql.dialects import Dialect
from segql.sql.errors import Unsupported
from segql.sql.literals import case, column, identifier, named, number, wrapped
from segql.sql.names import Names
from segql.sql.points import Moving, Outermost, Point, Stretch, side
from segql.sql.shifts import instant_of_date, instant_of_wall, wall_of_instant
from segql.types import TIMESTAMP

# A live statement is asked for years, of dates that lie ahead of it: so many years of a zone's changes are in it.
_YEARS_AHEAD = 30
_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
_LEAP_DAY, _DAY_BEFORE = 229, 228


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of the row, and the first step of it in which the value can be read."""

    expr: exp.Expr
    step: int

    @property
    def read(self) -> exp.Expr:
        """The value, to be used once more."""
        return self.expr.copy()


class Row:
    """The row of all boundaries, each made when it is first asked for.

    `made` is the clock of the moment at which the statement is made: it says which changes of the zone can matter.
    `named_so` are names that others have, for columns or for what is read; the row's own differ from them.
    """

    def __init__(self, made: Clock, dialect: Dialect, names: Names, named_so: Iterable[str]) -> None:
        self.made, self.dialect = made, dialect
        self.zone, self.last_year = made.zone, min(made.as_of.year + _YEARS_AHEAD, 9990)
        self._names, self._columns = names, Names(named_so)
        self.name = names.new(self._columns.new("clock"))
        self._step_names: list[str] = []
        self._steps: list[list[exp.Expr]] = [[named(dialect.now(), self._columns.new("now"))]]
        self._now = _Value(column(self._steps[0][0].alias), 1)
        self._kept: dict[Hashable, _Value] = {}
        shifts = to_wall(self.zone, self.last_year)
        self._is_utc = not shifts.changes and not shifts.first

    # ── for the statement ────────────────────────────────────────────────────────────────────────────────────────────

    def ctes(self) -> list[tuple[str, exp.Expr]]:
        """Return the CTEs of the row, the last one being `name`."""
        while len(self._step_names) < len(self._steps) - 1:
            self._step_names.append(self._names.new(f"{self.name}_{len(self._step_names) + 1}"))
        names = [*self._step_names[: len(self._steps) - 1], self.name]
        made: list[tuple[str, exp.Expr]] = []
        for step, (name, columns) in enumerate(zip(names, self._steps, strict=True)):
            query = exp.select(*columns, copy=False)
            if step:
                query = exp.select(exp.Star(), *columns, copy=False).from_(exp.Table(this=identifier(names[step - 1])))
            made.append((name, query))
        return made

    def joined(self, query: Query) -> Query:
        """Return a query in which each `select` that reads the row is joined with it."""
        for select in list(query.find_all(exp.Select)):
            own = list(_own(select))
            if not any(isinstance(each, exp.Column) and each.table == self.name for each in own):
                continue
            rows = select.args["from_"].this
            for each in select.expressions:
                if isinstance(each, exp.Star):
                    each.replace(exp.Column(this=exp.Star(), table=identifier(rows.alias_or_name)))
            join = exp.Join(this=exp.Table(this=identifier(self.name)), kind="CROSS")
            # What is joined after it may read it, too.
            select.set("joins", [join, *select.args.get("joins", [])])
        return query

    # ── points ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def clock(self, way: tuple[Bound, ...], as_of: dt.datetime) -> Clock:
        """Return the clock to which a way leads from an instant."""
        clock = replace(self.made, as_of=as_of)
        for each in way:
            clock = replace(clock, as_of=min(instant(each, clock), clock.as_of))
        return clock

    def made_at(self, point: Point) -> dt.datetime:
        """Return a point as it is at the moment at which the statement is made."""
        match point:
            case dt.datetime():
                return point
            case Moving(way, bound):
                return instant(bound, self.clock(way, self.made.as_of))
            case Outermost(points, is_latest):
                found = [self.made_at(each) for each in points]
                return max(found) if is_latest else min(found)

    def lowest(self, point: Point) -> dt.datetime:
        """Return an instant before which a point never lies: nobody asks a year before the statement is made."""
        year = self.made_at(point).year - 1
        return dt.datetime(max(year, 1), 1, 1, tzinfo=dt.UTC)

    def timestamp(self, point: Point) -> exp.Expr:
        """Return a point, as it is read from the row."""
        return self._outside(self._point(point))

    def day(self, point: Point) -> exp.Expr:
        """Return the date of a point on the wall clock."""
        return self._outside(self._day(point))

    def first_day(self, point: Point) -> exp.Expr:
        """Return the first day whose midnight is not before a point."""
        return self._outside(self._first_day(point))

    def _outside(self, value: _Value) -> exp.Expr:
        # A constant is no column.
        return column(value.expr.name, self.name) if isinstance(value.expr, exp.Column) else value.read

    def _point(self, point: Point) -> _Value:
        match point:
            case dt.datetime():
                return _Value(self.dialect.timestamp(point), 1)
            case Moving(way, bound):
                return self._moving(way, bound)
            case Outermost(points, is_latest):
                return self._outer([self._point(each) for each in points], is_latest, "")

    def _outer(self, values: list[_Value], is_latest: bool, suffix: str) -> _Value:
        made = self.dialect.outermost([each.read for each in values], is_latest=is_latest)
        name = ("latest" if is_latest else "earliest") + suffix
        return self._keep(name, _Value(made, max(each.step for each in values)))

    def _moving(self, way: tuple[Bound, ...], bound: Relative) -> _Value:
        start = self._start(way)
        if bound.floor is None and bound.count == 0:
            return start
        moved = start
        if bound.unit in MICROSECONDS and bound.unit not in _DAYS and bound.count:
            length = bound.count * MICROSECONDS[bound.unit]
            change = self.dialect.later if length > 0 else self.dialect.earlier
            made = change(start.read, self.dialect.duration(abs(length)))
            moved = self._keep(_told(Relative(bound.count, bound.unit)), _Value(made, start.step))
            if bound.floor is None:
                return moved
        return self._instant(self._wall_of_bound(way, bound, moved), Moving(way, bound), _told(bound))

    def _wall_of_bound(self, way: tuple[Bound, ...], bound: Relative, moved: _Value) -> _Value:
        """Return what the wall clock shows at a bound that the wall clock decides."""
        is_elapsed = bound.unit in MICROSECONDS and bound.unit not in _DAYS
        before = Moving(way, Relative(bound.count, bound.unit) if is_elapsed else NOW)
        wall = self._wall(moved, before, "now" if before.bound == NOW else _told(before.bound))
        made = wall.read if is_elapsed else self._stepped(wall.read, bound.count, bound.unit)
        if bound.floor is not None:
            made = self._stepped(self._floored(made, bound.floor), bound.then, bound.floor)
        return _Value(made, wall.step)

    def _start(self, way: tuple[Bound, ...]) -> _Value:
        """Return the instant to which a way leads: never later than the one before."""
        if not way:
            return self._now
        *before, bound = way
        start = self._start(tuple(before))
        found = self._point(Moving(tuple(before), bound) if isinstance(bound, Relative) else self._fixed(bound))
        return found if side(bound) in {-1, 0} else self._outer([found, start], False, "")

    def _fixed(self, bound: Bound) -> dt.datetime:
        return instant(bound, self.made)

    # ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _day(self, point: Point) -> _Value:
        wall = self._wall(self._point(point), point, _name_of(point))
        return self._keep(f"day_of_{_name_of(point)}", _Value(self.dialect.day_of(wall.read), wall.step))

    def _first_day(self, point: Point) -> _Value:
        match point:
            case dt.datetime():
                return _Value(self.dialect.date(first_day(point, self.zone)), 1)
            case Outermost(points, is_latest):
                return self._outer([self._first_day(each) for each in points], is_latest, "_day")
            case Moving(way, bound) if bound.floor is not None:
                # It is a midnight, that of its own day.
                moved = self._point(Moving(way, Relative(bound.count, bound.unit)))
                wall = self._wall_of_bound(way, bound, moved)
                return self._keep(f"day_{_told(bound)}", _Value(self.dialect.day_of(wall.expr), wall.step))
            case Moving():
                day, moment = self._day(point), self._point(point)
                midnight = instant_of_date(day.read, self, self.dialect, self.lowest(point))
                is_at_once = exp.GTE(this=wrapped(midnight), expression=moment.read)
                made = case(is_at_once, day.read, self._day_after(day.read))
                return self._keep(f"first_day_{_name_of(point)}", _Value(made, max(day.step, moment.step)))

    def _day_after(self, day: exp.Expr) -> exp.Expr:
        length = self.dialect.duration(MICROSECONDS[Unit.DAY])
        return self.dialect.day_of(self.dialect.later(self.dialect.midnight_of(day), length))

    # ── the wall clock ───────────────────────────────────────────────────────────────────────────────────────────────

    def _wall(self, value: _Value, point: Point, name: str) -> _Value:
        """Return what the wall clock shows at an instant."""
        if self._is_utc:
            return value
        made = wall_of_instant(value.read, self, self.dialect, self.lowest(point))
        return self._keep(f"wall_{name}", _Value(made, value.step))

    def _instant(self, wall: _Value, point: Point, name: str) -> _Value:
        """Return the instant of a wall-clock time."""
        if self._is_utc:
            return self._keep(name, wall)
        kept = self._keep(f"wall_{name}", wall)
        made = instant_of_wall(kept.read, self.zone, self, self.dialect, self.lowest(point))
        return self._keep(name, _Value(made, kept.step))

    def _stepped(self, wall: exp.Expr, count: int, unit: Unit) -> exp.Expr:
        if count == 0:
            return wall
        if unit in _MONTHS:
            return self.dialect.months_later(wall, count * _MONTHS[unit])
        change = self.dialect.later if count > 0 else self.dialect.earlier
        return change(wall, self.dialect.duration(abs(count) * MICROSECONDS[unit]))

    def _floored(self, wall: exp.Expr, unit: Unit) -> exp.Expr:
        # Engines begin their weeks on Monday.
        moved = self.made.week_starts - 1 if unit is Unit.WEEK else 0
        return self._stepped(self.dialect.start_of(unit, self._stepped(wall, -moved, Unit.DAY)), moved, Unit.DAY)

    # ── anniversaries ────────────────────────────────────────────────────────────────────────────────────────────────

    def recurs(self, window: Stretch, day: Callable[[], exp.Expr]) -> exp.Expr:
        """Return whether a day of the year recurs in a window of whole days.

        The first anniversary that is not before the window lies in the year in which it begins, or in the next.
        """
        assert isinstance(window.start, Moving | dt.datetime)
        assert isinstance(window.end, Moving | dt.datetime)
        start, end = (self._first_day(each) for each in (window.start, window.end))
        told = _name_of(window.start)
        year = self._keep(f"year_{told}", self._part(Part.YEAR, start))
        first = self._keep(f"first_{told}", self._of_year(start, year, 0))
        last, ahead = (self._keep(f"end_{told}_{_name_of(window.end)}", self._of_year(end, year, n)) for n in (0, 1))
        leap_day = self._keep(f"leap_{told}", self._leap_day(first, last, ahead, year))

        def outside(value: _Value) -> exp.Expr:
            return self._outside(value)

        is_leap_day = exp.EQ(this=wrapped(day()), expression=number(_LEAP_DAY))
        recurs = _lies(wrapped(day()), outside(first), outside(last), outside(ahead), wrapped(day()))
        leaps = exp.EQ(this=outside(leap_day), expression=number(1))
        return exp.Case(ifs=[exp.If(this=is_leap_day, true=leaps)], default=recurs)

    def _leap_day(self, first: _Value, last: _Value, ahead: _Value, year: _Value) -> _Value:
        """Return 1 where the anniversary of 29 February is one of them, else 0."""
        days = [
            case(_is_leap(wrapped(each)), number(_LEAP_DAY), number(_DAY_BEFORE))
            for each in (year.read, exp.Add(this=year.read, expression=number(1)))
        ]
        lies = _lies(days[0], first.read, last.read, ahead.read, days[1])
        step = max(each.step for each in (first, last, ahead, year))
        return _Value(case(lies, number(1), number(0)), step)

    def _part(self, part: Part, day: _Value) -> _Value:
        moment = self.dialect.midnight_of(day.read)
        return _Value(self.dialect.part(part, moment, TIMESTAMP), day.step)

    def _of_year(self, day: _Value, year: _Value, years: int) -> _Value:
        """Return a day as month × 100 + day, so much higher as the years that lie between."""
        parts = [self._part(each, day).expr for each in (Part.YEAR, Part.MONTH, Part.DAY)]
        since = exp.Paren(this=exp.Sub(this=parts[0], expression=year.read))
        if years:
            since = exp.Paren(this=exp.Sub(this=since, expression=number(years)))
        told = exp.Add(this=exp.Mul(this=parts[1], expression=number(100)), expression=parts[2])
        made = exp.Add(this=exp.Mul(this=since, expression=number(10_000)), expression=told)
        return _Value(made, max(day.step, year.step))

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _keep(self, name: str, value: _Value) -> _Value:
        """Return a value as a column of the row, the same one for what is made in the same way."""
        key = (value.expr.sql(self.dialect.printer), value.step)
        if isinstance(value.expr, exp.Column):
            return value
        if key not in self._kept:
            made = self._columns.new(name)
            if value.step == len(self._steps):
                self._steps.append([])
            self._steps[value.step].append(named(value.expr, made))
            self._kept[key] = _Value(column(made), value.step + 1)
        return self._kept[key]


@dataclass(frozen=True)
class Live(Now):
    """The clock of the engine, or the one to which a way leads from it."""

    row: Row
    way: tuple[Bound, ...] = ()

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
        return self.row.recurs(self.stretch(window), day)


def _own(select: exp.Select) -> Iterator[exp.Expression]:
    """Yield what stands in a `select`, but for other ones inside it."""
    pending = list(select.iter_expressions())
    while pending:
        each = pending.pop()
        if not isinstance(each, exp.Select):
            yield each
            pending.extend(each.iter_expressions())


def _lies(day: exp.Expr, first: exp.Expr, last: exp.Expr, ahead: exp.Expr, next_day: exp.Expr) -> exp.Expr:
    """Return whether a day of the first year, or that of the next, lies in a window."""
    since, until = exp.GTE(this=day, expression=first), exp.LT(this=day.copy(), expression=last)
    in_first = exp.Paren(this=exp.And(this=since, expression=until))
    return exp.Paren(this=exp.Or(this=in_first, expression=exp.LT(this=next_day, expression=ahead)))


def _is_leap(year: exp.Expr) -> exp.Expr:
    def is_whole(part: int) -> exp.Expr:
        return exp.EQ(this=exp.Mod(this=year.copy(), expression=number(part)), expression=number(0))

    by_century = exp.Or(this=exp.Not(this=exp.Paren(this=is_whole(100))), expression=is_whole(400))
    return exp.And(this=is_whole(4), expression=exp.Paren(this=by_century))


def _name_of(point: Point) -> str:
    return _told(point.bound) if isinstance(point, Moving) else "then"


def _told(bound: Bound) -> str:
    """Return a name that tells what a bound is.

    Example:
        >>> _told(Relative(-90, Unit.DAY)), _told(Relative(0, Unit.DAY, Unit.MONTH, 1))
        ('90_days_ago', 'start_of_next_month')
    """
    if not isinstance(bound, Relative):
        return "then"
    count = abs(bound.count)
    length = f"{count}_{bound.unit}{'' if count == 1 else 's'}_{'ago' if bound.count < 0 else 'ahead'}"
    if bound.floor is None:
        return length if count else "now"
    places = {-1: "previous_", 0: "", 1: "next_"}
    if bound.then in places:
        start = f"start_of_{places[bound.then]}{bound.floor}"
    else:
        start = f"start_of_{bound.floor}_{'minus' if bound.then < 0 else 'plus'}_{abs(bound.then)}"
    return f"{start}_{length}" if count else start
