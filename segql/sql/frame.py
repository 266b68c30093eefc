"""The rows that a `select` reads: what each level is called in it, and what is joined to it on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlglot import exp

from segql import plan
from segql.catalog import Catalog, Entity, Field, Many, One, Stream
from segql.plan.uses import ColumnUse
from segql.sql.clocks import Now
from segql.sql.levels import Levels
from segql.sql.literals import called, column, identifier, wrapped
from segql.sql.names import Names
from segql.sql.rows_tests import RowsTest
from segql.sql.sources import Source, Sources
from segql.types import TIMESTAMP, Kind, Type


@dataclass(frozen=True, slots=True)
class Column:
    """Where a value stands that was made before: the CTE, its key column, its own column."""

    cte: str
    key: str
    name: str


class Made(Protocol):
    """Gives the columns of aggregates that stand in CTEs of their own."""

    def columns(self, made: plan.Aggregate | plan.Course) -> tuple[Column, ...]:
        """Return the columns that hold an aggregate, or the keys of those whose events took a course."""
        ...

    @property
    def levels(self) -> Levels:
        """The aggregates whose columns hold levels."""
        ...

    def keys(self, test: RowsTest) -> tuple[exp.Select, Frame]:
        """Return a `select` of the keys of members whose rows pass a test, and the frame that it reads."""
        ...


class Asked(Protocol):
    """Answers what is asked beyond the rows of a frame."""

    def exists(self, entity: str, alias: str) -> exp.Expr | None:
        """Return what holds for rows of an entity that exist, the table being called `alias`; None for all of them."""
        ...

    def in_segment(self, asked: plan.InSegment, key: exp.Expr, clock: Now) -> exp.Expr:
        """Return whether a key is that of a member of a segment."""
        ...

    def goes_with(self, asked: plan.AlsoWith, value: exp.Expr, clock: Now) -> exp.Expr:
        """Return whether a value is one that people with another have more often than others."""
        ...


class Frame:
    """One `from` with its joins. `start` is the level of the rows in it: 0 members, 1 events or related rows.

    Steps of a sequence stand at levels of their own; the fields of earlier ones are read from a table called `before`.
    Items of lists inside it have aliases of their own, by level, while they are read.
    """

    def __init__(
        self,
        owner: Entity | Stream | Many,
        start: int,
        entity: Entity,
        sources: Sources,
        made: Made | None,
        others: Asked,
        alias: str = "",
    ) -> None:
        self.owner, self.start, self.entity = owner, start, entity
        self.sources, self.made, self.others = sources, made, others
        self.names = Names()
        self.source = sources.of(owner, owner.entity if isinstance(owner, Many) else None)
        self.alias = alias or self.names.new(owner.name)
        self.items: dict[int, str] = {}
        self.has_items = False
        self.before = ""
        self._earlier: Mapping[plan.Field, str] = {}
        self._joins: dict[object, tuple[str, exp.Expr, exp.Expr]] = {}

    @property
    def catalog(self) -> Catalog:
        """What the request is about."""
        return self.sources.catalog

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def key(self) -> exp.Column:
        """Return the column that names the member."""
        if isinstance(self.owner, Entity):
            return self._own(self.owner.key, self.owner.key_type, "key", is_key=True)
        return self._own(self.owner.by, self.entity.key_type, "by", is_key=True)

    def moment(self) -> exp.Column:
        """Return the instant or date of the event."""
        assert isinstance(self.owner, Stream)
        return self._own(self.owner.at, self.owner.at_type or TIMESTAMP, "at")

    def field(self, field: plan.Field) -> exp.Expr:
        """Return the column of a field of a row as a value, joining what lies on the way."""
        if field.level in self.items:
            return column("value", self.items[field.level])
        if field in self._earlier:
            return column(self._earlier[field], self.before)
        alias, source, owner = self._row(field.level)
        fields = self.catalog.fields_of(owner)
        for hop in field.path:
            one = self.catalog.one(owner, hop)
            assert one is not None
            alias, source = self._one(one, alias, source)
            fields, owner = one.fields, one.entity or ""
        known = fields[field.name]
        self.sources.use(source, ColumnUse(known.column, known.type, False, known.span))
        found = column(known.column, alias)
        return self.sources.dialect.listed(found) if known.values and known.type.kind is Kind.TEXT else found

    def key_of(self, level: int, path: tuple[str, ...]) -> exp.Column:
        """Return the key of the member that a row is, or that relations lead to from it."""
        if level == 0 and not path:
            return self.key()
        alias, source, owner = self._row(level)
        if not path:
            entity = self.catalog.entities[self.catalog.entity_of(owner) or ""]
            place = self.catalog.place(entity, "key")
            self.sources.use(source, ColumnUse(entity.key, entity.key_type, False, place))
            return column(entity.key, alias)
        for hop in path[:-1]:
            one = self.catalog.one(owner, hop)
            assert one is not None
            alias, source = self._one(one, alias, source)
            owner = one.entity or ""
        one = self.catalog.one(owner, path[-1])
        assert one is not None
        return self._start(one, alias, source)

    def sees(self, earlier: Mapping[plan.Field, str]) -> None:
        """Read fields of earlier steps from the columns of a table that will be joined and called `before`."""
        self.before, self._earlier = self.names.new("before"), earlier

    def made_columns(self, made: plan.Aggregate | plan.Course) -> list[exp.Column]:
        """Return the columns that hold an aggregate or course of the member, joined by the member's key."""
        assert self.made is not None
        found = self.made.columns(made)
        return [column(each.name, self._made(each)) for each in found]

    def _own(self, name: str, type_: Type | None, word: str, *, is_key: bool = False) -> exp.Column:
        place = self.catalog.place(self.owner, word)
        self.sources.use(self.source, ColumnUse(name, type_, is_key, place))
        return column(name, self.alias)

    # ── joins ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def rows(self, *selected: exp.Expr) -> exp.Select:
        """Return a `select` from these rows; columns need no table's name where there is but one table."""
        query = exp.select(*selected, copy=False).from_(self.sources.table(self.source, self.alias), copy=False)
        for _, table, condition in self._joins.values():
            query.append("joins", exp.Join(this=table, side="LEFT", on=condition))
        return query

    @property
    def has_joins(self) -> bool:
        """Whether other tables are read beside these rows."""
        return bool(self._joins)

    def plain(self, query: exp.Select) -> exp.Select:
        """Leave out the names of tables where one table is read and nothing stands inside it."""
        if self._joins or self.has_items:
            return query
        for each in list(query.find_all(exp.Column)):
            if each.table == self.alias:
                each.set("table", None)
        table = query.args["from_"].this
        if isinstance(table, exp.Table) and table.args.get("alias"):
            table.set("alias", None)
        return query

    def _row(self, level: int) -> tuple[str, Source, str]:
        """Return what the table of the rows at a level is called, its source, and whose rows they are."""
        if level != self.start:
            # The member, seen from one of its events.
            return self._member(), self.sources.of(self.entity), self.entity.name
        owner = self.owner.name
        if isinstance(self.owner, Many):
            owner = next(name for name, each in self.catalog.manys.items() if each is self.owner)
        return self.alias, self.source, owner

    def _member(self) -> str:
        if None not in self._joins:
            alias = self.names.new(self.entity.name)
            source = self.sources.of(self.entity)
            place = self.catalog.place(self.entity, "key")
            self.sources.use(source, ColumnUse(self.entity.key, self.entity.key_type, True, place))
            is_same = exp.EQ(this=column(self.entity.key, alias), expression=self.key())
            on = self._where_exists(is_same, self.entity.name, alias)
            self._joins[None] = (alias, self.sources.table(source, alias), on)
        return self._joins[None][0]

    def _one(self, one: One, alias: str, source: Source) -> tuple[str, Source]:
        target = self.sources.of(one, one.entity)
        key = (one.owner, one.name, alias)
        if key not in self._joins:
            name = self.names.new(one.name)
            start = self._start(one, alias, source)
            type_ = source.columns[start.name].type
            key_type = next((each.type for each in one.fields.values() if each.column == one.key), None)
            place = self.catalog.place(self.catalog.entities[one.entity] if one.entity else one, "key")
            self.sources.use(target, ColumnUse(one.key, key_type or type_, False, place))
            is_same = exp.EQ(this=column(one.key, name), expression=start)
            on = is_same if one.entity is None else self._where_exists(is_same, one.entity, name)
            self._joins[key] = (name, self.sources.table(target, name), on)
        return self._joins[key][0], target

    def _start(self, one: One, alias: str, source: Source) -> exp.Column:
        """Return the column from which a relation starts."""
        by = next((each for each in _fields(self.catalog, one.owner) if each.name == one.by), None)
        start = by.column if by else one.by
        place = self.catalog.place(one, "by")
        self.sources.use(source, ColumnUse(start, by.type if by else None, False, place))
        return column(start, alias)

    def _where_exists(self, is_same: exp.Expr, entity: str, alias: str) -> exp.Expr:
        """Return the condition of a join to an entity, only to rows that exist."""
        exists = self.others.exists(entity, alias)
        return is_same if exists is None else exp.And(this=is_same, expression=wrapped(exists))

    def _made(self, found: Column) -> str:
        if found.cte not in self._joins:
            alias = self.names.new(found.cte)
            table: exp.Expr = exp.Table(this=identifier(found.cte))
            if alias != found.cte:
                table = called(table, alias)
            on = exp.EQ(this=column(found.key, alias), expression=self.key())
            self._joins[found.cte] = (alias, table, on)
        return self._joins[found.cte][0]


def _fields(catalog: Catalog, owner: str) -> list[Field]:
    return list(catalog.fields_of(owner).values())
