"""Trino, by its own client."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

import pyarrow as pa
import requests
from trino import auth, dbapi, exceptions

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, hidden, secrets_of
from segql.run.backends.lent import with_lists
from segql.run.backends.rows import reader
from segql.run.backends.urls import address
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of

FORM = "trino://user@host:port/catalog/schema"
_OPTIONS = frozenset({"http_scheme"})
_TYPES: dict[str, Type] = {
    "bigint": INTEGER,
    "boolean": BOOLEAN,
    "char": TEXT,
    "date": DATE,
    "double": FLOAT,
    "integer": INTEGER,
    "json": JSON,
    "real": FLOAT,
    "smallint": INTEGER,
    "timestamp": TIMESTAMP,
    "timestamp with time zone": TIMESTAMP,
    "tinyint": INTEGER,
    "varchar": TEXT,
}
_ARROW = {
    BOOLEAN: pa.bool_(),
    DATE: pa.date32(),
    FLOAT: pa.float64(),
    INTEGER: pa.int64(),
    TIMESTAMP: pa.timestamp("us"),
}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_LIST = re.compile(r"array\((.+)\)")


def connect(target: Target) -> Trino:
    """Open a schema of a catalog.

    Raises:
        ValueError: the URL is not of the form `trino://user@host:port/catalog/schema`, with `?http_scheme=http` or
            `https` where it is not told by the port.
        Unreachable: the server cannot be reached, or does not let us in.

    Example:
        connect(Target("trino://reader@localhost:8080/hive/shop", Path("."))).tables()
    """
    address(target, FORM, (2, 2), _OPTIONS)
    return Trino(target)


class Trino(Database):
    """A connection to Trino, as `Backend` describes it."""

    dialect = "trino"
    ignores_case = True
    enforces_keys = False

    def _open(self) -> None:
        found = address(self._target, FORM, (2, 2), _OPTIONS)
        user = found.user or "segql"
        # A password is never sent in the clear.
        is_safe = found.password is not None or found.port == 443
        scheme = found.options.get("http_scheme", "https" if is_safe else "http")
        seconds = self._target.timeout
        self._schema = found.path
        self._lists: dict[str, str] = {}
        try:
            self._connection = dbapi.connect(
                host=found.host,
                port=found.port or (443 if scheme == "https" else 8080),
                user=user,
                catalog=found.path[0],
                schema=found.path[1],
                source="segql",
                client_tags=["segql"],
                http_scheme=scheme,
                auth=None if found.password is None else auth.BasicAuthentication(user, found.password),
                timezone="UTC",
                session_properties=None if seconds is None else {"query_max_run_time": f"{max(1, int(seconds))}s"},
                # What was only read can be asked again, but not for ever.
                max_attempts=2,
            )
            self._cursor = self._connection.cursor()
            self._cursor.execute("SELECT 1").fetchall()
        except (exceptions.Error, exceptions.HttpError, requests.RequestException, ValueError) as error:
            said = hidden(_first_line(error), secrets_of(self._target))
            hint = "is the server running, and are host, port, user and password of the `url` right?"
            raise Unreachable(f"`{'.'.join(found.path)}` on {found.host}", said, hint) from None

    def _shut(self) -> None:
        with suppress(exceptions.Error, requests.RequestException):
            self._connection.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        self._cursor = self._connection.cursor()
        self._cursor.execute(with_lists(sql, self._lists))
        told = self._cursor.description
        types = [_ARROW.get(_type(each.type_code), _decimals(each.type_code)) for each in told]
        return reader([each.name for each in told], types, self._cursor.fetchmany)

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        # A reader may make no table, and most catalogs know none that goes away.
        rows = ", ".join("('" + each.replace("'", "''") + "')" for each in keys)
        self._lists[self.source(Table((name,)))] = f"SELECT key FROM (VALUES {rows}) AS given (key)"

    def _told(self, error: Exception) -> EngineError:
        lost = (exceptions.TrinoConnectionError, exceptions.HttpError, requests.RequestException)
        return (
            Lost("the connection to the server was lost")
            if isinstance(error, lost)
            else EngineError(_first_line(error))
        )

    def interrupt(self) -> None:
        """Stop what is running."""
        with suppress(exceptions.Error, requests.RequestException):
            self._cursor.cancel()

    def tables(self) -> list[str]:
        """Return tables and views of the schema."""
        rows = self._rows(
            f"SELECT table_name FROM information_schema.tables WHERE table_schema = {_text(self._schema[1])} ORDER BY 1"
        )
        return [str(name) for (name,) in rows]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return nothing: it knows of no keys."""
        return []

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        *around, name = (each.lower() for each in table.parts)
        catalog, schema = [*self._schema[: 2 - len(around)], *around]
        place = '"' + catalog.replace('"', '""') + '"'
        rows = self._rows(
            f"SELECT column_name, data_type FROM {place}.information_schema.columns"
            f" WHERE table_schema = {_text(schema)} AND table_name = {_text(name)} ORDER BY ordinal_position"
        )
        return {str(name): _column(str(name), str(word)) for name, word in rows} or None


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _word(told: str) -> str:
    """Return a type without its numbers.

    Example:
        >>> _word("timestamp(6) with time zone"), _word("varchar(20)")
        ('timestamp with time zone', 'varchar')
    """
    return re.sub(r"\(\d+\)", "", told)


def _type(told: str) -> Type:
    if found := _LIST.fullmatch(told):
        item = _type(found[1])
        return UNKNOWN if item == UNKNOWN else list_of(item)
    if found := _DECIMAL.fullmatch(told):
        return decimal(int(found[1]), int(found[2]))
    return _TYPES.get(_word(told), UNKNOWN)


def _decimals(told: str) -> pa.DataType:
    found = _DECIMAL.fullmatch(told)
    return pa.decimal128(int(found[1]), int(found[2])) if found else pa.string()


def _column(name: str, told: str) -> Column:
    return Column(name, told, _type(told), has_zone=told.endswith("with time zone"))


def _first_line(error: Exception) -> str:
    """Return what the engine says."""
    text = getattr(error, "message", None) or str(error)
    return str(text).strip().split("\n", maxsplit=1)[0]
