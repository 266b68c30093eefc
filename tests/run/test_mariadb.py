"""MariaDB, on a server of the tests' own: the backend, and projects that it answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import segql
from segql.catalog import Catalog, Entity, Field, Many, One, Stream, Table
from segql.diagnostics import SegqlError
from segql.run import backends
from segql.run.backends import Backend, DeclaredKey, EngineError, Target, Unreachable
from segql.types import (
    BOOLEAN,
    DATE,
    FLOAT,
    INTEGER,
    JSON,
    TEXT,
    TIMESTAMP,
    UNKNOWN,
    Type,
    decimal,
)
from tests.cli.terminal import segql as run_segql
from tests.engines import Absent, engine
from tests.engines.mariadb import MariaDB, Server
from tests.folders import CATALOG, SEGMENTS, write

SHOP = """
create table customers (customer_id int primary key, age int, country varchar(2), signed_up_at datetime);
insert into customers values
    (1, 25, 'DE', '2025-01-01'), (2, 41, 'FR', '2025-02-01'), (3, null, 'DE', '2025-03-01');
create table orders (customer_id int, ordered_at datetime, amount decimal(10, 2));
insert into orders values (1, '2025-11-20', 10.50), (2, '2025-01-20', 7), (2, '2025-11-30 23:59:59', 3)
"""
# A statement that nobody waits for the end of.
ENDLESS = "select count(*) from seq_1_to_1000000 a, seq_1_to_1000000 b where a.seq * b.seq % 7 = 3"

Opened = Callable[..., Backend]


@pytest.fixture(scope="module")
def server() -> Server:
    try:
        made = engine("mariadb")
    except Absent as reason:
        pytest.skip(f"MariaDB: {reason}")
    assert isinstance(made, MariaDB)
    return made.server


@pytest.fixture
def name(server: Server) -> Iterator[str]:
    """Lend an empty database."""
    server.run("create database the_shop", "use the_shop")
    yield "the_shop"
    server.run("drop database the_shop")


@pytest.fixture
def opened(server: Server, name: str, tmp_path: Path) -> Iterator[Opened]:
    """Return what opens a database with tables of a script; every connection is closed at the end."""
    made: list[Backend] = []

    def opening(script: str = "", *, url: str = server.url(name), timeout: float | None = None) -> Backend:
        server.run(*filter(str.strip, script.split(";")))
        made.append(backends.connect(Target(url, tmp_path, timeout=timeout)))
        return made[-1]

    yield opening
    for each in made:
        each.close()


def rows(backend: Backend, sql: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = backend.execute(sql).read_all().to_pylist()
    return found


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_says_itself_which_of_the_two_it_is(opened: Opened, server: Server, name: str) -> None:
    url = server.url(name).replace("mariadb://", "mysql://")

    assert opened(url=url).dialect == "mariadb"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://host", "needs the form"),
        ("mariadb:shop", "needs the form"),
        ("mariadb://host/a/b", "needs the form"),
        ("mariadb://host/shop?socket=x", "no option `socket`"),
    ],
)
def test_a_url_of_another_form_is_refused(tmp_path: Path, url: str, why: str) -> None:
    pytest.importorskip("pymysql")
    with pytest.raises(ValueError, match=why):
        backends.connect(Target(url, tmp_path))


@pytest.fixture
def reader(server: Server, name: str) -> Iterator[str]:
    """Return the URL of somebody who may read and nothing else, without the password, which is `hunter2`."""
    server.run("create user reader identified by 'hunter2'", f"grant select on {name}.* to reader")
    yield server.url(name).replace("root@", "reader@")
    server.run("drop user reader")


def test_a_password_is_taken_from_beside_the_url_and_from_it(reader: str, tmp_path: Path) -> None:
    for target in (
        Target(reader, tmp_path, password="hunter2"),  # noqa: S106
        Target(reader.replace("reader@", "reader:hunter2@"), tmp_path),
    ):
        backend = backends.connect(target)
        assert backend.tables() == []
        backend.close()


def test_a_wrong_password_is_told_and_not_shown(reader: str, tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target(reader, tmp_path, password="s3cret"))  # noqa: S106

    told = f"{raised.value.what} {raised.value.why} {raised.value.hint}"
    assert raised.value.why == "it does not know this user with this password"
    assert "`the_shop` on localhost" in told
    assert "s3cret" not in told


def test_a_database_that_is_not_there_is_told(server: Server, tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target(server.url("nowhere"), tmp_path))

    assert (raised.value.what, raised.value.why) == ("`nowhere` on localhost", "it has no such database")


def test_a_server_that_is_down_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pymysql")
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target("mariadb://me:s3cret@127.0.0.1:1/shop", tmp_path))

    assert "Can't connect" in raised.value.why
    assert raised.value.hint == "is the server running, and are host and port of the `url` right?"
    assert "s3cret" not in str(raised.value)


# ── what it may do ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sql", ["insert into t values (1)", "create table u (x int)", "drop table t", "create temporary table u (x int)"]
)
def test_it_reads_and_does_nothing_else(opened: Opened, sql: str) -> None:
    with pytest.raises(EngineError, match="READ ONLY"):
        opened("create table t (x int)").execute(sql).read_all()


def test_its_clock_stands_in_utc_and_its_texts_are_compared_byte_for_byte(opened: Opened) -> None:
    (found,) = rows(opened(), "select @@time_zone as zone, 'a' = 'A' as cases, 'a' = 'a ' as blanks")

    assert found == {"zone": "+00:00", "cases": 0, "blanks": 0}


# ── what it knows ────────────────────────────────────────────────────────────────────────────────────────────────────

TYPES: list[tuple[str, str, Type]] = [
    ("boolean", "tinyint(1)", BOOLEAN),
    ("bit(1)", "bit(1)", BOOLEAN),
    ("tinyint", "tinyint(4)", INTEGER),
    ("bigint unsigned", "bigint(20) unsigned", INTEGER),
    ("year", "year(4)", INTEGER),
    ("decimal(10, 2)", "decimal(10,2)", decimal(10, 2)),
    ("float", "float", FLOAT),
    ("double", "double", FLOAT),
    ("char(3)", "char(3)", TEXT),
    ("varchar(20)", "varchar(20)", TEXT),
    ("longtext", "longtext", TEXT),
    ("enum('a', 'b')", "enum", TEXT),
    ("date", "date", DATE),
    ("datetime(6)", "datetime(6)", TIMESTAMP),
    ("timestamp(6) null", "timestamp(6)", TIMESTAMP),
    ("json", "json", JSON),
    ("blob", "blob", UNKNOWN),
    ("time", "time", UNKNOWN),
    ("bit(8)", "bit(8)", UNKNOWN),
    ("uuid", "uuid", UNKNOWN),
]


@pytest.mark.parametrize(("written", "told", "expected"), TYPES)
def test_types_in_our_words(opened: Opened, written: str, told: str, expected: Type) -> None:
    columns = opened(f"create table t (`A b` {written})").describe(Table(("t",)))

    assert columns is not None
    assert (columns["A b"].engine_type, columns["A b"].type) == (told, expected)
    assert columns["A b"].has_zone == written.startswith("timestamp")
    assert columns["A b"].holds_lists == (written == "json")


def test_tables_of_other_databases_carry_their_name(opened: Opened, server: Server) -> None:
    server.run("create database the_crm", "create table the_crm.people (id int)")
    try:
        backend = opened("create table orders (id int); create view recent as select * from orders")

        assert {"orders", "recent", "the_crm.people"} <= set(backend.tables())
        assert backend.describe(Table(("the_crm", "people"))) is not None
        assert backend.describe(Table(("recent",))) is not None
        assert backend.describe(Table(("people",))) is None
        assert backend.describe(Table(("nowhere", "people"))) is None
        assert backend.describe(Table(("a", "the_crm", "people"))) is None
        assert backend.describe(Table(("x`; drop table orders; --",))) is None
    finally:
        server.run("drop database the_crm")


def test_declared_keys_are_known(opened: Opened) -> None:
    backend = opened(
        "create table people (id int primary key) engine=innodb;"
        "create table orders (id int primary key, who int, foreign key (who) references people (id)) engine=innodb;"
        "create table pairs (a int, b int, primary key (a, b))"
    )

    assert backend.declared_keys() == [
        DeclaredKey("orders", "id", None),
        DeclaredKey("orders", "who", ("people", "id")),
        DeclaredKey("people", "id", None),
    ]


def test_keys_get_the_types_of_their_columns(opened: Opened) -> None:
    backend = opened(
        "create table people (id varchar(9), home int); create table visits (who varchar(9), at datetime);"
        "create table homes (nr int); create table notes (who int)"
    )
    visit = Stream("visit", "person", Table(("visits",)), "who", "at", None, {})
    home = One("home", "person", Table(("homes",)), "nr", "home", {})
    catalog = Catalog(
        entities={"person": Entity("person", Table(("people",)), "id", {})},
        streams={"visit": visit},
        ones={("person", "home"): home},
    )

    found = backend.located(catalog)
    assert found.entities["person"].key_type == TEXT
    assert found.entities["person"].fields["home"] == Field("home", INTEGER, "home")
    assert [each.type for each in found.ones["person", "home"].fields.values()] == [INTEGER]

    # Where they differ, nothing is said: it is a mistake, which is told elsewhere.
    notes = Many("note", "person", Table(("notes",)), "who", {})
    found = backend.located(Catalog(entities=catalog.entities, manys={"note": notes}))
    assert found.entities["person"].key_type is None


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_come_in_batches(opened: Opened) -> None:
    sizes = [batch.num_rows for batch in opened().execute("select seq from seq_1_to_250000")]

    assert sizes == [100_000, 100_000, 50_000]


def test_rows_that_nobody_reads_are_left(opened: Opened) -> None:
    backend = opened()
    began = time.monotonic()
    next(backend.execute("select a.seq from seq_1_to_1000000 a, seq_1_to_1000000 b"))

    assert rows(backend, "select 1 as x") == [{"x": 1}]
    assert time.monotonic() - began < 10


def test_values_have_their_types(opened: Opened) -> None:
    backend = opened()
    table = backend.execute(
        "select 1 as i, 18446744073709551615 as u, 1.50 as d, 1e0 as f, 'ä🙂' as t, date '2025-01-31' as day,"
        " timestamp '2025-01-31 10:00:00.000001' as at, null as n, x'00ff' as b, cast(null as date) as no_day"
    ).read_all()

    assert table.schema.types == [
        pa.int64(),
        pa.uint64(),
        pa.decimal128(38, 2),
        pa.float64(),
        pa.string(),
        pa.date32(),
        pa.timestamp("us"),
        pa.null(),
        pa.binary(),
        pa.date32(),
    ]
    assert [str(each) for each in table.to_pylist()[0].values()] == [
        *("1", "18446744073709551615", "1.50", "1.0", "ä🙂", "2025-01-31", "2025-01-31 10:00:00.000001"),
        *("None", r"b'\x00\xff'", "None"),
    ]


def test_a_day_that_is_none_is_missing(opened: Opened, server: Server) -> None:
    server.run("set sql_mode = ''")
    backend = opened("create table t (d date, at datetime); insert into t values ('0000-00-00', '2025-00-00')")

    assert rows(backend, "select d, at from t") == [{"d": None, "at": None}]


def test_what_the_engine_says_is_one_line(opened: Opened) -> None:
    with pytest.raises(EngineError) as raised:
        opened().execute("select * from nowhere")

    assert str(raised.value) == "Table 'the_shop.nowhere' doesn't exist"


def test_a_failure_while_reading_is_an_engine_error(opened: Opened) -> None:
    reader = opened().execute("select 9223372036854775807 + (seq > 200000) from seq_1_to_250000")
    with pytest.raises(EngineError, match="out of range"):
        reader.read_all()


def test_a_query_can_be_interrupted_from_another_thread(opened: Opened) -> None:
    backend = opened()
    threading.Timer(0.3, backend.interrupt).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        backend.execute(ENDLESS).read_all()

    assert time.monotonic() - began < 10
    assert rows(backend, "select 1 as x") == [{"x": 1}]


def test_a_query_may_take_only_so_long(opened: Opened) -> None:
    backend = opened(timeout=0.5)
    began = time.monotonic()
    with pytest.raises(EngineError, match="longer than the connection allows"):
        backend.execute(ENDLESS).read_all()

    assert time.monotonic() - began < 10
    assert rows(backend, "select 1 as x") == [{"x": 1}]


def test_an_interruption_that_comes_too_late_stops_nothing(opened: Opened) -> None:
    backend = opened()
    for _ in range(20):
        backend.interrupt()
        assert rows(backend, "select 1 as x") == [{"x": 1}]


def test_a_connection_that_was_lost_is_opened_again_with_all_that_was_lent(opened: Opened, server: Server) -> None:
    backend = opened()
    backend.provide("vip", ["1", "2"])
    ((number,),) = [tuple(each.values()) for each in rows(backend, "select connection_id()")]
    server.run(f"kill {number}")

    (found,) = rows(backend, f"select json_length(@`vip`) as n, connection_id() <> {number} as other")
    assert found == {"n": 2, "other": 1}


# ── projects ─────────────────────────────────────────────────────────────────────────────────────────────────────────

KEYED = """\
entity customer
    from customers
    key customer_id

list vip of customer
    from "vip.csv"
    key customer_id

segment vips
    where in list vip
"""


def project(folder: Path, url: str, files: dict[str, str]) -> segql.Project:
    settings = f'as_of = "2025-12-01"\n\n[connections.default]\nurl = "{url}"\n'
    return segql.open(write(folder, {"segql.toml": settings, **files}))


@pytest.fixture
def shop(opened: Opened, server: Server, name: str, tmp_path: Path) -> segql.Project:
    opened(SHOP)
    return project(tmp_path, server.url(name), {"catalog.seg": CATALOG, "segments/all.seg": SEGMENTS})


def test_members_and_counts(shop: segql.Project) -> None:
    assert shop["buyers"].members().to_pydict() == {"customer_id": [1, 2]}
    assert shop.count(["young", "buyers", "everyone_else"]) == {"young": 1, "buyers": 2, "everyone_else": 1}


def test_members_in_the_terminal(shop: segql.Project, tmp_path: Path) -> None:
    done = run_segql("run", "young", "buyers", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "segment,customer_id\nyoung,1\nbuyers,1\nbuyers,2\n")


def test_names_of_segments_may_have_any_letters(shop: segql.Project, tmp_path: Path) -> None:
    write(tmp_path, {"party.seg": "segment `🎉`\n    where age < 30\n\nsegment `🚀`\n    where not in segment `🎉`\n"})

    assert segql.open(tmp_path).count(["🎉", "🚀"]) == {"🎉": 1, "🚀": 2}


def test_a_column_of_another_type_is_told(opened: Opened, server: Server, name: str, tmp_path: Path) -> None:
    opened(SHOP.replace("country varchar(2)", "country varbinary(2)"))
    shop = project(
        tmp_path, server.url(name), {"catalog.seg": CATALOG, "x.seg": 'segment x\n    where country = "DE"\n'}
    )

    with pytest.raises(SegqlError, match="varbinary"):
        shop["x"].count()


def test_lists_are_kept_as_json(opened: Opened, server: Server, name: str, tmp_path: Path) -> None:
    opened("""create table people (id int, tags json, at json);
        insert into people values (1, '["a", "B"]', '["2025-11-01T10:00:00+02:00"]'), (2, '[]', null), (3, null, '[1]')""")
    files = {
        "all.seg": """\
entity person
    from people
    key id
    tags list of text
    at list of timestamp

segment tagged
    where tags has "B" or size(tags) = 0

segment early
    where any at where (value < 2025-11-01T08:30:00Z)
"""
    }
    found = project(tmp_path, server.url(name), files)

    assert found["tagged"].members().to_pydict() == {"id": [1, 2]}
    assert found["early"].members().to_pydict() == {"id": [1]}


# Keys that the server's own collation takes for one another.
CLOSE = ["a", "A", "ä", "a ", "b"]


def test_keys_are_compared_byte_for_byte(opened: Opened, server: Server, name: str, tmp_path: Path) -> None:
    values = ", ".join(f"('{each}')" for each in CLOSE)
    opened(f"""create table customers (customer_id varchar(9)); insert into customers values {values};
        create table orders (customer_id varchar(9), ordered_at datetime);
        insert into orders values ('A', '2025-11-20'), ('a ', '2025-11-20')""")
    catalog = "\n".join(line for line in CATALOG.split("\n") if not line.startswith("    customer_id "))
    segments = "segment buyers\n    where did purchase in last 90 days\n"
    shop = project(tmp_path, server.url(name), {"catalog.seg": catalog, "x.seg": segments})

    assert shop["buyers"].members().to_pydict() == {"customer_id": ["A", "a "]}


@pytest.mark.parametrize("type_", ["int", "varchar(20)"])
def test_long_lists_of_keys_need_no_right_to_write(
    opened: Opened, server: Server, name: str, reader: str, tmp_path: Path, type_: str
) -> None:
    server.run(
        f"create table {name}.customers (customer_id {type_})",
        f"insert into {name}.customers select seq * 2 from seq_1_to_5000",
    )
    wanted = "".join(f"{each}\n" for each in range(1, 5001))
    files = {"all.seg": KEYED, "vip.csv": f"customer_id\n{wanted}"}
    url = reader.replace("reader@", "reader:hunter2@")

    assert project(tmp_path, url, files)["vips"].count() == 2500


def test_a_number_past_all_doubles_is_itself_in_a_list(
    opened: Opened, server: Server, name: str, tmp_path: Path
) -> None:
    big = 9007199254740993
    opened(f"create table customers (customer_id bigint); insert into customers values ({big - 1}), ({big}), (0)")
    short = {"all.seg": KEYED, "vip.csv": f"customer_id\n{big}\n"}
    long = {"all.seg": KEYED, "vip.csv": f"customer_id\n{big}\n" + "".join(f"{each}\n" for each in range(7, 2000))}
    for each in (short, long):
        assert project(tmp_path, server.url(name), each)["vips"].members().to_pydict() == {"customer_id": [big]}


@pytest.mark.parametrize("more", [0, 2000])
def test_a_key_that_is_no_number_is_refused(
    opened: Opened, server: Server, name: str, tmp_path: Path, more: int
) -> None:
    opened("create table customers (customer_id bigint); insert into customers values (0), (12)")
    keys = ["12x", *map(str, range(100, 100 + more))]
    files = {"all.seg": KEYED, "vip.csv": "customer_id\n" + "\n".join(keys) + "\n"}

    with pytest.raises(SegqlError, match="12x"):
        project(tmp_path, server.url(name), files)["vips"].count()


def test_a_password_stands_in_no_message(server: Server, name: str, reader: str, tmp_path: Path) -> None:
    server.run(f"create table {name}.customers (customer_id int)")
    write(
        tmp_path,
        {
            "segql.toml": f'[connections.default]\nurl = "{reader}"\npassword_env = "SHOP_PASSWORD"\n',
            "all.seg": "entity customer\n    from customers\n    key customer_id\n    age integer\n"
            "segment young\n    where age < 30\n",
        },
    )
    for password in ("hunter2", "s3cret"):
        done = run_segql("run", "young", cwd=tmp_path, env={"SHOP_PASSWORD": password})

        assert done.returncode != 0
        assert password not in done.stdout + done.stderr
