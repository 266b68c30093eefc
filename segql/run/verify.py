"""Does the data have what the catalog says? Asked of the engine before anything is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segql.catalog import Catalog, Entity, Table
from segql.diagnostics import Diagnostic, nearest
from segql.plan.uses import ColumnUse, TableUse
from segql.run import errors
from segql.run.backends import Backend, Column, EngineError
from segql.source import Span
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


def verify(uses: Sequence[TableUse], located: Catalog, names: Names, backend: Backend) -> list[Diagnostic]:
    """Return every way in which the used tables are not as the catalog says.

    Example:
        >>> verify(compiled.uses, located, names, backend)  # doctest: +SKIP
        []
    """
    problems: list[Diagnostic] = []
    found: dict[str, Mapping[str, Column]] = {}
    for use in uses:
        try:
            columns = backend.describe(use.table)
        except EngineError as error:
            name = names[use.table]
            problems.append(errors.broken_data(use.table.span, name, str(error)))
            continue
        if columns is None:
            problems.append(_missing(use.table, names, backend))
            continue
        found[use.table.name] = _folded(columns) if backend.ignores_case else columns
        for each in use.columns:
            problems += _column(each, use.table, found[use.table.name], located, names, backend)
    if not problems:
        problems += _keys(uses, found, located, backend)
    return list(dict.fromkeys(problems))


def _missing(table: Table, names: Names, backend: Backend) -> Diagnostic:
    name = names[table]
    if table.is_file:
        return errors.missing_file(table.span, name, _files_near(name, names.root))
    known = backend.tables()
    return errors.unknown_table(table.span, name, nearest(name, known), known)


def _files_near(written: str, root: Path) -> list[str]:
    try:
        names = sorted(each.name for each in (root / written).parent.iterdir() if each.is_file())
    except OSError:
        return []
    path = PurePosixPath(written)
    return [str(path.with_name(each)) for each in nearest(path.name, names)]


def _column(
    use: ColumnUse,
    table: Table,
    columns: Mapping[str, Column],
    located: Catalog,
    names: Names,
    backend: Backend,
) -> Iterator[Diagnostic]:
    column = columns.get(_key(use.column, backend))
    if column is None:
        known = [each.name for each in columns.values()]
        near = nearest(use.column, known)
        yield errors.unknown_column(use.span, names[table], use.column, near, known)
    # Text in a file is read as declared; that each value can be so read is checked by itself.
    elif use.type is not None and column.type is not None:
        is_moment = column.type.kind is Kind.DATE and _is_instant(use, table, located)
        if not (is_moment or _fits(use.type, column.type)):
            better = _better(column.type)
            found = column.engine_type
            yield errors.wrong_column_type(use.span, use.column, use.type, found, better)


def _fits(declared: Type, found: Type) -> bool:
    match declared.kind, found.kind:
        case Kind.KEY, _:
            return True
        case Kind.LIST, Kind.LIST:
            return bool(declared.item and found.item) and _fits_item(declared, found)
        case Kind.INTEGER, Kind.DECIMAL:
            return found.scale == 0
        case wanted, other:
            return wanted is other or other in _ALSO_FITS.get(wanted, frozenset())


def _fits_item(declared: Type, found: Type) -> bool:
    return declared.item is not None and found.item is not None and _fits(declared.item, found.item)


def _is_instant(use: ColumnUse, table: Table, located: Catalog) -> bool:
    """Say whether the column is the `at` of a stream that says nothing about its type."""
    return any(
        each.table == table and each.at == use.column and each.at_type is None for each in located.streams.values()
    )


def _better(found: Type) -> Type | None:
    match found.kind:
        case Kind.UNKNOWN:
            return None
        case Kind.LIST:
            return found if found.item and _better(found.item) else None
        case _:
            return found


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a link: the column of a table, and where the catalog says so."""

    table: Table
    column: str
    span: Span


def _keys(
    uses: Sequence[TableUse],
    found: Mapping[str, Mapping[str, Column]],
    located: Catalog,
    backend: Backend,
) -> Iterator[Diagnostic]:
    """Yield links whose two columns hold values of different types and could never meet."""
    used = {(use.table.name, _key(each.column, backend)): each for use in uses for each in use.columns}
    for one, other in _links(located):
        ends = [(each.table.name, _key(each.column, backend)) for each in (one, other)]
        if all(each in used for each in ends):
            here, there = (found[table][column] for table, column in ends)
            families = [_family(column, used[end]) for column, end in zip((here, there), ends, strict=True)]
            if families[0] != families[1]:
                span = used[ends[0]].span
                yield errors.keys_differ(
                    span,
                    one.column,
                    _told(here),
                    used[ends[1]].span,
                    other.column,
                    _told(there),
                )


def _links(catalog: Catalog) -> Iterator[tuple[_End, _End]]:
    for stream in catalog.streams.values():
        entity = catalog.entities[stream.entity]
        yield _End(stream.table, stream.by, stream.span), _key_of(entity)
    for many in catalog.manys.values():
        if many.owner in catalog.entities:
            yield _End(many.table, many.by, many.span), _key_of(catalog.entities[many.owner])
    for one in catalog.ones.values():
        owner = _owner(catalog, one.owner)
        if owner is not None:
            yield _End(owner, one.by, one.span), _End(one.table, one.key, one.span)


def _key_of(entity: Entity) -> _End:
    return _End(entity.table, entity.key, entity.span)


def _owner(catalog: Catalog, name: str) -> Table | None:
    for family in (catalog.entities, catalog.streams, catalog.manys):
        if name in family:
            return family[name].table
    return None


def _family(column: Column, use: ColumnUse) -> str:
    type_ = column.type or use.type
    if type_ is None or type_.kind is Kind.KEY:
        return Kind.TEXT
    if type_.kind is Kind.UNKNOWN:
        return column.engine_type
    return "number" if type_.is_number else type_.kind


def _told(column: Column) -> str:
    return "text" if column.type is None else column.engine_type


def _folded(columns: Mapping[str, Column]) -> dict[str, Column]:
    return {name.casefold(): column for name, column in columns.items()}


def _key(name: str, backend: Backend) -> str:
    return name.casefold() if backend.ignores_case else name


def _tables(catalog: Catalog) -> list[Table]:
    families = (catalog.entities, catalog.streams, catalog.ones, catalog.manys)
    return [each.table for family in families for each in family.values()]
