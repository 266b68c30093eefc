"""Where rows come from: tables as they are; files and columns in other zones made plain in a CTE of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlglot import exp

from segql.catalog import Catalog, Entity, Field, Many, One, Stream, Table
from segql.plan import Clock
from segql.plan.uses import ColumnUse, TableUse
from segql.source import Span
from segql.sql.dialects import Dialect
from segql.sql.literals import column, identifier, named
from segql.sql.names import Names
from segql.sql.shifts import instant_of_wall
from segql.types import Kind, Type


@dataclass(slots=True)
class Source:
    """A table or file as one owner reads it: the columns needed so far, by name."""

    owner: Entity | Stream | One | Many
    name: str | None
    columns: dict[str, ColumnUse] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        """The table or file."""
        return self.owner.table


class Sources:
    """All that a statement reads."""

    def __init__(self, catalog: Catalog, clock: Clock, dialect: Dialect, names: Names) -> None:
        self.catalog, self.clock, self.dialect, self.names = catalog, clock, dialect, names
        self._sources: dict[tuple[str, str], Source] = {}

    def of(self, owner: Entity | Stream | One | Many, entity: str | None = None) -> Source:
        """Return the source of an owner; a relation to an entity reads that entity's."""
        if entity is not None:
            owner = self.catalog.entities[entity]
        key = (type(owner).__name__ + getattr(owner, "owner", ""), owner.name)
        if key not in self._sources:
            is_plain = not owner.table.is_file and not _zoned(owner)
            name = None if is_plain else self.names.new(f"{owner.name}_rows")
            self._sources[key] = Source(owner, name)
        return self._sources[key]

    def table(self, source: Source, alias: str) -> exp.Expr:
        """Return the source as it stands in a `from`."""
        if source.name is not None:
            return _aliased(exp.Table(this=identifier(source.name)), alias, source.name)
        parts = source.table.parts
        table = exp.Table(
            this=identifier(parts[-1]),
            db=identifier(parts[-2]) if len(parts) > 1 else None,
            catalog=identifier(parts[-3]) if len(parts) > 2 else None,
        )
        return _aliased(table, alias, parts[-1])

    def use(self, source: Source, name: str, type_: Type | None, span: Span, *, is_key: bool = False) -> str:
        """Note that a column is read, and return its name."""
        known = source.columns.get(name)
        if known is None:
            source.columns[name] = ColumnUse(name, type_, is_key, span)
        elif is_key and not known.is_key:
            source.columns[name] = ColumnUse(name, known.type or type_, True, known.span)
        return name

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
        """Return the CTEs that make files and zones plain, by name."""
        return [(each.name, self.plain(each, each.columns)) for each in self._sources.values() if each.name is not None]

    def plain(self, source: Source, names: Iterable[str]) -> exp.Expr:
        """Return a `select` of columns of a file or of a table with zones, with the types and instants they mean."""
        selected: list[exp.Expr] = []
        for name in names:
            use = source.columns[name]
            value: exp.Expr = column(name)
            if source.table.is_file:
                value = self.dialect.from_file(value, source.table, use.type, self.clock)
            zone = _zone(source.owner, name)
            if zone is not None and (use.type is None or use.type.kind is Kind.TIMESTAMP):
                value = instant_of_wall(value, ZoneInfo(zone), self.clock)
            selected.append(value if isinstance(value, exp.Column) else named(value, name))
        rows = self.dialect.file(source.table) if source.table.is_file else self._direct(source.table)
        return exp.select(*selected, copy=False).from_(rows, copy=False)

    def _direct(self, table: Table) -> exp.Expr:
        return exp.Table(
            this=identifier(table.parts[-1]),
            db=identifier(table.parts[-2]) if len(table.parts) > 1 else None,
            catalog=identifier(table.parts[-3]) if len(table.parts) > 2 else None,
        )


def _aliased(table: exp.Table, alias: str, name: str) -> exp.Expr:
    return table if alias == name else exp.alias_(table, alias, quoted=True, table=True)


def _fields(owner: Entity | Stream | One | Many) -> Mapping[str, Field]:
    return owner.fields


def _zoned(owner: Entity | Stream | One | Many) -> bool:
    has_zone = isinstance(owner, Stream) and owner.zone is not None
    return has_zone or any(each.zone for each in _fields(owner).values())


def _zone(owner: Entity | Stream | One | Many, name: str) -> str | None:
    """Return the zone of a column that carries none."""
    if isinstance(owner, Stream) and owner.at == name and owner.zone is not None:
        return owner.zone
    return next((each.zone for each in _fields(owner).values() if each.column == name), None)
