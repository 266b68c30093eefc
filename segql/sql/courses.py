"""Courses of events: the members whose events took them, one CTE or a few for each."""

from __future__ import annotations

from sqlglot import exp

from segql import plan
from segql.plan import AnyOrder, Burst, Resumed
from segql.sql.clocks import Now
from segql.sql.dialects import Dialect
from segql.sql.frame import Column
from segql.sql.happenings import FITS, Happenings, Inside, Read
from segql.sql.literals import all_of, case, column, named, number
from segql.sql.names import Names
from segql.sql.passes import AT, KEY, KIND, is_within, later, looking, only, over, subquery, union
from segql.sql.sequences import BEFORE, Sequences


class Courses:
    """Makes the CTEs of courses."""

    def __init__(self, clock: Now, dialect: Dialect, names: Names, read: Read, inside: Inside) -> None:
        self.dialect, self.names, self.events = dialect, names, Happenings(read, inside)
        self.ctes: list[tuple[str, exp.Expr]] = []
        self._sequences = Sequences(clock, dialect, names, self.events, self.ctes)

    def make(self, course: plan.Course) -> Column:
        """Add the CTEs of a course, and return where the keys of those who took it stand."""
        match course:
            case plan.Sequence():
                query, name = self._sequences.make(course)
            case AnyOrder():
                query, name = self._any_order(course), f"{course.events[0].stream}_and_{course.events[-1].stream}"
            case Burst():
                query, name = self._burst(course), f"{course.events.stream}_burst"
            case Resumed():
                query, name = self._resumed(course), f"{course.events.stream}_resumed"
            case _:
                raise AssertionError(course)
        cte = self.names.new(name)
        self.ctes.append((cte, query.group_by(column(KEY))))
        return Column(cte, KEY, KEY)

    def _any_order(self, course: AnyOrder) -> exp.Select:
        """Look back from each event, as the last one, to the latest of each kind."""
        parts = [self.events.plain(each, 1, number(kind)) for kind, each in enumerate(course.events)]
        latest = [
            named(looking(exp.Max, only(kind, AT), [KEY], [AT, KIND]), f"latest_{kind}") for kind, _ in enumerate(parts)
        ]
        seen = exp.select(column(KEY), column(AT), *latest).from_(subquery(union(parts), "events"))
        near: list[exp.Expr] = [
            is_within(column(AT), column(f"latest_{kind}"), course.within, self.dialect) for kind, _ in enumerate(parts)
        ]
        return exp.select(column(KEY)).from_(subquery(seen, "seen")).where(all_of(near))

    def _burst(self, course: Burst) -> exp.Select:
        steps_back = exp.Lag(this=column(AT), offset=number(course.count - 1))
        first = named(over(steps_back, [KEY], [column(AT)]), "first")
        seen = exp.select(column(KEY), column(AT), first).from_(subquery(self.events.plain(course.events, 1), "events"))
        end = later(column("first"), course.within, self.dialect)
        return exp.select(column(KEY)).from_(subquery(seen, "seen")).where(exp.LT(this=column(AT), expression=end))

    def _resumed(self, course: Resumed) -> exp.Select:
        frame, translator, where = self.events.reading(course.events, 1, None)
        fits = named(case(translator.condition(course.when), number(1)), FITS)
        # Several events of one instant are one, so that the one before is an earlier one.
        rows = self.events.selected(frame, translator, 1, where, fits).distinct()
        before = named(over(exp.Lag(this=column(AT)), [KEY], [column(AT)]), BEFORE)
        seen = exp.select(column(KEY), column(AT), column(FITS), before).from_(subquery(rows, "events"))
        end = later(column(BEFORE), course.gap, self.dialect)
        asked: list[exp.Expr] = [
            exp.EQ(this=column(FITS), expression=number(1)),
            exp.GTE(this=column(AT), expression=end),
        ]
        return exp.select(column(KEY)).from_(subquery(seen, "seen")).where(all_of(asked))
