"""Columns that name rows of other tables, and whether their values could ever meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from segql.catalog import Catalog, Table
from segql.diagnostics import Diagnostic
from segql.plan.uses import ColumnUse, TableUse
from segql.run import errors
from segql.run.backends import Column
from segql.source import Span
from segql.types import Kind


@dataclass(frozen=True, slots=True)
class End:
    """One end of a link: a column of a table, and where it was written."""

    table: Table
    column: str
    span: Span


def keys_that_differ(
    uses: Sequence[TableUse],
    found: Mapping[str, Mapping[str, Column]],
    catalog: Catalog,
    folded: Callable[[str], str],
) -> Iterator[Diagnostic]:
    """Yield the links that are used and whose two columns hold values of different types.

    `found` holds the columns of each table by name; `folded` makes a name one of its keys.

    Example:
        >>> list(keys_that_differ((), {}, Catalog(), str.casefold))
        []
    """
    used = {(use.table.name, folded(each.column)): each for use in uses for each in use.columns}
    for one, other in _links(catalog):
        here = used.get((one.table.name, folded(one.column)))
        there = used.get((other.table.name, folded(other.column)))
        if here is None or there is None:
            continue
        first = found[one.table.name][folded(one.column)]
        second = found[other.table.name][folded(other.column)]
        if _family(first, here) != _family(second, there):
            yield errors.keys_differ(one.span, (one.column, _told(first)), (other.column, _told(second)), other.span)


def _links(catalog: Catalog) -> Iterator[tuple[End, End]]:
    for stream in catalog.streams.values():
        yield End(stream.table, stream.by, catalog.place(stream, "by")), _key_of(catalog, stream.entity)
    for many in catalog.manys.values():
        yield End(many.table, many.by, catalog.place(many, "by")), _key_of(catalog, many.owner)
    for one in catalog.ones.values():
        for family in (catalog.entities, catalog.streams, catalog.manys):
            if one.owner in family:
                target = catalog.entities[one.entity] if one.entity else one
                end = End(one.table, one.key, catalog.place(target, "key"))
                yield End(family[one.owner].table, one.by, catalog.place(one, "by")), end


def _key_of(catalog: Catalog, entity: str) -> End:
    found = catalog.entities[entity]
    return End(found.table, found.key, catalog.place(found, "key"))


def _family(column: Column, use: ColumnUse) -> str:
    """Return what sort of values a column holds: two of different sorts are never equal."""
    type_ = column.type or use.type
    if type_ is None or type_.kind is Kind.KEY:
        return Kind.TEXT
    if type_.kind is Kind.UNKNOWN:
        return column.engine_type
    return "number" if type_.is_number else type_.kind


def _told(column: Column) -> str:
    return "text" if column.type is None else column.engine_type
