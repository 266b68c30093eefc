"""Snowflake's backend against a server that speaks its protocol, and runs its SQL on DuckDB: fakesnow.

It needs another version of sqlglot than we do, so it has an environment of its own: its command is found by
`SEGQL_FAKESNOW`, or on the PATH. What it does not know of Snowflake is said where a test goes around it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import segql
from segql.catalog import Table
from segql.run import backends
from segql.run.backends import Backend, EngineError, Target, Unreachable
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, decimal
from tests.folders import CATALOG, SEGMENTS, write

connector = pytest.importorskip("snowflake.connector", reason="the extra `snowflake` is not installed")
COMMAND = os.environ.get("SEGQL_FAKESNOW") or shutil.which("fakesnow")
VERSION = int(connector.__version__.split(".")[0])
pytestmark = [
    pytest.mark.skipif(COMMAND is None, reason="fakesnow is not here: name its command in SEGQL_FAKESNOW"),
    pytest.mark.skipif(VERSION > 4, reason="fakesnow does not let version 5 of the connector in"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

TABLES = """
create or replace table customers (customer_id integer, age integer, country varchar, signed_up_at timestamp_ntz);
insert into customers values
    (1, 25, 'DE', '2025-01-01'), (2, 41, 'FR', '2025-02-01'), (3, null, 'DE', '2025-03-01');
create or replace table orders (customer_id integer, ordered_at timestamp_ntz, amount decimal(10, 2));
insert into orders values (1, '2025-11-20', 10.50), (2, '2025-01-20', 7), (2, '2025-11-30 23:59:59', 3);
create or replace table kinds (a integer, b float, c varchar, d boolean, e date, f timestamp_ntz, g variant,
    h decimal(10, 2), "Mixed Case" varchar, i timestamp_tz)
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Start a server, fill it, and return the URL of its database."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    assert COMMAND is not None
    with subprocess.Popen([COMMAND, "-s", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _waited(port)
            writer = connector.connect(
                user="fake", password="snow", account="fakesnow", host="127.0.0.1", port=port, protocol="http"
            )
            for each in ["create database shop", "create schema if not exists shop.public", "use schema shop.public", *TABLES.split(";")]:
                writer.cursor().execute(each)
            writer.close()
            yield f"snowflake://fake:snow@fakesnow/shop/public?host=127.0.0.1&port={port}&protocol=http"
        finally:
            server.terminate()


def _waited(port: int) -> None:
    for _ in range(100):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("fakesnow does not start")


@pytest.fixture
def backend(url: str) -> Iterator[Backend]:
    made = backends.connect(Target(url, Path()))
    yield made
    made.close()


def test_tables_and_columns_are_told_as_a_catalog_writes_them(backend: Backend) -> None:
    assert backend.tables() == ["customers", "kinds", "orders"]
    found = backend.describe(Table(("kinds",)))

    assert found is not None
    types = {name: each.type for name, each in found.items()}
    assert types == {
        "a": INTEGER,
        "b": FLOAT,
        "c": TEXT,
        "d": BOOLEAN,
        "e": DATE,
        "f": TIMESTAMP,
        "g": JSON,
        "h": decimal(10, 2),
        "Mixed Case": TEXT,
        "i": TIMESTAMP,
    }
    assert found["i"].has_zone
    assert not found["f"].has_zone


def test_a_table_that_is_not_there_has_no_columns(backend: Backend) -> None:
    assert backend.describe(Table(("nowhere",))) is None


def test_rows_come_as_arrow_with_names_as_written(backend: Backend) -> None:
    rows = backend.execute('SELECT "CUSTOMER_ID", "AGE" AS "Age" FROM "CUSTOMERS" ORDER BY 1').read_all()

    assert rows.to_pylist() == [
        {"customer_id": 1, "Age": 25},
        {"customer_id": 2, "Age": 41},
        {"customer_id": 3, "Age": None},
    ]


def test_no_rows_have_columns_too(backend: Backend) -> None:
    rows = backend.execute('SELECT "CUSTOMER_ID" FROM "CUSTOMERS" WHERE "AGE" > 99').read_all()

    assert (rows.num_rows, rows.column_names) == (0, ["customer_id"])


def test_what_the_engine_says_is_told(backend: Backend) -> None:
    with pytest.raises(EngineError, match="nowhere"):
        backend.execute('SELECT * FROM "nowhere"')


def test_members_and_counts_of_a_project(url: str, tmp_path: Path) -> None:
    settings = f'as_of = "2025-12-01"\n\n[connections.default]\nurl = "{url}"\n'
    write(tmp_path, {"segql.toml": settings, "catalog.seg": CATALOG, "segments/all.seg": SEGMENTS})
    project = segql.open(tmp_path)

    assert project.count(["young", "buyers", "everyone_else"]) == {"young": 1, "buyers": 2, "everyone_else": 1}
    assert project.run(["young", "buyers"]).to_pylist() == [
        {"segment": "young", "customer_id": 1},
        {"segment": "buyers", "customer_id": 1},
        {"segment": "buyers", "customer_id": 2},
    ]
