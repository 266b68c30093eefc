"""What a condition asks beyond the rows that it is about: which rows exist, who is in a segment, what goes together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from segql import plan
from segql.plan import NOW
from segql.sql.clocks import Now
from segql.sql.dialects import Dialect
from segql.sql.expressions import Translator
from segql.sql.frame import Frame
from segql.sql.lists import Lists
from segql.sql.literals import all_of, column, identifier, known, named, number
from segql.sql.names import Names
from segql.sql.points import Stretch
from segql.sql.readings import Pass
from segql.sql.sources import Sources
from segql.types import TIMESTAMP

# Returns a `select` of the keys of the members of a segment at a clock.
Members = Callable[[str, Now], exp.Select]


class Others:
    """Answers for all parts of a statement. What takes a query of its own becomes a CTE, made once, of `ctes`.

    A CTE is added when it is whole, so that it stands after those that it reads.
    """

    def __init__(
        self,
        request: plan.Request,
        sources: Sources,
        dialect: Dialect,
        lists: Lists,
        names: Names,
        ctes: list[tuple[str, exp.Expr]],
        members: Members,
    ) -> None:
        self.request, self.sources, self.dialect = request, sources, dialect
        self.lists, self.names, self.ctes, self.members = lists, names, ctes, members
        self._segments: dict[tuple[str, Now], str] = {}
        self._going: dict[tuple[plan.AlsoWith, Now], str] = {}

    def exists(self, entity: str, alias: str) -> exp.Expr | None:
        """Return what holds for rows of an entity that exist, its table being called `alias`; None for all of them."""
        where = self.request.filter_of(entity)
        if where is None:
            return None
        home = self.sources.catalog.entities[entity]
        frame = Frame(home, 0, home, self.sources, None, self, alias)
        return Translator(frame, self.sources.clock, self.dialect, self.lists).condition(where)

    def in_segment(self, asked: plan.InSegment, key: exp.Expr, clock: Now) -> exp.Expr:
        """Return whether a key is that of a member of a segment, of any entity, at T or at an earlier instant."""
        if asked.as_of is not None:
            clock = clock.as_of(asked.as_of)
        place = asked.name, clock
        if place not in self._segments:
            query = self.members(asked.name, clock)
            self._segments[place] = self.names.new(asked.name)
            self.ctes.append((self._segments[place], query))
        entity = self.request.segment(asked.name).entity
        return _among(key, self._segments[place], self.sources.catalog.entities[entity].key)

    def goes_with(self, asked: plan.AlsoWith, value: exp.Expr, clock: Now) -> exp.Expr:
        """Return whether a value is one that people with another have more often than others."""
        place = asked, clock
        if place not in self._going:
            query = self._lifted(asked, clock)
            self._going[place] = self.names.new(f"{asked.stream}_going_together")
            self.ctes.append((self._going[place], query))
        return _among(value, self._going[place], "value")

    def passes(self) -> Iterator[Pass]:
        """Yield how rows are read for what goes together."""
        for (asked, _), cte in self._going.items():
            yield Pass.of_cte(cte, asked.stream, (asked,), ["value"])

    # ── what goes together ───────────────────────────────────────────────────────────────────────────────────────────

    def _lifted(self, asked: plan.AlsoWith, clock: Now) -> exp.Select:
        """Return the values, by the lift that their people have: both · all / (those with it · those with `given`)."""
        had = self.names.new(f"{asked.stream}_had")
        self.ctes.append((had, self._had(asked, clock)))
        table = exp.Table(this=identifier(had))
        given = (
            exp.select(column("member"))
            .from_(table.copy())
            .where(exp.EQ(this=column("value"), expression=self.dialect.literal(asked.given)))
        )
        with_given = exp.In(this=column("member"), query=exp.Subquery(this=given))
        counted = (
            exp.select(
                column("value"),
                named(exp.Count(this=exp.Star()), "people"),
                named(exp.Count(this=exp.Case(ifs=[exp.If(this=with_given, true=number(1))])), "both"),
            )
            .from_(table.copy())
            .group_by(column("value"))
        )
        everyone = exp.select(exp.Count(this=exp.Distinct(expressions=[column("member")]))).from_(table.copy())
        those = exp.select(exp.Count(this=exp.Star())).from_(exp.Subquery(this=given.copy(), alias=_alias("given")))
        lifted = exp.Mul(this=column("both"), expression=exp.Subquery(this=everyone))
        share = exp.Mul(this=column("people"), expression=exp.Subquery(this=those))
        enough: list[exp.Expr] = [
            exp.NEQ(this=column("value"), expression=self.dialect.literal(asked.given)),
            exp.GTE(this=column("both"), expression=number(asked.min_support)),
            exp.GTE(this=lifted, expression=exp.Mul(this=self.dialect.constant(asked.min_lift), expression=share)),
        ]
        query = exp.select(column("value")).from_(exp.Subquery(this=counted, alias=_alias("counted")))
        query = query.where(all_of(enough))
        if asked.top is None:
            return query
        # For one value that is given, the lift grows with the share of its people among those who have each.
        lift = exp.Div(this=exp.Cast(this=column("both"), to=exp.DataType.build("double")), expression=column("people"))
        ordered = [exp.Ordered(this=lift, desc=True), exp.Ordered(this=column("value"))]
        return query.order_by(*ordered).limit(asked.top)

    def _had(self, asked: plan.AlsoWith, clock: Now) -> exp.Select:
        """Return each member and the values of theirs, each once."""
        catalog = self.sources.catalog
        stream = catalog.streams[asked.stream]
        entity = catalog.entities[stream.entity]
        frame = Frame(stream, asked.level, entity, self.sources, None, self)
        translator = Translator(frame, clock, self.dialect, self.lists)
        frame.source.reaches(None)
        value = translator.value(asked.value)
        where = [translator.within(frame.moment, stream.at_type or TIMESTAMP, Stretch(None, clock.at(NOW)))]
        if asked.where is not None:
            where.append(translator.condition(asked.where))
        where += [known(value.copy()), known(frame.key()), self._exists(entity.name, frame.key())]
        query = frame.rows(named(frame.key(), "member"), named(value, "value"))
        return frame.plain(query.where(all_of(where), copy=False)).distinct()

    def _exists(self, entity: str, key: exp.Expr) -> exp.Expr:
        """Return whether a key is that of somebody who exists."""
        home = self.sources.catalog.entities[entity]
        frame = Frame(home, 0, home, self.sources, None, self)
        exists = self.exists(entity, frame.alias)
        own = frame.key()
        query = frame.rows(own).where(all_of([known(own.copy()), *([] if exists is None else [exists])]))
        return exp.In(this=key, query=exp.Subquery(this=frame.plain(query)))


def _among(value: exp.Expr, cte: str, name: str) -> exp.Expr:
    keys = exp.select(column(name)).from_(exp.Table(this=identifier(cte)))
    return exp.In(this=value, query=exp.Subquery(this=keys))


def _alias(name: str) -> exp.TableAlias:
    return exp.TableAlias(this=identifier(name))
