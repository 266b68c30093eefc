"""DataFusion, in this process: a folder of Parquet files is its database."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
from datafusion import (
    DataFrame,
    RecordBatchStream,
    RuntimeEnvBuilder,
    SessionConfig,
    SessionContext,
    SQLOptions,
    column,
)
from datafusion.catalog import Catalog, Schema

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Target, Unreachable
from segql.run.backends.database import Database
from segql.run.backends.datafusion_json import functions
from segql.run.backends.files import database_file, parquet_tables
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of

T = TypeVar("T")

_ROWS_A_BATCH = 8_192
_READING = SQLOptions().with_allow_ddl(False).with_allow_dml(False).with_allow_statements(False)
_INSTANT = pa.timestamp("us")
# So much of the machine's memory may be used; what does not fit is put aside on disk.
_SHARE = 0.8
# A table is called `orders`, `crm.orders` or `lake.crm.orders`.
_PARTS_MOST = 3


def connect(target: Target) -> DataFusion:
    """Open the folder of `target` for reading.

    Each `orders.parquet`, and each folder `orders` of Parquet files, is the table `orders`; `crm.orders.parquet` is the
    table `orders` of the schema `crm`. CSV and other files that a catalog names are DuckDB's to read.

    Raises:
        ValueError: the URL is not of the form `datafusion:///folder`.
        Unreachable: there is no such folder.

    Example:
        connect(Target("datafusion:///warehouse", Path("shop"))).tables()
    """
    return DataFusion(target)


class DataFusion(Database):
    """A connection to DataFusion, as `Backend` describes it."""

    dialect = "datafusion"
    enforces_keys = False

    def __init__(self, target: Target) -> None:
        folder = database_file(target.url or "", target)
        if folder is None:
            raise ValueError("needs the form datafusion:///folder")
        self._folder = folder.absolute()
        self._running: asyncio.Task[object] | None = None
        super().__init__(target)

    def _open(self) -> None:
        if not self._folder.is_dir():
            root = self._target.root.absolute()
            what = f"`{self._folder.relative_to(root) if self._folder.is_relative_to(root) else self._folder}`"
            raise Unreachable(what, "there is no such folder", "check the `url` of the connection in segql.toml")
        self._loop = asyncio.new_event_loop()
        self._scratch = tempfile.TemporaryDirectory(prefix="segql-", ignore_cleanup_errors=True)
        config = (
            SessionConfig()
            .with_batch_size(_ROWS_A_BATCH)
            # It reads `item -> …`, which the engine's own dialect does not.
            .set("datafusion.sql_parser.dialect", "duckdb")
            .set("datafusion.execution.time_zone", "+00:00")
        )
        room = RuntimeEnvBuilder().with_disk_manager_specified(self._scratch.name)
        memory = _memory()
        self._context = SessionContext(config, room.with_fair_spill_pool(memory) if memory else room)
        for each in functions():
            self._context.register_udf(each)
        self._columns: dict[tuple[str, ...], dict[str, Column]] = {}
        self._broken: dict[tuple[str, ...], str] = {}
        for name, place in parquet_tables(self._folder).items():
            self._read_in(name, place)

    def _read_in(self, name: str, place: Path) -> None:
        """Make a file or folder a table, with columns as the language knows them."""
        parts = tuple(name.split("."))
        if not 0 < len(parts) <= _PARTS_MOST or not all(parts):
            return
        try:
            rows = self._context.read_parquet(place.as_uri() + ("/" if place.is_dir() else ""))
            self._columns[parts] = {each.name: _column(each) for each in rows.schema()}
        except Exception as error:  # noqa: BLE001 (the driver raises no other); one bad file is no reason to refuse all
            self._broken[parts] = _first_line(error)
            return
        self._make_room(parts)
        self._context.register_view(self.source(Table(parts)), _plain(rows))

    def _make_room(self, parts: tuple[str, ...]) -> None:
        """Make the schema and the catalog of a table where they are not there."""
        *above, _ = parts
        if len(above) > 1 and above[0] not in self._context.catalog_names():
            self._context.register_catalog_provider(above[0], Catalog.memory_catalog())
        if above:
            catalog = self._context.catalog(above[0]) if len(above) > 1 else self._context.catalog()
            if above[-1] not in catalog.schema_names():
                catalog.register_schema(above[-1], Schema.memory_schema())

    def _shut(self) -> None:
        del self._context
        self._loop.close()
        self._scratch.cleanup()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        rows = self._context.sql_with_options(sql, _READING)
        schema = pa.schema([(each.name, _shown(each.type)) for each in rows.schema()])
        return pa.RecordBatchReader.from_batches(schema, self._batches_of(rows, schema))

    def _batches_of(self, rows: DataFrame, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        stream = rows.execute_stream()
        while True:
            try:
                batch = self._waited(_next(stream))
            except StopAsyncIteration:
                return
            yield batch.cast(schema)

    def _waited(self, work: Awaitable[T]) -> T:
        """Return what the engine gives, when it does, unless it is told to stop."""

        async def wait() -> T:
            return await work

        task = self._loop.create_task(wait())
        self._running = task
        try:
            return self._loop.run_until_complete(task)
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            self._running = None

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        table = pa.table({"key": pa.array(keys, pa.string())})
        place = self.source(Table((name,)))
        self._context.deregister_table(place)
        self._context.register_record_batches(place, [table.to_batches()])

    def _told(self, error: Exception) -> EngineError:
        return EngineError(_first_line(error))

    def interrupt(self) -> None:
        """Stop what is running: each part of the engine ends with the batch that it is at."""
        running = self._running
        # A loop that is closed by now has nothing running.
        with suppress(RuntimeError):
            if running is not None:
                self._loop.call_soon_threadsafe(running.cancel)

    def tables(self) -> list[str]:
        """Return the names of the files and folders of the database."""
        return [".".join(each) for each in sorted({*self._columns, *self._broken})]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return nothing: Parquet files declare no keys."""
        return []

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        if table.parts in self._broken:
            raise EngineError(self._broken[table.parts])
        return self._columns.get(table.parts)


async def _next(stream: RecordBatchStream) -> pa.RecordBatch:
    return (await stream.__anext__()).to_pyarrow()


def _memory() -> int | None:
    """Return how much memory the engine may use; None where the machine does not say what it has."""
    try:
        return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * _SHARE)
    except (AttributeError, OSError, ValueError):
        return None


def _plain(rows: DataFrame) -> DataFrame:
    """Return rows whose columns have the types that statements of the dialect expect."""
    shown = [
        made if _stored(each.type) == each.type else made.cast(_stored(each.type)).alias(each.name)
        for each in rows.schema()
        # A name without quotes would be taken apart at its dots, and made small.
        for made in [column('"' + each.name.replace('"', '""') + '"')]
    ]
    return rows.select(*shown)


def _stored(type_: pa.DataType) -> pa.DataType:
    """Return the type of a column as statements read it: instants in UTC with microseconds, no encodings."""
    if pa.types.is_timestamp(type_):
        return _INSTANT
    if pa.types.is_date64(type_):
        return pa.date32()
    if pa.types.is_float16(type_):
        return pa.float32()
    if pa.types.is_decimal32(type_) or pa.types.is_decimal64(type_):
        return pa.decimal128(type_.precision, type_.scale)
    if pa.types.is_dictionary(type_):
        return _stored(type_.value_type)
    if _is_list(type_):
        item = _stored(type_.value_type)
        return type_ if pa.types.is_list(type_) and item == type_.value_type else pa.list_(item)
    return type_


def _shown(type_: pa.DataType) -> pa.DataType:
    """Return the type of a column of an answer: without the engine's own kinds of texts and wide numbers."""
    if pa.types.is_string_view(type_) or pa.types.is_large_string(type_):
        return pa.string()
    if pa.types.is_decimal256(type_):
        return pa.decimal128(38, type_.scale)
    return type_


def _column(field: pa.Field) -> Column:
    type_ = _stored(field.type)
    has_zone = pa.types.is_timestamp(field.type) and field.type.tz is not None
    return Column(field.name, str(field.type), _type(type_), has_zone=has_zone)


def _type(type_: pa.DataType) -> Type:
    for is_one, found in _TYPES:
        if is_one(type_):
            return found
    if pa.types.is_decimal128(type_) and type_.scale >= 0:
        return decimal(type_.precision, type_.scale)
    if pa.types.is_list(type_):
        item = _type(type_.value_type)
        return UNKNOWN if item == UNKNOWN else list_of(item)
    return UNKNOWN


def _is_list(type_: pa.DataType) -> bool:
    kinds = (pa.types.is_list, pa.types.is_large_list, pa.types.is_fixed_size_list)
    return any(is_one(type_) for is_one in kinds)


def _is_text(type_: pa.DataType) -> bool:
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_one(type_) for is_one in kinds)


_TYPES = (
    (pa.types.is_boolean, BOOLEAN),
    (pa.types.is_integer, INTEGER),
    (pa.types.is_floating, FLOAT),
    (_is_text, TEXT),
    (pa.types.is_date32, DATE),
    (pa.types.is_timestamp, TIMESTAMP),
)


def _first_line(error: Exception) -> str:
    """Return what is wrong, without the parts of the engine that passed it on."""
    said = str(error).rsplit("caused by\n", maxsplit=1)[-1].strip().split("\n", maxsplit=1)[0]
    for start in ("DataFusion error: ", "Arrow error: ", "External error: ", "Parquet error: "):
        said = said.removeprefix(start)
    return said.strip() or type(error).__name__
