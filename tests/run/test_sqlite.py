"""SQLite files."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from segql.catalog import Table
from segql.run import backends
from segql.run.backends import Backend, CompoundKey, DeclaredKey, EngineError, Overdue, Target, Unreachable
from segql.types import BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, JSON, TIMESTAMP, Type, decimal
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace
from tests.folders import CATALOG, SEGMENTS, SETTINGS, write

# Rows that nobody waits for.
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n"
TABLES = """
CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, age INTEGER, country TEXT COLLATE NOCASE, signed_up_at DATETIME);
INSERT INTO customers VALUES
    (1, 25, 'DE', '2025-01-01 00:00:00'), (2, 41, 'FR', '2025-02-01 00:00:00'), (3, NULL, 'de', '2025-03-01 00:00:00');
CREATE TABLE orders (customer_id INTEGER REFERENCES customers, ordered_at DATETIME, amount NUMERIC(10, 2));
INSERT INTO orders VALUES
    (1, '2025-11-20 00:00:00', 10.50), (2, '2025-01-20 00:00:00', 7), (2, '2025-11-30 23:59:59', 3);
CREATE TABLE lines (order_id INTEGER, line INTEGER, PRIMARY KEY (order_id, line));
CREATE TABLE parts (order_id INTEGER, line INTEGER, FOREIGN KEY (order_id, line) REFERENCES lines (order_id, line));
CREATE VIEW adults AS SELECT * FROM customers WHERE age >= 18;
"""
_opened: list[Backend] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Close every connection at the end of its test."""
    yield
    while _opened:
        _opened.pop().close()


def made(folder: Path, statements: str = TABLES) -> Path:
    """Make a database in a folder, and return the folder."""
    connection = sqlite3.connect(folder / "shop.sqlite")
    connection.executescript(statements)
    connection.close()
    return folder


def opened(folder: Path, timeout: float | None = None) -> Backend:
    _opened.append(backends.connect(Target("sqlite:///shop.sqlite", folder, timeout=timeout)))
    return _opened[-1]


def rows(backend: Backend, sql: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = backend.execute(sql).read_all().to_pylist()
    return found


def shop(folder: Path, more: str = "") -> Workspace:
    settings = SETTINGS.replace("duckdb:///shop.duckdb", "sqlite:///shop.sqlite")
    write(folder, {"segql.toml": settings, "catalog.seg": CATALOG, "segments/all.seg": SEGMENTS + more})
    made(folder)
    return Workspace(find_home(folder))


@pytest.mark.parametrize(("url", "why"), [("sqlite:shop.sqlite", "three slashes"), ("sqlite:///", "names no file")])
def test_a_url_of_another_form_is_refused(tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        backends.connect(Target(url, tmp_path))


def test_a_file_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        opened(tmp_path)

    assert (raised.value.what, raised.value.why) == ("`shop.sqlite`", "there is no such file")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"shop.sqlite": "no database, but as long as one might be"})

    with pytest.raises(Unreachable, match="not a database"):
        opened(tmp_path)


def test_tables_and_keys(tmp_path: Path) -> None:
    backend = opened(made(tmp_path))

    assert backend.tables() == ["adults", "customers", "lines", "orders", "parts"]
    assert backend.declared_keys() == [
        DeclaredKey("customers", "customer_id", None),
        DeclaredKey("orders", "customer_id", ("customers", "customer_id")),
    ]
    assert backend.compound_keys() == [
        CompoundKey("lines", ("order_id", "line"), None),
        CompoundKey("parts", ("order_id", "line"), ("lines", ("order_id", "line"))),
    ]
    assert backend.describe(Table(("nowhere",))) is None


TYPES: list[tuple[str, Type | None]] = [
    ("BOOLEAN", BOOLEAN),
    ("INTEGER", INTEGER),
    ("BIGINT", INTEGER),
    ("NUMERIC(10, 2)", decimal(10, 2)),
    ("DECIMAL", DECIMAL),
    ("REAL", FLOAT),
    ("DOUBLE PRECISION", FLOAT),
    ("DATE", DATE),
    ("DATETIME", TIMESTAMP),
    ("TIMESTAMP", TIMESTAMP),
    ("JSON", JSON),
    # Anything may stand in these, so they are read as the catalog says.
    ("TEXT", None),
    ("", None),
]


@pytest.mark.parametrize(("declared", "expected"), TYPES, ids=[each for each, _ in TYPES])
def test_types_in_our_words(tmp_path: Path, declared: str, expected: Type | None) -> None:
    columns = opened(made(tmp_path, f'CREATE TABLE t ("A b" {declared})')).describe(Table(("t",)))

    assert columns is not None
    assert columns["A b"].type == expected


@pytest.mark.parametrize("sql", ["CREATE TABLE made (x)", "DELETE FROM customers", "PRAGMA user_version = 7"])
def test_it_reads_and_does_nothing_else(tmp_path: Path, sql: str) -> None:
    before = (made(tmp_path) / "shop.sqlite").read_bytes()

    with pytest.raises(EngineError, match="readonly"):
        opened(tmp_path).execute(sql)
    assert (tmp_path / "shop.sqlite").read_bytes() == before


def test_members_and_counts(tmp_path: Path) -> None:
    workspace = shop(tmp_path, '\nsegment germans where country = "DE"\n')
    with workspace.runner() as runner:
        members = runner.members(["everyone_else", "germans"], workspace.clock()).reader.read_all().to_pydict()
        counts = runner.counts(["young", "buyers"], workspace.clock(), with_size=True)

    # `de` is another text than `DE`, whatever the column says.
    assert members == {"segment": ["everyone_else", "germans"], "customer_id": [3, 1]}
    assert (dict(counts.counts), counts.size) == ({"young": 1, "buyers": 2}, 3)


def test_a_list_of_5000_keys_is_lent_though_nothing_may_be_written(tmp_path: Path) -> None:
    more = '\nlist vip of customer\n    from "vip.csv"\n    key customer_id\n\nsegment vips\n    where in list vip and age > 0\n'
    workspace = shop(tmp_path, more)
    write(tmp_path, {"vip.csv": "customer_id\n" + "".join(f"{each}\n" for each in range(2, 5_002))})
    with workspace.runner() as runner:
        found = runner.members(["vips"], workspace.clock()).reader.read_all()

    assert found.to_pydict() == {"customer_id": [2]}


def test_keys_can_be_lent_anew(tmp_path: Path) -> None:
    backend = opened(made(tmp_path))
    backend.provide("The vip", ["0"])
    backend.provide("The vip", [str(each) for each in range(5_000)])

    assert rows(backend, 'SELECT COUNT(*) AS n FROM "The vip"') == [{"n": 5_000}]


def test_rows_come_in_batches(tmp_path: Path) -> None:
    sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 250000) SELECT x FROM n"
    sizes = [each.num_rows for each in opened(made(tmp_path)).execute(sql)]

    assert sizes == [100_000, 100_000, 50_000]


def test_what_the_engine_says_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"^no such table: nowhere$"):
        opened(made(tmp_path)).execute("SELECT * FROM nowhere")


def test_a_statement_can_be_interrupted_from_another_thread(tmp_path: Path) -> None:
    backend = opened(made(tmp_path))
    threading.Timer(0.5, backend.interrupt).start()
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        backend.execute(ENDLESS).read_all()

    assert time.monotonic() - start < 30
    assert rows(backend, "SELECT 1 AS x") == [{"x": 1}]


def test_a_statement_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    backend = opened(made(tmp_path), timeout=0.5)
    with pytest.raises(Overdue):
        backend.execute(ENDLESS).read_all()

    assert rows(backend, "SELECT 1 AS x") == [{"x": 1}]
