"""fakesnow: a server that speaks Snowflake's protocol and runs its SQL on DuckDB.

It says whether statements are Snowflake's by the lights of its translation, and exercises the backend; what Snowflake
itself makes of them it cannot say, so it is none of the engines of the conformance suite. Its command is found by
`SEGQL_FAKESNOW`, or on the PATH.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from segql.run.backends import Target, connect
from segql.types import Kind
from tests.engines.engine import Absent, Backed, Database, sql_type
from tests.spec_data import Rows

_WORDS = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.DECIMAL: "number",
    Kind.FLOAT: "float",
    Kind.TEXT: "varchar",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp_ntz",
    Kind.JSON: "variant",
    Kind.LIST: "array",
    Kind.KEY: "varchar",
}


@functools.cache
def engine() -> Snowflake:
    command = os.environ.get("SEGQL_FAKESNOW") or shutil.which("fakesnow")
    if command is None:
        raise Absent("fakesnow is not here: name its command in SEGQL_FAKESNOW")
    try:
        connector = import_module("snowflake.connector")
    except ImportError as error:
        raise Absent(str(error)) from None
    if int(connector.__version__.split(".")[0]) > 4:
        raise Absent("fakesnow does not let version 5 of the connector in")
    port = _free_port()
    server = subprocess.Popen([command, "-s", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(server.terminate)
    _wait_for(port)
    return Snowflake(connector, port)


class Snowflake:
    name = "snowflake"
    reads_files = False
    is_quick = False

    def __init__(self, connector: Any, port: int) -> None:
        self.port = port
        self._writer = connector.connect(
            user="fake",
            password="snow",  # noqa: S106 (it lets everybody in)
            account="fakesnow",
            host="127.0.0.1",
            port=port,
            protocol="http",
        )
        self._version = str(connector.__version__)
        self._numbers = itertools.count()
        self.write("create database segql", "create schema if not exists segql.public", "use schema segql.public")

    def version(self) -> str:
        return f"fakesnow, by the connector {self._version}"

    def write(self, *statements: str) -> None:
        """Run statements one after the other."""
        cursor = self._writer.cursor()
        for each in statements:
            cursor.execute(each)

    def url(self, schema: str) -> str:
        """Return the URL of a schema."""
        options = f"host=127.0.0.1&port={self.port}&protocol=http"
        return f"snowflake://fake:snow@fakesnow/segql/{schema}?{options}"

    @contextmanager
    def database(self, tables: Mapping[str, Rows], folder: Path) -> Iterator[Database]:
        name = f"t{next(self._numbers)}"
        schemas = {name, *(each.table.parts[-2] for each in tables.values() if len(each.table.parts) > 1)}
        self.write(*(f"create schema {each}" for each in schemas))
        for rows in tables.values():
            self.write(*_made(rows, name))
        backend = connect(Target(self.url(name), folder))
        try:
            yield Backed(backend)
        finally:
            backend.close()
            self.write(*(f"drop schema {each} cascade" for each in schemas))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise Absent("fakesnow does not start")


def _made(rows: Rows, schema: str) -> Iterator[str]:
    """Yield the statements that make a table and its rows."""
    parts = rows.table.parts if len(rows.table.parts) > 1 else (schema, *rows.table.parts)
    name = ".".join(map(_quoted, parts))
    types = [_type(rows, each) for each in rows.columns]
    declared = ", ".join(f"{_quoted(each)} {type_}" for each, type_ in zip(rows.columns, types, strict=True))
    yield f"create table {name} ({declared})"
    for row in rows.rows:
        yield f"insert into {name} select " + ", ".join(map(_literal, row.values(), types))


def _quoted(name: str) -> str:
    """Return a name as it is made without quotes, where it needs none."""
    is_plain = name.isascii() and name.isidentifier() and name == name.lower()
    return '"' + (name.upper() if is_plain else name).replace('"', '""') + '"'


def _type(rows: Rows, name: str) -> str:
    type_ = rows.columns[name]
    return "array" if type_.kind is Kind.LIST else sql_type(rows, name, _WORDS, "timestamp_tz")


def _literal(value: object, type_: str) -> str:
    if value is None:
        return f"null::{type_}"
    if isinstance(value, list):
        value = json.dumps(value, default=str)
    escaped = str(value).replace("\\", "\\\\").replace("'", "''")
    return f"parse_json('{escaped}')::{type_}" if type_ in {"array", "variant"} else f"'{escaped}'::{type_}"
