"""Databricks SQL, by its own connector, whose results are Arrow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pyarrow as pa
from databricks import sql as driver

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, hidden, secrets_of
from segql.run.backends.lent import with_lists
from segql.run.backends.rows import ROWS_A_BATCH
from segql.run.backends.urls import Address, address
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of

FORM = "databricks://host/sql/1.0/warehouses/id?catalog=…&schema=…"
_OPTIONS = frozenset({"catalog", "schema"})
_TYPES: dict[str, Type] = {
    "bigint": INTEGER,
    "boolean": BOOLEAN,
    "date": DATE,
    "double": FLOAT,
    "float": FLOAT,
    "int": INTEGER,
    "smallint": INTEGER,
    "string": TEXT,
    "timestamp": TIMESTAMP,
    "timestamp_ntz": TIMESTAMP,
    "tinyint": INTEGER,
    "variant": JSON,
}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_LIST = re.compile(r"array<(.+)>")
_TOKEN = "a token of access is needed: name its variable with `password_env`"
_TABLE_MISSING = "TABLE_OR_VIEW_NOT_FOUND"


def connect(target: Target) -> Databricks:
    """Open a schema through a SQL warehouse or cluster; the password is a token of access.

    Raises:
        ValueError: the URL is not of the form `databricks://host/sql/1.0/warehouses/id?catalog=…&schema=…`.
        Unreachable: there is no token, the host cannot be reached, or it does not let us in.

    Example:
        connect(Target("databricks://adb-1.azuredatabricks.net/sql/1.0/warehouses/abc", Path("."), password="…"))
    """
    _address(target)
    return Databricks(target)


class Databricks(Database):
    """A connection to Databricks, as `Backend` describes it."""

    dialect = "databricks"
    quote = "`"
    ignores_case = True
    enforces_keys = False

    def _open(self) -> None:
        found = _address(self._target)
        settings = {"TIMEZONE": "UTC", "ANSI_MODE": "true"}
        if self._target.timeout is not None:
            settings["STATEMENT_TIMEOUT"] = str(max(1, int(self._target.timeout)))
        what = f"`{found.options.get('catalog', 'default')}` on {found.host}"
        self._lists: dict[str, str] = {}
        if found.password is None:
            raise Unreachable(what, "it lets nobody in without a token", _TOKEN)
        try:
            self._connection = driver.connect(
                server_hostname=found.host,
                http_path="/" + "/".join(found.path),
                access_token=found.password,
                session_configuration=settings,
                catalog=found.options.get("catalog"),
                schema=found.options.get("schema"),
                user_agent_entry="segql",
                _retry_stop_after_attempts_duration=30,
            )
            self._cursor = self._connection.cursor()
        except (driver.exc.Error, OSError, ValueError) as error:
            said = hidden(_first_line(error), secrets_of(self._target))
            raise Unreachable(what, said, "check host and path of the `url`, and the token") from None

    def _shut(self) -> None:
        with suppress(driver.exc.Error, OSError):
            self._connection.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        self._cursor.execute(with_lists(sql, self._lists))
        first = self._cursor.fetchmany_arrow(ROWS_A_BATCH)

        def batches() -> Iterator[pa.RecordBatch]:
            table = first
            while table.num_rows:
                yield from table.to_batches()
                table = self._cursor.fetchmany_arrow(ROWS_A_BATCH)

        return pa.RecordBatchReader.from_batches(first.schema, batches())

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        # A reader may make no table.
        rows = ", ".join("('" + each.replace("\\", "\\\\").replace("'", "\\'") + "')" for each in keys)
        self._lists[self.source(Table((name,)))] = f"SELECT key FROM VALUES {rows} AS given (key)"

    def _told(self, error: Exception) -> EngineError:
        lost = (driver.exc.RequestError, driver.exc.SessionAlreadyClosedError, OSError)
        return (
            Lost("the connection to the warehouse was lost")
            if isinstance(error, lost)
            else EngineError(_first_line(error))
        )

    def interrupt(self) -> None:
        """Stop what is running."""
        with suppress(driver.exc.Error, OSError):
            self._cursor.cancel()

    def tables(self) -> list[str]:
        """Return tables and views of the schema."""
        return sorted(str(name) for _, name, *_ in self._rows("SHOW TABLES"))

    def declared_keys(self) -> list[DeclaredKey]:
        """Return nothing: the keys of its catalog are promises, and not every catalog keeps them."""
        return []

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        try:
            rows = self._rows(f"DESCRIBE TABLE {self.source(table)}")
        except EngineError as error:
            if _TABLE_MISSING in str(error):
                return None
            raise
        found: dict[str, Column] = {}
        for name, word, *_ in rows:
            # What follows the columns tells of parts and of the table as a whole.
            if not name or str(name).startswith("#"):
                break
            found[str(name)] = Column(str(name), str(word), _type(str(word)), has_zone=word == "timestamp")
        return found


def _address(target: Target) -> Address:
    return address(target, FORM, (1, 8), _OPTIONS)


def _type(told: str) -> Type:
    if found := _LIST.fullmatch(told):
        item = _type(found[1])
        return UNKNOWN if item == UNKNOWN else list_of(item)
    if found := _DECIMAL.fullmatch(told):
        return decimal(int(found[1]), int(found[2]))
    return _TYPES.get(told.split("(", maxsplit=1)[0], UNKNOWN)


def _first_line(error: Exception) -> str:
    text = getattr(error, "message", None) or str(error)
    return str(text).strip().split("\n", maxsplit=1)[0]
