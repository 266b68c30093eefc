"""Amazon Redshift, by Amazon's driver. It reads all rows of an answer before the first is here."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pyarrow as pa
import redshift_connector as driver

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, hidden, secrets_of
from segql.run.backends.rows import reader
from segql.run.backends.urls import address
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal

FORM = "redshift://user@host:5439/database"
# For those who log in by IAM, as the driver calls it.
_OPTIONS = frozenset({"cluster_identifier", "db_user", "iam", "profile", "region", "serverless_work_group"})
_TYPES: dict[str, Type] = {
    "bigint": INTEGER,
    "boolean": BOOLEAN,
    "character": TEXT,
    "character varying": TEXT,
    "date": DATE,
    "double precision": FLOAT,
    "integer": INTEGER,
    "real": FLOAT,
    "smallint": INTEGER,
    "super": JSON,
    "timestamp with time zone": TIMESTAMP,
    "timestamp without time zone": TIMESTAMP,
}
# The types of the columns of an answer, by their number in the protocol; a text for all others.
_ARROW = {16: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int64(), 701: pa.float64(), 1082: pa.date32()}
_NUMERIC, _TIMESTAMP = 1700, 1114
_KEYS_AT_ONCE = 1_000
_SETTINGS = ("TIMEZONE TO 'UTC'", "query_group TO 'segql'", "enable_case_sensitive_super_attribute TO true")


def connect(target: Target) -> Redshift:
    """Open a database of a cluster or workgroup.

    Raises:
        ValueError: the URL is not of the form `redshift://user@host:5439/database`; after `?` may stand what the
            driver needs for IAM, as in `?iam=true&cluster_identifier=shop&region=eu-west-1`.
        Unreachable: the cluster cannot be reached, or does not let us in.

    Example:
        connect(Target("redshift://reader@shop.abc.eu-west-1.redshift.amazonaws.com/shop", Path("."))).tables()
    """
    address(target, FORM, (1, 1), _OPTIONS)
    return Redshift(target)


class Redshift(Database):
    """A connection to Redshift, as `Backend` describes it."""

    dialect = "redshift"
    ignores_case = True
    enforces_keys = False

    def _open(self) -> None:
        found = address(self._target, FORM, (1, 1), _OPTIONS)
        try:
            self._connection = self._new()
            self._connection.autocommit = True
            self._cursor = self._connection.cursor()
            # In its own style it would take each `%` of a statement for the place of a value.
            self._cursor.paramstyle = "qmark"
            for setting in _SETTINGS:
                self._cursor.execute(f"SET {setting}")
            if self._target.timeout is not None:
                self._cursor.execute(f"SET statement_timeout TO {int(self._target.timeout * 1000)}")
            self._cursor.execute("SELECT pg_backend_pid()")
            self._process = int(self._cursor.fetchone()[0])
        except (driver.Error, OSError) as error:
            said = hidden(_first_line(error), secrets_of(self._target))
            hint = "is the cluster running and open to this machine, and are user, password and database right?"
            raise Unreachable(f"`{found.path[0]}` on {found.host}", said, hint) from None

    def _new(self) -> Any:
        found = address(self._target, FORM, (1, 1), _OPTIONS)
        options: dict[str, object] = dict(found.options)
        if "iam" in options:
            options["iam"] = options["iam"] == "true"
        return driver.connect(
            host=found.host,
            port=found.port or 5439,
            database=found.path[0],
            user=found.user,
            password=found.password,
            application_name="segql",
            **options,
        )

    def _shut(self) -> None:
        with suppress(driver.Error, OSError):
            self._connection.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        self._cursor.execute(sql)
        told = self._cursor.description
        return reader([_name(each[0]) for each in told], [_arrow(each) for each in told], self._cursor.fetchmany)

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        table = self.source(Table((name,)))
        self._cursor.execute(f"DROP TABLE IF EXISTS {table}")
        self._cursor.execute(f'CREATE TEMP TABLE {table} ("key" VARCHAR(65535))')
        for start in range(0, len(keys), _KEYS_AT_ONCE):
            rows = ", ".join(f"({_text(each)})" for each in keys[start : start + _KEYS_AT_ONCE])
            self._cursor.execute(f"INSERT INTO {table} VALUES {rows}")

    def _told(self, error: Exception) -> EngineError:
        is_lost = isinstance(error, OSError) or "connection is closed" in str(error)
        return Lost("the connection to the cluster was lost") if is_lost else EngineError(_first_line(error))

    def interrupt(self) -> None:
        """Stop what is running, from a connection of its own: the other one waits."""
        with suppress(driver.Error, OSError):
            other = self._new()
            other.autocommit = True
            other.cursor().execute(f"CANCEL {self._process}")
            other.close()

    def tables(self) -> list[str]:
        """Return tables and views; those of the current schema without its name."""
        rows = self._rows(
            "SELECT table_schema, table_name, current_schema() FROM svv_tables"
            " WHERE table_schema NOT IN ('information_schema', 'pg_catalog', 'pg_internal') ORDER BY 1, 2"
        )
        return [str(name) if schema == current else f"{schema}.{name}" for schema, name, current in rows]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return primary keys of one column of the current schema."""
        rows = self._rows(
            "SELECT c.table_name, min(k.column_name) FROM information_schema.table_constraints c"
            " JOIN information_schema.key_column_usage k ON k.constraint_name = c.constraint_name"
            " AND k.table_schema = c.table_schema AND k.table_name = c.table_name"
            " WHERE c.constraint_type = 'PRIMARY KEY' AND c.table_schema = current_schema()"
            " GROUP BY c.table_name HAVING count(*) = 1 ORDER BY 1"
        )
        return [DeclaredKey(str(table), str(name), None) for table, name in rows]

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        *around, name = (each.lower() for each in table.parts)
        schema = _text(around[-1]) if around else "current_schema()"
        rows = self._rows(
            "SELECT column_name, data_type, numeric_precision, numeric_scale FROM svv_columns"
            f" WHERE table_schema = {schema} AND table_name = {_text(name)} ORDER BY ordinal_position"
        )
        return {str(name): _column(str(name), str(word), digits, places) for name, word, digits, places in rows} or None


def _text(value: str) -> str:
    # A backslash takes away the meaning of what follows here.
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _name(told: str | bytes) -> str:
    return told.decode() if isinstance(told, bytes) else told


def _arrow(told: Sequence[Any]) -> pa.DataType:
    number = told[1]
    if number == _NUMERIC:
        return pa.decimal128(38, told[5] or 0)
    return pa.timestamp("us") if number == _TIMESTAMP else _ARROW.get(number, pa.string())


def _column(name: str, word: str, digits: object, places: object) -> Column:
    if word == "numeric":
        return Column(name, f"numeric({digits}, {places})", decimal(int(str(digits)), int(str(places))))
    return Column(name, word, _TYPES.get(word, UNKNOWN), has_zone=word == "timestamp with time zone")


def _first_line(error: Exception) -> str:
    """Return what the engine says; the driver gives all that it was told, the message by the letter M."""
    told = error.args[0] if error.args else ""
    text = told.get("M", "") if isinstance(told, dict) else str(told or error)
    return text.strip().split("\n", maxsplit=1)[0]
