"""What a statement reads: tables and files with the columns that it needs of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segql.catalog import Table
from segql.source import Span
from segql.types import Type


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """A column that is read.

    `type` is what the catalog says it holds, None for a key of whatever type the data has. `is_key`: it is the
    entity's key or holds one, so that all such columns must be of one family. `span` is its declaration.
    """

    column: str
    type: Type | None
    is_key: bool
    span: Span


@dataclass(frozen=True, slots=True)
class TableUse:
    """A table or file that is read, and its columns, each once."""

    table: Table
    columns: tuple[ColumnUse, ...]


def merged(uses: Iterable[TableUse]) -> list[TableUse]:
    """Return what several statements read: each table once, with all columns that any of them needs.

    Example:
        >>> from segql.source import NOWHERE
        >>> table = Table(("customers",))
        >>> age, plan = (ColumnUse(name, None, False, NOWHERE) for name in ("age", "plan"))
        >>> (found,) = merged([TableUse(table, (age,)), TableUse(table, (age, plan))])
        >>> [each.column for each in found.columns]
        ['age', 'plan']
    """
    tables: dict[str, Table] = {}
    columns: dict[str, dict[ColumnUse, None]] = {}
    for use in uses:
        tables.setdefault(use.table.name, use.table)
        columns.setdefault(use.table.name, {}).update(dict.fromkeys(use.columns))
    return [TableUse(table, tuple(columns[name])) for name, table in tables.items()]
