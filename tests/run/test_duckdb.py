"""The engine that is built in."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from segql.catalog import Catalog, Entity, Table
from segql.run import backends
from segql.run.backends import Backend, DeclaredKey, EngineError, Target, Unreachable
from segql.run.backends.duckdb import create
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of
from tests.folders import database, write

_opened: list[Backend] = []


def connect(target: Target) -> Backend:
    _opened.append(backends.connect(target))
    return _opened[-1]


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Close every connection at the end of its test."""
    yield
    while _opened:
        _opened.pop().close()


def memory(root: Path) -> Backend:
    return connect(Target(None, root))


def located(backend: Backend, path: str) -> Table:
    catalog = Catalog(entities={"x": Entity("x", Table((path,), is_file=True), "id", {})})
    return backend.located(catalog).entities["x"].table


def rows(backend: Backend, sql: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = backend.execute(sql).read_all().to_pylist()
    return found


# ── opening ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("url", ["duckdb:///shop.duckdb", "duckdb:///sub/../shop.duckdb", "duckdb:///%73hop.duckdb"])
def test_a_path_begins_at_the_root(tmp_path: Path, url: str) -> None:
    database(tmp_path / "shop.duckdb", "create table t (x integer)")

    assert connect(Target(url, tmp_path)).tables() == ["t"]


def test_a_path_with_a_fourth_slash_is_any(tmp_path: Path) -> None:
    path = database(tmp_path / "shop.duckdb", "create table t (x integer)")

    assert connect(Target(f"duckdb:///{path}", tmp_path / "elsewhere")).tables() == ["t"]


@pytest.mark.parametrize("url", ["duckdb:///shop.duckdb", None])
def test_what_it_may_use_is_said_at_opening(tmp_path: Path, url: str | None) -> None:
    database(tmp_path / "shop.duckdb", "create table t (x integer)")
    told = "select current_setting('memory_limit') as memory, current_setting('threads') as threads"

    backend = connect(Target(url, tmp_path, memory_limit="512MiB", threads=1))

    assert rows(backend, told) == [{"memory": "512.0 MiB", "threads": 1}]
    with pytest.raises(EngineError, match="locked"):
        backend.execute("SET threads = 2").read_all()


def test_what_is_more_than_it_may_use_is_told(tmp_path: Path) -> None:
    backend = connect(Target(None, tmp_path, memory_limit="20MB", threads=1))

    with pytest.raises(EngineError, match="allocate"):
        backend.execute("select list(range order by range desc) from range(20000000)").read_all()


@pytest.mark.parametrize("url", ["duckdb:", "duckdb://", "duckdb:///", "duckdb:///:memory:", None])
def test_without_a_path_it_is_in_memory(tmp_path: Path, url: str | None) -> None:
    assert connect(Target(url, tmp_path)).tables() == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("duckdb:shop.duckdb", "three slashes"),
        ("duckdb:/shop.duckdb", "three slashes"),
        ("duckdb:///shop.duckdb?x=1", "no options"),
        ("duckdb:///../shop.duckdb", "leads out"),
    ],
)
def test_a_url_of_another_form_is_refused(tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        connect(Target(url, tmp_path))


def test_a_path_may_lead_where_a_folder_is_allowed(tmp_path: Path) -> None:
    database(tmp_path / "shop.duckdb", "create table t (x integer)")
    (tmp_path / "project").mkdir()

    target = Target("duckdb:///../shop.duckdb", tmp_path / "project", [tmp_path])
    assert connect(target).tables() == ["t"]


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        connect(Target("duckdb:///nowhere.duckdb", tmp_path))

    assert (raised.value.what, raised.value.why) == ("`nowhere.duckdb`", "there is no such file")
    assert not (tmp_path / "nowhere.duckdb").exists()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"shop.duckdb": "not a database, but long enough to look at" * 400})
    with pytest.raises(Unreachable, match="no DuckDB database"):
        connect(Target("duckdb:///shop.duckdb", tmp_path))


def test_a_database_that_is_being_written_is_told(tmp_path: Path) -> None:
    path = database(tmp_path / "shop.duckdb", "create table t (x integer)")
    code = f"import duckdb, time; c = duckdb.connect({str(path)!r}); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(Unreachable) as raised:
            connect(Target("duckdb:///shop.duckdb", tmp_path))
        writer.kill()

    assert raised.value.why == "another program has it open for writing"
    assert f"process {writer.pid}" in raised.value.hint


def test_it_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    backend = memory(tmp_path / "shop")
    during = list(tmp_path.iterdir())
    backend.close()

    assert len(during) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_target_does_not_show_its_password(tmp_path: Path) -> None:
    assert "secret" not in repr(Target("postgres://me:secret@host", tmp_path, password="secret"))  # noqa: S106


# ── what it may do ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{out}')",
        "select * from read_text('/etc/passwd')",
        "copy (select 1) to '{out}.copy'",
        "attach '{out}.duckdb'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set TimeZone = 'Asia/Tokyo'",
        "select * from secret_variable",
    ],
)
def test_it_reads_the_project_and_does_nothing_else(tmp_path: Path, sql: str) -> None:
    write(tmp_path, {"out.csv": "id\n1\n", "shop/x": ""})
    secret_variable = [1]
    with pytest.raises(EngineError):
        memory(tmp_path / "shop").execute(sql.format(out=tmp_path / "out.csv")).read_all()

    assert secret_variable


def test_a_database_is_not_written(tmp_path: Path) -> None:
    database(tmp_path / "shop.duckdb", "create table t (x integer)")
    with pytest.raises(EngineError, match="read-only"):
        connect(Target("duckdb:///shop.duckdb", tmp_path)).execute("insert into t values (1)").read_all()


def test_its_clock_stands_in_utc(tmp_path: Path) -> None:
    assert rows(memory(tmp_path), "select current_setting('TimeZone') as zone") == [{"zone": "UTC"}]


def test_a_database_can_be_made(tmp_path: Path) -> None:
    with create(tmp_path / "new.duckdb") as connection:
        connection.execute("create table t (x integer)")

    assert connect(Target("duckdb:///new.duckdb", tmp_path)).tables() == ["t"]


# ── what it knows ───────────────────────────────────────────────────────────────────────────────

TYPES: list[tuple[str, Type]] = [
    ("boolean", BOOLEAN),
    ("utinyint", INTEGER),
    ("bigint", INTEGER),
    ("hugeint", INTEGER),
    ("decimal(10, 2)", decimal(10, 2)),
    ("real", FLOAT),
    ("double", FLOAT),
    ("varchar", TEXT),
    ("enum('a', 'b')", TEXT),
    ("date", DATE),
    ("timestamp", TIMESTAMP),
    ("timestamptz", TIMESTAMP),
    ("timestamp_ns", TIMESTAMP),
    ("json", JSON),
    ("varchar[]", list_of(TEXT)),
    ("integer[3]", list_of(INTEGER)),
    ("integer[][]", list_of(list_of(INTEGER))),
    ("blob", UNKNOWN),
    ("uuid", UNKNOWN),
    ("time", UNKNOWN),
    ("interval", UNKNOWN),
    ("struct(a integer)", UNKNOWN),
    ("map(varchar, integer)", UNKNOWN),
]


@pytest.mark.parametrize(("written", "expected"), TYPES)
def test_types_in_our_words(tmp_path: Path, written: str, expected: Type) -> None:
    database(tmp_path / "a.duckdb", f'create table t ("A b" {written})')
    columns = connect(Target("duckdb:///a.duckdb", tmp_path)).describe(Table(("t",)))

    assert columns is not None
    assert columns["A b"].type == expected
    assert columns["A b"].has_zone == (written == "timestamptz")


def test_tables_of_other_schemas_carry_their_name(tmp_path: Path) -> None:
    tables = "create schema crm; create table crm.people (id integer); create table orders (id integer);"
    database(tmp_path / "a.duckdb", tables + "create view recent as select * from orders")
    backend = connect(Target("duckdb:///a.duckdb", tmp_path))

    assert sorted(backend.tables()) == ["crm.people", "orders", "recent"]
    assert backend.describe(Table(("crm", "people"))) is not None
    assert backend.describe(Table(("recent",))) is not None
    assert backend.describe(Table(("a", "main", "orders"))) is not None
    assert backend.describe(Table(("people",))) is None
    assert backend.describe(Table(("nowhere", "people"))) is None
    assert backend.describe(Table(('x"; drop table orders; --',))) is None


def test_sizes_of_tables_are_known(tmp_path: Path) -> None:
    database(
        tmp_path / "shop.duckdb",
        "create schema other; create table other.orders as select * from range(7);"
        "create table customers as select * from range(3); create view everyone as from customers",
    )
    with create(tmp_path / "other.duckdb") as connection:
        connection.execute(f"copy (select * from range(5)) to '{tmp_path / 'a.parquet'}'")
    backend = connect(Target("duckdb:///shop.duckdb", tmp_path))
    parquet = located(backend, "a.parquet")
    tables = [Table(("customers",)), Table(("other", "orders")), Table(("everyone",)), parquet]

    # A view has no rows of its own, and those of a CSV file would have to be counted.
    assert backend.sizes([*tables, located(backend, "data.csv")]) == {
        "customers": 3,
        "other.orders": 7,
        parquet.name: 5,
    }


def test_declared_keys_are_known(tmp_path: Path) -> None:
    database(
        tmp_path / "a.duckdb",
        "create table people (id integer primary key);"
        "create table orders (id integer primary key, who integer references people (id))",
    )

    assert sorted(connect(Target("duckdb:///a.duckdb", tmp_path)).declared_keys(), key=str) == [
        DeclaredKey("orders", "id", None),
        DeclaredKey("orders", "who", ("people", "id")),
        DeclaredKey("people", "id", None),
    ]


def test_the_columns_of_csv_are_text(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": "id,the name\n1,x\n"})
    backend = memory(tmp_path)
    columns = backend.describe(located(backend, "a.csv"))

    assert columns is not None
    assert [(each.name, each.type) for each in columns.values()] == [("id", None), ("the name", None)]


def test_parquet_has_types(tmp_path: Path) -> None:
    with create(tmp_path / "a.duckdb") as connection:
        connection.execute(f"copy (select 1 as id, date '2025-01-01' as day) to '{tmp_path / 'a.parquet'}'")
    backend = memory(tmp_path)
    columns = backend.describe(located(backend, "a.parquet"))

    assert columns is not None
    assert [each.type for each in columns.values()] == [INTEGER, DATE]


def test_a_file_that_is_not_there_has_no_columns(tmp_path: Path) -> None:
    backend = memory(tmp_path)

    assert backend.describe(located(backend, "nowhere.csv")) is None
    assert backend.describe(located(backend, "nowhere.parquet")) is None


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a.parquet": "id\n1\n"})
    backend = memory(tmp_path)
    with pytest.raises(EngineError, match=r"a\.parquet"):
        backend.describe(located(backend, "a.parquet"))


@pytest.mark.parametrize("name", ["a[1].csv", "a*.csv", "a?.csv", "[abc].csv", "it's.csv", "ä.csv", "a b.csv"])
@pytest.mark.parametrize("folder", ["shop", "shop[1]", "sh*p"])
def test_a_path_is_a_path_and_no_pattern(tmp_path: Path, folder: str, name: str) -> None:
    write(tmp_path / folder, {name: "id\nright\n", "a1.csv": "id\nwrong\n", "a.csv": "id\nwrong\n"})
    write(tmp_path, {"shop1/a[1].csv": "id\nwrong\n"})
    backend = memory(tmp_path / folder)

    assert rows(backend, f"select * from {backend.source(located(backend, name))}") == [{"id": "right"}]


# ── running ─────────────────────────────────────────────────────────────────────────────────────


def test_rows_come_in_batches(tmp_path: Path) -> None:
    sizes = [batch.num_rows for batch in memory(tmp_path).execute("select * from range(250000)")]

    assert sum(sizes) == 250_000
    assert len(sizes) > 1


def test_what_the_engine_says_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as raised:
        memory(tmp_path).execute("select * from nowhere")

    assert str(raised.value) == "Table with name nowhere does not exist!"


def test_a_failure_while_reading_is_an_engine_error(tmp_path: Path) -> None:
    late = "select case when range = 900000 then error('too much') end from range(1000000)"
    backend = memory(tmp_path)
    # The engine reads ahead of us as it likes, so the failure may come with the first batches, too.
    with pytest.raises(EngineError, match="too much"):
        backend.execute(late).read_all()


def test_keys_can_be_lent(tmp_path: Path) -> None:
    database(tmp_path / "a.duckdb", "create table t (x integer)")
    backend = connect(Target("duckdb:///a.duckdb", tmp_path))
    backend.provide("vip", ["1", "it's"])

    assert backend.execute("select key from vip").read_all().to_pydict() == {"key": ["1", "it's"]}


def test_a_query_can_be_interrupted_from_another_thread(tmp_path: Path) -> None:
    backend = memory(tmp_path)
    threading.Timer(0.3, backend.interrupt).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        backend.execute(
            "select count(*) from range(1000000000) a, range(100000) b where a.range * b.range % 7 = 3"
        ).read_all()

    assert time.monotonic() - began < 10
    assert rows(backend, "select 1 as x") == [{"x": 1}]
