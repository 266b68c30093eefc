"""Does the data have what the catalog says? Asked of the engine before anything is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segql.catalog import Catalog, Field, Table
from segql.diagnostics import Diagnostic, nearest
from segql.plan.uses import ColumnUse, TableUse
from segql.run import errors
from segql.run.backends import Backend, Column, EngineError
from segql.run.links import keys_that_differ
from segql.types import Kind, Type

# The types that a column may have for each type that can be declared, besides the type itself.
_ALSO_FITS: Mapping[Kind, frozenset[Kind]] = {
    Kind.DECIMAL: frozenset({Kind.INTEGER}),
    Kind.JSON: frozenset({Kind.TEXT}),
}


@dataclass(frozen=True, slots=True)
class Names:
    """How tables are called in messages: as they were written, not as the engine finds them."""

    written: Mapping[str, str]
    root: Path

    @classmethod
    def of(cls, written: Catalog, located: Catalog, root: Path) -> Names:
        """Take a catalog as written and as the engine finds it; paths in it begin at `root`."""
        pairs = zip(_tables(written), _tables(located), strict=True)
        return cls({there.name: here.name for here, there in pairs}, root)

    def __getitem__(self, table: Table) -> str:
        return self.written.get(table.name, table.name)


@dataclass(frozen=True, slots=True)
class Verifier:
    """Compares what is used of a catalog with what an engine has.

    `catalog` is as the engine finds it; `zone` is the project's.

    Example:
        Verifier(located, names, "UTC", backend).problems(compiled.uses)
    """

    catalog: Catalog
    names: Names
    zone: str
    backend: Backend

    def problems(self, uses: Sequence[TableUse]) -> list[Diagnostic]:
        """Return every way in which the used tables are not as the catalog says.

        Raises:
            EngineError: the engine does not answer at all.
        """
        return self.looked(uses)[0]

    def looked(self, uses: Sequence[TableUse]) -> tuple[list[Diagnostic], dict[str, Mapping[str, Column]]]:
        """Return every way in which the used tables are not as the catalog says, and their columns, by table.

        Raises:
            EngineError: the engine does not answer at all.
        """
        problems, found = self.compared(uses)
        if not problems:
            problems += self.links(uses, found)
        return list(dict.fromkeys(problems)), found

    def compared(self, uses: Sequence[TableUse]) -> tuple[list[Diagnostic], dict[str, Mapping[str, Column]]]:
        """Return what is wrong with tables, each by itself, and the columns of those that are there, by table.

        Raises:
            EngineError: the engine does not answer at all.
        """
        problems: list[Diagnostic] = []
        found: dict[str, Mapping[str, Column]] = {}
        for use in uses:
            columns = self._columns(use.table)
            if isinstance(columns, Diagnostic):
                problems.append(columns)
                continue
            found[use.table.name] = columns
            for each in use.columns:
                problems += self._about(each, use.table, columns)
        return problems, found

    def links(self, uses: Sequence[TableUse], found: Mapping[str, Mapping[str, Column]]) -> list[Diagnostic]:
        """Return the links between tables whose two columns hold values of different types."""
        return list(keys_that_differ(uses, found, self.catalog, self._folded))

    def _columns(self, table: Table) -> Mapping[str, Column] | Diagnostic:
        """Return the columns of a table by the names that the engine knows them by."""
        name = self.names[table]
        try:
            columns = self.backend.describe(table)
        except EngineError as error:
            return errors.broken_data(table.span, name, str(error))
        if columns is not None:
            return {self._folded(each): column for each, column in columns.items()}
        if table.is_file:
            return errors.missing_file(table.span, name, _files_near(name, self.names.root))
        known = self.backend.tables()
        return errors.unknown_table(table.span, name, nearest(name, known), known)

    def _about(self, use: ColumnUse, table: Table, columns: Mapping[str, Column]) -> Iterator[Diagnostic]:
        """Yield what is wrong with one column."""
        column = columns.get(self._folded(use.column))
        if column is None:
            known = [each.name for each in columns.values()]
            near = nearest(use.column, known)
            yield errors.unknown_column(use.span, self.names[table], use.column, near, known)
            return
        zone = _zone(self.catalog, table, use.column)
        if column.has_zone and zone is not None:
            yield errors.zone_twice(use.span, use.column, zone)
        # A key is of whatever type the data has. Text in a file is read as declared; that each
        # value can be so read is checked by itself.
        elif use.type is None or column.type is None or _fits(use.type, column.type) or _is_list(use.type, column):
            return
        elif not self._is_midnight(use, table, column) and not self._is_listed(use, table, column):
            better = _better(column)
            found = column.engine_type
            yield errors.wrong_column_type(use.span, use.column, use.type, found, better)

    def _is_midnight(self, use: ColumnUse, table: Table, column: Column) -> bool:
        """Say whether a date may stand for a timestamp: as an `at` whose type is not said.

        A date is its midnight in the project's zone, and an engine reads it as that of UTC; where
        the two differ, only a declared date is right.
        """
        if column.type is None or column.type.kind is not Kind.DATE or self.zone != "UTC":
            return False
        streams = (each for each in self.catalog.streams.values() if each.table == table)
        return any(each.at == use.column and each.at_type is None for each in streams)

    def _is_listed(self, use: ColumnUse, table: Table, column: Column) -> bool:
        """Say whether a column is an enum and its field a text whose values are listed, which is read as one."""
        is_text = use.type is not None and use.type.kind is Kind.TEXT
        fields = (each for each in _fields(self.catalog, table) if each.column == use.column)
        return bool(column.values) and is_text and all(each.values for each in fields)

    def _folded(self, name: str) -> str:
        return name.casefold() if self.backend.ignores_case else name


def _fits(declared: Type, found: Type) -> bool:
    match declared.kind, found.kind:
        case Kind.KEY, _:
            return True
        case Kind.LIST, Kind.LIST if declared.item is not None and found.item is not None:
            return _fits(declared.item, found.item)
        case Kind.INTEGER, Kind.DECIMAL:
            return found.scale == 0
        case wanted, other:
            return wanted is other or other in _ALSO_FITS.get(wanted, frozenset())


def _is_list(declared: Type, column: Column) -> bool:
    return declared.kind is Kind.LIST and column.holds_lists


def _better(column: Column) -> str | None:
    """Return what a catalog should say of a column, or None where the language has no such type."""
    if column.values:
        return f"text one of ({', '.join(map(_quoted, column.values))})"
    return _word(column.type)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _word(found: Type | None) -> str | None:
    if found is None or found.kind is Kind.UNKNOWN:
        return None
    if found.kind is Kind.LIST:
        item = _word(found.item)
        return f"list of {item}" if item else None
    return found.kind.value


def _zone(catalog: Catalog, table: Table, column: str) -> str | None:
    """Return the zone that the catalog gives to the timestamps of a column, if it does."""
    for stream in catalog.streams.values():
        if stream.table == table and stream.at == column and stream.zone is not None:
            return stream.zone
    return next((each.zone for each in _fields(catalog, table) if each.column == column and each.zone), None)


def _fields(catalog: Catalog, table: Table) -> Iterator[Field]:
    """Yield the fields that are declared of a table, by whatever entity, stream or relation."""
    families = (catalog.entities, catalog.streams, catalog.ones, catalog.manys)
    return (
        field
        for family in families
        for each in family.values()
        if each.table == table
        for field in each.fields.values()
    )


def _files_near(written: str, root: Path) -> list[str]:
    try:
        names = sorted(each.name for each in (root / written).parent.iterdir() if each.is_file())
    except OSError:
        return []
    path = PurePosixPath(written)
    return [str(path.with_name(each)) for each in nearest(path.name, names)]


def _tables(catalog: Catalog) -> list[Table]:
    families = (catalog.entities, catalog.streams, catalog.ones, catalog.manys)
    return [each.table for family in families for each in family.values()]
