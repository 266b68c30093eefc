"""MySQL and MariaDB, by PyMySQL: rows come one by one, and are put into batches here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pyarrow as pa
import pymysql
from pymysql.constants import FIELD_TYPE, FLAG
from pymysql.converters import conversions
from pymysql.cursors import SSCursor

from segql.catalog import Catalog, Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, hidden, secrets_of
from segql.run.backends.keys import with_key_types
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal

_ROWS_A_BATCH = 100_000
# Texts have the collation that the compiled statements count on.
_COLLATIONS = {"mysql": "utf8mb4_0900_bin", "mariadb": "utf8mb4_nopad_bin"}
_MODES = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_UNSIGNED_SUBTRACTION"
_SETTINGS = (
    f"sql_mode = '{_MODES}'",
    "time_zone = '+00:00'",
    # Whoever reads may be slow.
    "net_write_timeout = 3600",
    "TRANSACTION READ ONLY",
)
_SETTINGS_OF_MARIADB = (
    # A table that is read as it is has no key for what is made of its columns; one that is made gets one.
    "optimizer_switch = 'derived_merge=off'",
    # What is sorted and grouped is seldom small, and on disk it takes five times as long.
    "sort_buffer_size = 67108864",
    "max_heap_table_size = 268435456",
    "tmp_table_size = 268435456",
)
_OWN = "('information_schema', 'mysql', 'performance_schema', 'sys')"
_OPTIONS = {"unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity"}

_TYPES: dict[str, Type] = {
    "tinyint": INTEGER,
    "smallint": INTEGER,
    "mediumint": INTEGER,
    "int": INTEGER,
    "bigint": INTEGER,
    "year": INTEGER,
    "float": FLOAT,
    "double": FLOAT,
    "char": TEXT,
    "varchar": TEXT,
    "tinytext": TEXT,
    "text": TEXT,
    "mediumtext": TEXT,
    "longtext": TEXT,
    "enum": TEXT,
    "set": TEXT,
    "date": DATE,
    "datetime": TIMESTAMP,
    "timestamp": TIMESTAMP,
    "json": JSON,
    # What is a boolean is written so.
    "tinyint(1)": BOOLEAN,
    "bit(1)": BOOLEAN,
}
_INTEGERS = {
    FIELD_TYPE.TINY,
    FIELD_TYPE.SHORT,
    FIELD_TYPE.INT24,
    FIELD_TYPE.LONG,
    FIELD_TYPE.LONGLONG,
    FIELD_TYPE.YEAR,
}
_ARROW: dict[int, pa.DataType] = {
    FIELD_TYPE.FLOAT: pa.float64(),
    FIELD_TYPE.DOUBLE: pa.float64(),
    FIELD_TYPE.DATE: pa.date32(),
    FIELD_TYPE.DATETIME: pa.timestamp("us"),
    FIELD_TYPE.TIMESTAMP: pa.timestamp("us"),
    FIELD_TYPE.TIME: pa.duration("us"),
    FIELD_TYPE.NULL: pa.null(),
}
_NO_CHARACTERS = 63
_NO_DATABASE, _NO_TABLE, _INTERRUPTED = 1049, 1146, 1317
_MISSING = {_NO_DATABASE, _NO_TABLE}
_LOST = {1053, 1927, 2006, 2013, 2055, 4031}
# Why a server does not let us in, and what helps, by its code.
_REFUSED = {
    1045: ("it does not know this user with this password", "check `password_env`, and the user in the `url`"),
    1698: ("it does not let this user in with a password", "check the user in the `url`"),
    1044: ("it does not let this user into the database", "ask for the right to read it"),
    _NO_DATABASE: ("it has no such database", "check the name after the last `/` of the `url`"),
}


def connect(target: Target) -> MySQL:
    """Open a database for reading; which of the two it is, it says itself.

    A socket on this machine is named by an option: `mariadb://reader@localhost/shop?unix_socket=/run/mysqld/mysqld.sock`.

    Raises:
        ValueError: the URL is not of the form `mysql://user@host/database`.
        Unreachable: the server cannot be reached, or does not let us in.

    Example:
        connect(Target("mysql://reader@localhost/shop", Path("."))).tables()
    """
    return MySQL(target)


class MySQL(Database):
    """A connection to MySQL or MariaDB, as `Backend` describes it."""

    ignores_case = True
    quote = "`"

    def _open(self) -> None:
        self._options = _options_of(self._target)
        self._stream: SSCursor | None = None
        self._is_interrupted = False
        self._located: tuple[Catalog, Catalog] | None = None
        try:
            self._connection = self._connected()
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT VERSION()")
                ((version,),) = cursor.fetchall()
                self.dialect = "mariadb" if "mariadb" in str(version).lower() else "mysql"
                cursor.execute(f"SET NAMES utf8mb4 COLLATE {_COLLATIONS[self.dialect]}")
                for each in (*_SETTINGS, *(_SETTINGS_OF_MARIADB if self.dialect == "mariadb" else ())):
                    cursor.execute(f"SET SESSION {each}")
        except (pymysql.Error, OSError, RuntimeError) as error:
            raise _unreachable(error, self._target) from None

    def _connected(self) -> pymysql.Connection[Any]:
        return pymysql.connect(**self._options)

    def _shut(self) -> None:
        with suppress(pymysql.Error, OSError):
            self._finish()
        with suppress(pymysql.Error, OSError):
            self._connection.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        self._finish()
        self._stream = self._connection.cursor(SSCursor)
        try:
            self._stream.execute(sql)
        except pymysql.Error as error:
            raise self._stopped(error) from None
        # What the columns are is told in full nowhere else.
        fields = [] if self._stream.description is None else self._stream._result.fields  # noqa: SLF001
        schema = pa.schema([(each.name, _arrow(each)) for each in fields])
        return pa.RecordBatchReader.from_batches(schema, self._read(self._stream, schema))

    def _read(self, stream: SSCursor, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        while True:
            try:
                rows = stream.fetchmany(_ROWS_A_BATCH)
            except pymysql.Error as error:
                raise self._stopped(error) from None
            if not rows:
                return
            columns = zip(*rows, strict=True)
            yield pa.record_batch(list(map(pa.array, columns, schema.types)), schema)

    def _stopped(self, error: pymysql.Error) -> BaseException:
        """Return what an error means that may come of an interruption of ours."""
        return KeyboardInterrupt() if self._is_interrupted and _code(error) == _INTERRUPTED else error

    def _finish(self) -> None:
        """Leave the statement before, of which there may be rows that nobody wants."""
        stream, self._stream = self._stream, None
        if stream is not None and stream._result is not None and stream._result.unbuffered_active:  # noqa: SLF001
            self.interrupt()
            with suppress(pymysql.Error):
                stream.close()
        if self._is_interrupted:
            # An interruption that came too late would stop what comes next.
            with suppress(pymysql.Error), self._connection.cursor() as cursor:
                cursor.execute("DO 0")
            self._is_interrupted = False

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        self._finish()
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT @@max_allowed_packet")
            ((most,),) = cursor.fetchall()
            told = json.dumps(list(keys), ensure_ascii=False)
            if len(told.encode()) * 2 > most:
                raise EngineError(f"{len(keys)} keys are more than the server's `max_allowed_packet` lets in")
            cursor.execute(f"SET @{self.source(Table((name,)))} = %s", (told,))

    def _told(self, error: Exception) -> EngineError:
        if isinstance(error, OSError | pymysql.InterfaceError) or _code(error) in _LOST:
            return Lost("the connection to the server was lost")
        return (_NotThereError if _code(error) in _MISSING else EngineError)(_first_line(error))

    def interrupt(self) -> None:
        """Stop what is running, by a connection of its own."""
        self._is_interrupted = True
        with suppress(pymysql.Error, OSError), closing(self._connected()) as other, other.cursor() as cursor:
            cursor.execute(f"KILL QUERY {self._connection.thread_id():d}")

    def located(self, catalog: Catalog) -> Catalog:
        """Return the catalog with the types of its keys, since texts and numbers are not compared alike."""
        if self._located is None or self._located[0] is not catalog:
            self._located = catalog, with_key_types(catalog, self._type_of)
        return self._located[1]

    def tables(self) -> list[str]:
        """Return tables and views; those of the current database stand without its name."""
        rows = self._rows(
            "SELECT IF(table_schema = DATABASE(), table_name, CONCAT(table_schema, '.', table_name))"
            f" FROM information_schema.tables WHERE table_schema NOT IN {_OWN} ORDER BY 1"
        )
        return [str(name) for (name,) in rows]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return primary and foreign keys of one column."""
        named = "IF({0}schema = DATABASE(), {0}name, CONCAT({0}schema, '.', {0}name))"
        rows = self._rows(
            f"SELECT {named.format('table_')}, MAX(column_name),"
            f" MAX({named.format('referenced_table_')}), MAX(referenced_column_name)"
            " FROM information_schema.key_column_usage"
            f" WHERE table_schema NOT IN {_OWN} AND (constraint_name = 'PRIMARY' OR referenced_table_name IS NOT NULL)"
            " GROUP BY table_schema, table_name, constraint_name HAVING COUNT(*) = 1 ORDER BY 1, 2, 3"
        )
        return [
            DeclaredKey(str(table), str(name), (str(target), str(key)) if target else None)
            for table, name, target, key in rows
        ]

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        if len(table.parts) > 2:
            return None
        try:
            rows = self._rows(f"SHOW COLUMNS FROM {self.source(table)}")
        except _NotThereError:
            return None
        jsons = self._jsons(table) if self.dialect == "mariadb" else set()
        return {
            str(name): _column(str(name), "json" if name in jsons else str(told).lower()) for name, told, *_ in rows
        }

    def _jsons(self, table: Table) -> set[object]:
        """Return the columns that MariaDB made of the type `json`: texts that it keeps to that form."""
        rows = self._rows(
            "SELECT constraint_name FROM information_schema.check_constraints"
            f" WHERE constraint_schema = {_database(table)} AND table_name = {_literal(table.parts[-1])}"
            " AND check_clause = CONCAT('json_valid(`', constraint_name, '`)')"
        )
        return {name for (name,) in rows}

    def _type_of(self, table: Table, name: str) -> Type | None:
        """Return the type of a column; None where it cannot be known."""
        # What cannot be described is told by whoever verifies the catalog.
        with suppress(EngineError):
            columns = self.describe(table) or {}
            return next((each.type for each in columns.values() if each.name.casefold() == name.casefold()), None)
        return None


class _NotThereError(EngineError):
    """There is no such table."""


def _options_of(target: Target) -> dict[str, Any]:
    """Return what the driver needs to know."""
    parts = urlsplit(target.url or "")
    database = unquote(parts.path.removeprefix("/"))
    if "://" not in (target.url or "") or not database or "/" in database:
        raise ValueError("needs the form mysql://user@host/database or mariadb://user@host/database")
    given: dict[str, Any] = dict(parse_qsl(parts.query))
    if unknown := given.keys() - _OPTIONS:
        raise ValueError(f"takes no option `{min(unknown)}`; known are {', '.join(sorted(_OPTIONS))}")
    for name in ("ssl_verify_cert", "ssl_verify_identity"):
        if name in given:
            given[name] = given[name].lower() in {"true", "1", "yes"}
    return given | {
        "host": parts.hostname or "localhost",
        "port": parts.port or 3306,
        "user": unquote(parts.username or ""),
        "password": target.password or unquote(parts.password or ""),
        "database": database,
        "charset": "utf8mb4",
        "autocommit": True,
        "connect_timeout": 10,
        "program_name": "segql",
        "conv": _CONVERSIONS,
    }


def _unreachable(error: Exception, target: Target) -> Unreachable:
    parts = urlsplit(target.url or "")
    what = f"`{unquote(parts.path.strip('/'))}` on {parts.hostname or 'this machine'}"
    said = hidden(_first_line(error), secrets_of(target))
    hint = "is the server running, and are host and port of the `url` right?"
    if "cryptography" in said:
        hint = "pip install 'pymysql[rsa]', or let the server in by TLS with `?ssl_ca=` in the `url`"
    why, hint = _REFUSED.get(_code(error), (said, hint))
    return Unreachable(what, why, hint)


def _code(error: Exception) -> int:
    code = error.args[0] if error.args else None
    return code if isinstance(code, int) else 0


def _first_line(error: Exception) -> str:
    said = error.args[1] if len(error.args) > 1 else error
    return str(said).split("\n", maxsplit=1)[0].strip()


def _database(table: Table) -> str:
    return _literal(table.parts[-2]) if len(table.parts) > 1 else "DATABASE()"


def _literal(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _column(name: str, told: str) -> Column:
    word = re.split("[( ]", told, maxsplit=1)[0]
    # One that lists its members may be long.
    shown = word if word in {"enum", "set"} else told
    return Column(name, shown, _type(told, word), has_zone=word == "timestamp", holds_lists=word == "json")


def _type(told: str, word: str) -> Type:
    if found := re.match(r"decimal\((\d+),(\d+)\)", told):
        return decimal(int(found[1]), int(found[2]))
    return _TYPES.get(told) or _TYPES.get(word, UNKNOWN)


def _arrow(field: Any) -> pa.DataType:
    """Return the type of Arrow for a column of an answer."""
    code = field.type_code
    if code in _INTEGERS:
        return pa.uint64() if code == FIELD_TYPE.LONGLONG and field.flags & FLAG.UNSIGNED else pa.int64()
    if code in {FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL}:
        return pa.decimal128(38, field.scale)
    if code in _ARROW:
        return _ARROW[code]
    return pa.binary() if field.charsetnr == _NO_CHARACTERS and code != FIELD_TYPE.JSON else pa.string()


def _known(read: Callable[[str], object]) -> Callable[[str], object]:
    """Return what reads a date or time as a value: one like `0000-00-00` is none."""

    def reading(told: str) -> object:
        made = read(told)
        return None if isinstance(made, str) else made

    return reading


_CONVERSIONS = {
    **conversions,
    **{
        code: _known(conversions[code])
        for code in (FIELD_TYPE.DATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.TIME)
    },
}
