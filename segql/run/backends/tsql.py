"""SQL Server and Azure SQL, by Microsoft's driver, whose results are Arrow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress

import mssql_python as driver
import pyarrow as pa

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, hidden, secrets_of
from segql.run.backends.lent import with_lists
from segql.run.backends.rows import ROWS_A_BATCH
from segql.run.backends.urls import address
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, TEXT, TIMESTAMP, UNKNOWN, Type, decimal

FORM = "mssql://user@host:1433/database"
# How to log in without a password, and whether the name of a certificate counts, in the words of the driver.
_OPTIONS = frozenset({"authentication", "trust_server_certificate"})
_TYPES: dict[str, Type] = {
    "bigint": INTEGER,
    "bit": BOOLEAN,
    "char": TEXT,
    "date": DATE,
    "datetime": TIMESTAMP,
    "datetime2": TIMESTAMP,
    "float": FLOAT,
    "int": INTEGER,
    "nchar": TEXT,
    "nvarchar": TEXT,
    "real": FLOAT,
    "smalldatetime": TIMESTAMP,
    "smallint": INTEGER,
    "tinyint": INTEGER,
    "varchar": TEXT,
}
_DECIMALS = {"decimal", "money", "numeric", "smallmoney"}


def connect(target: Target) -> TSQL:
    """Open a database for reading.

    Raises:
        ValueError: the URL is not of the form `mssql://user@host:1433/database`; after `?` may stand `authentication`,
            as in `?authentication=ActiveDirectoryDefault`, and `trust_server_certificate=yes`.
        Unreachable: the server cannot be reached, or does not let us in.

    Example:
        connect(Target("mssql://reader@localhost/shop", Path("."))).tables()
    """
    address(target, FORM, (1, 1), _OPTIONS)
    return TSQL(target)


class TSQL(Database):
    """A connection to SQL Server, as `Backend` describes it."""

    dialect = "tsql"

    def _open(self) -> None:
        found = address(self._target, FORM, (1, 1), _OPTIONS)
        settings = {
            "Server": f"tcp:{found.host},{found.port or 1433}",
            "Database": found.path[0],
            "Encrypt": "yes",
            "ApplicationIntent": "ReadOnly",
            "UID": found.user,
            "PWD": found.password,
            "Authentication": found.options.get("authentication"),
            "TrustServerCertificate": found.options.get("trust_server_certificate"),
        }
        told = ";".join(f"{name}={_braced(value)}" for name, value in settings.items() if value is not None)
        self._lists: dict[str, str] = {}
        self._cursor: driver.Cursor | None = None
        try:
            self._connection = driver.connect(told, autocommit=True)
            if self._target.timeout is not None:
                self._connection.timeout = max(1, int(self._target.timeout))
        except (driver.Error, RuntimeError, ValueError) as error:
            said = hidden(_first_line(error), secrets_of(self._target))
            hint = "is the server running, and are host, port, user, password and database of the `url` right?"
            raise Unreachable(f"`{found.path[0]}` on {found.host}", said, hint) from None

    def _shut(self) -> None:
        with suppress(driver.Error):
            self._connection.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        self._cursor = self._connection.cursor()
        self._cursor.execute(with_lists(sql, self._lists))
        batches = self._cursor.arrow_reader(ROWS_A_BATCH)
        return pa.RecordBatchReader.from_batches(batches.schema, batches)

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        # A table of its own would be called by another name, and a text may be as long as it likes.
        listed = json.dumps(list(keys)).replace("'", "''")
        self._lists[self.source(Table((name,)))] = f"SELECT [value] AS [key] FROM OPENJSON('{listed}')"

    def _told(self, error: Exception) -> EngineError:
        said = _first_line(error)
        is_lost = isinstance(error, driver.OperationalError) and any(
            each in str(error) for each in ("Communication link failure", "TCP Provider", "connection is broken")
        )
        return Lost("the connection to the server was lost") if is_lost else EngineError(said)

    def interrupt(self) -> None:
        """Stop what is running."""
        cursor = self._cursor
        if cursor is not None and cursor.hstmt is not None:
            with suppress(driver.Error, RuntimeError):
                # The driver has no other way that may be called while it waits.
                cursor.hstmt._cancel()  # noqa: SLF001

    def quoted(self, name: str) -> str:
        """Return a name as it stands in a statement."""
        return "[" + name.replace("]", "]]") + "]"

    def tables(self) -> list[str]:
        """Return tables and views; those of the current schema without its name."""
        rows = self._rows("SELECT TABLE_SCHEMA, TABLE_NAME, SCHEMA_NAME() FROM INFORMATION_SCHEMA.TABLES ORDER BY 1, 2")
        return [str(name) if schema == current else f"{schema}.{name}" for schema, name, current in rows]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return primary and foreign keys of one column."""
        primary = self._rows(
            "SELECT OBJECT_SCHEMA_NAME(i.object_id), OBJECT_NAME(i.object_id),"
            " MIN(COL_NAME(c.object_id, c.column_id)), SCHEMA_NAME()"
            " FROM sys.indexes i JOIN sys.index_columns c ON c.object_id = i.object_id AND c.index_id = i.index_id"
            " WHERE i.is_primary_key = 1 GROUP BY i.object_id HAVING COUNT(*) = 1"
        )
        foreign = self._rows(
            "SELECT OBJECT_SCHEMA_NAME(parent_object_id), OBJECT_NAME(parent_object_id),"
            " MIN(COL_NAME(parent_object_id, parent_column_id)), OBJECT_SCHEMA_NAME(referenced_object_id),"
            " OBJECT_NAME(referenced_object_id), MIN(COL_NAME(referenced_object_id, referenced_column_id)),"
            " SCHEMA_NAME()"
            " FROM sys.foreign_key_columns GROUP BY constraint_object_id, parent_object_id, referenced_object_id"
            " HAVING COUNT(*) = 1"
        )
        made = [DeclaredKey(_named(schema, name, own), str(key), None) for schema, name, key, own in primary]
        for schema, name, column, other, target, key, own in foreign:
            made.append(DeclaredKey(_named(schema, name, own), str(column), (_named(other, target, own), str(key))))
        return made

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        name = self.source(table).replace("'", "''")
        rows = self._rows(
            "SELECT c.name, TYPE_NAME(c.system_type_id), c.precision, c.scale FROM sys.columns c"
            f" WHERE c.object_id = OBJECT_ID(N'{name}') ORDER BY c.column_id"
        )
        return {str(name): _column(str(name), str(word), digits, places) for name, word, digits, places in rows} or None


def _named(schema: object, name: object, current: object) -> str:
    return str(name) if schema == current else f"{schema}.{name}"


def _braced(value: str) -> str:
    """Return a value of a connection string, which may hold anything.

    Example:
        >>> _braced("a;b}c")
        '{a;b}}c}'
    """
    return "{" + value.replace("}", "}}") + "}"


def _column(name: str, word: str, digits: object, places: object) -> Column:
    if word in _DECIMALS:
        return Column(name, f"{word}({digits}, {places})", decimal(int(str(digits)), int(str(places))))
    # An instant with a zone of its own has another day than that of UTC, so it is not read as it stands.
    return Column(name, word, _TYPES.get(word, UNKNOWN), has_zone=word == "datetimeoffset")


def _first_line(error: Exception) -> str:
    """Return what the engine says, without the names of the layers in front of it."""
    text = getattr(error, "ddbc_error", None) or str(error)
    line = str(text).strip().split("\n", maxsplit=1)[0]
    return line.rpartition("]")[2].strip() or line
