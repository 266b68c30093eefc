"""The shop of `tests/folders.py` in ClickHouse, with views that never end, and projects that ask it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("chdb", reason="chdb is not installed")
pytest.importorskip("clickhouse_connect", reason="clickhouse-connect is not installed")

from chdb.state.sqlitelike import Connection

from tests.folders import CATALOG, write

TABLES = """
CREATE TABLE customers (customer_id Int32, age Nullable(UInt8), country LowCardinality(String), signed_up_at DateTime)
    ENGINE = MergeTree ORDER BY customer_id;
INSERT INTO customers VALUES (1, 25, 'DE', '2025-01-01'), (2, 41, 'FR', '2025-02-01'), (3, NULL, 'DE', '2025-03-01');
CREATE TABLE orders (customer_id Int32, ordered_at DateTime64(3), amount Decimal(10, 2))
    ENGINE = MergeTree ORDER BY customer_id;
INSERT INTO orders VALUES (1, '2025-11-20', 10.50), (2, '2025-01-20', 7), (2, '2025-11-30 23:59:59', 3);
CREATE VIEW endless AS
    SELECT number AS customer_id FROM numbers(100000000000) WHERE sipHash64(sipHash64(number)) != 0;
CREATE VIEW many AS SELECT number AS customer_id FROM numbers(1000000);
"""
_MORE = """
entity sleeper
    from endless
    key customer_id

entity person
    from many
    key customer_id

segment young of customer where age < 30
segment buyers of customer where did purchase in last 90 days
segment everyone_else of customer where not in segment buyers

segment asleep of sleeper where everyone
segment people of person where everyone
"""


@contextmanager
def written() -> Iterator[Connection]:
    """Make the databases of the tests in this process, and lend who may write them."""
    writer = Connection(":memory:")
    run(writer, "CREATE DATABASE shop; USE shop;" + TABLES + "CREATE DATABASE crm; CREATE DATABASE types")
    try:
        yield writer
    finally:
        run(writer, "DROP DATABASE shop; DROP DATABASE crm; DROP DATABASE types")
        writer.close()


def run(writer: Connection, script: str) -> None:
    """Run statements."""
    for statement in filter(str.strip, script.split(";")):
        writer.query(statement)


def project(folder: Path, url: str, more: str = "") -> Path:
    """Make the project of the shop that asks what the URL names."""
    settings = f'as_of = "2025-12-01"\n\n[connections.default]\nurl = "{url}"\n{more}'
    return write(folder, {"segql.toml": settings, "catalog.seg": CATALOG + _MORE})
