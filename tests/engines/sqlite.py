"""SQLite, each database a file of its own. Columns have a collation that takes `A` for `a`, on purpose."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from segql.run.backends import Target, connect
from segql.types import Kind
from tests.engines.engine import Backed, Database, Unfit
from tests.spec_data import Rows

_WORDS = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "INTEGER",
    Kind.FLOAT: "REAL",
    Kind.TEXT: "TEXT COLLATE NOCASE",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.JSON: "JSON",
    Kind.LIST: "JSON",
    Kind.KEY: "TEXT COLLATE NOCASE",
}


def engine() -> SQLite:
    return SQLite()


class SQLite:
    name = "sqlite"
    reads_files = False
    is_quick = True

    def version(self) -> str:
        return sqlite3.sqlite_version

    @contextmanager
    def database(self, tables: Mapping[str, Rows], folder: Path) -> Iterator[Database]:
        if any(len(rows.table.parts) > 1 for rows in tables.values()):
            raise Unfit("a database of SQLite is one file, without schemas")
        with sqlite3.connect(folder / "main.sqlite") as writer:
            for rows in tables.values():
                _fill(writer, rows)
        writer.close()
        backend = connect(Target(f"sqlite:///{folder / 'main.sqlite'}", folder))
        try:
            yield Backed(backend)
        finally:
            backend.close()


def _fill(writer: sqlite3.Connection, rows: Rows) -> None:
    name = f'"{rows.table.parts[-1]}"'
    declared = ", ".join(f'"{each}" {_type(rows, each)}' for each in rows.columns)
    # Dates and json have names of which SQLite would make numbers of texts that look like some.
    writer.execute(f"CREATE TABLE {name} ({declared})")
    places = ", ".join("?" * len(rows.columns))
    writer.executemany(f"INSERT INTO {name} VALUES ({places})", [list(map(_bound, row.values())) for row in rows.rows])


def _type(rows: Rows, name: str) -> str:
    type_ = rows.columns[name]
    if type_.kind is Kind.DECIMAL:
        return f"DECIMAL({type_.precision}, {type_.scale})"
    return _WORDS[type_.kind]


def _bound(value: object) -> object:
    match value:
        case list():
            return json.dumps([_bound(each) for each in value], ensure_ascii=False)
        case dt.datetime():
            return value.isoformat(sep=" ")
        case dt.date():
            return value.isoformat()
        case Decimal():
            return float(value)
        case _:
            return value
