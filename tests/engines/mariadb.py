"""A MariaDB server of the tests' own, on a socket in a folder of its own."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from segql.run.backends import Target, connect
from segql.types import Kind, Type
from tests.engines.engine import Absent, Backed, Database, Unfit, is_aware
from tests.spec_data import Rows

_WORDS = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.FLOAT: "double",
    Kind.TEXT: "longtext",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "datetime(6)",
    Kind.JSON: "json",
    Kind.KEY: "varchar(255)",
    Kind.LIST: "json",
}
# What many servers have: `a`, `A`, `ä` and `a ` are one text, unless somebody says otherwise.
_COLLATION = "utf8mb4_general_ci"
_SECONDS_MOST = 30


def engine() -> MariaDB:
    for program in ("mariadbd", "mariadb-install-db"):
        if shutil.which(program) is None:
            raise Absent(f"there is no `{program}`")
    try:
        import pymysql  # noqa: F401, PLC0415 (it may not be installed)
    except ImportError as error:
        raise Absent(str(error)) from None
    return MariaDB(Server())


class Server:
    """A server that ends with the process."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="segql-maria-"))
        # At the end of a process that another one began, too.
        Finalize(None, self.stop, exitpriority=1)
        data, user = self.folder / "data", ["--user=root"] if os.geteuid() == 0 else []
        options = ["--no-defaults", f"--datadir={data}", *user]
        install = ["mariadb-install-db", *options, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(install, check=True, capture_output=True)
        self.socket = self.folder / "socket"
        server = [
            "mariadbd",
            *options,
            f"--socket={self.socket}",
            f"--pid-file={self.folder / 'pid'}",
            "--skip-networking",
            "--skip-log-bin",
            "--character-set-server=utf8mb4",
            f"--collation-server={_COLLATION}",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=64M",
            # Tables come and go by the thousand.
            "--default-storage-engine=Aria",
        ]
        with (self.folder / "log").open("w") as log:
            self._process = subprocess.Popen(server, stdout=log, stderr=log)
        self.writer = self._connected()

    def url(self, database: str) -> str:
        """Return the URL of a database."""
        return f"mariadb://root@localhost/{database}?unix_socket={self.socket}"

    def run(self, *statements: str, values: list[list[object]] | None = None) -> None:
        """Run statements that return nothing; of one with places for values, once for each row of them."""
        with self.writer.cursor() as cursor:
            for each in statements:
                cursor.executemany(each, values) if values else cursor.execute(each)

    def stop(self) -> None:
        """End the server, and take away its folder."""
        with suppress(AttributeError):
            self._process.terminate()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connected(self) -> Any:
        import pymysql  # noqa: PLC0415

        until = time.monotonic() + _SECONDS_MOST
        while not self.socket.exists():
            if time.monotonic() > until or self._process.poll() is not None:
                raise Absent((self.folder / "log").read_text()[-500:])
            time.sleep(0.05)
        return pymysql.connect(
            unix_socket=str(self.socket), user="root", charset="utf8mb4", autocommit=True, init_command=_UTC
        )


_UTC = "SET time_zone = '+00:00'"


class MariaDB:
    name = "mariadb"
    reads_files = False
    is_quick = True

    def __init__(self, server: Server) -> None:
        self.server = server
        self._numbers = itertools.count()

    def version(self) -> str:
        return str(self.server.writer.get_server_info())

    @contextmanager
    def database(self, tables: Mapping[str, Rows], folder: Path) -> Iterator[Database]:
        name = f"t{next(self._numbers)}"
        names = {name, *(each.table.parts[-2] for each in tables.values() if len(each.table.parts) > 1)}
        self.server.run(*(f"CREATE DATABASE `{each}`" for each in names))
        try:
            for rows in tables.values():
                self._fill(rows, name)
            backend = connect(Target(self.server.url(name), folder))
            try:
                yield Backed(backend)
            finally:
                backend.close()
        finally:
            self.server.run(*(f"DROP DATABASE `{each}`" for each in names))

    def _fill(self, rows: Rows, database: str) -> None:
        if any(letter > "\uffff" for each in rows.columns for letter in each):
            raise Unfit("its names have no letters past U+FFFF")
        parts = rows.table.parts if len(rows.table.parts) > 1 else (database, *rows.table.parts)
        name = ".".join(map(_quoted, parts[-2:]))
        declared = ", ".join(f"{_quoted(each)} {_type(rows, each)} NULL" for each in rows.columns)
        self.server.run(f"CREATE TABLE {name} ({declared})")
        if rows.rows:
            places = ", ".join(["%s"] * len(rows.columns))
            values = [[_stored(row[each], type_) for each, type_ in rows.columns.items()] for row in rows.rows]
            self.server.run(f"INSERT INTO {name} VALUES ({places})", values=values)


def _type(rows: Rows, name: str) -> str:
    type_ = rows.columns[name]
    if type_.kind is Kind.DECIMAL:
        return f"decimal({type_.precision}, {type_.scale})"
    # Without `NULL` the first one of a table would be set to now.
    return "timestamp(6)" if is_aware(rows, name) else _WORDS[type_.kind]


def _stored(value: object, type_: Type) -> object:
    """Return a value as it can be stored: what is no number is missing in the language, and cannot be stored here."""
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    if type_.kind is Kind.LIST and value is not None:
        assert isinstance(value, list)
        return "[" + ", ".join(_in_json(each) for each in value) + "]"
    return value


def _in_json(value: object) -> str:
    if isinstance(value, float) and math.isnan(value):
        return "null"
    if isinstance(value, Decimal):
        return str(value)
    is_plain = value is None or isinstance(value, bool | int | float | str)
    return json.dumps(value if is_plain else str(value), ensure_ascii=False)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
