"""DuckDB: the engine that is built in. Reads DuckDB databases, and CSV and Parquet files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from segql import tree
from segql.catalog import Catalog, Entity, Many, One, Stream, Table
from segql.run.backends.backend import Column, CompoundKey, DeclaredKey, EngineError, Promise, Target, Unreachable
from segql.run.backends.duckdb_types import INSTANT, type_of, word_of
from segql.run.backends.files import database_file
from segql.run.backends.watch import Watch

Owner = TypeVar("Owner", Entity, Stream, One, Many)

# The engine talks to nobody, installs nothing, and does not take a table's name for a variable of
# the program around it.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}

_QUOTE = '"'
_ROWS_A_BATCH = 100_000
_AT_ONCE = 2

# As the compiled statements read it, so that both see the same columns.
_CSV = """header=true, all_varchar=true, delim=',', quote='"', escape='"', nullstr='',
    allow_quoted_nulls=false"""


def connect(target: Target) -> DuckDB:
    """Open the database of `target` for reading, or one in memory where it names none.

    Raises:
        ValueError: the URL is not of the form `duckdb:///path`.
        Unreachable: the database cannot be opened.

    Example:
        connect(Target(None, Path("shop"))).tables()
    """
    path = None if target.url is None else database_file(target.url, target)
    # Afterwards the configuration is locked.
    limits = {"memory_limit": target.memory_limit, "threads": target.threads}
    config = _CONFIG | {name: value for name, value in limits.items() if value is not None}
    try:
        if path is None:
            connection = duckdb.connect(":memory:", config=config)
        else:
            connection = duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.Error as error:
        raise Unreachable(*_told(error, path, target)) from None
    return DuckDB(connection, target)


@contextmanager
def create(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Make a new database at `path`, open for writing until the end of the `with`.

    Example:
        with create(Path("shop.duckdb")) as connection:
                connection.execute("create table customers (customer_id integer)")
    """
    connection = duckdb.connect(str(path), config=_CONFIG)
    try:
        yield connection
    finally:
        connection.close()


@dataclass(slots=True)
class DuckDB:
    """A connection to DuckDB, as `Backend` describes it."""

    _connection: duckdb.DuckDBPyConnection
    _target: Target
    _scratch: tempfile.TemporaryDirectory[str] = field(init=False)
    _watch: Watch = field(init=False)

    dialect = "duckdb"
    ignores_case = True
    enforces_keys = True

    def __post_init__(self) -> None:
        # Beside the data there may be no room to write; what does not fit in memory goes here.
        self._scratch = tempfile.TemporaryDirectory(prefix="segql-", ignore_cleanup_errors=True)
        readable = [self._target.root, *self._target.folders]
        allowed = dict.fromkeys(form for each in readable for form in (str(each), _literal(each)))
        folders = ", ".join(map(_quoted, allowed))
        for setting in (
            "TimeZone = 'UTC'",
            "enable_progress_bar = false",
            f"temp_directory = {_quoted(self._scratch.name)}",
            f"allowed_directories = [{folders}]",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            self._connection.execute(f"SET {setting}")
        self._watch = Watch(self.interrupt, self._target.timeout)

    def located(self, catalog: Catalog) -> Catalog:
        """Name files from the root of the disk: a relative one would be sought where we stand."""
        return replace(
            catalog,
            entities=_moved(catalog.entities, self._target.root),
            streams=_moved(catalog.streams, self._target.root),
            ones=_moved(catalog.ones, self._target.root),
            manys=_moved(catalog.manys, self._target.root),
        )

    def tables(self) -> list[str]:
        """Return tables and views, those of the current schema without its name."""
        rows = self._rows(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_catalog = current_catalog() ORDER BY ALL"
        )
        return [self._named(schema, table) for schema, table in rows]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return primary and foreign keys of one column."""
        rows = self._rows(
            "SELECT schema_name, table_name, constraint_column_names[1], referenced_table,"
            " referenced_column_names[1] FROM duckdb_constraints()"
            " WHERE database_name = current_catalog() AND len(constraint_column_names) = 1"
            " AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY') ORDER BY ALL"
        )
        return [
            DeclaredKey(
                self._named(schema, table),
                column,
                (self._named(schema, target), target_column) if target else None,
            )
            for schema, table, column, target, target_column in rows
        ]

    def compound_keys(self) -> list[CompoundKey]:
        """Return primary and foreign keys of several columns."""
        rows = self._rows(
            "SELECT schema_name, table_name, constraint_column_names, referenced_table, referenced_column_names"
            " FROM duckdb_constraints()"
            " WHERE database_name = current_catalog() AND len(constraint_column_names) > 1"
            " AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY') ORDER BY ALL"
        )
        return [
            CompoundKey(
                self._named(schema, table),
                tuple(columns),
                (self._named(schema, target), tuple(target_columns)) if target else None,
            )
            for schema, table, columns, target, target_columns in rows
        ]

    def promises(self, table: Table) -> Mapping[str, Promise]:
        """Return which columns of a table are declared `NOT NULL`, and the comments on them; a file says nothing."""
        if table.is_file:
            return {}
        # A view says of no column that it is never missing, though it may be so.
        rows = self._rows(
            "SELECT c.column_name, c.is_nullable, t.table_name IS NOT NULL, c.comment FROM duckdb_columns() c"
            " LEFT JOIN duckdb_tables() t USING (database_name, schema_name, table_name)"
            " WHERE c.database_name = current_catalog()" + _of_table(table, "c.")
        )
        unique = self._unique(table)
        return {
            name: Promise(may_miss if is_table else None, comment or "", name in unique)
            for name, may_miss, is_table, comment in rows
        }

    def _unique(self, table: Table) -> set[str]:
        """Return the columns of a table that alone are a key, primary or not."""
        rows = self._rows(
            "SELECT constraint_column_names[1] FROM duckdb_constraints()"
            " WHERE database_name = current_catalog() AND len(constraint_column_names) = 1"
            " AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')" + _of_table(table)
        )
        return {name for (name,) in rows}

    def sizes(self, tables: Sequence[Table]) -> Mapping[str, int]:
        """Return about how many rows tables and Parquet files have; of views and CSV files nobody knows."""
        counted: dict[str, int] = {}
        for each in tables:
            if _is_csv(each):
                continue
            asked = "SELECT estimated_size FROM duckdb_tables() WHERE database_name = current_catalog()"
            asked += _of_table(each)
            if each.is_file:
                asked = f"SELECT sum(num_rows) FROM parquet_file_metadata({_quoted(each.name)})"
            for (rows,) in self._rows(asked):
                counted[each.name] = int(rows)
        return counted

    def quoted(self, name: str) -> str:
        """Return the name of a column as it stands in a statement."""
        return _QUOTE + name.replace(_QUOTE, _QUOTE * 2) + _QUOTE

    def source(self, table: Table) -> str:
        """Return a table or file as it stands in a `FROM`."""
        if not table.is_file:
            return ".".join(map(self.quoted, table.parts))
        path = _quoted(table.name)
        return f"read_csv({path}, {_CSV})" if _is_csv(table) else f"read_parquet({path})"

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table or file by name, or None where there is none."""
        query = f"SELECT * FROM {self.source(table)}"
        self._watch.restart()
        try:
            relation = self._watch.do(lambda: self._connection.sql(query))
        except duckdb.CatalogException:
            return None
        except duckdb.Error as error:
            if table.is_file and "No files found" in str(error):
                return None
            raise EngineError(_first_line(error)) from None
        found: dict[str, Column] = {}
        for name, engine_type in zip(relation.columns, relation.types, strict=True):
            word = word_of(str(engine_type))
            type_ = None if _is_csv(table) else type_of(word)
            listed: Any = engine_type.children[0][1] if word == "enum" else ()
            found[name] = Column(name, word, type_, has_zone=word == INSTANT, values=tuple(listed))
        return found

    def provide(self, name: str, keys: Sequence[str]) -> None:
        """Lend the keys to the engine; nothing is written, so a database for reading will do."""
        self._connection.register(name, pa.table({"key": pa.array(keys, pa.string())}))

    def execute(self, sql: str) -> pa.RecordBatchReader:
        """Run one statement and return its rows in batches of Arrow."""
        self._watch.restart()
        with _translated():
            reader, first = self._watch.do(lambda: self._begun(sql))
        return pa.RecordBatchReader.from_batches(reader.schema, self._batches(reader, first))

    def interrupt(self) -> None:
        """Stop what is running."""
        # A connection that is closed by now has nothing running.
        with suppress(duckdb.ConnectionException):
            self._connection.interrupt()

    def close(self) -> None:
        """End the connection and take away its scratch folder."""
        self._watch.close()
        self._connection.close()
        self._scratch.cleanup()

    def _named(self, schema: str, table: str) -> str:
        """Return a table's name as a catalog would write it."""
        ((current,),) = self._rows("SELECT current_schema()")
        return table if schema == current else f"{schema}.{table}"

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        self._watch.restart()
        with _translated():
            return self._watch.do(lambda: self._connection.execute(sql).fetchall())

    def _begun(self, sql: str) -> tuple[pa.RecordBatchReader, list[pa.RecordBatch]]:
        """Run a statement up to its second batch, so that a short answer is whole at once."""
        reader = self._connection.sql(sql).to_arrow_reader(_ROWS_A_BATCH)
        return reader, list(islice(reader, _AT_ONCE))

    def _batches(self, reader: pa.RecordBatchReader, first: list[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        yield from first
        if len(first) < _AT_ONCE:
            return
        with _translated():
            while (batch := self._watch.do(lambda: next(reader, None))) is not None:
                yield batch


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException:
        raise KeyboardInterrupt from None
    except RuntimeError as error:
        # So it says that it has seen Ctrl-C itself, between two of its steps.
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from None
        raise
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise EngineError(_first_line(error)) from None


def _moved(owners: Mapping[Any, Owner], root: Path) -> dict[Any, Owner]:
    return {
        name: tree.replace(each, table=tree.replace(each.table, parts=(_literal(root / each.table.name),)))
        if each.table.is_file
        else each
        for name, each in owners.items()
    }


def _literal(path: Path) -> str:
    """Return a path in which the engine sees no pattern, though it holds `*`, `?` or `[`."""
    return re.sub(r"[*?\[]", r"[\g<0>]", str(path))


def _of_table(table: Table, of: str = "") -> str:
    """Return the end of a condition: names of schema and table, of the rows called `of`, are those of a table."""
    schema = _quoted(table.parts[-2]) if len(table.parts) > 1 else "current_schema()"
    name = _quoted(table.parts[-1])
    return f" AND lower({of}table_name) = lower({name}) AND lower({of}schema_name) = lower({schema})"


def _is_csv(table: Table) -> bool:
    return table.is_file and not table.name.lower().endswith(".parquet")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _told(error: duckdb.Error, path: Path | None, target: Target) -> tuple[str, str, str]:
    what = "in memory"
    if path is not None:
        inside = path.is_relative_to(target.root)
        what = f"`{path.relative_to(target.root) if inside else path}`"
    why = _first_line(error)
    if path is not None and not path.exists():
        return what, "there is no such file", "check the `url` of the connection in segql.toml"
    if "Could not set lock" in why:
        holder = re.search(r"PID (\d+)", str(error))
        who = f"the program that writes to it (process {holder[1]})" if holder else "that program"
        return what, "another program has it open for writing", f"close {who}"
    if "not a valid DuckDB" in why:
        return what, "it is no DuckDB database", "check the `url` of the connection in segql.toml"
    return what, why, "check the `url` of the connection in segql.toml"


def _first_line(error: BaseException) -> str:
    """Return what the engine says, without the kind of error and the text of the statement."""
    told = str(error).split("\n")[0].strip()
    with suppress(ValueError):
        kind, rest = told.split(": ", 1)
        told = rest if kind.endswith("Error") else told
    return told
