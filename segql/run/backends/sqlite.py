"""SQLite, by Python's own driver, with the functions that it lacks."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import pyarrow as pa

from segql.catalog import Table
from segql.plan import simple_lower, simple_upper
from segql.run.backends.backend import Column, CompoundKey, DeclaredKey, EngineError, Promise, Target, Unreachable
from segql.run.backends.database import Database
from segql.run.backends.files import database_file
from segql.types import BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, JSON, TIMESTAMP, Type, decimal

_ROWS_A_BATCH = 100_000

# What a declared type says of the values, by a part of its name; text may hold anything, as may no type.
_TYPES: Sequence[tuple[str, Type | None]] = (
    ("BOOL", BOOLEAN),
    ("DATETIME", TIMESTAMP),
    ("TIMESTAMP", TIMESTAMP),
    ("DATE", DATE),
    ("JSON", JSON),
    ("INT", INTEGER),
    ("DEC", DECIMAL),
    ("NUMERIC", DECIMAL),
    ("REAL", FLOAT),
    ("DOUB", FLOAT),
    ("FLOA", FLOAT),
)
_SIZE = re.compile(r"\(\s*(\d+)\s*,\s*(\d+)\s*\)")


def connect(target: Target) -> SQLite:
    """Open a database file for reading.

    Raises:
        ValueError: the URL is not of the form `sqlite:///path`.
        Unreachable: there is no such file, or it is no database.

    Example:
        connect(Target("sqlite:///shop.sqlite", Path("shop"))).tables()
    """
    return SQLite(target)


class SQLite(Database):
    """A connection to SQLite, as `Backend` describes it."""

    dialect = "sqlite"
    ignores_case = True

    def _open(self) -> None:
        path = database_file(self._target.url or "", self._target)
        if path is None:
            raise ValueError("names no file: sqlite:///shop.sqlite")
        what = f"`{_below(path, self._target.root)}`"
        hint = "check the `url` of the connection in segql.toml"
        if not path.is_file():
            raise Unreachable(what, "there is no such file", hint)
        # Another thread than the one that made it interrupts and closes it.
        self._connection = sqlite3.connect(
            # A list that is lent must not leave a transaction open, in which nobody else could write.
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
        )
        try:
            self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.Error as error:
            self._connection.close()
            raise Unreachable(what, str(error), hint) from None
        functions: dict[str, tuple[int, Callable[..., str | int | None]]] = {
            "lower": (1, _of_text(simple_lower)),
            "upper": (1, _of_text(simple_upper)),
            "regexp": (2, _found),
            "md5_bucket": (1, _bucket),
        }
        for name, (arguments, function) in functions.items():
            self._connection.create_function(name, arguments, function, deterministic=True)

    def _shut(self) -> None:
        self._connection.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        cursor = self._connection.execute(sql)
        names = [each[0] for each in cursor.description]
        batches = _batches(cursor, names)
        first = next(batches)
        return pa.RecordBatchReader.from_batches(first.schema, _of_schema(first, batches))

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        table = self.source(Table((name,)))
        # Temporary tables stand in a file of their own, so a database for reading will do.
        self._connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
        self._connection.execute(f"CREATE TEMP TABLE {table} (key TEXT)")
        self._connection.executemany(f"INSERT INTO temp.{table} VALUES (?)", ((each,) for each in keys))

    def _told(self, error: Exception) -> EngineError:
        if str(error) == "interrupted":
            raise KeyboardInterrupt from None
        return EngineError(str(error).split("\n")[0])

    def interrupt(self) -> None:
        """Stop what is running."""
        # A connection that is closed by now has nothing running.
        with suppress(sqlite3.ProgrammingError):
            self._connection.interrupt()

    def tables(self) -> list[str]:
        """Return tables and views."""
        rows = self._rows(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            " ORDER BY 1"
        )
        return [str(name) for (name,) in rows]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return primary and foreign keys of one column."""
        found: list[DeclaredKey] = []
        for table in self.tables():
            name = _quoted(table)
            primary = self._rows(f"SELECT name FROM pragma_table_info({name}) WHERE pk > 0")
            if len(primary) == 1:
                found.append(DeclaredKey(table, str(primary[0][0]), None))
            foreign = self._rows(
                'SELECT "from", "table", coalesce("to", (SELECT name FROM pragma_table_info(f."table") WHERE pk = 1))'
                f" FROM pragma_foreign_key_list({name}) AS f GROUP BY id HAVING count(*) = 1 ORDER BY id"
            )
            found += [DeclaredKey(table, str(start), (str(target), str(key))) for start, target, key in foreign]
        return found

    def compound_keys(self) -> list[CompoundKey]:
        """Return primary and foreign keys of several columns."""
        found: list[CompoundKey] = []
        for table in self.tables():
            name = _quoted(table)
            primary = self._rows(f"SELECT name FROM pragma_table_info({name}) WHERE pk > 0 ORDER BY pk")
            if len(primary) > 1:
                found.append(CompoundKey(table, tuple(str(each) for (each,) in primary), None))
            foreign = self._rows(
                f'SELECT id, "table", "from", "to" FROM pragma_foreign_key_list({name}) ORDER BY id, seq'
            )
            for _, group in groupby(foreign, key=lambda row: row[0]):
                _, targets, own, theirs = zip(*group, strict=True)
                if len(own) > 1:
                    target = str(targets[0]), tuple(str(each) for each in theirs if each is not None)
                    found.append(CompoundKey(table, tuple(map(str, own)), target))
        return found

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        rows = self._rows(f"SELECT name, type FROM {_columns(table)} WHERE hidden <> 1")
        return {str(name): _column(str(name), str(declared)) for name, declared in rows} or None

    def promises(self, table: Table) -> Mapping[str, Promise]:
        """Return which columns of a table are declared `NOT NULL`; a view says nothing."""
        name = _quoted(table.parts[-1])
        kinds = self._rows(f"SELECT type FROM sqlite_schema WHERE name = {name} COLLATE NOCASE")
        if kinds != [("table",)]:
            return {}
        # An integer that is the primary key is the number of the row, which is never missing.
        never = "\"notnull\" OR (pk = 1 AND upper(type) = 'INTEGER')"
        rows = self._rows(f"SELECT name, {never} FROM {_columns(table)} WHERE hidden <> 1")
        return {str(column): Promise(may_miss=not is_there) for column, is_there in rows}


def _columns(table: Table) -> str:
    """Return where the engine tells the columns of a table."""
    schema = table.parts[-2] if len(table.parts) > 1 else "main"
    return f"pragma_table_xinfo({_quoted(table.parts[-1])}, {_quoted(schema)})"


def _column(name: str, declared: str) -> Column:
    type_ = _type(declared)
    # A list is kept as a json.
    return Column(name, declared.lower() or "any", type_, holds_lists=type_ == JSON)


def _type(declared: str) -> Type | None:
    """Return what a declared type says; None where anything may stand there, so that it is read as the catalog says."""
    word = declared.upper()
    found = next((type_ for part, type_ in _TYPES if part in word), None)
    size = _SIZE.search(word)
    return decimal(int(size[1]), int(size[2])) if found is DECIMAL and size else found


def _batches(cursor: sqlite3.Cursor, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield rows in batches; the first one may be empty, and has the columns."""
    is_first = True
    while (rows := cursor.fetchmany(_ROWS_A_BATCH)) or is_first:
        columns = zip(*rows, strict=True) if rows else ([] for _ in names)
        yield pa.RecordBatch.from_arrays([_array(list(each)) for each in columns], names)
        is_first = False


def _array(values: list[object]) -> pa.Array:
    """Return values of any kind as a column of one type: numbers where all are, else texts."""
    kinds = {type(each) for each in values if each is not None}
    if kinds <= {int}:
        return pa.array(values, pa.int64())
    if kinds <= {int, float}:
        return pa.array(values, pa.float64())
    return pa.array([None if each is None else str(each) for each in values], pa.string())


def _of_schema(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    for batch in rest:
        if batch.schema != first.schema:
            raise EngineError("a column of the answer holds values of several kinds; cast it in a view")
        yield batch


def _below(path: Path, root: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else path


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _of_text(change: Callable[[str], str]) -> Callable[[str | None], str | None]:
    return lambda value: None if value is None else change(str(value))


@lru_cache(maxsize=100)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _found(pattern: str, value: str | None) -> bool | None:
    return None if value is None else _compiled(pattern).search(value) is not None


def _bucket(seeded: str | None) -> int | None:
    if seeded is None:
        return None
    return int(hashlib.md5(seeded.encode(), usedforsecurity=False).hexdigest()[:8], 16) % 10_000
