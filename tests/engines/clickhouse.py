"""ClickHouse in process: one engine in memory for the process, a database for each case."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from segql.run.backends import Target, connect
from segql.types import Kind, Type
from tests.engines.engine import Absent, Backed, Database, item_of
from tests.spec_data import Rows

_WORDS = {
    Kind.BOOLEAN: "Bool",
    Kind.INTEGER: "Int64",
    Kind.FLOAT: "Float64",
    Kind.TEXT: "String",
    Kind.DATE: "Date32",
    Kind.TIMESTAMP: "DateTime64(6, 'UTC')",
    Kind.JSON: "String",
    Kind.KEY: "String",
}


def engine() -> ClickHouse:
    try:
        from chdb.state.sqlitelike import Connection  # noqa: PLC0415 (it may not be installed)
    except ImportError as error:
        raise Absent(str(error)) from None
    return ClickHouse(Connection(":memory:"))


class ClickHouse:
    name = "clickhouse"
    reads_files = False
    is_quick = True

    def __init__(self, writer: object) -> None:
        # It writes the tables; the backend only reads.
        self._writer = writer
        self._numbers = itertools.count()

    def version(self) -> str:
        return str(self._run("SELECT version()")).strip()

    @contextmanager
    def database(self, tables: Mapping[str, Rows], folder: Path) -> Iterator[Database]:
        name = f"t{next(self._numbers)}"
        databases = {name, *(each.table.parts[-2] for each in tables.values() if len(each.table.parts) > 1)}
        for each in databases:
            self._run(f'CREATE DATABASE "{each}" ENGINE = Memory')
        for rows in tables.values():
            for statement in _made(rows, name):
                self._run(statement)
        backend = connect(Target(f"chdb:///:memory:?database={name}", folder))
        try:
            yield Backed(backend)
        finally:
            backend.close()
            for each in databases:
                self._run(f'DROP DATABASE "{each}"')

    def _run(self, statement: str) -> object:
        return self._writer.query(statement, "TSVRaw")  # type: ignore[attr-defined]


def _made(rows: Rows, database: str) -> Iterator[str]:
    """Yield the statements that make a table and its rows."""
    parts = rows.table.parts if len(rows.table.parts) > 1 else (database, *rows.table.parts)
    name = ".".join(f'"{part}"' for part in parts)
    types = {each: _type(rows, each) for each in rows.columns}
    declared = ", ".join(f'"{each}" {type_}' for each, type_ in types.items())
    yield f"CREATE TABLE {name} ({declared}) ENGINE = Memory"
    if rows.rows:
        lines = (", ".join(_literal(value, types[each]) for each, value in row.items()) for row in rows.rows)
        yield f"INSERT INTO {name} " + " UNION ALL ".join(f"SELECT {each}" for each in lines)


def _type(rows: Rows, name: str) -> str:
    type_ = rows.columns[name]
    if type_.kind is Kind.LIST:
        made = f"Array(Nullable({_word(item_of(type_))}))"
        # An array is never null; a variant that holds arrays may be, and is what a table says that lacks some.
        return f"Variant({made})" if any(row[name] is None for row in rows.rows) else made
    word = _word(type_)
    # A column without nulls need not be able to hold one: both kinds are common.
    return f"Nullable({word})" if any(row[name] is None for row in rows.rows) else word


def _word(type_: Type) -> str:
    return f"Decimal({type_.precision}, {type_.scale})" if type_.kind is Kind.DECIMAL else _WORDS[type_.kind]


def _literal(value: object, type_: str) -> str:
    if value is None:
        return f"NULL::{type_}"
    if isinstance(value, list):
        array = type_.removeprefix("Variant(").removesuffix(")") if type_.startswith("Variant") else type_
        item = array.removeprefix("Array(").removesuffix(")")
        items = ", ".join(_literal(each, item) for each in value)
        return f"CAST(CAST([{items}] AS {array}) AS {type_})"
    if isinstance(value, dt.datetime) and value.tzinfo:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"CAST('{escaped}' AS {type_})"
