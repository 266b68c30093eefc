"""Events as rows of a key and an instant, for courses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from sqlglot import exp

from segql import plan
from segql.plan import Step
from segql.plan.conjuncts import conjuncts
from segql.sql.expressions import Translator
from segql.sql.frame import Frame
from segql.sql.literals import all_of, case, column, known, named, number
from segql.sql.passes import AT, KEY, KIND, subquery
from segql.sql.points import Point, Stretch, latest
from segql.sql.ties import tie_of

EARLIEST, FITS = "earliest", "fits"

# Rows of a stream at a level: the frame, what translates for it, and when its events count.
Read: TypeAlias = Callable[[plan.Events, int], tuple[Frame, Translator, Stretch]]
Inside: TypeAlias = Callable[[Translator, Frame, Stretch], list[exp.Expr]]


class Happenings:
    """Reads events, from a `floor` on if there is one: none that lies before it matters."""

    def __init__(self, read: Read, inside: Inside) -> None:
        self.read, self.inside = read, inside

    def of_step(
        self,
        step: Step,
        level: int,
        equal: Sequence[tuple[plan.Expr, plan.Expr]],
        own: dict[plan.Field, str],
        floor: Point | None,
    ) -> tuple[exp.Select, Point | None]:
        """Return the events of a step that hangs on none before, but for values; and before when none of them lies."""
        tie = tie_of(step.events, level)
        events = _only_where(step.events, tie.own)
        frame, translator, where = self.reading(events, level, None if step.is_first else floor)
        values = [translator.value(each) for each, _ in equal]
        where += [known(each.copy()) for each in values]
        shown = [named(each, f"value_{place}") for place, each in enumerate(values)]
        shown += [named(translator.value(each), name) for each, name in own.items()]
        found = self.read(events, level)[2].start
        starts = [each for each in (found, floor) if each is not None]
        floor = latest(starts) if starts else None
        if not step.is_first:
            return self.selected(frame, translator, level, where, *shown), floor
        at = translator.value(plan.Moment(level))
        partition = [frame.key(), *(each.copy() for each in values)]
        shown.append(named(exp.Window(this=exp.Min(this=at), partition_by=partition), EARLIEST))
        asked: list[exp.Expr] = [exp.EQ(this=column(AT), expression=column(EARLIEST))]
        if step.when is not None:
            shown.append(named(case(translator.condition(step.when), number(1)), FITS))
            asked.append(exp.EQ(this=column(FITS), expression=number(1)))
        rows = self.selected(frame, translator, level, where, *shown)
        names = [KEY, AT, *(f"value_{place}" for place, _ in enumerate(values)), *own.values()]
        query = exp.select(*(column(each) for each in names)).from_(subquery(rows, "events")).where(all_of(asked))
        return query, None

    def plain(self, events: plan.Events, level: int, *shown: exp.Expr, floor: Point | None = None) -> exp.Select:
        """Return key and instant of events that hang on nothing else; a bare number is the kind."""
        frame, translator, where = self.reading(events, level, floor)
        more = [each if isinstance(each, exp.Alias) else named(each, KIND) for each in shown]
        return self.selected(frame, translator, level, where, *more)

    def selected(
        self, frame: Frame, translator: Translator, level: int, where: list[exp.Expr], *shown: exp.Expr
    ) -> exp.Select:
        """Return key, instant and more of events of which something holds."""
        key, at = named(frame.key(), KEY), named(translator.value(plan.Moment(level)), AT)
        return frame.plain(frame.rows(key, at, *shown).where(all_of(where), copy=False))

    def reading(
        self,
        events: plan.Events,
        level: int,
        floor: Point | None,
        earlier: Mapping[plan.Field, str] | None = None,
    ) -> tuple[Frame, Translator, list[exp.Expr]]:
        """Return a frame of events and what must hold of them, not before `floor`."""
        frame, translator, stretch = self.translating(events, level, earlier)
        starts = [each for each in (stretch.start, floor) if each is not None]
        stretch = Stretch(latest(starts) if starts else None, stretch.end)
        frame.source.reaches(translator.clock.lowest(stretch.start))
        asked = map(translator.condition, conjuncts(events.where))
        return frame, translator, [*self.inside(translator, frame, stretch), *asked]

    def translating(
        self, events: plan.Events, level: int, earlier: Mapping[plan.Field, str] | None
    ) -> tuple[Frame, Translator, Stretch]:
        """Return a frame of events; fields of steps before are read from what they reached."""
        frame, translator, stretch = self.read(events, level)
        if earlier is not None:
            frame.sees(earlier)
        return frame, translator, stretch


def _only_where(events: plan.Events, conditions: Sequence[plan.Expr]) -> plan.Events:
    """Return events of which only these conditions are asked."""
    where = plan.And(tuple(conditions)) if len(conditions) > 1 else next(iter(conditions), None)
    return plan.Events(events.stream, events.window, where)
