"""Aggregates over events and related rows, grouped by member: one CTE for all that can share a pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from segql import plan
from segql.catalog import Catalog, Entity, Many, Stream
from segql.plan import Tally
from segql.plan.conjuncts import conjuncts
from segql.sql.clocks import Now
from segql.sql.courses import Courses
from segql.sql.dialects import Dialect
from segql.sql.expressions import Translator
from segql.sql.frame import Asked, Column, Frame
from segql.sql.groups import (
    collect,
    hull_of,
    is_alone,
    is_ordered,
    label,
    passes,
    reads_own_row,
    rest_of,
    source_of,
)
from segql.sql.levels import Levels, Mark, in_levels, levels_of
from segql.sql.lists import Lists
from segql.sql.literals import all_of, case, column, identifier, known, named, number
from segql.sql.names import Names
from segql.sql.points import Stretch
from segql.sql.readings import Pass, first_source
from segql.sql.rows_tests import RowsTest
from segql.sql.shifts import EPOCH, wall_of_instant
from segql.sql.sources import Sources
from segql.types import DATE, TIMESTAMP, Kind


class Totals:
    """The aggregates of a request and the CTEs that make them, each aggregate once."""

    def __init__(  # noqa: PLR0913 (what all parts of a statement share)
        self,
        entity: Entity,
        sources: Sources,
        clock: Now,
        dialect: Dialect,
        lists: Lists,
        names: Names,
        others: Asked,
        ctes: list[tuple[str, exp.Expr]],
    ) -> None:
        self.entity, self.sources, self.clock, self.others = entity, sources, clock, others
        self.dialect, self.lists, self.names = dialect, lists, names
        self.ctes = ctes
        # What was asked of rows inside of a condition; who explains the statement asks for it.
        self.tests: list[RowsTest] = []
        self.levels = Levels({})
        self._columns: dict[plan.Aggregate | plan.Course, tuple[Column, ...]] = {}
        self._courses = Courses(clock, dialect, names, self._read, self._inside)

    def columns(self, made: plan.Aggregate | plan.Course) -> tuple[Column, ...]:
        """Return the columns that hold an aggregate or course; KeyError for one that `make` was not given."""
        return self._columns[made]

    def make(self, conditions: Sequence[plan.Expr], *, are_many: bool) -> None:
        """Make every aggregate and course in the conditions: plain ones of one stream together, the others alone.

        If they `are_many`, what they only compare may be made as levels.
        """
        if are_many and self.dialect.habits.joins_levels:
            self.levels = levels_of(conditions)
        found: dict[plan.Aggregate | plan.Course, None] = {}
        for each in conditions:
            collect(each, found)
        groups: dict[object, list[plan.Aggregate]] = {}
        alone: list[plan.Aggregate | plan.Course] = []
        for aggregate in found:
            if isinstance(aggregate, plan.Course) or is_alone(aggregate):
                alone.append(aggregate)
            else:
                groups.setdefault(self._read_together(aggregate), []).append(aggregate)
        for group in groups.values():
            # Streams that are read together are not taken apart again.
            is_one = len(set(map(source_of, group))) == 1
            for part in passes(group, self.dialect.habits.own_pass if is_one else None):
                self._group(part)
        # An aggregate that depends on others comes after them: it was found after them.
        for aggregate in alone:
            if isinstance(aggregate, plan.Course):
                self._course(aggregate)
            elif is_ordered(aggregate):
                self._ordered(aggregate)
            else:
                self._group([aggregate])

    def passes(self) -> Iterator[Pass]:
        """Yield how rows are read: each CTE, and each question inside a condition."""
        found: dict[str, dict[plan.Aggregate | plan.Course, tuple[Column, ...]]] = {}
        for made, columns in self._columns.items():
            found.setdefault(columns[0].cte, {})[made] = columns
        for cte, group in found.items():
            names = [each.name for columns in group.values() for each in columns]
            yield Pass.of_cte(cte, first_source(next(iter(group))), tuple(group), names)
        for test in list(self.tests):
            source = source_of(test.made)
            query, frame = self.keys(test)
            yield Pass.of_query(source, source, (test.made,), frame.plain(query))

    def keys(self, test: RowsTest) -> tuple[exp.Select, Frame]:
        """Return a `select` of the keys of members whose rows pass a test, and the frame that it reads."""
        self.tests.append(test)
        frame, translator = self._frame(source_of(test.made))
        stretch = self._stretch(test.made.rows)
        frame.source.reaches(self.clock.lowest(stretch.start) if stretch else None)
        where = [] if stretch is None else self._inside(translator, frame, stretch)
        where += [translator.condition(each) for each in conjuncts(test.made.rows.where)]
        having = None
        if test.having is not None:
            made = [value for _, value in self._tallied(test.made, translator, frame, None)]
            having = _Grouped(translator, test.made, made).condition(test.having)
        query = frame.rows(frame.key())
        bound = all_of(where)
        if bound is not None:
            query = query.where(bound, copy=False)
        if having is not None:
            query = query.group_by(frame.key(), copy=False).having(having, copy=False)
        return query, frame

    # ── one pass for many ────────────────────────────────────────────────────────────────────────────────────────────

    def _read_together(self, aggregate: plan.Aggregate) -> object:
        """Return what the streams have in common whose rows one pass may read; the source, where it is read alone.

        What is joined to the rows of one stream belongs to it: another may call something else by the same name.
        """
        source = source_of(aggregate)
        owner = self._owner(source)
        if not self.dialect.habits.joins_streams or not isinstance(owner, Stream) or not reads_own_row(aggregate):
            return source
        is_plain = self.sources.of(owner).name is None
        return (owner.table, owner.by, owner.at, owner.at_type) if is_plain else source

    def _group(self, group: Sequence[plan.Aggregate]) -> None:
        sources = list(dict.fromkeys(map(source_of, group)))
        frame, translator = self._frame(sources[0])
        translators = {sources[0]: translator}
        for each in sources[1:]:
            # The rows are the same, only what their fields are called is not.
            translators[each] = self._frame(each, alias=frame.alias)[1]
        cte = self.names.new(self._named(sources, group))
        key = frame.key()
        names = Names([key.name])
        filters = [conjuncts(each.rows.where) for each in group]
        common = [each for each in filters[0] if all(each in other for other in filters[1:])]
        if len(sources) > 1:
            common = []
        stretches = [self._stretch(each.rows) for each in group]
        hull = hull_of(stretches)
        for reader in translators.values():
            reader.frame.source.reaches(self.clock.lowest(hull.start) if hull else None)
        selected: list[exp.Expr] = [key.copy()]
        results: list[tuple[str, str, tuple[Mark, ...] | None]] = []
        for aggregate, own, stretch in zip(group, filters, stretches, strict=True):
            translator = translators[source_of(aggregate)]
            rest = [translator.condition(each) for each in own if each not in common]
            if stretch is not None and hull is not None:
                rest = [*self._inside(translator, frame, rest_of(stretch, hull)), *rest]
            made = self._tallied(aggregate, translator, frame, all_of(rest))
            shown = self._shown(source_of(aggregate)) if len(sources) > 1 else ""
            marks = self.levels.of(aggregate)
            places: list[Column] = []
            for suffix, value in made:
                name = names.new(label(aggregate, suffix, shown))
                level = name if marks is None else names.new(f"{name}_level")
                selected.append(named(value, name))
                places.append(Column(cte, key.name, level))
                results.append((name, level, marks))
            self._columns[aggregate] = tuple(places)
        where = [] if hull is None else self._inside(translators[sources[0]], frame, hull)
        where += [translators[sources[0]].condition(each) for each in common]
        query = frame.rows(*selected)
        bound = all_of(where)
        if bound is not None:
            query = query.where(bound, copy=False)
        query = frame.plain(query.group_by(key.copy(), copy=False))
        if any(marks for _, _, marks in results):
            query = in_levels(query, key.name, results, self.names.new("totals"))
        self.ctes.append((cte, query))

    def _tallied(
        self,
        aggregate: plan.Aggregate,
        translator: Translator,
        frame: Frame,
        rest: exp.Expr | None,
    ) -> list[tuple[str, exp.Expr]]:
        """Return the columns that an aggregate needs, with what tells them apart."""

        def only(value: exp.Expr, otherwise: exp.Expr | None = None) -> exp.Expr:
            return value if rest is None else case(rest.copy(), value, otherwise)

        count = exp.Count(this=exp.Star()) if rest is None else self.dialect.count_where(rest.copy())
        match aggregate.tally:
            case Tally.COUNT:
                return [("", count)]
            case Tally.ACTIVE_DAYS:
                day = self._day(frame, aggregate)
                return [("", exp.Count(this=exp.Distinct(expressions=[only(day)])))]
            case Tally.FIRST:
                return [("", exp.Min(this=only(frame.moment())))]
            case Tally.LAST:
                return [("", exp.Max(this=only(frame.moment())))]
            case Tally.GAP:
                moment = translator.value(plan.Moment(1))
                return [
                    ("first", exp.Min(this=only(moment))),
                    ("last", exp.Max(this=only(moment.copy()))),
                    ("count", count),
                ]
            case _:
                assert aggregate.value is not None
                # Of nothing the sum is 0 anyway.
                is_zero = aggregate.tally is Tally.SUM and self.dialect.habits.sums_zero
                value = only(translator.value(aggregate.value), number(0) if is_zero else None)
                return self._of_value(aggregate, value)

    def _of_value(self, aggregate: plan.Aggregate, value: exp.Expr) -> list[tuple[str, exp.Expr]]:
        assert aggregate.value is not None
        type_ = aggregate.value.type
        match aggregate.tally:
            case Tally.SUM:
                return [("", self.dialect.total(value, type_))]
            case Tally.AVG:
                return [("sum", self.dialect.total(value, type_)), ("count", exp.Count(this=value.copy()))]
            case Tally.MIN:
                return [("", exp.Min(this=self.dialect.sortable(value, type_)))]
            case Tally.MAX:
                return [("", exp.Max(this=self.dialect.sortable(value, type_)))]
            case Tally.DISTINCT:
                return [("", exp.Count(this=exp.Distinct(expressions=[value])))]
            case _:
                raise AssertionError(aggregate.tally)

    def _day(self, frame: Frame, aggregate: plan.Aggregate) -> exp.Expr:
        """Return the event's date on the project's wall clock; only the zone's changes inside the window matter."""
        moment = frame.moment()
        at_type = frame.owner.at_type if isinstance(frame.owner, Stream) else None
        if at_type is not None and at_type.kind is Kind.DATE:
            return moment
        stretch = self._stretch(aggregate.rows)
        assert stretch is not None
        start, end = self.clock.lowest(stretch.start), self.clock.highest(stretch.end)
        return self.dialect.day_of(wall_of_instant(moment, self.clock, self.dialect, start or EPOCH, end))

    # ── values that need an order ────────────────────────────────────────────────────────────────────────────────────

    def _ordered(self, aggregate: plan.Aggregate) -> None:
        frame, translator = self._frame(source_of(aggregate))
        assert aggregate.value is not None
        key, value = frame.key(), translator.value(aggregate.value)
        stretch = self._stretch(aggregate.rows)
        frame.source.reaches(self.clock.lowest(stretch.start) if stretch else None)
        where = [] if stretch is None else self._inside(translator, frame, stretch)
        where += [translator.condition(each) for each in conjuncts(aggregate.rows.where)]
        shown = named(value, "value")
        placed = self.dialect.sortable(value, aggregate.value.type)
        query: exp.Select
        match aggregate.tally:
            case Tally.FIRST | Tally.LAST:
                is_last = aggregate.tally is Tally.LAST
                order = [_ordering(frame.moment(), is_last), _ordering(placed.copy(), is_last)]
                place = _window(exp.RowNumber(), key, order)
                query = frame.rows(key, shown, named(place, "place"))
                made, outer = [column("value")], exp.EQ(this=column("place"), expression=number(1))
            case Tally.MEDIAN:
                where.append(known(value.copy()))
                place = _window(exp.RowNumber(), key, [_ordering(placed.copy(), False)])
                size = _window(exp.Count(this=exp.Star()), key, [])
                query = frame.rows(
                    key,
                    shown,
                    named(place, "place"),
                    named(size, "size"),
                )
                return self._median(aggregate, frame, query, where)
            case _:
                where.append(known(value.copy()))
                order = [
                    _ordering(exp.Count(this=exp.Star()), True),
                    _ordering(placed.copy(), False),
                ]
                place = _window(exp.RowNumber(), key, order)
                query = frame.rows(key, shown, named(place, "place"))
                query = query.group_by(key.copy(), value.copy())
                made, outer = [column("value")], exp.EQ(this=column("place"), expression=number(1))
        self._finish(aggregate, frame, query, where, made, outer)
        return None

    def _median(
        self,
        aggregate: plan.Aggregate,
        frame: Frame,
        query: exp.Select,
        where: list[exp.Expr],
    ) -> None:
        """Take the middle one or two of each member's values: those with size <= 2 · place <= size + 2."""
        doubled = exp.Mul(this=number(2), expression=column("place"))
        most = exp.Add(this=column("size"), expression=number(2))
        outer = exp.Between(this=doubled, low=column("size"), high=most)
        assert aggregate.value is not None
        total = self.dialect.total(column("value"), aggregate.value.type)
        made = [
            named(total, "total"),
            named(exp.Count(this=exp.Star()), "count"),
        ]
        self._finish(aggregate, frame, query, where, made, outer, grouped=True)

    def _finish(
        self,
        aggregate: plan.Aggregate,
        frame: Frame,
        query: exp.Select,
        where: list[exp.Expr],
        made: Sequence[exp.Expr],
        outer: exp.Expr,
        *,
        grouped: bool = False,
    ) -> None:
        source = source_of(aggregate)
        cte = self.names.new(label(aggregate, "", self._shown(source)))
        bound = all_of(where)
        if bound is not None:
            query = query.where(bound, copy=False)
        key = frame.key().name
        inner = exp.Subquery(this=frame.plain(query), alias=exp.TableAlias(this=identifier("ranked")))
        whole = exp.select(column(key), *made).from_(inner).where(outer)
        if grouped:
            whole = whole.group_by(column(key))
        self.ctes.append((cte, whole))
        self._columns[aggregate] = tuple(Column(cte, key, each.alias_or_name) for each in made)

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _course(self, course: plan.Course) -> None:
        self._columns[course] = (self._courses.make(course),)
        self.ctes.extend(self._courses.ctes)
        self._courses.ctes.clear()

    def _read(self, events: plan.Events, level: int) -> tuple[Frame, Translator, Stretch]:
        """Return a frame of the events of a step, and when they count."""
        frame, translator = self._frame(events.stream, level)
        stretch = self._stretch(events)
        assert stretch is not None
        return frame, translator, stretch

    def _owner(self, source: str) -> Stream | Many:
        catalog: Catalog = self.sources.catalog
        return catalog.streams[source] if source in catalog.streams else catalog.manys[source]

    def _frame(self, source: str, level: int = 1, alias: str = "") -> tuple[Frame, Translator]:
        frame = Frame(self._owner(source), level, self.entity, self.sources, self, self.others, alias)
        return frame, Translator(frame, self.clock, self.dialect, self.lists)

    def _stretch(self, rows: plan.Rows) -> Stretch | None:
        """Return when events count: in their window and before T; None for rows without a time."""
        if not isinstance(rows, plan.Events):
            return None
        return self.clock.past(rows.window)

    def _inside(self, translator: Translator, frame: Frame, stretch: Stretch) -> list[exp.Expr]:
        if stretch == Stretch(None, None):
            return []
        at_type = frame.owner.at_type if isinstance(frame.owner, Stream) else None
        is_date = at_type is not None and at_type.kind is Kind.DATE
        found = translator.within(frame.moment, DATE if is_date else TIMESTAMP, stretch)
        return [found]

    def _shown(self, source: str) -> str:
        return source.rpartition(".")[2]

    def _named(self, sources: Sequence[str], group: Sequence[plan.Aggregate]) -> str:
        """Name a CTE after its stream, or the table of several; and after its one aggregate where it has but one."""
        if len(sources) > 1:
            return self._owner(sources[0]).table.parts[-1]
        shown = self._shown(sources[0])
        return label(group[0], "", shown) if len(group) == 1 else shown


class _Grouped(Translator):
    """Translates a condition on an aggregate where its rows are grouped."""

    def __init__(self, rows: Translator, made: plan.Aggregate, columns: Sequence[exp.Expr]) -> None:
        super().__init__(rows.frame, rows.clock, rows.dialect, rows.lists)
        self._made, self._columns = made, columns

    def columns_of(self, aggregate: plan.Aggregate) -> Sequence[exp.Expr]:
        assert aggregate is self._made
        return [each.copy() for each in self._columns]


def _window(function: exp.Expr, key: exp.Expr, order: Sequence[exp.Expr]) -> exp.Expr:
    ordering = exp.Order(expressions=list(order)) if order else None
    return exp.Window(this=function, partition_by=[key.copy()], order=ordering)


def _ordering(value: exp.Expr, is_descending: bool) -> exp.Expr:
    return exp.Ordered(this=value, desc=is_descending, nulls_first=False)
