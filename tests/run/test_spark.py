"""Spark in this process, and a server of Spark Connect."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import segql
from segql.catalog import Table
from segql.run import backends
from segql.run.backends import Backend, EngineError, Target, Unreachable
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of
from tests.engines import Absent, engine
from tests.folders import CATALOG, SEGMENTS, SETTINGS, write

pytestmark = pytest.mark.filterwarnings("ignore:PySpark does not yet:FutureWarning")

# As the engine of the suite has it: a process drives one Spark.
HERE = "spark://local[1]"
PEOPLE = pa.table({"customer_id": pa.array([1, 2, 3]), "age": pa.array([25, 41, None], pa.int32())})
PEOPLE = PEOPLE.append_column("country", pa.array(["DE", "FR", "DE"])).append_column(
    "signed_up_at", pa.array([0, 1, 2], pa.timestamp("us"))
)
ORDERS = {
    "customer_id": [1, 2, 2],
    "ordered_at": ["2025-11-20 00:00:00", "2025-01-20 00:00:00", "2025-11-30 23:59:59"],
    "amount": ["10.50", "7.00", "3.00"],
}
FOREVER = "SELECT COUNT(*) FROM range(1000000) a, range(100000) b WHERE a.id * b.id % 7 = 3"

_opened: list[Backend] = []


@pytest.fixture(scope="module", autouse=True)
def _running() -> None:
    try:
        engine("spark")
    except Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture(autouse=True)
def _closing() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop().close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server of Spark Connect, and yield its URL."""
    pytest.importorskip("grpc")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("server")
    with started(port, folder) as process:
        yield f"sc://127.0.0.1:{port}"
        process.kill()


def started(port: int, folder: Path) -> subprocess.Popen[bytes]:
    import pyspark  # noqa: PLC0415

    options = {
        "spark.connect.grpc.binding.port": port,
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.sql.warehouse.dir": folder,
        "spark.ui.enabled": "false",
    }
    settings = [part for name, value in options.items() for part in ("--conf", f"{name}={value}")]
    command = [str(Path(pyspark.__path__[0]) / "bin" / "spark-class"), "org.apache.spark.deploy.SparkSubmit"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[1]"]
    process = subprocess.Popen(
        [*command, *settings, "spark-internal"],
        env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.5)
    process.kill()
    pytest.skip("the server of Spark Connect did not start")


def connect(url: str, root: Path, **options: float | str) -> Backend:
    _opened.append(backends.connect(Target(url, root, **options)))  # type: ignore[arg-type]
    return _opened[-1]


def rows(backend: Backend, sql: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = backend.execute(sql).read_all().to_pylist()
    return found


def shop(folder: Path) -> Path:
    """Make the small shop of the other tests, with Parquet files as its tables."""
    url = 'url = "spark://local[1]/data"'
    write(folder, {"segql.toml": SETTINGS.replace('url = "duckdb:///shop.duckdb"', url), "catalog.seg": CATALOG})
    write(folder, {"segments/all.seg": SEGMENTS, "data/orders/_SUCCESS": ""})
    orders = pa.table(ORDERS)
    times = orders["ordered_at"].cast(pa.timestamp("us"))
    orders = orders.set_column(1, "ordered_at", times).set_column(
        2, "amount", orders["amount"].cast(pa.decimal128(10, 2))
    )
    pq.write_table(PEOPLE, folder / "data" / "customers.parquet")
    pq.write_table(orders, folder / "data" / "orders" / "part-0.parquet")
    return folder


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("spark:local", "needs the form"),
        ("spark://somewhere", "needs the form"),
        ("spark://local[two]", "needs the form"),
        ("spark://me:secret@host:7077", "needs the form"),
        ("spark://host:7077/data", "has a path"),
        ("spark://local?x=1", "none of Spark's: x"),
        ("spark://local/../data", "leads out"),
        ("sc://", "needs the form"),
    ],
)
def test_a_url_of_another_form_is_refused(tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        connect(url, tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="there is no such folder"):
        connect(f"{HERE}/nowhere", tmp_path)


def test_a_process_drives_one_spark(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"drives Spark at `local\[1\]` already"):
        connect("spark://host:7077", tmp_path)


@pytest.mark.parametrize("home", ["", "/nowhere"])
def test_without_java_it_is_told(tmp_path: Path, home: str) -> None:
    code = f"from segql.run.backends import *; from pathlib import Path; connect(Target('spark://local', Path({str(tmp_path)!r})))"
    kept = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": str(tmp_path), "SPARK_HOME": ""}
    if home:
        kept["JAVA_HOME"] = home
    done = subprocess.run([sys.executable, "-c", code], env=kept, capture_output=True, text=True, check=False)

    assert "Unreachable: Spark: it needs Java, and there is none" in done.stderr


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_and_folders_are_tables(tmp_path: Path) -> None:
    backend = connect(f"{HERE}/data", shop(tmp_path))

    assert set(backend.tables()) >= {"customers", "orders"}
    assert backend.describe(Table(("nowhere",))) is None
    assert backend.describe(Table(("nowhere", "customers"))) is None
    assert backend.describe(Table(("a", "b", "customers"))) is None
    assert backend.declared_keys() == []


@pytest.mark.parametrize("name", ["a[1]", "a*", "it's", "ä b", "50%", "a`b"])
def test_a_path_is_a_path_and_no_pattern(tmp_path: Path, name: str) -> None:
    for each, value in ((name, "right"), ("a1", "wrong"), ("aa", "wrong")):
        (tmp_path / each).mkdir()
        pq.write_table(pa.table({"id": [value]}), tmp_path / each / f"{each}.parquet")
    backend = connect(f"{HERE}//{tmp_path / name}".replace("%", "%25"), tmp_path)

    assert rows(backend, f"SELECT * FROM {backend.source(Table((name,)))}") == [{"id": "right"}]


TYPES: list[tuple[str, Type]] = [
    ("boolean", BOOLEAN),
    ("tinyint", INTEGER),
    ("bigint", INTEGER),
    ("decimal(10, 2)", decimal(10, 2)),
    ("float", FLOAT),
    ("double", FLOAT),
    ("string", TEXT),
    ("varchar(5)", TEXT),
    ("char(5)", TEXT),
    ("string collate unicode_ci", UNKNOWN),
    ("date", DATE),
    ("timestamp", TIMESTAMP),
    ("timestamp_ntz", TIMESTAMP),
    ("variant", JSON),
    ("array<string>", list_of(TEXT)),
    ("array<array<int>>", list_of(list_of(INTEGER))),
    ("binary", UNKNOWN),
    ("struct<a: int>", UNKNOWN),
    ("map<string, int>", UNKNOWN),
    ("interval day", UNKNOWN),
]


def test_types_in_our_words(tmp_path: Path) -> None:
    from pyspark.sql import SparkSession  # noqa: PLC0415

    backend = connect(HERE, tmp_path)
    session = SparkSession.builder.getOrCreate()
    declared = ", ".join(f"`{written}` {written}" for written, _ in TYPES if "interval" not in written)
    session.sql("CREATE DATABASE IF NOT EXISTS crm")
    try:
        session.sql(f"CREATE TABLE crm.kinds ({declared}) USING parquet")
        columns = backend.describe(Table(("crm", "kinds")))
        names = backend.tables()
    finally:
        session.sql("DROP DATABASE crm CASCADE")

    assert columns is not None
    found = {name: (each.type, each.has_zone) for name, each in columns.items()}
    assert found == {name: (type_, name == "timestamp") for name, type_ in TYPES if "interval" not in name}
    assert "crm.kinds" in names


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_segments_have_their_members(tmp_path: Path) -> None:
    project = segql.open(shop(tmp_path))

    assert project["buyers"].members().to_pydict() == {"customer_id": [1, 2]}
    assert project.count(["everyone_else", "young"]) == {"everyone_else": 1, "young": 1}


@pytest.mark.parametrize(
    "sql",
    [
        "DROP VIEW customers",
        "INSERT INTO customers SELECT * FROM customers",
        "CREATE TABLE mine AS SELECT 1 AS x",
        "SET spark.sql.session.timeZone = Asia/Tokyo",
        "SELECT 1) x; DROP VIEW customers; SELECT * FROM (SELECT 1",
    ],
)
def test_it_only_reads(tmp_path: Path, sql: str) -> None:
    backend = connect(f"{HERE}/data", shop(tmp_path))
    with pytest.raises(EngineError, match="Syntax error"):
        backend.execute(sql).read_all()

    assert rows(backend, "SELECT COUNT(*) AS n FROM customers") == [{"n": 3}]


def test_it_stands_in_utc_and_fails_where_a_number_is_too_large(tmp_path: Path) -> None:
    backend = connect(HERE, tmp_path)

    assert rows(backend, "SELECT CAST(CAST('2025-01-01' AS TIMESTAMP) AS STRING) AS x, current_timezone() AS zone") == [
        {"x": "2025-01-01 00:00:00", "zone": "UTC"}
    ]
    with pytest.raises(EngineError, match=r"^overflow"):
        backend.execute("SELECT 9223372036854775807 + id FROM range(1, 2)").read_all()


def test_what_the_engine_says_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as raised:
        connect(HERE, tmp_path).execute("SELECT * FROM nowhere")

    assert str(raised.value).startswith("The table or view `nowhere` cannot be found.")
    assert "\n" not in str(raised.value)


def test_rows_come_in_batches_and_in_order(tmp_path: Path) -> None:
    sql = "SELECT id FROM range(0, 250000, 1, 7) ORDER BY id DESC"
    found = [batch["id"].to_pylist() for batch in connect(HERE, tmp_path).execute(sql)]

    assert len(found) > 1
    assert [each for batch in found for each in batch] == list(range(249_999, -1, -1))


def test_many_keys_can_be_lent(tmp_path: Path) -> None:
    backend = connect(HERE, tmp_path)
    backend.provide("it's `vip`", ["'", *map(str, range(5_000))])
    other = connect(HERE, tmp_path)

    name = backend.source(Table(("it's `vip`",)))
    assert rows(backend, f"SELECT COUNT(*) AS n, MIN(key) AS least FROM {name}") == [{"n": 5_001, "least": "'"}]
    with pytest.raises(EngineError, match="cannot be found"):
        other.execute(f"SELECT * FROM {name}")


def stopped(backend: Backend) -> float:
    """Interrupt a statement that would run for hours, and return how long that took."""
    told = threading.Event()

    def interrupt() -> None:
        # Told before it began, it would begin.
        while not told.wait(0.5):
            backend.interrupt()

    asking = threading.Thread(target=interrupt)
    asking.start()
    began = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            backend.execute(FOREVER).read_all()
    finally:
        told.set()
        asking.join()
    return time.monotonic() - began


def test_a_query_can_be_interrupted_from_another_thread(tmp_path: Path) -> None:
    backend = connect(HERE, tmp_path)

    assert stopped(backend) < 60
    assert rows(backend, "SELECT 1 AS x") == [{"x": 1}]


def test_a_query_may_take_only_its_time(tmp_path: Path) -> None:
    backend = connect(HERE, tmp_path, timeout=1)
    with pytest.raises(EngineError, match="longer than the connection allows, 1 s"):
        backend.execute(FOREVER).read_all()


# ── Spark Connect ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_server_answers(tmp_path: Path, server: str) -> None:
    backend = connect(server, tmp_path)
    backend.provide("vip", list(map(str, range(5_000))))

    assert backend.tables() == ["vip"]
    assert backend.describe(Table(("nowhere",))) is None
    assert rows(backend, "-- segment x, as of y\nSELECT COUNT(*) AS n, current_timezone() AS zone FROM vip") == [
        {"n": 5_000, "zone": "UTC"}
    ]
    batches = list(backend.execute("SELECT id FROM range(0, 250000, 1, 7) ORDER BY id"))
    assert len(batches) > 1
    assert pa.Table.from_batches(batches)["id"].to_pylist() == list(range(250_000))
    with pytest.raises(EngineError, match="Syntax error"):
        backend.execute("DROP VIEW vip").read_all()


def test_a_server_can_be_interrupted(tmp_path: Path, server: str) -> None:
    backend = connect(server, tmp_path)

    assert stopped(backend) < 60
    assert rows(backend, "SELECT 1 AS x") == [{"x": 1}]


def test_a_server_that_is_not_there_is_told_without_its_token(tmp_path: Path) -> None:
    pytest.importorskip("grpc")
    with pytest.raises(Unreachable) as raised:
        connect("sc://127.0.0.1:9/;user_id=ada;token=hunter2", tmp_path, password="s3cret")  # noqa: S106

    told = f"{raised.value} {raised.value.hint}"
    assert raised.value.what == "Spark at `sc://127.0.0.1:9`"
    assert "hunter2" not in told
    assert "s3cret" not in told


def test_a_server_that_goes_away_is_told(tmp_path: Path) -> None:
    pytest.importorskip("grpc")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started(port, tmp_path) as process:
        backend = connect(f"sc://127.0.0.1:{port}", tmp_path)
        process.kill()
        process.wait()
        with pytest.raises((EngineError, Unreachable)):
            backend.execute("SELECT 1").read_all()
