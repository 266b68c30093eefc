"""DataFusion, over Parquet files in a folder of each test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from segql.run.backends import Target, connect
from segql.types import Kind, Type
from tests.engines.engine import Absent, Backed, Database, is_aware, item_of
from tests.spec_data import Rows

_TYPES = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
    Kind.JSON: pa.string(),
    Kind.KEY: pa.string(),
}


def engine() -> DataFusion:
    try:
        import datafusion  # noqa: PLC0415 (it may not be installed)
    except ImportError as error:
        raise Absent(str(error)) from None
    return DataFusion(datafusion.__version__)


class DataFusion:
    name = "datafusion"
    reads_files = False
    is_quick = True

    def __init__(self, version: str) -> None:
        self._version = version

    def version(self) -> str:
        return self._version

    @contextmanager
    def database(self, tables: Mapping[str, Rows], folder: Path) -> Iterator[Database]:
        for rows in tables.values():
            schema = pa.schema([(each, _type(rows, each)) for each in rows.columns])
            table = pa.Table.from_pylist(list(rows.rows), schema)
            pq.write_table(table, folder / f"{'.'.join(rows.table.parts)}.parquet")
        backend = connect(Target(f"datafusion:///{folder}", folder))
        try:
            yield Backed(backend)
        finally:
            backend.close()


def _type(rows: Rows, name: str) -> pa.DataType:
    type_ = rows.columns[name]
    if type_.kind is Kind.TIMESTAMP and is_aware(rows, name):
        return pa.timestamp("us", "UTC")
    return _arrow(type_)


def _arrow(type_: Type) -> pa.DataType:
    match type_.kind:
        case Kind.LIST:
            return pa.list_(_arrow(item_of(type_)))
        case Kind.DECIMAL:
            return pa.decimal128(type_.precision, type_.scale)
        case kind:
            return _TYPES[kind]
