"""ClickHouse, in process and by HTTP: the same engine answers both ways."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip("chdb", reason="chdb is not installed")
pytest.importorskip("clickhouse_connect", reason="clickhouse-connect is not installed")

from chdb.state.sqlitelike import Connection

import segql
from segql.catalog import Table
from segql.diagnostics import SegqlError
from segql.run import backends
from segql.run.backends import Backend, EngineError, Target, Unreachable
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, decimal, list_of
from tests.engines.clickhouse_http import PASSWORD, Server, served
from tests.run.clickhouse_shop import project, run, written

OWN = ["customers", "endless", "many", "orders"]
_LONG = "SELECT sum(sipHash64(number)) AS x FROM numbers(100000000000)"


class Shop:
    """A database of the tests, and the ways to it."""

    def __init__(self, stack: ExitStack, root: Path, way: str) -> None:
        self.stack, self.root, self.way = stack, root, way
        self.server = stack.enter_context(served())

    def target(self, name: str = "shop", password: str | None = PASSWORD, timeout: float | None = None) -> Target:
        if self.way == "chdb":
            return Target(f"chdb:///:memory:?database={name}", self.root, timeout=timeout)
        return Target(self.server.url(name), self.root, password=password, timeout=timeout)

    def connect(self, target: Target | None = None) -> Backend:
        backend = backends.connect(target or self.target())
        self.stack.callback(backend.close)
        return backend


@pytest.fixture(scope="module")
def writer() -> Iterator[Connection]:
    with written() as made:
        yield made


@pytest.fixture(params=["chdb", "clickhouse"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, writer: Connection) -> Iterator[Shop]:
    with ExitStack() as stack:
        yield Shop(stack, tmp_path, request.param)


@pytest.fixture
def server(writer: Connection) -> Iterator[Server]:
    with served() as found:
        yield found


def rows(backend: Backend, sql: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = backend.execute(sql).read_all().to_pylist()
    return found


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url",
    ["clickhouse://reader@host", "clickhouse:///shop", "clickhouse:shop", "clickhouse://host/shop?user=x"],
)
def test_a_url_of_another_form_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="clickhouse://user@host:8123/database"):
        backends.connect(Target(url, tmp_path))


@pytest.mark.parametrize(
    ("url", "why"),
    [("chdb:shop", "three slashes"), ("chdb:///shop?user=x", "no option but"), ("chdb:///../shop", "leads out")],
)
def test_a_folder_of_another_form_is_refused(tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        backends.connect(Target(url, tmp_path))


def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target("chdb:///nowhere", tmp_path))

    assert (raised.value.what, raised.value.why) == ("`nowhere`", "there is no such folder")
    assert not (tmp_path / "nowhere").exists()


def test_a_database_that_is_not_there_is_told(shop: Shop) -> None:
    with pytest.raises(Unreachable, match="nowhere"):
        shop.connect(shop.target("nowhere"))


def test_a_wrong_password_is_told_and_not_shown(server: Server, tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target(server.url("shop"), tmp_path, password=PASSWORD + "!"))

    assert raised.value.why == "it does not know this user with this password"
    assert "password_env" in raised.value.hint
    assert PASSWORD not in str(raised.value)


def test_a_server_that_is_down_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target("clickhouse://reader:wr0ng@127.0.0.1:1/shop", tmp_path))

    assert "refused" in raised.value.why
    assert "running" in raised.value.hint
    assert "wr0ng" not in str(raised.value)


def test_a_user_who_cannot_set_anything_is_told(writer: Connection, tmp_path: Path) -> None:
    with served({"readonly": 1}) as server, pytest.raises(Unreachable) as raised:
        backends.connect(Target(server.url("shop"), tmp_path, password=PASSWORD))

    assert "readonly = 2" in raised.value.hint


def test_a_user_who_may_only_read_can_ask(writer: Connection, tmp_path: Path) -> None:
    with served({"readonly": 2}) as server:
        backend = backends.connect(Target(server.url("shop"), tmp_path, password=PASSWORD))
        backend.provide("vip", ["1"])

        assert rows(backend, "SELECT count() AS x FROM customers") == [{"x": 3}]
        assert rows(backend, "SELECT key FROM vip") == [{"key": "1"}]
        backend.close()


def test_a_lost_connection_is_opened_again(server: Server, tmp_path: Path) -> None:
    backend = backends.connect(Target(server.url("shop"), tmp_path, password=PASSWORD))
    backend.provide("vip", ["1", "2"])
    server.breaks = 1

    assert rows(backend, "SELECT key FROM vip ORDER BY key") == [{"key": "1"}, {"key": "2"}]
    backend.close()


# ── what is there ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_tables_of_other_databases_have_their_names(shop: Shop, writer: Connection) -> None:
    run(writer, "CREATE VIEW crm.people AS SELECT 1 AS id")
    try:
        assert shop.connect().tables() == ["crm.people", *OWN]
        assert shop.connect().describe(Table(("crm", "people"))) is not None
    finally:
        run(writer, "DROP VIEW crm.people")


def test_a_table_that_is_not_there_has_no_columns(shop: Shop) -> None:
    backend = shop.connect()

    assert backend.describe(Table(("nowhere",))) is None
    assert backend.describe(Table(("nowhere", "customers"))) is None
    assert backend.describe(Table(("x'; DROP TABLE orders; --",))) is None


def test_a_primary_key_may_repeat(shop: Shop) -> None:
    backend = shop.connect()

    assert backend.declared_keys() == []
    assert not backend.enforces_keys


def test_types_are_told_in_words_of_the_language(shop: Shop, writer: Connection) -> None:
    told = {
        "a": ("Bool", BOOLEAN),
        "b": ("UInt64", INTEGER),
        "c": ("Nullable(Int8)", INTEGER),
        "d": ("Int128", UNKNOWN),
        "e": ("Float32", FLOAT),
        "f": ("Decimal(18, 6)", decimal(18, 6)),
        "g": ("Decimal(60, 6)", UNKNOWN),
        "h": ("LowCardinality(Nullable(String))", TEXT),
        "i": ("Enum8('x' = 1)", UNKNOWN),
        "j": ("FixedString(3)", UNKNOWN),
        "k": ("UUID", UNKNOWN),
        "l": ("Date", DATE),
        "m": ("Nullable(Date32)", DATE),
        "n": ("DateTime", TIMESTAMP),
        "o": ("DateTime64(6, 'Asia/Tokyo')", TIMESTAMP),
        "p": ("JSON", JSON),
        "q": ("Array(Nullable(Decimal(10, 2)))", list_of(decimal(10, 2))),
        "r": ("Variant(Array(String))", list_of(TEXT)),
        "s": ("Array(Tuple(Int8, Int8))", UNKNOWN),
        "t": ("Map(String, String)", UNKNOWN),
    }
    declared = ", ".join(f"{name} {type_}" for name, (type_, _) in told.items())
    run(writer, f"CREATE TABLE types.t ({declared}) ENGINE = Memory")
    try:
        columns = shop.connect(shop.target("types")).describe(Table(("t",)))
    finally:
        run(writer, "DROP TABLE types.t")

    assert columns is not None
    assert {name: (each.engine_type, each.type) for name, each in columns.items()} == told
    assert {name for name, each in columns.items() if each.has_zone} == {"n", "o"}


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_come_in_batches(shop: Shop) -> None:
    sizes = [
        batch.num_rows for batch in shop.connect().execute("SELECT number, toString(number) AS s FROM numbers(250000)")
    ]

    assert sum(sizes) == 250_000
    assert len(sizes) > 1


def test_columns_are_known_without_rows(shop: Shop) -> None:
    reader = shop.connect().execute("SELECT 1 AS a, 'x' AS b FROM numbers(0)")

    assert reader.schema.names == ["a", "b"]
    assert reader.read_all().num_rows == 0


def test_what_the_engine_says_is_one_line(shop: Shop) -> None:
    with pytest.raises(EngineError) as raised:
        shop.connect().execute("SELECT * FROM nowhere")

    assert str(raised.value).startswith("Unknown table expression identifier 'nowhere'")
    assert "SELECT" not in str(raised.value)


def test_nothing_can_be_written(shop: Shop) -> None:
    backend = shop.connect()

    for statement in ("DROP TABLE customers", "INSERT INTO customers VALUES (4, 1, 'DE', '2025-01-01')"):
        # In process, only what gives rows is run at all.
        with pytest.raises(EngineError, match=r"readonly|Streaming query is not supported"):
            backend.execute(statement)
    assert rows(backend, "SELECT getSetting('readonly') AS x") == [{"x": 2}]
    assert rows(backend, "SELECT count() AS x FROM customers") == [{"x": 3}]


def test_keys_can_be_lent_and_lent_anew(shop: Shop) -> None:
    backend = shop.connect()
    backend.provide("vip", ["other"])
    keys = [*map(str, range(4_998)), "it's", "tab\there\\"]
    backend.provide("vip", keys)

    assert backend.execute("SELECT key FROM vip").read_all().to_pydict() == {"key": keys}


def test_a_statement_can_be_interrupted_from_another_thread(shop: Shop) -> None:
    backend = shop.connect()
    threading.Timer(0.5, backend.interrupt).start()
    began = time.monotonic()
    with pytest.raises(EngineError, match="cancelled"):
        backend.execute(_LONG).read_all()

    assert time.monotonic() - began < 10
    assert rows(backend, "SELECT 1 AS x") == [{"x": 1}]


def test_a_statement_that_takes_too_long_is_stopped(shop: Shop) -> None:
    backend = shop.connect(shop.target(timeout=0.5))
    began = time.monotonic()
    with pytest.raises(EngineError, match=r"0\.5 s$"):
        backend.execute(_LONG).read_all()

    assert time.monotonic() - began < 10
    assert rows(backend, "SELECT 1 AS x") == [{"x": 1}]


# ── projects ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_project_is_answered(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    opened = segql.open(project(shop.root, shop.target().url or "", 'password_env = "SHOP_PASSWORD"\n'))

    assert opened.count(["young", "buyers", "everyone_else"]) == {"young": 1, "buyers": 2, "everyone_else": 1}
    assert opened["buyers"].members().to_pydict() == {"customer_id": [1, 2]}


def test_a_table_that_is_gone_is_told_at_its_line(
    shop: Shop, writer: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    opened = segql.open(project(shop.root, shop.target().url or "", 'password_env = "SHOP_PASSWORD"\n'))
    assert opened.check() == []
    assert opened.count(["buyers"]) == {"buyers": 2}

    run(writer, "RENAME TABLE shop.orders TO shop.old_orders")
    try:
        with pytest.raises(SegqlError) as raised:
            opened.run(["buyers"])
    finally:
        run(writer, "RENAME TABLE shop.old_orders TO shop.orders")

    assert [each.code for each in raised.value.diagnostics] == ["E511"]
