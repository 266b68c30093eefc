"""Rows into tables, by way of Parquet: the engine needs nothing but two statements a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
from pyarrow import parquet

from segql.demo.customers import Customer, customers
from segql.demo.orders import Order, Subscription, orders, subscriptions
from segql.demo.products import PRODUCTS, Product
from segql.demo.web_events import WebEvent, web_events

Row: TypeAlias = Customer | Order | Product | Subscription | WebEvent

# The types of columns, by the annotation of their field.
_TYPES: dict[str, pa.DataType] = {
    "int": pa.int64(),
    "str": pa.string(),
    "bool": pa.bool_(),
    "Decimal": pa.decimal128(12, 2),
    "dt.date": pa.date32(),
    "dt.datetime": pa.timestamp("us"),
    "tuple[str, ...]": pa.list_(pa.string()),
}


def write(execute: Callable[[str], object], folder: Path) -> None:
    """Create the shop's tables by statements given to `execute`, with files in `folder` on the way.

    Example:
        write(duckdb.connect("shop.duckdb").execute, Path("/tmp/rows"))
    """
    for name, rows in _rows().items():
        path = folder / f"{name}.parquet"
        parquet.write_table(_table(rows), path)
        place = str(path).replace("'", "''")
        columns = "* replace (properties::json as properties)" if _has_json(rows) else "*"
        execute(f"create table \"{name}\" as select {columns} from read_parquet('{place}')")


def _rows() -> Mapping[str, Sequence[Row]]:
    people = customers()
    bought = orders(people)
    return {
        "customers": [customer for customer, _ in people],
        "orders": bought,
        "products": PRODUCTS,
        "subscriptions": subscriptions(people),
        "web_events": web_events(people, bought),
    }


def _table(rows: Sequence[Row]) -> pa.Table:
    fields = dataclasses.fields(rows[0])
    schema = pa.schema([(each.name, _TYPES[str(each.type).removesuffix(" | None")]) for each in fields])
    return pa.table({each.name: [getattr(row, each.name) for row in rows] for each in fields}, schema)


def _has_json(rows: Sequence[Row]) -> bool:
    return any(each.name == "properties" for each in dataclasses.fields(rows[0]))
