"""Courses of events: the members whose events took them, one CTE or a few for each.

A sequence is followed step by step: a CTE holds the events that complete the steps up to one, the next CTE those that
go on from them. Where nothing but the time decides, the latest event before is the best one to go on from: it leaves
the smallest gap, the least between, and the latest start. So one pass over both in order finds it (`_ordered`), and
nothing is joined. A step that compares itself with an earlier one by `=` does the same among the rows of that value.
All others are joined with what they may follow (`_joined`).

Events of one instant do not follow each other: in the order of a pass, what looks back stands before what it must not
see.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from sqlglot import exp

from segql import plan
from segql.plan import Absence, AnyOrder, Burst, Clock, Op, Resumed, Step
from segql.plan.instants import Interval
from segql.sql.expressions import Translator
from segql.sql.frame import Column, Frame
from segql.sql.literals import all_of, case, column, identifier, interval, known, named, number, timestamp
from segql.sql.names import Names
from segql.tree import Node, walk
from segql.types import Kind

KEY, AT, KIND = "key", "at", "kind"
BEFORE, SINCE, BETWEEN, EARLIEST, FITS = "before", "since", "between", "earliest", "fits"

# Rows of a stream at a level: the frame, what translates for it, and when its events count.
Read: TypeAlias = Callable[[plan.Events, int], tuple[Frame, Translator, Interval]]
Inside: TypeAlias = Callable[[Translator, Frame, Interval], list[exp.Expr]]


@dataclass(frozen=True, slots=True)
class _Reached:
    """A CTE with the events that complete the steps so far: `key`, `at`, and `since`, the first step's instant.

    `since` is there only where the whole sequence has a bound. `fields` are those of the steps that later ones read.
    `rises`: a later event has no earlier `since`. `floor`: no event of the steps lies before it.
    """

    cte: str
    fields: dict[plan.Field, str]
    rises: bool = True
    floor: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class _Tie:
    """How the condition of a step hangs on earlier ones: by equal values, its own first, or in any other way."""

    equal: tuple[tuple[plan.Expr, plan.Expr], ...]
    loose: tuple[plan.Expr, ...]
    own: tuple[plan.Expr, ...]


class Courses:
    """Makes the CTEs of courses."""

    def __init__(self, clock: Clock, names: Names, read: Read, inside: Inside) -> None:
        self.clock, self.names, self.read, self.inside = clock, names, read, inside
        self.ctes: list[tuple[str, exp.Expr]] = []

    def make(self, course: plan.Course) -> Column:
        """Add the CTEs of a course, and return where the keys of those who took it stand."""
        match course:
            case plan.Sequence():
                query, name = self._sequence(course)
            case AnyOrder():
                query, name = self._any_order(course), f"{course.events[0].stream}_and_{course.events[-1].stream}"
            case Burst():
                query, name = self._burst(course), f"{course.events.stream}_burst"
            case Resumed():
                query, name = self._resumed(course), f"{course.events.stream}_resumed"
            case _:
                raise AssertionError(course)
        cte = self._add(name, query.group_by(column(KEY)))
        return Column(cte, KEY, KEY)

    # ── near each other ──────────────────────────────────────────────────────────────────────────────────────────────

    def _any_order(self, course: AnyOrder) -> exp.Select:
        """Look back from each event, as the last one, to the latest of each kind."""
        parts = [self._plain(each, 1, number(kind)) for kind, each in enumerate(course.events)]
        latest = [
            named(_looking(exp.Max, _only(kind, AT), [KEY], [AT, KIND]), f"latest_{kind}")
            for kind, _ in enumerate(parts)
        ]
        seen = exp.select(column(KEY), column(AT), *latest).from_(_rows(_union(parts), "events"))
        near: list[exp.Expr] = [
            _is_within(column(AT), column(f"latest_{kind}"), course.within) for kind, _ in enumerate(parts)
        ]
        return exp.select(column(KEY)).from_(_rows(seen, "seen")).where(all_of(near))

    def _burst(self, course: Burst) -> exp.Select:
        steps_back = exp.Lag(this=column(AT), offset=number(course.count - 1))
        first = named(_over(steps_back, [KEY], [column(AT)]), "first")
        seen = exp.select(column(KEY), column(AT), first).from_(_rows(self._plain(course.events, 1), "events"))
        end = exp.Add(this=column("first"), expression=interval(course.within))
        return exp.select(column(KEY)).from_(_rows(seen, "seen")).where(exp.LT(this=column(AT), expression=end))

    def _resumed(self, course: Resumed) -> exp.Select:
        frame, translator, where = self._reading(course.events, 1, None)
        fits = named(case(translator.condition(course.when), number(1)), FITS)
        # Several events of one instant are one, so that the one before is an earlier one.
        rows = self._selected(frame, translator, 1, where, fits).distinct()
        before = named(_over(exp.Lag(this=column(AT)), [KEY], [column(AT)]), BEFORE)
        seen = exp.select(column(KEY), column(AT), column(FITS), before).from_(_rows(rows, "events"))
        end = exp.Add(this=column(BEFORE), expression=interval(course.gap))
        asked: list[exp.Expr] = [
            exp.EQ(this=column(FITS), expression=number(1)),
            exp.GTE(this=column(AT), expression=end),
        ]
        return exp.select(column(KEY)).from_(_rows(seen, "seen")).where(all_of(asked))

    # ── sequences ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _sequence(self, course: plan.Sequence) -> tuple[exp.Select, str]:
        first, *others = course.steps
        assert isinstance(first, Step)
        streams = [each.events.stream for each in course.steps]
        label = f"{streams[0]}_then_{streams[-1]}" if others else streams[0]
        spans = course.within is not None
        reached = self._first(first, _fields_read(others, 1), spans, label)
        level = 1
        for place, each in enumerate(others):
            if isinstance(each, Absence):
                reached = self._absent(each, level + 1, reached, spans, label)
                continue
            level += 1
            kept = _fields_read(others[place + 1 :], level)
            reached = self._next(each, level, kept, reached, spans, label)
        query = exp.select(column(KEY)).from_(_table(reached.cte))
        if course.within is not None:
            query = query.where(_is_within(column(AT), column(SINCE), course.within))
        return query, label

    def _first(self, step: Step, kept: Sequence[plan.Field], spans: bool, label: str) -> _Reached:
        fields = {each: f"field_{place}" for place, each in enumerate(kept)}
        rows, floor = self._events(step, 1, (), fields, None)
        if spans:
            shown = [column(each) for each in fields.values()]
            rows = exp.select(column(KEY), column(AT), named(column(AT), SINCE), *shown).from_(_rows(rows, "events"))
        return _Reached(self._add(f"{label}_1", rows), fields, floor=floor)

    def _next(
        self, step: Step, level: int, kept: Sequence[plan.Field], reached: _Reached, spans: bool, label: str
    ) -> _Reached:
        tie = _tie(step.events, level)
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
        tie: _Tie,
        kept: Sequence[plan.Field],
        reached: _Reached,
        spans: bool,
        label: str,
    ) -> _Reached:
        """Take for each event of a step the latest event before that it may follow."""
        own = {each: f"field_{place}" for place, each in enumerate(kept) if each.level == level}
        values = [f"value_{place}" for place, _ in enumerate(tie.equal)]
        rows, _ = self._events(step, level, tie.equal, own, reached.floor)
        names = [*([SINCE] if spans else []), *values, *own.values()]

        def row(kind: int, given: dict[str, exp.Expr]) -> list[exp.Expr]:
            return [named(number(kind), KIND), *(named(given.get(each, exp.null()), each) for each in names)]

        mine: dict[str, exp.Expr] = {each: column(each) for each in [*values, *own.values()]}
        parts = [exp.select(column(KEY), column(AT), *row(0, mine)).from_(_rows(rows, "events"))]
        frame, earlier, _ = self._translating(step.events, level, reached)
        theirs = {name: earlier.value(value) for name, (_, value) in zip(values, tie.equal, strict=True)}
        if spans:
            theirs[SINCE] = column(SINCE)
        parts.append(exp.select(column(KEY), column(AT), *row(1, theirs)).from_(_table(reached.cte, frame.before)))
        parts += [self._plain(each, level, *row(2, {}), floor=reached.floor) for each in step.without]
        seen = [named(_looking(exp.Max, _only(1, AT), [KEY, *values], [AT, KIND]), BEFORE)]
        if spans:
            seen.append(named(_looking(exp.Max, _only(1, SINCE), [KEY, *values], [AT, KIND]), "start"))
        if step.without:
            seen.append(named(_looking(exp.Max, _only(2, AT), [KEY], [AT, KIND]), BETWEEN))
        passed = [column(each) for each in (KEY, AT, KIND, *values, *own.values())]
        ranked = exp.select(*passed, *seen).from_(_rows(_union(parts), "events"))
        asked: list[exp.Expr] = [exp.EQ(this=column(KIND), expression=number(0))]
        asked.append(
            known(column(BEFORE)) if step.within is None else _is_within(column(AT), column(BEFORE), step.within)
        )
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
        query = exp.select(column(KEY), column(AT), *start, *shown).from_(_rows(ranked, "seen")).where(all_of(asked))
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
        frame, translator, where = self._reading(step.events, level, None if step.is_first else reached.floor, reached)
        alias = frame.before
        at, key = translator.value(plan.Moment(level)), frame.key()
        handed = {each: f"field_{place}" for place, each in enumerate(kept)}
        before = column(AT, alias)
        shown = [named(key, KEY), named(at, AT), named(before, BEFORE)]
        shown += [named(column(SINCE, alias), SINCE)] if spans else []
        shown += [named(translator.value(each), name) for each, name in handed.items()]
        follows: list[exp.Expr] = [exp.GT(this=at.copy(), expression=before.copy())]
        if step.within is not None:
            follows.append(_is_within(at.copy(), before.copy(), step.within))
        asked: list[exp.Expr] = []
        if step.is_first:
            others = [KEY, *reached.fields.values()]
            first = exp.Window(this=exp.Min(this=at.copy()), partition_by=[column(each, alias) for each in others])
            shown.append(named(first, EARLIEST))
            asked.append(exp.EQ(this=column(AT), expression=column(EARLIEST)))
            asked.append(exp.GT(this=column(AT), expression=column(BEFORE)))
            if step.within is not None:
                asked.append(_is_within(column(AT), column(BEFORE), step.within))
            if step.when is not None:
                shown.append(named(case(translator.condition(step.when), number(1)), FITS))
                asked.append(exp.EQ(this=column(FITS), expression=number(1)))
        else:
            where += follows
        is_same = exp.EQ(this=column(KEY, alias), expression=key.copy())
        rows = frame.rows(*shown).join(_table(reached.cte, alias), on=is_same, join_type="inner", copy=False)
        rows = rows.where(all_of(where), copy=False)
        if step.without:
            asked.append(exp.Not(this=self._any_between(step.without, level, reached.floor, label)))
        grouped = [column(each, "seen") for each in (KEY, AT, *handed.values())]
        start = [named(exp.Max(this=column(SINCE, "seen")), SINCE)] if spans else []
        query = exp.select(*grouped[:2], *start, *grouped[2:]).from_(_rows(rows, "seen"))
        bound = all_of(asked)
        query = query if bound is None else query.where(bound)
        cte = self._add(f"{label}_{level}", query.group_by(*(each.copy() for each in grouped)))
        return replace(reached, cte=cte, fields=handed)

    def _any_between(
        self, excluded: Sequence[plan.Events], level: int, floor: dt.datetime | None, label: str
    ) -> exp.Expr:
        """Return whether one of the events lies between `before` and `at` of the rows called `seen`."""
        cte = self._add(f"not_in_{label}", _union([self._plain(each, level, floor=floor) for each in excluded]))
        asked: list[exp.Expr] = [
            exp.EQ(this=column(KEY, "other"), expression=column(KEY, "seen")),
            exp.GT(this=column(AT, "other"), expression=column(BEFORE, "seen")),
            exp.LT(this=column(AT, "other"), expression=column(AT, "seen")),
        ]
        return exp.Exists(this=exp.select(number(1)).from_(_table(cte, "other")).where(all_of(asked)))

    # ── what did not follow ──────────────────────────────────────────────────────────────────────────────────────────

    def _absent(self, absence: Absence, level: int, reached: _Reached, spans: bool, label: str) -> _Reached:
        """Keep the events that nothing follows in time."""
        tie = _tie(absence.events, level)
        # An instant that lies before all that can be written is before every event.
        try:
            last = self.clock.as_of - dt.timedelta(microseconds=absence.within)
            is_over: exp.Expr = exp.LT(this=column(AT), expression=timestamp(last))
        except OverflowError:
            is_over = exp.false()
        names = [*([SINCE] if spans else []), *reached.fields.values()]
        if tie.loose:
            query = self._unfollowed_joined(absence, level, names, reached)
        else:
            query = self._unfollowed(absence, level, tie, names, reached)
        query = query.where(is_over)
        return replace(reached, cte=self._add(f"{label}_not_{absence.events.stream}", query))

    def _unfollowed(self, absence: Absence, level: int, tie: _Tie, names: list[str], reached: _Reached) -> exp.Select:
        """Look ahead from each event to the next of those that must not follow."""
        values = [f"value_{place}" for place, _ in enumerate(tie.equal)]
        frame, earlier, _ = self._translating(absence.events, level, reached)
        theirs = [named(earlier.value(value), name) for name, (_, value) in zip(values, tie.equal, strict=True)]
        shown = [column(each) for each in names]
        mine = exp.select(column(KEY), column(AT), named(number(0), KIND), *theirs, *shown)
        mine = mine.from_(_table(reached.cte, frame.before))
        step = Step(absence.events)
        rows, _ = self._events(step, level, tie.equal, {}, reached.floor)
        nothing = [named(exp.null(), each) for each in names]
        own = [column(each) for each in values]
        others = exp.select(column(KEY), column(AT), named(number(1), KIND), *own, *nothing).from_(
            _rows(rows, "events")
        )
        after = _looking(exp.Min, _only(1, AT), [KEY, *values], [AT, KIND], is_ahead=True)
        passed = [column(each) for each in (KEY, AT, KIND, *names)]
        seen = exp.select(*passed, named(after, "after")).from_(_rows(_union([mine, others]), "events"))
        end = exp.Add(this=column(AT), expression=interval(absence.within))
        is_quiet = exp.Or(
            this=exp.Is(this=column("after"), expression=exp.null()),
            expression=exp.GT(this=column("after"), expression=end),
        )
        query = exp.select(column(KEY), column(AT), *(each.copy() for each in shown)).from_(_rows(seen, "seen"))
        return query.where(exp.EQ(this=column(KIND), expression=number(0)), exp.Paren(this=is_quiet))

    def _unfollowed_joined(self, absence: Absence, level: int, names: list[str], reached: _Reached) -> exp.Select:
        frame, translator, where = self._reading(absence.events, level, reached.floor, reached)
        at = translator.value(plan.Moment(level))
        before = column(AT, frame.before)
        where += [
            exp.EQ(this=frame.key(), expression=column(KEY, frame.before)),
            exp.GT(this=at, expression=before),
            _is_within(at.copy(), before.copy(), absence.within),
        ]
        follows = exp.Exists(this=frame.rows(number(1)).where(all_of(where), copy=False))
        query = exp.select(*(column(each) for each in (KEY, AT, *names))).from_(_table(reached.cte, frame.before))
        return query.where(exp.Not(this=follows))

    # ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _events(
        self,
        step: Step,
        level: int,
        equal: Sequence[tuple[plan.Expr, plan.Expr]],
        own: dict[plan.Field, str],
        floor: dt.datetime | None,
    ) -> tuple[exp.Select, dt.datetime | None]:
        """Return the events of a step that hangs on none before, but for values; and before when none of them lies."""
        tie = _tie(step.events, level)
        events = _only_where(step.events, tie.own)
        frame, translator, where = self._reading(events, level, None if step.is_first else floor)
        values = [translator.value(each) for each, _ in equal]
        where += [known(each.copy()) for each in values]
        shown = [named(each, f"value_{place}") for place, each in enumerate(values)]
        shown += [named(translator.value(each), name) for each, name in own.items()]
        found = self.read(events, level)[2].start
        floor = max((each for each in (found, floor) if each is not None), default=None)
        if not step.is_first:
            return self._selected(frame, translator, level, where, *shown), floor
        at = translator.value(plan.Moment(level))
        partition = [frame.key(), *(each.copy() for each in values)]
        shown.append(named(exp.Window(this=exp.Min(this=at), partition_by=partition), EARLIEST))
        asked: list[exp.Expr] = [exp.EQ(this=column(AT), expression=column(EARLIEST))]
        if step.when is not None:
            shown.append(named(case(translator.condition(step.when), number(1)), FITS))
            asked.append(exp.EQ(this=column(FITS), expression=number(1)))
        rows = self._selected(frame, translator, level, where, *shown)
        names = [KEY, AT, *(f"value_{place}" for place, _ in enumerate(values)), *own.values()]
        query = exp.select(*(column(each) for each in names)).from_(_rows(rows, "events")).where(all_of(asked))
        return query, None

    def _plain(self, events: plan.Events, level: int, *shown: exp.Expr, floor: dt.datetime | None = None) -> exp.Select:
        """Return key and instant of events that hang on nothing else; a bare number is the kind."""
        frame, translator, where = self._reading(events, level, floor)
        more = [each if isinstance(each, exp.Alias) else named(each, KIND) for each in shown]
        return self._selected(frame, translator, level, where, *more)

    def _selected(
        self, frame: Frame, translator: Translator, level: int, where: list[exp.Expr], *shown: exp.Expr
    ) -> exp.Select:
        key, at = named(frame.key(), KEY), named(translator.value(plan.Moment(level)), AT)
        return frame.plain(frame.rows(key, at, *shown).where(all_of(where), copy=False))

    def _reading(
        self, events: plan.Events, level: int, floor: dt.datetime | None, reached: _Reached | None = None
    ) -> tuple[Frame, Translator, list[exp.Expr]]:
        """Return a frame of events and what must hold of them, not before `floor`."""
        frame, translator, stretch = self._translating(events, level, reached)
        starts = [each for each in (stretch.start, floor) if each is not None]
        stretch = Interval(max(starts, default=None), stretch.end)
        frame.source.reaches(stretch.start)
        conjuncts = _conjuncts(events.where)
        return frame, translator, [*self.inside(translator, frame, stretch), *map(translator.condition, conjuncts)]

    def _translating(
        self, events: plan.Events, level: int, reached: _Reached | None
    ) -> tuple[Frame, Translator, Interval]:
        """Return a frame of events; fields of steps before are read from what they reached."""
        frame, translator, stretch = self.read(events, level)
        if reached is not None:
            frame.sees(reached.fields)
        return frame, translator, stretch

    def _add(self, name: str, query: exp.Expr) -> str:
        cte = self.names.new(name)
        self.ctes.append((cte, query))
        return cte


def _only_where(events: plan.Events, conditions: Sequence[plan.Expr]) -> plan.Events:
    """Return events of which only these conditions are asked."""
    where = plan.And(tuple(conditions)) if len(conditions) > 1 else next(iter(conditions), None)
    return plan.Events(events.stream, events.window, where)


# ── what hangs on earlier steps ──────────────────────────────────────────────────────────────────────────────────────


def _tie(events: plan.Events, level: int) -> _Tie:
    equal: list[tuple[plan.Expr, plan.Expr]] = []
    loose: list[plan.Expr] = []
    own: list[plan.Expr] = []
    for each in _conjuncts(events.where):
        pair = _equal(each, level)
        if not _reads_earlier(each, level):
            own.append(each)
        elif pair is None:
            loose.append(each)
        else:
            equal.append(pair)
    return _Tie(tuple(equal), tuple(loose), tuple(own))


def _equal(condition: plan.Expr, level: int) -> tuple[plan.Expr, plan.Expr] | None:
    """Return the two sides of an equality between a value of the step and one of earlier steps alone."""
    match condition:
        case plan.Compare(Op.EQ, left, right) if _is_exact(left, right):
            for mine, theirs in ((left, right), (right, left)):
                if _is_of_earlier(theirs, level) and not _reads_earlier(mine, level):
                    return mine, theirs
    return None


def _is_exact(left: plan.Expr, right: plan.Expr) -> bool:
    """Say whether values of both are equal where rows of both can be put into one group."""
    kinds = {left.type.kind, right.type.kind}
    return len(kinds - {Kind.FLOAT}) == len(kinds) == 1 or kinds == {Kind.INTEGER, Kind.DECIMAL}


def _reads_earlier(expr: plan.Expr, level: int) -> bool:
    return any(isinstance(each, plan.Field) and 0 < each.level < level for each in walk(expr))


def _is_of_earlier(expr: plan.Expr, level: int) -> bool:
    others = (plan.Aggregate, plan.Course, plan.Moment)
    return _reads_earlier(expr, level) and not any(
        isinstance(each, others) or (isinstance(each, plan.Field) and not 0 < each.level < level) for each in walk(expr)
    )


def _fields_read(later: Sequence[Node], level: int) -> list[plan.Field]:
    """Return the fields of the steps up to a level that later ones read, each once."""
    found = (each for step in later for each in walk(step))
    fields = (each for each in found if isinstance(each, plan.Field) and 0 < each.level <= level)
    return list(dict.fromkeys(fields))


def _conjuncts(where: plan.Expr | None) -> list[plan.Expr]:
    match where:
        case None:
            return []
        case plan.And(operands):
            return [part for each in operands for part in _conjuncts(each)]
        case _:
            return [where]


# ── SQL ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_within(at: exp.Expr, before: exp.Expr, within: int) -> exp.Expr:
    return exp.LTE(this=at, expression=exp.Add(this=before, expression=interval(within)))


def _only(kind: int, name: str) -> exp.Expr:
    return case(exp.EQ(this=column(KIND), expression=number(kind)), column(name))


def _looking(
    function: type[exp.Max | exp.Min],
    value: exp.Expr,
    partition: Sequence[str],
    order: Sequence[str],
    *,
    is_ahead: bool = False,
) -> exp.Expr:
    """Return the greatest or least of what stands before a row in an order: of time, ahead of it or back."""
    first, *rest = order
    ordered = [exp.Ordered(this=column(first), desc=is_ahead, nulls_first=False), *map(column, rest)]
    spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    return _over(function(this=value), partition, ordered, spec)


def _over(
    function: exp.Expr, partition: Sequence[str], order: Sequence[exp.Expr], spec: exp.WindowSpec | None = None
) -> exp.Expr:
    by = [column(each) for each in partition]
    return exp.Window(this=function, partition_by=by, order=exp.Order(expressions=list(order)), spec=spec)


def _union(parts: Sequence[exp.Select]) -> exp.Query:
    return exp.union(*parts, distinct=False, copy=False) if len(parts) > 1 else parts[0]


def _rows(query: exp.Query, alias: str) -> exp.Subquery:
    return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))


def _table(cte: str, alias: str | None = None) -> exp.Expr:
    table = exp.Table(this=identifier(cte))
    return exp.alias_(table, alias, quoted=True, table=True) if alias else table
