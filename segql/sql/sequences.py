"""Sequences, followed step by step.

A CTE holds the events that complete the steps up to one, the next CTE those that go on from them. Where nothing but the
time decides, the latest event before is the best one to go on from: it leaves the smallest gap, the least between, and
the latest start. So one pass over both in order finds it (`_ordered`), and nothing is joined. A step that compares
itself with an earlier one by `=` does the same among the rows of that value. All others are joined with what they may
follow (`_joined`).

Events of one instant do not follow each other: in the order of a pass, what looks back stands before what it must not
see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from segql import plan
from segql.plan import Absence, Step
from segql.sql.clocks import Now
from segql.sql.dialects import Dialect
from segql.sql.happenings import EARLIEST, FITS, Happenings
from segql.sql.literals import all_of, case, column, known, named, number
from segql.sql.names import Names
from segql.sql.passes import AT, KEY, KIND, is_within, later, looking, only, subquery, table, union
from segql.sql.points import Point
from segql.sql.ties import Tie, fields_read, tie_of

BEFORE, SINCE, BETWEEN = "before", "since", "between"


@dataclass(frozen=True, slots=True)
class _Reached:
    """A CTE with the events that complete the steps so far: `key`, `at`, and `since`, the first step's instant.

    `since` is there only where the whole sequence has a bound. `fields` are those of the steps that later ones read.
    `rises`: a later event has no earlier `since`. `floor`: no event of the steps lies before it.
    """

    cte: str
    fields: dict[plan.Field, str]
    rises: bool = True
    floor: Point | None = None


class Sequences:
    """Makes the CTEs of sequences, each after those that it reads."""

    def __init__(
        self, clock: Now, dialect: Dialect, names: Names, events: Happenings, ctes: list[tuple[str, exp.Expr]]
    ) -> None:
        self.clock, self.dialect, self.names, self.events, self.ctes = clock, dialect, names, events, ctes

    def make(self, course: plan.Sequence) -> tuple[exp.Select, str]:
        """Return a `select` of those who did a sequence, and a name for it."""
        first, *others = course.steps
        assert isinstance(first, Step)
        streams = [each.events.stream for each in course.steps]
        label = f"{streams[0]}_then_{streams[-1]}" if others else streams[0]
        spans = course.within is not None
        reached = self._first(first, fields_read(others, 1), spans, label)
        level = 1
        for place, each in enumerate(others):
            if isinstance(each, Absence):
                reached = self._absent(each, level + 1, reached, spans, label)
                continue
            level += 1
            kept = fields_read(others[place + 1 :], level)
            reached = self._next(each, level, kept, reached, spans, label)
        query = exp.select(column(KEY)).from_(table(reached.cte))
        if course.within is not None:
            query = query.where(is_within(column(AT), column(SINCE), course.within, self.dialect))
        return query, label

    def _first(self, step: Step, kept: Sequence[plan.Field], spans: bool, label: str) -> _Reached:
        fields = {each: f"field_{place}" for place, each in enumerate(kept)}
        rows, floor = self.events.of_step(step, 1, (), fields, None)
        if spans:
            shown = [column(each) for each in fields.values()]
            rows = exp.select(column(KEY), column(AT), named(column(AT), SINCE), *shown).from_(subquery(rows, "events"))
        return _Reached(self._add(f"{label}_1", rows), fields, floor=floor)

    def _next(
        self, step: Step, level: int, kept: Sequence[plan.Field], reached: _Reached, spans: bool, label: str
    ) -> _Reached:
        tie = tie_of(step.events, level)
        handed = [each for each in kept if each.level < level]
        equal = {theirs: place for place, (own, theirs) in enumerate(tie.equal) if own.type == theirs.type}
        # What is handed on belongs to the event that is taken: the latest one is as good as all only if it is equal.
        is_free = not tie.loose and all(each in equal for each in handed)
        is_narrow = step.within is not None or bool(step.without)
        if is_free and (not spans or reached.rises or not is_narrow):
            made = self._ordered(step, level, tie, kept, reached, spans, label)
            return replace(made, rises=not tie.equal)
        return replace(self._joined(step, level, kept, reached, spans, label), rises=False)

    def _ordered(
        self,
        step: Step,
        level: int,
        tie: Tie,
        kept: Sequence[plan.Field],
        reached: _Reached,
        spans: bool,
        label: str,
    ) -> _Reached:
        """Take for each event of a step the latest event before that it may follow."""
        own = {each: f"field_{place}" for place, each in enumerate(kept) if each.level == level}
        values = [f"value_{place}" for place, _ in enumerate(tie.equal)]
        rows, _ = self.events.of_step(step, level, tie.equal, own, reached.floor)
        names = [*([SINCE] if spans else []), *values, *own.values()]

        # An event that may be followed only after a time counts from then on, also for what happens just then.
        wait = step.after or 0
        kind_before = -1 if step.after else 1

        def row(kind: int, given: dict[str, exp.Expr]) -> list[exp.Expr]:
            return [named(number(kind), KIND), *(named(given.get(each, exp.null()), each) for each in names)]

        mine: dict[str, exp.Expr] = {each: column(each) for each in [*values, *own.values()]}
        parts = [exp.select(column(KEY), column(AT), *row(0, mine)).from_(subquery(rows, "events"))]
        frame, earlier, _ = self.events.translating(step.events, level, reached.fields)
        theirs = {name: earlier.value(value) for name, (_, value) in zip(values, tie.equal, strict=True)}
        if spans:
            theirs[SINCE] = column(SINCE)
        since = named(later(column(AT), wait, self.dialect), AT) if wait else column(AT)
        earlier_rows = exp.select(column(KEY), since, *row(kind_before, theirs))
        parts.append(earlier_rows.from_(table(reached.cte, frame.before)))
        parts += [self.events.plain(each, level, *row(2, {}), floor=reached.floor) for each in step.without]
        latest = looking(exp.Max, only(kind_before, AT), [KEY, *values], [AT, KIND])
        seen = [named(self.dialect.earlier(latest, self.dialect.duration(wait)) if wait else latest, BEFORE)]
        if spans:
            seen.append(named(looking(exp.Max, only(kind_before, SINCE), [KEY, *values], [AT, KIND]), "start"))
        if step.without:
            seen.append(named(looking(exp.Max, only(2, AT), [KEY], [AT, KIND]), BETWEEN))
        passed = [column(each) for each in (KEY, AT, KIND, *values, *own.values())]
        ranked = exp.select(*passed, *seen).from_(subquery(union(parts), "events"))
        asked: list[exp.Expr] = [exp.EQ(this=column(KIND), expression=number(0))]
        before = column(BEFORE)
        asked.append(known(before) if step.within is None else is_within(column(AT), before, step.within, self.dialect))
        if step.without:
            is_clear = exp.LTE(this=column(BETWEEN), expression=column(BEFORE))
            asked.append(
                exp.Paren(this=exp.Or(this=exp.Is(this=column(BETWEEN), expression=exp.null()), expression=is_clear))
            )
        places = {theirs: values[place] for place, (_, theirs) in enumerate(tie.equal)}
        fields = {each: own[each] if each in own else places[each] for each in kept}
        renamed = {each: f"field_{place}" for place, each in enumerate(kept)}
        shown = [named(column(fields[each]), renamed[each]) for each in kept]
        start = [named(column("start"), SINCE)] if spans else []
        query = exp.select(column(KEY), column(AT), *start, *shown).from_(subquery(ranked, "seen")).where(all_of(asked))
        return replace(reached, cte=self._add(f"{label}_{level}", query), fields=renamed)

    def _joined(
        self,
        step: Step,
        level: int,
        kept: Sequence[plan.Field],
        reached: _Reached,
        spans: bool,
        label: str,
    ) -> _Reached:
        """Join each event of a step with all that it may follow."""
        frame, translator, where = self.events.reading(
            step.events, level, None if step.is_first else reached.floor, reached.fields
        )
        alias = frame.before
        at, key = translator.value(plan.Moment(level)), frame.key()
        handed = {each: f"field_{place}" for place, each in enumerate(kept)}
        before = column(AT, alias)
        shown = [named(key, KEY), named(at, AT), named(before, BEFORE)]
        shown += [named(column(SINCE, alias), SINCE)] if spans else []
        shown += [named(translator.value(each), name) for each, name in handed.items()]
        follows: list[exp.Expr] = [exp.GT(this=at.copy(), expression=before.copy())]
        if step.within is not None:
            follows.append(is_within(at.copy(), before.copy(), step.within, self.dialect))
        if step.after is not None:
            follows.append(exp.GTE(this=at.copy(), expression=later(before.copy(), step.after, self.dialect)))
        asked: list[exp.Expr] = []
        if step.is_first:
            others = [KEY, *reached.fields.values()]
            first = exp.Window(this=exp.Min(this=at.copy()), partition_by=[column(each, alias) for each in others])
            shown.append(named(first, EARLIEST))
            asked.append(exp.EQ(this=column(AT), expression=column(EARLIEST)))
            asked.append(exp.GT(this=column(AT), expression=column(BEFORE)))
            if step.within is not None:
                asked.append(is_within(column(AT), column(BEFORE), step.within, self.dialect))
            if step.after is not None:
                asked.append(exp.GTE(this=column(AT), expression=later(column(BEFORE), step.after, self.dialect)))
            if step.when is not None:
                shown.append(named(case(translator.condition(step.when), number(1)), FITS))
                asked.append(exp.EQ(this=column(FITS), expression=number(1)))
        else:
            where += follows
        is_same = exp.EQ(this=column(KEY, alias), expression=key.copy())
        rows = frame.rows(*shown).where(all_of(where), copy=False)
        rows.append("joins", exp.Join(this=table(reached.cte, alias), kind="INNER", on=is_same))
        if step.without:
            asked.append(exp.Not(this=self._any_between(step.without, level, reached.floor, label)))
        grouped = [column(each, "seen") for each in (KEY, AT, *handed.values())]
        start = [named(exp.Max(this=column(SINCE, "seen")), SINCE)] if spans else []
        query = exp.select(*grouped[:2], *start, *grouped[2:]).from_(subquery(rows, "seen"))
        bound = all_of(asked)
        query = query if bound is None else query.where(bound)
        cte = self._add(f"{label}_{level}", query.group_by(*(each.copy() for each in grouped)))
        return replace(reached, cte=cte, fields=handed)

    def _any_between(self, excluded: Sequence[plan.Events], level: int, floor: Point | None, label: str) -> exp.Expr:
        """Return whether one of the events lies between `before` and `at` of the rows called `seen`."""
        cte = self._add(f"not_in_{label}", union([self.events.plain(each, level, floor=floor) for each in excluded]))
        asked: list[exp.Expr] = [
            exp.EQ(this=column(KEY, "other"), expression=column(KEY, "seen")),
            exp.GT(this=column(AT, "other"), expression=column(BEFORE, "seen")),
            exp.LT(this=column(AT, "other"), expression=column(AT, "seen")),
        ]
        return exp.Exists(this=exp.select(number(1)).from_(table(cte, "other")).where(all_of(asked)))

    # ── what did not follow ──────────────────────────────────────────────────────────────────────────────────────────

    def _absent(self, absence: Absence, level: int, reached: _Reached, spans: bool, label: str) -> _Reached:
        """Keep the events that nothing follows in time."""
        tie = tie_of(absence.events, level)
        # An instant that lies before all that can be written is before every event.
        last = self.clock.before(absence.within)
        is_over = exp.false() if last is None else exp.LT(this=column(AT), expression=self.clock.timestamp(last))
        names = [*([SINCE] if spans else []), *reached.fields.values()]
        if tie.loose:
            query = self._unfollowed_joined(absence, level, names, reached)
        else:
            query = self._unfollowed(absence, level, tie, names, reached)
        query = query.where(is_over)
        return replace(reached, cte=self._add(f"{label}_not_{absence.events.stream}", query))

    def _unfollowed(self, absence: Absence, level: int, tie: Tie, names: list[str], reached: _Reached) -> exp.Select:
        """Look ahead from each event to the next of those that must not follow."""
        values = [f"value_{place}" for place, _ in enumerate(tie.equal)]
        frame, earlier, _ = self.events.translating(absence.events, level, reached.fields)
        theirs = [named(earlier.value(value), name) for name, (_, value) in zip(values, tie.equal, strict=True)]
        shown = [column(each) for each in names]
        mine = exp.select(column(KEY), column(AT), named(number(0), KIND), *theirs, *shown)
        mine = mine.from_(table(reached.cte, frame.before))
        step = Step(absence.events)
        rows, _ = self.events.of_step(step, level, tie.equal, {}, reached.floor)
        nothing = [named(exp.null(), each) for each in names]
        own = [column(each) for each in values]
        others = exp.select(column(KEY), column(AT), named(number(1), KIND), *own, *nothing).from_(
            subquery(rows, "events")
        )
        after = looking(exp.Min, only(1, AT), [KEY, *values], [AT, KIND], is_ahead=True)
        passed = [column(each) for each in (KEY, AT, KIND, *names)]
        seen = exp.select(*passed, named(after, "after")).from_(subquery(union([mine, others]), "events"))
        end = later(column(AT), absence.within, self.dialect)
        is_quiet = exp.Or(
            this=exp.Is(this=column("after"), expression=exp.null()),
            expression=exp.GT(this=column("after"), expression=end),
        )
        query = exp.select(column(KEY), column(AT), *(each.copy() for each in shown)).from_(subquery(seen, "seen"))
        return query.where(exp.EQ(this=column(KIND), expression=number(0)), exp.Paren(this=is_quiet))

    def _unfollowed_joined(self, absence: Absence, level: int, names: list[str], reached: _Reached) -> exp.Select:
        frame, translator, where = self.events.reading(absence.events, level, reached.floor, reached.fields)
        at = translator.value(plan.Moment(level))
        before = column(AT, frame.before)
        where += [
            exp.EQ(this=frame.key(), expression=column(KEY, frame.before)),
            exp.GT(this=at, expression=before),
            is_within(at.copy(), before.copy(), absence.within, self.dialect),
        ]
        follows = exp.Exists(this=frame.rows(number(1)).where(all_of(where), copy=False))
        query = exp.select(*(column(each) for each in (KEY, AT, *names))).from_(table(reached.cte, frame.before))
        return query.where(exp.Not(this=follows))

    def _add(self, name: str, query: exp.Expr) -> str:
        cte = self.names.new(name)
        self.ctes.append((cte, query))
        return cte
