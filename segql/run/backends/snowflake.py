"""Snowflake, by its own connector, whose results are Arrow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain

import pyarrow as pa
from snowflake import connector
from snowflake.connector.constants import FIELD_ID_TO_NAME

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, hidden, label_of, secrets_of
from segql.run.backends.lent import with_lists
from segql.run.backends.urls import address
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal

FORM = "snowflake://user@account/database/schema?warehouse=…"
# What may stand after `?`: as the connector calls it.
_OPTIONS = frozenset({"authenticator", "host", "port", "private_key_file", "protocol", "role", "warehouse"})
_TYPES: dict[str, Type] = {
    "BOOLEAN": BOOLEAN,
    "DATE": DATE,
    "OBJECT": JSON,
    "REAL": FLOAT,
    "TEXT": TEXT,
    "TIMESTAMP_LTZ": TIMESTAMP,
    "TIMESTAMP_NTZ": TIMESTAMP,
    "TIMESTAMP_TZ": TIMESTAMP,
    "VARIANT": JSON,
}
# As the dialect tells them: names that need no quotes are kept in upper case, and written in lower case.
_FOLDED, _WRITTEN = re.compile(r"[A-Z_][A-Z0-9_$]*"), re.compile(r"[a-z_][a-z0-9_$]*")
# There is no such table, or it may not be seen; by its number in the connector.
_MISSING = 2003
# The session is over, or the token of the connection is.
_LOST = {250001, 250002, 390111, 390112, 390114}
_SECONDS_TO_LOG_IN = 20
_DIGITS_OF_INT64 = 18


def connect(target: Target) -> Snowflake:
    """Open a database of an account for reading.

    Raises:
        ValueError: the URL is not of the form `snowflake://user@account/database/schema?warehouse=…`; the schema, and
            all after `?`, may be left out.
        Unreachable: the account cannot be reached, or does not let us in.

    Example:
        connect(Target("snowflake://reader@myorg-myaccount/shop/public?warehouse=small", Path("."))).tables()
    """
    address(target, FORM, (1, 2), _OPTIONS)
    return Snowflake(target)


class Snowflake(Database):
    """A connection to Snowflake, as `Backend` describes it."""

    dialect = "snowflake"
    enforces_keys = False

    def _open(self) -> None:
        found = address(self._target, FORM, (1, 2), _OPTIONS)
        settings: dict[str, object] = {"QUERY_TAG": "segql", "TIMEZONE": "UTC"}
        if self._target.timeout is not None:
            settings["STATEMENT_TIMEOUT_IN_SECONDS"] = max(1, int(self._target.timeout))
        asked = {"user": found.user, "password": found.password, "schema": found.path[1] if found.path[1:] else None}
        self._lists: dict[str, str] = {}
        self._running: str | None = None
        try:
            self._connection = connector.connect(
                account=found.host,
                database=found.path[0],
                session_parameters=settings,
                login_timeout=_SECONDS_TO_LOG_IN,
                # What was begun is ended with the connection; its newer versions want to hear it by both names.
                server_session_keep_alive=False,
                enable_server_session_keep_alive_auto_detection=False,
                **{name: value for name, value in {**asked, **found.options}.items() if value is not None},
            )
            self._cursor = self._connection.cursor()
        except connector.errors.Error as error:
            said = hidden(_first_line(error), secrets_of(self._target))
            hint = "check account, user and password, and that the `url` names a database that the user may see"
            raise Unreachable(f"`{found.path[0]}` of `{found.host}`", said, hint) from None

    def _shut(self) -> None:
        with suppress(connector.errors.Error):
            self._connection.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        # Only what is asked in this way can be told to stop while it runs.
        self._cursor.execute_async(with_lists(sql, self._lists), _statement_params={"QUERY_TAG": label_of(sql)})
        self._running = self._cursor.sfqid
        try:
            self._cursor.get_results_from_sfqid(self._running)
            tables = self._cursor.fetch_arrow_batches(force_microsecond_precision=True)
            first = next(tables, None)
        finally:
            self._running = None
        if first is None:
            first = self._nothing(sql)
        # Of whole numbers each batch has the smallest type that holds its own.
        schema = pa.schema(
            [
                pa.field(_written(each.name), _wide(each.type, made))
                for each, made in zip(first.schema, self._cursor.description, strict=True)
            ]
        )

        def batches() -> Iterator[pa.RecordBatch]:
            for table in chain([first], tables):
                yield from table.rename_columns(schema.names).cast(schema).to_batches()

        return pa.RecordBatchReader.from_batches(schema, batches())

    def _nothing(self, sql: str) -> pa.Table:
        """Return no rows, with the columns that they would have."""
        made = self._cursor.describe(with_lists(sql, self._lists)) or []
        return pa.table({each.name: pa.array([], _ARROW.get(_word(each), pa.string())) for each in made})

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        # A reader may make no table, not even for a while.
        listed = json.dumps(list(keys)).replace("\\", "\\\\").replace("'", "\\'")
        made = f"SELECT VALUE::VARCHAR AS KEY FROM TABLE(FLATTEN(INPUT => PARSE_JSON('{listed}')))"
        self._lists[self.source(Table((name,)))] = made

    def _told(self, error: Exception) -> EngineError:
        is_lost = getattr(error, "errno", None) in _LOST
        return Lost("the session with the account is over") if is_lost else EngineError(_first_line(error))

    def interrupt(self) -> None:
        """Stop what is running."""
        running = self._running
        if running is not None:
            with suppress(connector.errors.Error):
                self._connection.cursor().abort_query(running)

    def quoted(self, name: str) -> str:
        """Return a name of a catalog as it stands in a statement."""
        return super().quoted(name.upper() if _WRITTEN.fullmatch(name) else name)

    def tables(self) -> list[str]:
        """Return tables and views of the database; those of the current schema without its name."""
        rows = self._rows(
            "SELECT TABLE_SCHEMA, TABLE_NAME, CURRENT_SCHEMA() FROM INFORMATION_SCHEMA.TABLES"
            " WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA' ORDER BY 1, 2"
        )
        return [
            _written(str(name)) if schema == current else f"{_written(str(schema))}.{_written(str(name))}"
            for schema, name, current in rows
        ]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return the primary and foreign keys of one column of the current schema."""
        return [*self._primary_keys(), *self._foreign_keys()]

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""

        def found() -> dict[str, Column] | None:
            try:
                told = self._cursor.describe(f"SELECT * FROM {self.source(table)}") or []
            except connector.errors.ProgrammingError as error:
                if error.errno == _MISSING:
                    return None
                raise
            return {_written(each.name): _column(each) for each in told}

        return self._safely(found)

    def _primary_keys(self) -> Iterator[DeclaredKey]:
        for (table, *_), columns in self._keys("PRIMARY", ("table_name", "constraint_name"), ("column_name",)):
            if len(columns) == 1:
                yield DeclaredKey(_written(table), _written(columns[0][0]), None)

    def _foreign_keys(self) -> Iterator[DeclaredKey]:
        owner, pairs = ("fk_table_name", "fk_name", "pk_table_name"), ("fk_column_name", "pk_column_name")
        for (table, _, other), columns in self._keys("IMPORTED", owner, pairs):
            if len(columns) == 1:
                name, key = map(_written, columns[0])
                yield DeclaredKey(_written(table), name, (_written(other), key))

    def _keys(
        self, kind: str, owner: Sequence[str], columns: Sequence[str]
    ) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
        """Return what a `show` tells of keys, together by their owner."""

        def shown() -> list[dict[str, object]]:
            cursor = self._connection.cursor(connector.DictCursor)
            cursor.execute(f"SHOW {kind} KEYS IN SCHEMA")
            return list(cursor.fetchall())

        found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for row in self._safely(shown):
            place = tuple(str(row[each]) for each in owner)
            found.setdefault(place, []).append(tuple(str(row[each]) for each in columns))
        return list(found.items())


_ARROW = {
    "FIXED": pa.int64(),
    "REAL": pa.float64(),
    "TEXT": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP_NTZ": pa.timestamp("us"),
    "BOOLEAN": pa.bool_(),
}


def _wide(type_: pa.DataType, told: connector.cursor.ResultMetadata) -> pa.DataType:
    """Return the type of a column of numbers by what the answer says of it; any other is that of the first batch."""
    if not pa.types.is_integer(type_) and not pa.types.is_decimal(type_):
        return type_
    is_short = not told.scale and (told.precision or 0) <= _DIGITS_OF_INT64
    return pa.int64() if is_short else pa.decimal128(38, told.scale or 0)


def _written(name: str) -> str:
    """Return a name as a catalog writes it.

    Example:
        >>> _written("CUSTOMER_ID"), _written("Customer")
        ('customer_id', 'Customer')
    """
    return name.lower() if _FOLDED.fullmatch(name) else name


def _word(told: connector.cursor.ResultMetadata) -> str:
    return str(FIELD_ID_TO_NAME[told.type_code])


def _column(told: connector.cursor.ResultMetadata) -> Column:
    word = _word(told)
    name = _written(told.name)
    if word == "FIXED":
        places = told.scale or 0
        type_ = decimal(told.precision or 38, places) if places else INTEGER
        return Column(name, f"number({told.precision}, {places})", type_)
    # An array holds anything, so it is no list of one type.
    return Column(name, word.lower(), _TYPES.get(word, UNKNOWN), has_zone=word in {"TIMESTAMP_LTZ", "TIMESTAMP_TZ"})


def _first_line(error: Exception) -> str:
    """Return what the engine says, without number and state in front of it."""
    text = getattr(error, "raw_msg", None) or str(error)
    line = text.strip().split("\n", maxsplit=1)[0]
    return re.sub(r"^\d+ \(\w+\): ([0-9a-f-]{36}: )?", "", line)
