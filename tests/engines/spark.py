"""Spark in this process, on Parquet files; a table with a database before its name is a view of its file.

A session that is there before is joined by the backend, so the tests start one that does little ahead of every query.
"""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from segql.run.backends import Target, Unreachable, connect
from segql.types import Kind, Type
from tests.engines.engine import Absent, Backed, Database, is_aware, item_of
from tests.spec_data import Rows

_TYPES = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.JSON: pa.string(),
    Kind.KEY: pa.string(),
}
# Little code is made for little data, and one task is enough.
_OPTIONS = (
    "spark.sql.shuffle.partitions=1&spark.sql.codegen.wholeStage=false&spark.sql.codegen.factoryMode=NO_CODEGEN"
    "&spark.driver.memory=2g&spark.sql.adaptive.enabled=false"
)


def engine() -> Spark:
    try:
        import pyspark  # noqa: PLC0415 (it may not be installed)
    except ImportError as error:
        raise Absent(str(error)) from None
    folder = Path(tempfile.mkdtemp(prefix="segql-spark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    warehouse = f"spark.sql.warehouse.dir={folder / 'warehouse'}"
    try:
        connect(Target(f"spark://local[1]?{_OPTIONS}&{warehouse}", folder)).close()
    except Unreachable as error:
        raise Absent(str(error)) from None
    return Spark(pyspark.__version__)


class Spark:
    name = "spark"
    reads_files = False
    is_quick = False

    def __init__(self, version: str) -> None:
        self._version = version

    def version(self) -> str:
        return self._version

    @contextmanager
    def database(self, tables: Mapping[str, Rows], folder: Path) -> Iterator[Database]:
        from pyspark.sql import SparkSession  # noqa: PLC0415

        place = folder / "tables"
        place.mkdir()
        views: list[str] = []
        session = SparkSession.builder.getOrCreate()
        for rows in tables.values():
            if len(rows.table.parts) == 1:
                pq.write_table(_table(rows), place / f"{rows.table.parts[0]}.parquet")
                continue
            path = folder / "-".join(rows.table.parts)
            pq.write_table(_table(rows), path)
            views.append(".".join(f"`{each}`" for each in rows.table.parts[-2:]))
            session.sql(f"CREATE DATABASE IF NOT EXISTS `{rows.table.parts[-2]}`")
            session.sql(f"CREATE VIEW {views[-1]} AS SELECT * FROM parquet.`{path}`")
        backend = connect(Target(f"spark://local[1]/{place}", folder))
        try:
            yield Backed(backend)
        finally:
            backend.close()
            for each in views:
                session.sql(f"DROP VIEW {each}")


def _table(rows: Rows) -> pa.Table:
    arrays = {
        name: pa.array([_value(row[name], type_) for row in rows.rows], _type(rows, name, type_))
        for name, type_ in rows.columns.items()
    }
    return pa.table(arrays)


def _type(rows: Rows, name: str, type_: Type) -> pa.DataType:
    match type_.kind:
        case Kind.LIST:
            return pa.list_(_type(rows, name, item_of(type_)))
        case Kind.DECIMAL:
            return pa.decimal128(type_.precision, type_.scale)
        case Kind.TIMESTAMP:
            return pa.timestamp("us", "UTC" if is_aware(rows, name) else None)
        case _:
            return _TYPES[type_.kind]


def _value(value: Any, type_: Type) -> Any:
    if isinstance(value, list):
        return [_value(each, item_of(type_)) for each in value]
    if type_.kind is Kind.DECIMAL and value is not None:
        return Decimal(value)
    # A day among instants is its midnight.
    if type_.kind is Kind.TIMESTAMP and value is not None and not isinstance(value, dt.datetime):
        return dt.datetime.combine(value, dt.time())
    return value
