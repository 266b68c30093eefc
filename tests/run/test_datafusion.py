"""DataFusion over folders of Parquet files."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segql.catalog import Table
from segql.run import backends
from segql.run.backends import Backend, EngineError, Target, Unreachable
from segql.run.runner import Runner
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace
from tests.folders import CATALOG, SEGMENTS, SETTINGS, write

pytest.importorskip("datafusion", reason="the driver is not installed")

# Rows that meet so often that nobody waits for the end.
ENDLESS = """
    SELECT COUNT(*) FROM generate_series(1, 100000000) AS a(x), generate_series(1, 100000) AS b(y)
    WHERE a.x * b.y % 7 = 3
"""
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


def lake(folder: Path, tables: Mapping[str, pa.Table]) -> Path:
    """Write tables as Parquet files by their paths below `folder`, and return it."""
    for path, table in tables.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / path)
    return folder


def opened(folder: Path, tables: Mapping[str, pa.Table] | None = None, timeout: float | None = None) -> Backend:
    lake(folder / "lake", tables or {"t.parquet": pa.table({"x": [1]})})
    return connect(Target("datafusion:///lake", folder, timeout=timeout))


def rows(backend: Backend, sql: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = backend.execute(sql).read_all().to_pylist()
    return found


def shop(folder: Path, more: str = "") -> Path:
    """Make a project of three customers and three segments in a folder of Parquet files."""
    settings = SETTINGS.replace("duckdb:///shop.duckdb", "datafusion:///lake")
    write(folder, {"segql.toml": settings, "catalog.seg": CATALOG, "segments/all.seg": SEGMENTS + more})
    customers = {
        "customer_id": [1, 2, 3],
        "age": [25, 41, None],
        "country": ["DE", "FR", "DE"],
        "signed_up_at": pa.array([dt.datetime(2025, month, 1) for month in (1, 2, 3)], pa.timestamp("us")),
    }
    moments = [dt.datetime(2025, 11, 20), dt.datetime(2025, 1, 20), dt.datetime(2025, 11, 30, 23, 59, 59)]
    orders = {
        "customer_id": [1, 2, 2],
        "ordered_at": pa.array(moments, pa.timestamp("us")),
        "amount": pa.array(map(Decimal, ("10.50", "7", "3")), pa.decimal128(10, 2)),
    }
    lake(
        folder / "lake",
        {"customers.parquet": pa.table(customers), "orders/1.parquet": pa.table(orders).slice(0, 1)}
        | {"orders/2.parquet": pa.table(orders).slice(1)},
    )
    return folder


# ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("datafusion:lake", "three slashes"),
        ("datafusion:///", "datafusion:///folder"),
        ("datafusion:///lake?x=1", "no options"),
        ("datafusion:///../lake", "leads out"),
    ],
)
def test_a_url_of_another_form_is_refused(tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        connect(Target(url, tmp_path))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        connect(Target("datafusion:///nowhere", tmp_path))

    assert (raised.value.what, raised.value.why) == ("`nowhere`", "there is no such folder")


def test_it_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    monkeypatch.setattr("tempfile.tempdir", None)
    backend = opened(tmp_path)
    during = list((tmp_path / "scratch").iterdir())
    rows(backend, "SELECT * FROM t")
    _opened.remove(backend)
    backend.close()

    assert len(during) == 1
    assert list((tmp_path / "scratch").iterdir()) == []


# ── what it knows ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_and_folders_are_tables(tmp_path: Path) -> None:
    one = pa.table({"x": [1]})
    paths = ["a.parquet", "b/1.parquet", "b/2.parquet", "c/2025/1.parquet", "crm.d.parquet", "w.crm.e.parquet"]
    backend = opened(tmp_path, dict.fromkeys(paths, one))
    write(tmp_path / "lake", {"notes.txt": "", "empty/x.csv": "x\n1\n"})

    assert backend.tables() == ["a", "b", "c", "crm.d", "w.crm.e"]
    assert rows(backend, 'SELECT COUNT(*) AS n FROM "b"') == [{"n": 2}]
    assert rows(backend, f"SELECT * FROM {backend.source(Table(('w', 'crm', 'e')))}") == [{"x": 1}]
    assert backend.describe(Table(("crm", "d"))) is not None
    assert backend.describe(Table(("d",))) is None
    assert backend.describe(Table(('x"; --',))) is None
    assert backend.declared_keys() == []


@pytest.mark.parametrize("name", ["Orders", "it's", "a[1]", "a*", "ä b", 'say "so"', "50%"])
@pytest.mark.parametrize("folder", ["lake", "lake[1]", "l*ke", "l%20ke"])
def test_a_name_is_a_name_and_no_pattern(tmp_path: Path, folder: str, name: str) -> None:
    lake(tmp_path / folder, {f"{name}.parquet": pa.table({"x": [1]}), f"{name}s/1.parquet": pa.table({"x": [2]})})
    backend = connect(Target(f"datafusion:///{folder.replace('%', '%25')}", tmp_path))

    assert rows(backend, f"SELECT * FROM {backend.source(Table((name,)))}") == [{"x": 1}]
    assert rows(backend, f"SELECT * FROM {backend.source(Table((name + 's',)))}") == [{"x": 2}]


def test_a_broken_file_breaks_only_its_table(tmp_path: Path) -> None:
    write(tmp_path / "lake", {"broken.parquet": "no Parquet, but as long as one might be"})
    backend = opened(tmp_path)

    assert backend.tables() == ["broken", "t"]
    assert rows(backend, "SELECT * FROM t") == [{"x": 1}]
    with pytest.raises(EngineError, match="Corrupt footer"):
        backend.describe(Table(("broken",)))


TYPES: list[tuple[pa.DataType, object, Type]] = [
    (pa.bool_(), True, BOOLEAN),
    (pa.uint8(), 1, INTEGER),
    (pa.int64(), 1, INTEGER),
    (pa.float32(), 0.5, FLOAT),
    (pa.float64(), 0.5, FLOAT),
    (pa.decimal128(10, 2), Decimal("1.50"), decimal(10, 2)),
    (pa.string(), "a", TEXT),
    (pa.large_string(), "a", TEXT),
    (pa.string_view(), "a", TEXT),
    (pa.dictionary(pa.int32(), pa.string()), "a", TEXT),
    (pa.date32(), dt.date(2025, 1, 1), DATE),
    (pa.timestamp("us"), dt.datetime(9999, 1, 1), TIMESTAMP),
    (pa.timestamp("ns"), dt.datetime(2025, 1, 1), TIMESTAMP),
    (pa.timestamp("ms"), dt.datetime(1, 1, 1), TIMESTAMP),
    (pa.list_(pa.string()), ["a", None], list_of(TEXT)),
    (pa.large_list(pa.int32()), [1], list_of(INTEGER)),
    (pa.binary(), b"a", UNKNOWN),
    (pa.time64("us"), dt.time(1), UNKNOWN),
    (pa.struct([("a", pa.int32())]), {"a": 1}, UNKNOWN),
]


@pytest.mark.parametrize(("stored", "value", "expected"), TYPES, ids=str)
def test_types_in_our_words(tmp_path: Path, stored: pa.DataType, value: object, expected: Type) -> None:
    backend = opened(tmp_path, {"t.parquet": pa.table({"A b": pa.array([value], stored)})})
    columns = backend.describe(Table(("t",)))

    assert columns is not None
    assert (columns["A b"].type, columns["A b"].has_zone) == (expected, False)
    assert rows(backend, 'SELECT "A b" FROM t') == [{"A b": value}]


def test_instants_stand_in_utc(tmp_path: Path) -> None:
    berlin = pa.array([dt.datetime(2025, 1, 1, tzinfo=dt.UTC)], pa.timestamp("us", "Europe/Berlin"))
    backend = opened(tmp_path, {"t.parquet": pa.table({"at": berlin})})
    columns = backend.describe(Table(("t",)))

    assert columns is not None
    assert columns["at"].has_zone
    assert rows(backend, "SELECT * FROM t") == [{"at": dt.datetime(2025, 1, 1)}]


# ── what it may do ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE made AS SELECT 1",
        "COPY (SELECT 1 AS x) TO '{out}'",
        "INSERT INTO t VALUES (2)",
        "SET datafusion.execution.batch_size = 1",
        "CREATE EXTERNAL TABLE e STORED AS CSV LOCATION '/etc/hostname'",
        "SELECT * FROM '/etc/hostname'",
    ],
)
def test_it_reads_its_folder_and_does_nothing_else(tmp_path: Path, sql: str) -> None:
    with pytest.raises(EngineError):
        opened(tmp_path).execute(sql.format(out=tmp_path / "out.csv")).read_all()

    assert not (tmp_path / "out.csv").exists()


# ── a project ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_members_and_counts(tmp_path: Path) -> None:
    workspace = Workspace(find_home(shop(tmp_path)))
    with workspace.runner() as runner:
        members = runner.members(["everyone_else", "young"], workspace.clock())
        assert members.reader.read_all().to_pydict() == {"segment": ["everyone_else", "young"], "customer_id": [3, 1]}
        counts = runner.counts(["young", "buyers"], workspace.clock(), with_size=True)

    assert (dict(counts.counts), counts.size) == ({"young": 1, "buyers": 2}, 3)


def test_a_list_of_5000_keys_is_lent(tmp_path: Path) -> None:
    more = '\nlist vip of customer\n    from "vip.csv"\n    key customer_id\n\nsegment vips\n    where in list vip and age > 0\n'
    shop(tmp_path, more)
    write(tmp_path, {"vip.csv": "customer_id\n" + "".join(f"{each}\n" for each in range(2, 5_002))})
    workspace = Workspace(find_home(tmp_path))
    with workspace.runner() as runner:
        assert members(runner, workspace, "vips") == [2]
        assert dict(runner.counts(["vips", "young"], workspace.clock()).counts) == {"vips": 1, "young": 1}


def members(runner: Runner, workspace: Workspace, name: str) -> list[object]:
    found: list[object] = runner.members([name], workspace.clock()).reader.read_all()["customer_id"].to_pylist()
    return found


# ── running ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_keys_can_be_lent_and_lent_anew(tmp_path: Path) -> None:
    backend = opened(tmp_path)
    backend.provide("The vip", ["0"])
    backend.provide("The vip", [str(each) for each in range(5_000)])

    assert rows(backend, 'SELECT COUNT(*) AS n, MAX("key") AS most FROM "The vip"') == [{"n": 5_000, "most": "999"}]


def test_rows_come_in_batches(tmp_path: Path) -> None:
    sizes = [each.num_rows for each in opened(tmp_path).execute("SELECT * FROM generate_series(1, 250000)")]

    assert sum(sizes) == 250_000
    assert len(sizes) > 1


def test_texts_and_wide_numbers_of_an_answer_are_plain(tmp_path: Path) -> None:
    sql = "SELECT arrow_cast('a', 'Utf8View') AS word, CAST(1 AS DECIMAL(76, 2)) AS number"

    assert opened(tmp_path).execute(sql).schema == pa.schema([("word", pa.string()), ("number", pa.decimal128(38, 2))])


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM nowhere", "table 'datafusion.public.nowhere' not found"),
        ("SELECT CAST('x' AS BIGINT)", "Cannot cast string 'x' to value of Int64 type"),
        ("SELECT 1 FROM t WHERE 1 / (x - 1) = 1", "Divide by zero error"),
        ("SELECT json_size('{', '[]')", "Expecting property name"),
    ],
)
def test_what_the_engine_says_is_one_line(tmp_path: Path, sql: str, said: str) -> None:
    with pytest.raises(EngineError, match=said) as raised:
        opened(tmp_path).execute(sql).read_all()

    assert "\n" not in str(raised.value)


def test_a_statement_can_be_interrupted_from_another_thread(tmp_path: Path) -> None:
    backend = opened(tmp_path)
    threading.Timer(0.5, backend.interrupt).start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        backend.execute(ENDLESS).read_all()

    assert time.monotonic() - began < 10
    assert rows(backend, "SELECT 1 AS x") == [{"x": 1}]


def test_a_statement_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    backend = opened(tmp_path, timeout=0.5)
    began = time.monotonic()
    with pytest.raises(EngineError, match="longer than the connection allows"):
        backend.execute(ENDLESS).read_all()

    assert time.monotonic() - began < 10
    assert rows(backend, "SELECT 1 AS x") == [{"x": 1}]


# ── json ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("document", "kind", "expected"),
    [
        ("1", "integer", "1"),
        ("1.0", "integer", "1"),
        ("1.5", "integer", None),
        ("12e2", "integer", "1200"),
        ("1e99", "integer", "1E+99"),
        ("true", "integer", None),
        ("0.0000005", "decimal", "0.000001"),
        ("-0.0000005", "decimal", "-0.000001"),
        ("123456789012345678901234567890.5", "decimal", "123456789012345678901234567890.500000"),
        ("0.1", "float", "0.1"),
        ("true", "boolean", "true"),
        ('"true"', "boolean", None),
        ('"ä"', "text", "ä"),
        ("1", "text", None),
        ('"2024-02-29"', "date", "2024-02-29"),
        ('"2025-02-29"', "date", None),
        ('"2025-01-01T00:30:00+01:00"', "timestamp", "2024-12-31 23:30:00"),
        ('"2025-01-01 00:30"', "timestamp", "2025-01-01 00:30:00"),
        ('"2025-01-01"', "timestamp", None),
        ("null", "text", None),
        ("[]", "json", "list"),
    ],
)
def test_json_is_read_as_a_kind(tmp_path: Path, document: str, kind: str, expected: str | None) -> None:
    inside = '{"a": {"b": ' + document + "}}"
    sql = f"""SELECT json_read('{inside}', '["a", "b"]', '{kind}') AS value"""

    assert rows(opened(tmp_path), sql) == [{"value": expected}]


def test_items_of_json_keep_every_digit(tmp_path: Path) -> None:
    document = '[0.10, 12345678901234567890.123456789, {"a": [1, "ä", null, true]}]'
    (found,) = rows(opened(tmp_path), f"SELECT json_items('{document}', '[]') AS items")

    assert found["items"] == [
        "0.10",
        "12345678901234567890.123456789",
        r'{"a": [1, "\u00e4", null, true]}',
    ]


def test_names_of_columns_are_those_that_stand_in_the_file(tmp_path: Path) -> None:
    table = pa.table({"customerId": [1], "Full Name": ["Ada"], "a.b": [2.5], 'say "so"': [True]})
    backend = opened(tmp_path, {"t.parquet": table})

    assert rows(backend, "SELECT * FROM t") == table.to_pylist()


def test_two_files_that_would_be_one_table_are_told(tmp_path: Path) -> None:
    one = pa.table({"x": [1]})

    with pytest.raises(Unreachable, match=r"`orders` and `orders.parquet` would be one table"):
        opened(tmp_path, {"orders.parquet": one, "orders/1.parquet": one})
