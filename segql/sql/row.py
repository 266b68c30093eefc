"""The row in which a live statement works out every boundary from one instant, that of the engine's own clock.

It is a CTE, `clock`, made in steps where one column is made of others. All moments of a step that are moved between
the wall clock and UTC stand in rows for that, so that the changes of the zone are written out but once for them. A
`select` that reads a column of the row is joined with it (`joined`), once it is whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from segql.plan import MICROSECONDS, NOW, Bound, Clock, Part, Relative, Unit
from segql.plan.instants import first_day, instant
from segql.plan.zones import to_wall
from segql.sql.clocks import Query
from segql.sql.dialects import Dialect
from segql.sql.literals import case, column, identifier, named, number, wrapped
from segql.sql.names import Names
from segql.sql.passes import subquery, union
from segql.sql.points import Moving, Outermost, Point, Stretch, side
from segql.sql.shifts import instant_of_wall, wall_of_instant
from segql.sql.steps import Shifted, Step
from segql.types import TIMESTAMP

# A live statement is asked for years, of dates that lie ahead of it: so many years of a zone's changes are in it.
_YEARS_AHEAD = 30
_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
# More than month × 100 + day of any day.
_YEAR = 10_000


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
        self._ctes: dict[tuple[int, str], str] = {}
        self._helpers = tuple(self._columns.new(each) for each in ("place", "moment", "moved"))
        now = self._columns.new("now")
        self._steps = [Step([named(dialect.now(), now)])]
        self._now = _Value(column(now), 1)
        self._kept: dict[Hashable, _Value] = {}
        shifts = to_wall(self.zone, self.last_year)
        self._is_utc = not shifts.changes and not shifts.first

    # ── for the statement ────────────────────────────────────────────────────────────────────────────────────────────

    def ctes(self) -> list[tuple[str, exp.Expr]]:
        """Return the CTEs of the row, the last one being `name`.

        Each reads the one before, and that but once: many engines work out a CTE anew for each of its readers.
        """
        first, *others = self._steps
        columns = [each.alias for each in first.columns]
        made: list[tuple[str, exp.Expr]] = [(self._cte(0, "") if others else self.name, _select(*first.columns))]
        for place, step in enumerate(others, 1):
            before = exp.Table(this=identifier(made[-1][0]))
            name = self._cte(place, "") if place < len(others) else self.name
            columns += [each.alias for each in step.columns]
            if step.shifted:
                made += self._moved(step, before, columns, self._cte(place, "_listed"), name)
                columns += [each.name for each in step.shifted]
            else:
                made.append((name, _select(exp.Star(), *step.columns).from_(before)))
        return made

    def _moved(
        self, step: Step, before: exp.Expr, columns: Sequence[str], listed: str, name: str
    ) -> list[tuple[str, exp.Expr]]:
        """Return CTEs, the last one of which has the columns, and one for each moment that a step moves."""
        place, moment, moved = (column(each) for each in self._helpers)
        whole = _select(exp.Star(), *step.columns)
        if len(step.shifted) == 1:
            (only,) = step.shifted
            moments = subquery(whole.select(named(only.moment.copy(), moment.name)).from_(before), "moments")
            plain = [column(each) for each in columns]
            return [(name, _select(*plain, named(self._moment_moved(step), only.name)).from_(moments))]
        places = subquery(union([_select(named(number(each), place.name)) for each in step.places]), "places")
        asked = [exp.If(this=_is(place, each), true=shifted.moment.copy()) for each, shifted in step.places.items()]
        whole = whole.select(named(exp.Case(ifs=asked), moment.name)).from_(before).join(places, join_type="cross")
        rows = _select(exp.Star(), named(self._moment_moved(step), moved.name)).from_(subquery(whole, "moments"))
        kept = [named(exp.Max(this=column(each)), each) for each in columns]
        kept += [
            named(exp.Max(this=case(_is(place, each), moved.copy())), shifted.name)
            for each, shifted in step.places.items()
        ]
        return [(listed, rows), (name, _select(*kept).from_(exp.Table(this=identifier(listed))))]

    def _moment_moved(self, step: Step) -> exp.Expr:
        """Return the moment of a row of those that a step moves, once it is moved."""
        place, moment, _ = (column(each) for each in self._helpers)
        lowest = min(each.lowest for each in step.shifted)
        wall = wall_of_instant(moment, self, self.dialect, lowest) if step.to_wall else None
        utc = instant_of_wall(moment.copy(), self.zone, self, self.dialect, lowest) if step.from_wall else None
        if wall is None or utc is None:
            found = utc if wall is None else wall
            assert found is not None
            return found
        return case(exp.LTE(this=place, expression=number(len(step.to_wall))), wall, utc)

    def _cte(self, step: int, kind: str) -> str:
        if (step, kind) not in self._ctes:
            self._ctes[step, kind] = self._names.new(f"{self.name}_{step + 1}{kind}")
        return self._ctes[step, kind]

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
        if bound.floor is None and not bound.count:
            return self._start(way)
        if bound.floor is None and _is_elapsed(bound):
            length = bound.count * MICROSECONDS[bound.unit]
            change = self.dialect.later if length > 0 else self.dialect.earlier
            start = self._start(way)
            made = change(start.read, self.dialect.duration(abs(length)))
            return self._keep(_told(bound), _Value(made, start.step))
        return self._instant(self._wall_of_bound(way, bound), Moving(way, bound), _told(bound))

    def _wall_of_bound(self, way: tuple[Bound, ...], bound: Relative) -> _Value:
        """Return what the wall clock shows at a bound that the wall clock decides."""
        before = Relative(bound.count, bound.unit) if _is_elapsed(bound) else NOW
        wall = self._wall(self._moving(way, before), Moving(way, before), _told(before))
        made = wall.read if _is_elapsed(bound) else self._stepped(wall.read, bound.count, bound.unit)
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
                wall = self._wall_of_bound(way, bound)
                return self._keep(f"day_of_{_told(bound)}", _Value(self.dialect.day_of(wall.expr), wall.step))
            case Moving():
                day, moment = self._day(point), self._point(point)
                start = _Value(self.dialect.midnight_of(day.read), day.step)
                midnight = self._instant(start, point, f"midnight_of_{_name_of(point)}")
                is_at_once = exp.GTE(this=midnight.read, expression=moment.read)
                made = case(is_at_once, day.read, self._day_after(day.read))
                step = max(each.step for each in (day, moment, midnight))
                return self._keep(f"first_day_{_name_of(point)}", _Value(made, step))

    def _day_after(self, day: exp.Expr) -> exp.Expr:
        length = self.dialect.duration(MICROSECONDS[Unit.DAY])
        return self.dialect.day_of(self.dialect.later(self.dialect.midnight_of(day), length))

    # ── the wall clock ───────────────────────────────────────────────────────────────────────────────────────────────

    def _wall(self, value: _Value, point: Point, name: str) -> _Value:
        """Return what the wall clock shows at an instant."""
        return self._shifted(value, f"wall_{name}", self.lowest(point), is_to_wall=True)

    def _instant(self, wall: _Value, point: Point, name: str) -> _Value:
        """Return the instant of a wall-clock time."""
        if self._is_utc:
            return self._keep(name, wall)
        return self._shifted(wall, name, self.lowest(point), is_to_wall=False)

    def _shifted(self, value: _Value, name: str, lowest: dt.datetime, *, is_to_wall: bool) -> _Value:
        if self._is_utc:
            return value
        key = (value.expr.sql(self.dialect.printer), value.step, is_to_wall)
        if key not in self._kept:
            made = self._columns.new(name)
            step = self._step(value.step)
            (step.to_wall if is_to_wall else step.from_wall).append(Shifted(made, value.read, lowest))
            self._kept[key] = _Value(column(made), value.step + 1)
        return self._kept[key]

    def _step(self, place: int) -> Step:
        while place >= len(self._steps):
            self._steps.append(Step())
        return self._steps[place]

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

    def recurs(self, window: Stretch, day: exp.Expr) -> exp.Expr:
        """Return whether a day, as month × 100 + day, recurs in a window of whole days.

        Counted from the first day of the window, through the end of the year and on, it comes before the window ends.
        In a year without 29 February no window begins or ends between that day and the 28th, on which it is kept.
        """
        assert isinstance(window.start, Moving | dt.datetime)
        assert isinstance(window.end, Moving | dt.datetime)
        start, end = (self._first_day(each) for each in (window.start, window.end))
        year, month, day_of_month = (self._part(each, start) for each in (Part.YEAR, Part.MONTH, Part.DAY))
        first = self._keep(f"first_{_name_of(window.start)}", _Value(_of_year(month, day_of_month), start.step))
        last_year, last_month, last_day = (self._part(each, end) for each in (Part.YEAR, Part.MONTH, Part.DAY))
        years = exp.Mul(this=exp.Paren(this=exp.Sub(this=last_year, expression=year)), expression=number(_YEAR))
        last = exp.Add(this=years, expression=_of_year(last_month, last_day))
        length = exp.Sub(this=last, expression=first.read)
        told = f"length_{_name_of(window.start)}_{_name_of(window.end)}"
        kept = self._keep(told, _Value(length, max(first.step, end.step)))
        since = exp.Sub(this=wrapped(day), expression=self._outside(first))
        turned = exp.Mod(this=exp.Paren(this=exp.Add(this=since, expression=number(_YEAR))), expression=number(_YEAR))
        return exp.LT(this=exp.Paren(this=turned), expression=self._outside(kept))

    def _part(self, part: Part, day: _Value) -> exp.Expr:
        return self.dialect.part(part, self.dialect.midnight_of(day.read), TIMESTAMP)

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _keep(self, name: str, value: _Value) -> _Value:
        """Return a value as a column of the row, the same one for what is made in the same way."""
        key = (value.expr.sql(self.dialect.printer), value.step)
        if isinstance(value.expr, exp.Column):
            return value
        if key not in self._kept:
            made = self._columns.new(name)
            self._step(value.step).columns.append(named(value.expr, made))
            self._kept[key] = _Value(column(made), value.step + 1)
        return self._kept[key]


def _own(select: exp.Select) -> Iterator[exp.Expression]:
    """Yield what stands in a `select`, but for other ones inside it."""
    pending = list(select.iter_expressions())
    while pending:
        each = pending.pop()
        if not isinstance(each, exp.Select):
            yield each
            pending.extend(each.iter_expressions())


def _select(*columns: exp.Expr) -> exp.Select:
    return exp.select(*columns, copy=False)


def _is(place: exp.Expr, number_: int) -> exp.Expr:
    return exp.EQ(this=place.copy(), expression=number(number_))


def _is_elapsed(bound: Relative) -> bool:
    return bound.unit in MICROSECONDS and bound.unit not in _DAYS


def _of_year(month: exp.Expr, day: exp.Expr) -> exp.Expr:
    return exp.Add(this=exp.Mul(this=month, expression=number(100)), expression=day)


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
        place = places[bound.then]
        start = f"{place}midnight" if bound.floor is Unit.DAY else f"start_of_{place}{bound.floor}"
    else:
        start = f"start_of_{bound.floor}_{'minus' if bound.then < 0 else 'plus'}_{abs(bound.then)}"
    return f"{start}_{length}" if count else start
