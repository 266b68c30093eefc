"""Who is in which segment: conditions of the member, those of used segments first, as columns where they are shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from sqlglot import exp

from segql import plan
from segql.plan.conjuncts import conjuncts
from segql.sql.clocks import Now
from segql.sql.dialects import Dialect
from segql.sql.expressions import Translator
from segql.sql.frame import Frame
from segql.sql.lists import Lists
from segql.sql.literals import all_of, any_of, column, identifier, known, named, number
from segql.sql.names import Names
from segql.sql.population import Populations, shown
from segql.sql.rows_tests import RowsTest, rows_tests
from segql.tree import children, walk
from segql.types import BOOLEAN


class Flags:
    """The members of a request and their flags, one column a segment.

    A segment without references is decided from the member's own values. One that refers to others is decided a step
    later, from their columns; what else it asks was put into columns of its own before (`check_…`), so that the
    later steps read flags only. So it is with places among everyone, which are counted over a step's columns.
    """

    def __init__(
        self,
        request: plan.Request,
        frame: Frame,
        clock: Now,
        dialect: Dialect,
        lists: Lists,
        names: Names,
        ctes: list[tuple[str, exp.Expr]],
    ) -> None:
        self.request, self.frame, self.names = request, frame, names
        self.clock, self.dialect, self.lists, self.ctes = clock, dialect, lists, ctes
        self._columns: dict[str, str] = {}
        self._depths: dict[str, int] = {}
        self._parts: dict[plan.Expr, str] = {}
        self._last: str | None = None
        self._own = Names([frame.entity.key])
        self.populations = Populations(self._own)

    def only(
        self,
        name: str,
        selected: Callable[[exp.Column], Sequence[exp.Expr]],
        order: Callable[[exp.Column], exp.Expr] | None = None,
    ) -> exp.Select:
        """Return a `select` of the members of one segment; its condition stands in `where`."""
        segment = self.request.segment(name)
        if not _waits(segment.condition):
            tests = tests_of(segment.condition, self.clock, self.dialect)
            parts = conjuncts(segment.condition)
            # Whose key is found among others has one; a second test of it would lead an engine's optimizer astray.
            has_key = any(each in tests and tests[each].is_there for each in parts)
            where = [*self._universe()[has_key:], *(self._asked_alone(each, tests) for each in parts)]
            key = self.frame.key()
            query = self.frame.rows(*selected(key)).where(all_of(where), copy=False)
            return self.frame.plain(query if order is None else query.order_by(order(key.copy()), copy=False))
        self._steps([each for each in self.request.segments if each.name != name], [segment.condition])
        key = column(self.frame.entity.key)
        query = self.rows(*selected(key)).where(self._late(segment.condition), copy=False)
        return query if order is None else query.order_by(order(key.copy()), copy=False)

    def _asked_alone(self, condition: plan.Expr, tests: Mapping[plan.Expr, RowsTest]) -> exp.Expr:
        """Return a condition of the only segment that is asked about."""
        match condition:
            case plan.And(operands):
                joined = all_of([self._asked_alone(each, tests) for each in operands])
                assert joined is not None
                return joined
            case plan.Or(operands):
                return any_of([self._asked_alone(each, tests) for each in operands])
            case _ if condition in tests:
                return self._among_rows(tests[condition])
            case _:
                return self._translator().condition(condition)

    def _among_rows(self, test: RowsTest) -> exp.Expr:
        """Return whether a member is one whose rows pass a test."""
        assert self.frame.made is not None
        keys, rows = self.frame.made.keys(test)
        # What is joined inside may be called as the table around is.
        self.frame.has_items = self.frame.has_items or rows.has_joins
        if not test.is_there and not rows.has_joins:
            self.frame.has_items = True
            is_own = exp.EQ(this=rows.key(), expression=self.frame.key())
            keys = keys.select(number(1), append=False, copy=False).where(is_own, copy=False)
            return exp.Not(this=exp.Exists(this=keys))
        if not test.is_there:
            keys = keys.where(known(rows.key()), copy=False)
        found = exp.In(this=self.frame.key(), query=exp.Subquery(this=rows.plain(keys)))
        return found if test.is_there else exp.Not(this=found)

    def values(
        self, named_as: Sequence[tuple[plan.Expr, str]], order: Callable[[exp.Column], exp.Expr] | None
    ) -> exp.Select:
        """Return a `select` of the key of every member and what each gets, by the names of the columns."""
        key = self.frame.entity.key
        if not any(_waits(each) for each, _ in named_as):
            translator = self._translator()
            made = [named(self.dialect.shown(translator.value(each), each.type), name) for each, name in named_as]
            query = self.frame.rows(self.shown(self.frame.key()), *made).where(all_of(self._universe()), copy=False)
            return self.frame.plain(query if order is None else query.order_by(order(self.frame.key()), copy=False))
        self._steps(list(self.request.segments), [each for each, _ in named_as])
        late = _Late(self._columns, self._parts, self)
        made = [named(self.dialect.shown(late.value(each), each.type), name) for each, name in named_as]
        query = self.rows(self.shown(column(key)), *made)
        return query if order is None else query.order_by(order(column(key)), copy=False)

    def shown(self, key: exp.Column, name: str | None = None) -> exp.Expr:
        """Return the key of a member as the result has it, under its name or another."""
        made, name = self.dialect.shown(key, self.frame.entity.key_type), name or key.name
        return made if made is key and name == key.name else named(made, name)

    def all_at_once(
        self, asked: Sequence[str], selected: Callable[[Sequence[exp.Expr]], Sequence[exp.Expr]]
    ) -> exp.Select:
        """Return a `select` from everyone of what `selected` makes of the conditions of segments.

        Where no segment refers to another, none is made a column first: inside a `case` an engine need not look at
        what follows a condition that does not hold.
        """
        is_stepwise = any(_waits(each.condition) for each in self.request.segments)
        if is_stepwise or not self.dialect.habits.counts_at_once:
            self.all_in_columns()
            return self.rows(*selected([self.column(name) for name in asked]))
        translator = self._translator()
        conditions = [translator.condition(self.request.segment(name).condition) for name in asked]
        query = self.frame.rows(*selected(conditions)).where(all_of(self._universe()), copy=False)
        return self.frame.plain(query)

    def all_in_columns(self) -> None:
        """Put every segment into a column."""
        self._steps(list(self.request.segments), [])

    def chosen(self, name: str) -> exp.Select:
        """Return a `select`, yet without columns, of the members of a segment that stands in a column."""
        return self.rows().where(self.column(name), copy=False)

    def column(self, name: str) -> exp.Column:
        """Return the column of a segment."""
        return column(self._columns[name])

    @property
    def table(self) -> str:
        """The name of the CTE of members with all flags."""
        assert self._last is not None
        return self._last

    def rows(self, *selected: exp.Expr) -> exp.Select:
        """Return a `select` from the members with all flags."""
        return exp.select(*selected, copy=False).from_(exp.Table(this=identifier(self.table)), copy=False)

    def everyone(self, asked: Callable[[exp.Select, exp.Column], exp.Select]) -> exp.Select:
        """Return what `asked` makes of all members of the entity: of a `select`, yet without columns, and their key."""
        frame = Frame(self.frame.entity, 0, self.frame.entity, self.frame.sources, self.frame.made, self.frame.others)
        # What the condition joins is known once it is made.
        condition = all_of(self._universe(frame))
        return frame.plain(asked(frame.rows().where(condition, copy=False), frame.key()))

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _steps(self, segments: Sequence[plan.Segment], later: Sequence[plan.Expr]) -> None:
        """Make the CTEs: members with what can be decided at once, then a step for each depth of reference."""
        for each in segments:
            self._depths[each.name] = self._depth(each.condition)
        populations = _populations([*(each.condition for each in segments), *later])
        translator = self._translator()
        selected: list[exp.Expr] = [self.frame.key()]
        selected.extend(
            self._flag(each.name, translator.condition(each.condition))
            for each in segments
            if self._depths[each.name] == 0
        )
        for population in populations:
            for operand in _operands(population):
                self._prepare(operand, translator, selected, shown(operand))
        for part in [*(each.condition for each in segments), *later]:
            # What waits for nothing is a flag already, but for what comes later.
            if _waits(part) or part in later:
                self._prepare(part, translator, selected)
        condition = all_of(self._universe())
        query = self.frame.rows(*selected).where(condition, copy=False)
        self._step(self.frame.plain(query))
        depths = [*self._depths.values(), *map(self._last_step, populations)]
        for depth in range(1, max(depths, default=0) + 1):
            made = [
                self._flag(each.name, self._late(each.condition))
                for each in segments
                if self._depths[each.name] == depth
            ]
            for population in populations:
                step = depth - self._first_step(population)
                made += self.populations.columns(population, step, self._later())
            for columns in self.dialect.steps(made):
                self._step(self.rows(exp.Star(), *columns))

    def _depth(self, expr: plan.Expr) -> int:
        """Return the first step in which an expression can be read."""
        return max((self._last_step(each) + 1 for each in _waits(expr)), default=0)

    def _last_step(self, part: plan.InSegment | plan.Population) -> int:
        """Return the step whose columns hold a segment or a place among everyone."""
        if isinstance(part, plan.InSegment):
            return self._depths[part.name]
        return self._first_step(part) + self.populations.steps(part) - 1

    def _first_step(self, population: plan.Population) -> int:
        """Return the step after the one that holds all that is compared."""
        return max(1, *(self._depth(each) for each in _operands(population)))

    def _step(self, query: exp.Select) -> None:
        self._last = self.names.new("members")
        self.ctes.append((self._last, query))

    def _flag(self, name: str, condition: exp.Expr) -> exp.Expr:
        self._columns[name] = self._own.new(name)
        return named(condition, self._columns[name])

    def _prepare(
        self, expr: plan.Expr, translator: Translator, selected: list[exp.Expr], wanted: str = "check"
    ) -> None:
        """Put every largest part that needs no column of an earlier step into a column.

        What places among everyone are counted over was put there before all else.
        """
        is_column = isinstance(expr, plan.InSegment) and expr.is_own
        if is_column or isinstance(expr, plan.Literal | plan.Population) or expr in self._parts:
            return
        if not _waits(expr):
            self._parts[expr] = self._own.new(wanted)
            made = translator.condition(expr) if expr.type == BOOLEAN else translator.value(expr)
            selected.append(named(made, self._parts[expr]))
            return
        for each in _operands(expr):
            self._prepare(each, translator, selected)

    def _late(self, expr: plan.Expr) -> exp.Expr:
        """Return a condition on the columns that were made before."""
        return self._later().condition(expr)

    def _later(self) -> Translator:
        return _Late(self._columns, self._parts, self)

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def translator(self) -> Translator:
        """Return a translator for the member's own values."""
        return self._translator()

    def _translator(self, frame: Frame | None = None) -> Translator:
        return Translator(frame or self.frame, self.clock, self.dialect, self.lists)

    def _universe(self, frame: Frame | None = None) -> list[exp.Expr]:
        frame = frame or self.frame
        conditions = [known(frame.key())]
        exists = frame.others.exists(frame.entity.name, frame.alias)
        return [*conditions, *([] if exists is None else [exists])]


def made_before(request: plan.Request, clock: Now, dialect: Dialect) -> list[plan.Expr]:
    """Return the expressions whose aggregates are made before the members are asked about.

    Those of a segment that is asked about alone are not, where it is enough to look for the key among their rows.
    """
    if len(request.asked) == 1 and not request.values:
        condition = request.segment(request.asked[0]).condition
        if not _waits(condition):
            tests = tests_of(condition, clock, dialect)
            return [each for each in _parts(condition) if each not in tests]
    return [*(each.condition for each in request.segments), *(each.expr for each in request.values)]


def tests_of(condition: plan.Expr, clock: Now, dialect: Dialect) -> Mapping[plan.Expr, RowsTest]:
    """Return the parts of the condition of a segment asked about alone that are answered by queries of keys."""
    return rows_tests(condition, is_moving=clock.is_moving, of_absence=dialect.habits.is_anti_join_quick)


def _parts(condition: plan.Expr) -> Iterator[plan.Expr]:
    """Yield what stands under `and` and `or`."""
    if isinstance(condition, plan.And | plan.Or):
        for each in condition.operands:
            yield from _parts(each)
    else:
        yield condition


class _Late(Translator):
    """Translates conditions of later steps: parts that were prepared are columns."""

    def __init__(self, columns: dict[str, str], parts: dict[plan.Expr, str], flags: Flags) -> None:
        super().__init__(flags.frame, flags.clock, flags.dialect, flags.lists, columns)
        self.parts, self.populations = parts, flags.populations

    def condition(self, expr: plan.Expr) -> exp.Expr:
        if expr in self.parts:
            return column(self.parts[expr])
        return super().condition(expr)

    def value(self, expr: plan.Expr) -> exp.Expr:
        if expr in self.parts:
            made: exp.Expr = column(self.parts[expr])
            # A condition that was prepared may be null where it does not hold.
            is_field = isinstance(expr, plan.Field | plan.JsonValue | plan.Aggregate)
            if expr.type == BOOLEAN and not is_field:
                return self.dialect.given(made)
            return made
        return super().value(expr)

    def population(self, expr: plan.Population) -> exp.Expr:
        return self.populations.value(expr, self)


def _waits(expr: plan.Expr) -> list[plan.InSegment | plan.Population]:
    """Return the parts that are read from columns of an earlier step, but for those inside them."""
    found: list[plan.InSegment | plan.Population] = []
    pending = [expr]
    while pending:
        each = pending.pop()
        if isinstance(each, plan.Population) or (isinstance(each, plan.InSegment) and each.is_own):
            found.append(each)
        elif not isinstance(each, plan.Aggregate | plan.Course):
            # Aggregates and courses are made before all steps, with what their rows ask.
            pending.extend(_operands(each))
    return found


def _populations(exprs: Sequence[plan.Expr]) -> list[plan.Population]:
    """Return all places among everyone that are asked for, each once."""
    found = (part for each in exprs for part in walk(each) if isinstance(part, plan.Population))
    return list(dict.fromkeys(found))


def _operands(expr: plan.Expr) -> list[plan.Expr]:
    """Return the expressions inside one; a measure is none."""
    return [each for each in children(expr) if not isinstance(each, plan.Measure)]  # type: ignore[misc]
