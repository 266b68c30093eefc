"""Where rows come from: tables as they are; what engine, file or zone tells otherwise, plain in a CTE of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.catalog import Catalog, Entity, Many, One, Stream, Table
from segql.plan import NOW
from segql.plan.uses import ColumnUse, TableUse
from segql.sql.clocks import Now
from segql.sql.dialects import Dialect
from segql.sql.literals import called, case, column, identifier, named, text
from segql.sql.names import Names
from segql.sql.shifts import EPOCH, instant_of_wall
from segql.types import KEY, TIMESTAMP, Kind, Type


@dataclass(slots=True)
class Source:
    """A table or file as one owner reads it: the columns needed so far, by name.

    `name` is that of its CTE, None for a table that is read as it is. `since` is the start of the widest window asked
    of its events: no earlier change of a zone matters.
    """

    owner: Entity | Stream | One | Many
    name: str | None
    columns: dict[str, ColumnUse] = field(default_factory=dict)
    since: dt.datetime | None = None

    @property
    def table(self) -> Table:
        """The table or file."""
        return self.owner.table

    def reaches(self, start: dt.datetime | None) -> None:
        """Note that events from `start` on are asked for; None for all."""
        start = start or EPOCH
        self.since = start if self.since is None else min(self.since, start)


class Sources:
    """All that a statement reads."""

    def __init__(self, catalog: Catalog, clock: Now, dialect: Dialect, names: Names) -> None:
        self.catalog, self.clock, self.dialect, self.names = catalog, clock, dialect, names
        self._sources: dict[tuple[str, str], Source] = {}

    def of(self, owner: Entity | Stream | One | Many, entity: str | None = None) -> Source:
        """Return the source of an owner; a relation to an entity reads that entity's."""
        if entity is not None:
            owner = self.catalog.entities[entity]
        key = (type(owner).__name__ + getattr(owner, "owner", ""), owner.name)
        if key not in self._sources:
            name = None if self._is_plain(owner) else self.names.new(f"{owner.name}_rows")
            self._sources[key] = Source(owner, name)
        return self._sources[key]

    def table(self, source: Source, alias: str) -> exp.Expr:
        """Return the source as it stands in a `from`."""
        table = exp.Table(this=identifier(source.name)) if source.name else direct(source.table)
        name = source.name or source.table.parts[-1]
        return table if alias == name else called(table, alias)

    def table_of(self, name: str) -> Table:
        """Return the table of a stream or relation by its name."""
        catalog = self.catalog
        return (catalog.streams[name] if name in catalog.streams else catalog.manys[name]).table

    def use(self, source: Source, use: ColumnUse) -> str:
        """Note that a column is read, and return its name."""
        known = source.columns.get(use.column)
        if known is None:
            source.columns[use.column] = use
        elif use.is_key and not known.is_key:
            source.columns[use.column] = ColumnUse(use.column, known.type or use.type, True, known.span)
        return use.column

    def uses(self) -> tuple[TableUse, ...]:
        """Return every table and its columns."""
        found: dict[Table, dict[str, ColumnUse]] = {}
        for source in self._sources.values():
            columns = found.setdefault(source.table, {})
            for name, use in source.columns.items():
                known = columns.get(name)
                columns[name] = use if known is None or (use.is_key and not known.is_key) else known
        return tuple(TableUse(table, tuple(columns.values())) for table, columns in found.items())

    def sources(self) -> list[Source]:
        """Return every source that is read."""
        return list(self._sources.values())

    def ctes(self) -> list[tuple[str, exp.Expr]]:
        """Return the CTEs that make files, zones and what an engine keeps in its own way plain, by name."""
        return [(each.name, self.plain(each, each.columns)) for each in self._sources.values() if each.name is not None]

    def plain(self, source: Source, names: Iterable[str]) -> exp.Expr:
        """Return a `select` of columns of a file or table with the types and instants they mean."""
        read: list[exp.Expr] = []
        shown: list[exp.Expr] = []
        for name in names:
            value = self._read(source, name)
            read.append(value if isinstance(value, exp.Column) else named(value, name))
            kind = None
            if may_be_day(source, name) and self._has_wall_clock(source, name):
                kind = self.dialect.kind_of_time(column(name), source.table)
            if kind is not None:
                read.append(named(kind, _kind(name)))
            shown.append(self._instant(source, name, column(name), of_kind=kind is not None))
        origin = self.dialect.file(source.table) if source.table.is_file else direct(source.table)
        if all(isinstance(each, exp.Column) for each in shown):
            return exp.select(*read, copy=False).from_(origin, copy=False)
        if not all(isinstance(each, exp.Column) for each in read):
            rows = exp.select(*read, copy=False).from_(origin, copy=False)
            origin = exp.Subquery(this=rows, alias=exp.TableAlias(this=identifier("read")))
        return exp.select(*shown, copy=False).from_(origin, copy=False)

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_plain(self, owner: Entity | Stream | One | Many) -> bool:
        """Say whether a table can be read as it is."""
        if owner.table.is_file or _zoned(owner):
            return False
        types = [each.type for each in owner.fields.values()]
        match owner:
            case Entity():
                types.append(owner.key_type or KEY)
            case Stream():
                types += [owner.at_type or TIMESTAMP, self.catalog.entities[owner.entity].key_type or KEY]
            case Many():
                types.append(self.catalog.entities[owner.owner].key_type or KEY)
            case One():
                types.append(KEY)
        return not any(map(self.dialect.converts, types))

    def _read(self, source: Source, name: str) -> exp.Expr:
        """Return a column as a value of its type; times without a zone as they stand."""
        type_ = _type(source, name)
        if source.table.is_file:
            return self.dialect.from_file(column(name), source.table, type_)
        return self.dialect.stored(column(name), type_ or KEY)

    def _has_wall_clock(self, source: Source, name: str) -> bool:
        return self.clock.zone.key != "UTC" or _zone(source.owner, name) is not None

    def _instant(self, source: Source, name: str, value: exp.Column, *, of_kind: bool = False) -> exp.Expr:
        """Return a column as an instant where it is a wall-clock time, else as it is.

        In a file a time may come with a zone of its own, and the undeclared time of an event may be a day alone, which
        is the instant of its midnight in the project's zone.
        """
        zone, type_ = _zone(source.owner, name), _type(source, name)
        if type_ is not None and type_.kind is not Kind.TIMESTAMP:
            return value
        is_time = isinstance(source.owner, Stream) and source.owner.at == name
        start = source.since if is_time else None
        end = self.clock.highest(self.clock.at(NOW)) if is_time else None
        moved: exp.Expr = value
        if zone is not None:
            moved = instant_of_wall(
                self.dialect.wall_clock(value), ZoneInfo(zone), self.clock, self.dialect, start, end
            )
        if of_kind:
            midnight = instant_of_wall(value.copy(), self.clock.zone, self.clock, self.dialect, start, end)
            is_day = exp.EQ(this=column(_kind(name)), expression=text("day"))
            is_aware = exp.EQ(this=column(_kind(name)), expression=text("zone"))
            asked = [exp.If(this=is_day, true=midnight), exp.If(this=is_aware, true=value.copy())]
            moved = exp.Case(ifs=asked, default=moved) if zone is not None else case(is_day, midnight, moved)
        return moved if isinstance(moved, exp.Column) else named(moved, name)


def direct(table: Table) -> exp.Table:
    """Return a table as the database knows it."""
    return exp.Table(
        this=identifier(table.parts[-1]),
        db=identifier(table.parts[-2]) if len(table.parts) > 1 else None,
        catalog=identifier(table.parts[-3]) if len(table.parts) > 2 else None,
    )


def may_be_day(source: Source, name: str) -> bool:
    """Say whether a column is the undeclared time of events, which may be a day or an instant."""
    owner = source.owner
    return isinstance(owner, Stream) and owner.at == name and owner.at_type is None


def _type(source: Source, name: str) -> Type | None:
    """Return the type of a column; a check may read a key that the statement itself does not."""
    use = source.columns.get(name)
    return None if use is None else use.type


def _kind(name: str) -> str:
    return f"{name} is"


def _zoned(owner: Entity | Stream | One | Many) -> bool:
    has_zone = isinstance(owner, Stream) and owner.zone is not None
    return has_zone or any(each.zone for each in owner.fields.values())


def _zone(owner: Entity | Stream | One | Many, name: str) -> str | None:
    """Return the zone of a column that carries none."""
    if isinstance(owner, Stream) and owner.at == name and owner.zone is not None:
        return owner.zone
    return next((each.zone for each in owner.fields.values() if each.column == name), None)
