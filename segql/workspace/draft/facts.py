"""What the data shows about tables and files: types, missing values, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from segql.catalog import Table
from segql.run.backends import Backend, Column
from segql.types import BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, TEXT, TIMESTAMP, Type


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column: `engine_type` in the engine's words, whether values are missing, whether they differ.

    `is_unique` is looked at only where a name could be a key's; elsewhere it is False.
    """

    name: str
    type: Type
    engine_type: str
    is_missing: bool
    is_unique: bool


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table or file, its columns, and what the database declares about them.

    `key` is the declared primary key; `links` are the declared foreign keys, by column.
    """

    table: Table
    columns: tuple[ColumnFacts, ...]
    key: str | None
    links: Mapping[str, tuple[str, str]]

    def column(self, name: str) -> ColumnFacts:
        """Return a column; raises KeyError for another."""
        for each in self.columns:
            if each.name == name:
                return each
        raise KeyError(name)


def look_at(table: Table, located: Table, backend: Backend) -> TableFacts | None:
    """Return the facts about a table; `located` is the same as the engine finds it.

    None stands for a table that is not there, or whose name a catalog cannot write.

    Raises:
        EngineError: it cannot be read.

    Example:
        look_at(Table(("customers",)), Table(("customers",)), backend).key
    """
    columns = backend.describe(located)
    if columns is None:
        return None
    source = backend.source(located)
    if any(each.type is None for each in columns.values()):
        types = _types_of_text(source, list(columns), backend)
    else:
        types = {name: each.type or TEXT for name, each in columns.items()}
    declared = [each for each in backend.declared_keys() if each.table == table.name]
    return TableFacts(
        table,
        _columns(source, columns, types, backend),
        next((each.column for each in declared if each.target is None), None),
        {each.column: each.target for each in declared if each.target is not None},
    )


def _columns(
    source: str, columns: Mapping[str, Column], types: Mapping[str, Type], backend: Backend
) -> tuple[ColumnFacts, ...]:
    names = list(columns)
    maybe_keys = [each for each in names if could_be_key(each) or each == names[0]]
    known = [f"count({_name(each)})" for each in names]
    different = [f"count(DISTINCT {_name(each)})" for each in maybe_keys]
    query = f"SELECT count(*), {', '.join(known + different)} FROM {source}"
    row = [each[0].as_py() for each in backend.execute(query).read_all().columns]
    size, counts = row[0], dict(zip(names, row[1:], strict=False))
    distinct = dict(zip(maybe_keys, row[1 + len(names) :], strict=True))
    return tuple(
        ColumnFacts(
            name,
            types[name],
            columns[name].engine_type,
            counts[name] < size,
            size > 0 and distinct.get(name) == size,
        )
        for name in names
    )


def could_be_key(name: str) -> bool:
    """Say whether a column's name is one that keys have.

    Example:
        >>> could_be_key("customer_id"), could_be_key("age")
        (True, False)
    """
    word = name.casefold()
    return word.endswith(("id", "key", "number", "_no", "code", "email")) or word == "customer"


# The types that text in a file can stand for, the strictest first; each value must fit.
_FORMS: Sequence[tuple[Type, str, pa.DataType | None]] = (
    (BOOLEAN, r"^(?i:true|false)$", None),
    # A number with a zero in front is a name, like a postal code.
    (INTEGER, r"^-?(0|[1-9]\d{0,17})$", pa.int64()),
    (DECIMAL, r"^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$", None),
    (FLOAT, r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$", pa.float64()),
    (DATE, r"^\d{4}-\d{2}-\d{2}$", pa.date32()),
    (TIMESTAMP, r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$", None),
)


def _types_of_text(source: str, names: Sequence[str], backend: Backend) -> dict[str, Type]:
    """Return the strictest type that every value of a column fits; without values it is text."""
    possible = {name: list(_FORMS) for name in names}
    seen: set[str] = set()
    for batch in backend.execute(f"SELECT * FROM {source}"):
        for name, column in zip(names, batch.columns, strict=True):
            known = column.drop_null()
            if len(known):
                seen.add(name)
                possible[name] = [each for each in possible[name] if _fits(known, *each[1:])]
    return {name: possible[name][0][0] if name in seen and possible[name] else TEXT for name in names}


def _fits(values: pa.Array, pattern: str, type_: pa.DataType | None) -> bool:
    if not pc.all(pc.match_substring_regex(values, pattern)).as_py():
        return False
    if type_ is None:
        return True
    try:
        values.cast(type_)
    except pa.ArrowInvalid:
        return False
    return True


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
