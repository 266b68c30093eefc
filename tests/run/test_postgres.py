"""PostgreSQL for real: what it answers, and what it says when something is wrong with it."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

import segql as library
from segql.catalog import Table
from segql.diagnostics import SegqlError
from segql.run.backends import Backend, EngineError, Target, Unreachable, connect
from segql.types import Kind
from tests.cli.terminal import environment, segql, started
from tests.run.postgres_shop import PASSWORD, Server, project, server

KNOWN = {"SHOP_PASSWORD": PASSWORD}


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as made:
        yield made


@pytest.fixture
def backend(running: Server, tmp_path: Path) -> Iterator[Backend]:
    made = connect(Target(running.url(), tmp_path, password=PASSWORD))
    yield made
    made.close()


# ── what it answers ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_members_and_counts_are_those_of_the_shop(running: Server, tmp_path: Path) -> None:
    folder = project(tmp_path, running.url())

    members = segql("run", "young", "buyers", cwd=folder, env=KNOWN)
    counts = segql("run", "young", "buyers", "everyone_else", "--count", cwd=folder, env=KNOWN)

    assert members.stdout == "segment,customer_id\nyoung,1\nbuyers,1\nbuyers,2\n"
    assert counts.stdout == "segment,count\nyoung,1\nbuyers,2\neveryone_else,1\n"


def test_costs_name_every_segment(running: Server, tmp_path: Path) -> None:
    folder = project(tmp_path, running.url())
    asked = ("run", "young", "buyers", "everyone_else", "--explain-analyze", "--format", "json")

    for form in ([], ["--count"]):
        done = segql(*asked, *form, cwd=folder, env=KNOWN)
        rows = json.loads(done.stdout)

        assert done.returncode == 0
        segments = {row["name"] for row in rows if row["part"] == "segment"}
        assert segments == {"young", "buyers", "everyone_else"}
        assert [row["for"] for row in rows if row["part"] == "pass"] == ["buyers, everyone_else"]
        assert [row for row in rows if row["part"] == "condition"]


def test_sizes_are_those_that_the_planner_knows(running: Server, backend: Backend) -> None:
    running.execute(
        "create table counted as select g from generate_series(1, 50) g; create table uncounted (g integer);"
    )
    before = backend.sizes([Table(("counted",)), Table(("uncounted",))])
    running.execute("analyze counted")

    # A view has no rows of its own.
    tables = [Table((each,)) for each in ("counted", "uncounted", "many")]
    assert before == {}
    assert backend.sizes(tables) == {"counted": 50}


def test_tables_are_described_with_their_types(backend: Backend) -> None:
    assert {"customers", "orders", "many"} <= set(backend.tables())
    columns = backend.describe(Table(("orders",)))

    assert columns is not None
    assert [str(each.type) for each in columns.values()] == ["integer", "timestamp", "decimal(10, 2)"]
    assert backend.describe(Table(("nowhere",))) is None
    assert backend.describe(Table(("no", "where"))) is None


def test_types_of_columns_are_those_of_the_language(running: Server, backend: Backend) -> None:
    running.execute(
        "create type mood as enum ('glad', 'sad');"
        'create table "Odd Types" (a smallint, b real, c varchar(5), d numeric, e timestamptz, f jsonb, g text[], '
        'h uuid, i mood, "J j" boolean, k date);'
    )

    columns = backend.describe(Table(("Odd Types",)))

    assert columns is not None
    kinds = [Kind.UNKNOWN if each.type is None else each.type.kind for each in columns.values()]
    assert kinds == [
        *(Kind.INTEGER, Kind.FLOAT, Kind.TEXT, Kind.DECIMAL, Kind.TIMESTAMP, Kind.JSON, Kind.LIST),
        *(Kind.UNKNOWN, Kind.UNKNOWN, Kind.BOOLEAN, Kind.DATE),
    ]
    assert columns["e"].has_zone
    assert not columns["k"].has_zone


def test_keys_are_those_that_the_database_declares(running: Server, backend: Backend) -> None:
    running.execute(
        "create table parents (id bigint primary key);"
        "create table children (id bigint primary key, parent_id bigint references parents (id));"
    )

    told = {(each.table, each.column, each.target) for each in backend.declared_keys()}

    assert told == {
        ("parents", "id", None),
        ("children", "id", None),
        ("children", "parent_id", ("parents", "id")),
    }


def test_the_session_only_reads(backend: Backend) -> None:
    with pytest.raises(EngineError, match="read-only transaction"):
        backend.execute("CREATE TABLE mine (a integer)").read_all()


def test_a_long_list_is_lent_as_a_table_and_again(backend: Backend) -> None:
    backend.provide("vip ids", [str(each) for each in range(5_000)])
    backend.provide("vip ids", [str(each) for each in range(4_000)])

    found = backend.execute('SELECT count(*), max(key) FROM "vip ids"').read_all()

    assert [each[0].as_py() for each in found.columns] == [4_000, "999"]
    with pytest.raises(EngineError, match="read-only transaction"):
        backend.execute("CREATE TABLE mine (a integer)").read_all()


def test_values_have_the_types_of_the_language(running: Server, tmp_path: Path) -> None:
    folder = project(tmp_path, running.url())
    score = "\nscore warmth of customer\n    +1.5 when did purchase\n    -0.25 for each purchase\n"
    (folder / "score.seg").write_text(score, encoding="utf-8")

    told = segql("run", "warmth", cwd=folder, env=KNOWN)

    assert told.stdout == "customer_id,score\n1,1.25\n2,1\n3,0\n", told.stderr


# ── what is wrong with it ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_server_that_is_down_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path, "postgresql://reader@localhost:1/shop")

    told = segql("run", "young", cwd=folder, env=KNOWN)

    assert told.returncode == 3
    assert "E502" in told.stderr
    assert "the database `shop` on localhost cannot be opened" in told.stderr
    assert "is the server running" in told.stderr
    assert PASSWORD not in told.stdout + told.stderr


@pytest.mark.parametrize("where", ["environment", "url"])
def test_a_wrong_password_is_told_and_not_shown(running: Server, tmp_path: Path, where: str) -> None:
    wrong = "wr0ng-p@ss/word"
    url = running.url(password=quote(wrong, safe="")) if where == "url" else running.url()
    folder = project(tmp_path, url)
    if where == "url":
        settings = (folder / "segql.toml").read_text(encoding="utf-8")
        (folder / "segql.toml").write_text(settings.replace('password_env = "SHOP_PASSWORD"\n', ""), encoding="utf-8")

    told = segql("run", "young", "--verbose", cwd=folder, env={"SHOP_PASSWORD": wrong})

    assert told.returncode == 3
    assert "it does not know this user with this password" in told.stderr
    assert "password_env" in told.stderr
    for secret in (wrong, quote(wrong, safe="")):
        assert secret not in told.stdout + told.stderr


def test_a_database_that_is_not_there_is_told(running: Server, tmp_path: Path) -> None:
    with pytest.raises(Unreachable) as raised:
        connect(Target(running.url(database="nowhere"), tmp_path, password=PASSWORD))

    assert raised.value.why == "it has no such database"


def test_a_url_of_another_form_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="postgresql://user@host/database"):
        connect(Target("postgresql://reader@localhost", tmp_path))


def test_a_statement_that_takes_too_long_is_stopped(running: Server, tmp_path: Path) -> None:
    folder = project(tmp_path, running.url(), "timeout = 1\n")

    told = segql("run", "asleep", "--count", cwd=folder, env=KNOWN)

    assert told.returncode == 3
    assert "E501" in told.stderr
    assert "it took longer than the connection allows, 1 s" in told.stderr
    assert told.stdout in {"", "segment,count\n"}


def test_a_connection_that_is_cut_once_is_opened_again(running: Server, backend: Backend) -> None:
    backend.provide("mine", ["a", "b"])
    running.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader';")

    found = backend.execute('SELECT count(*) FROM "mine"').read_all()

    assert found.column(0).to_pylist() == [2]


def test_a_connection_that_is_cut_in_the_middle_is_told(running: Server, tmp_path: Path) -> None:
    """Cut while the first rows are waited for, and again when the statement is asked once more."""
    folder = project(tmp_path, running.url())
    cuts = _cutting(running)

    told = segql("run", "asleep", "--output", "asleep.csv", cwd=folder, env=KNOWN)

    cuts.set()
    assert told.returncode == 3
    assert "the connection to the server was lost" in told.stderr
    assert [each.name for each in folder.iterdir() if "asleep" in each.name] == []


def _cutting(running: Server) -> threading.Event:
    """End the sessions of the reader that are at work, again and again, until the event is set."""
    over = threading.Event()

    def cut() -> None:
        while not over.wait(0.5):
            running.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where usename = 'reader' and query like '%endless%' and state = 'active';"
            )

    threading.Thread(target=cut, daemon=True).start()
    return over


def test_an_interrupt_stops_the_query_in_the_server(running: Server, tmp_path: Path) -> None:
    folder = project(tmp_path, running.url())
    with started("run", "asleep", "--output", "asleep.csv", cwd=folder, env=KNOWN) as asked:
        _until(lambda: _active(running))
        asked.send_signal(signal.SIGINT)
        _, told = asked.communicate(timeout=60)

    assert asked.returncode == 130
    assert "interrupted" in told
    assert not _active(running)
    assert [each.name for each in folder.iterdir() if "asleep" in each.name] == []


def _active(running: Server) -> bool:
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 (it may not be installed)

    query = (
        "select count(*) from pg_stat_activity where usename = 'reader' and state = 'active' and query like '%endless%'"
    )
    with dbapi.connect(running.uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    assert row is not None
    return bool(row[0])


def _until(holds: object) -> None:
    assert callable(holds)
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_table_that_is_gone_is_told_at_its_line(running: Server, tmp_path: Path) -> None:
    running.execute("create table guests (customer_id integer);")
    folder = project(tmp_path, running.url())
    guests = "entity guest\n    from guests\n    key customer_id\n\nsegment all_guests of guest where everyone\n"
    (folder / "guests.seg").write_text(guests, encoding="utf-8")
    assert segql("run", "all_guests", "--count", cwd=folder, env=KNOWN).returncode == 0
    assert segql("check", cwd=folder).returncode == 0

    running.execute("drop table guests;")
    told = segql("run", "all_guests", "--count", cwd=folder, env=KNOWN)

    assert told.returncode == 1
    assert "E511" in told.stderr
    assert "guests.seg:2:10" in told.stderr


def test_ten_million_members_fit_into_512_megabytes(running: Server, tmp_path: Path) -> None:
    folder = project(tmp_path, running.url())
    # What `getrusage` tells begins with the memory of the process that started this one.
    script = (
        "import re, sys, pathlib; from segql.cli.app import main\n"
        "try: main()\n"
        "finally: print(re.search(r'VmHWM:\\s+(\\d+)', pathlib.Path('/proc/self/status').read_text())[1], file=sys.stderr)"
    )

    with (folder / "people.csv").open("wb") as sink:
        told = subprocess.run(
            [sys.executable, "-c", script, "run", "people", "--format", "csv"],
            cwd=folder,
            env=environment() | KNOWN,
            stdout=sink,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=True,
        )

    with (folder / "people.csv").open("rb") as lines:
        assert sum(1 for _ in lines) == 10_000_001
    # In kilobytes.
    assert int(told.stderr.split()[-1]) < 512 * 1024


def test_no_room_for_the_output_leaves_nothing_behind(running: Server, tmp_path: Path) -> None:
    folder = project(tmp_path, running.url())

    def bounded() -> None:
        # A file may not grow past a megabyte: the write fails as on a full disk.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

    told = subprocess.run(
        [sys.executable, "-m", "segql", "run", "people", "--output", "people.csv"],
        cwd=folder,
        env=environment() | KNOWN,
        capture_output=True,
        encoding="utf-8",
        preexec_fn=bounded,
        check=False,
    )

    assert told.returncode == 3
    assert "E503" in told.stderr
    assert [each.name for each in folder.iterdir() if "people" in each.name] == []


def test_secrets_stand_in_no_message_of_python(running: Server, tmp_path: Path) -> None:
    folder = project(tmp_path, running.url(password=PASSWORD))
    os.environ["SHOP_PASSWORD"] = PASSWORD
    opened = library.open(folder)

    with pytest.raises(SegqlError) as raised:
        opened.run(["nobody_knows"])

    assert PASSWORD not in f"{raised.value!r} {opened!r}"
