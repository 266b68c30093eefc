"""What is said when something is wrong with ClickHouse, asked as a server by the command."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("chdb", reason="chdb is not installed")
pytest.importorskip("clickhouse_connect", reason="clickhouse-connect is not installed")

from chdb.state.sqlitelike import Connection

from tests.cli.terminal import environment, segql, started
from tests.engines.clickhouse_http import PASSWORD, Server, served
from tests.run.clickhouse_shop import TABLES, project, run, written

KNOWN = {"SHOP_PASSWORD": PASSWORD}
SECRET = 'password_env = "SHOP_PASSWORD"\n'
LOST = "the connection to the server was lost"
GUESTS = "entity guest\n    from guests\n    key customer_id\n\nsegment all_guests of guest where everyone\n"


@pytest.fixture(scope="module")
def writer() -> Iterator[Connection]:
    with written() as made:
        yield made


@pytest.fixture
def server(writer: Connection) -> Iterator[Server]:
    with served() as found:
        yield found


@pytest.fixture
def folder(server: Server, tmp_path: Path) -> Path:
    return project(tmp_path, server.url("shop"), SECRET)


def test_members_and_counts_are_those_of_the_shop(folder: Path) -> None:
    members = segql("run", "young", "buyers", cwd=folder, env=KNOWN)
    counts = segql("run", "young", "buyers", "everyone_else", "--count", cwd=folder, env=KNOWN)

    assert members.stdout == "segment,customer_id\nyoung,1\nbuyers,1\nbuyers,2\n", members.stderr
    assert counts.stdout == "segment,count\nyoung,1\nbuyers,2\neveryone_else,1\n"


def test_a_server_that_is_down_is_told(tmp_path: Path) -> None:
    folder = project(tmp_path, "clickhouse://reader@127.0.0.1:1/shop", SECRET)

    told = segql("run", "young", cwd=folder, env=KNOWN)

    assert told.returncode == 3
    assert "E502" in told.stderr
    assert "the database `shop` on 127.0.0.1 cannot be opened" in told.stderr
    assert "is the server running" in told.stderr
    assert PASSWORD not in told.stdout + told.stderr


@pytest.mark.parametrize("where", ["environment", "url"])
def test_a_wrong_password_is_told_and_not_shown(server: Server, tmp_path: Path, where: str) -> None:
    wrong = "wr0ng-p@ss/word"
    is_in_url = where == "url"
    url = server.url("shop", wrong) if is_in_url else server.url("shop")
    folder = project(tmp_path, url, "" if is_in_url else SECRET)

    told = segql("run", "young", "--verbose", cwd=folder, env={"SHOP_PASSWORD": wrong})

    assert told.returncode == 3
    assert "E502" in told.stderr
    assert "it does not know this user with this password" in told.stderr
    assert "password_env" in told.stderr
    assert not [each for each in (wrong, "wr0ng") if each in told.stdout + told.stderr]


def test_a_connection_that_is_cut_while_a_statement_runs_is_told(
    server: Server, writer: Connection, folder: Path
) -> None:
    with started(*_ASKING, cwd=folder, env=KNOWN) as asked:
        _until(lambda: _active(writer))
        server.breaks = 1_000
        _stop(writer)
        _, told = asked.communicate(timeout=60)

    assert asked.returncode == 3
    assert "E501" in told
    assert LOST in told
    assert "Driver" not in told
    assert PASSWORD not in told
    assert not _left(folder)


def test_a_connection_that_is_cut_among_the_rows_is_told(server: Server, folder: Path) -> None:
    server.cut = 1_000_000

    told = segql("run", "people", "--output", "people.csv", cwd=folder, env=KNOWN)

    assert told.returncode == 3
    assert "E501" in told.stderr
    assert LOST in told.stderr
    assert not _left(folder)


def test_what_the_server_says_among_the_rows_is_told(server: Server, folder: Path) -> None:
    server.cut = 1_000_000
    server.late = "Code: 241. DB::Exception: Query memory limit exceeded. (MEMORY_LIMIT_EXCEEDED)"

    told = segql("run", "people", "--output", "people.csv", cwd=folder, env=KNOWN)

    assert told.returncode == 3
    assert "E501" in told.stderr
    assert "Query memory limit exceeded" in told.stderr
    assert not _left(folder)


def test_a_statement_that_takes_too_long_is_stopped(server: Server, writer: Connection, tmp_path: Path) -> None:
    folder = project(tmp_path, server.url("shop"), SECRET + "timeout = 1\n")

    told = segql("run", "asleep", "--count", cwd=folder, env=KNOWN)

    assert told.returncode == 3
    assert "E501" in told.stderr
    assert "it took longer than the connection allows, 1 s" in told.stderr
    _until(lambda: not _active(writer))


def test_an_interrupt_stops_the_query_in_the_server(writer: Connection, folder: Path) -> None:
    with started(*_ASKING, cwd=folder, env=KNOWN) as asked:
        _until(lambda: _active(writer))
        asked.send_signal(signal.SIGINT)
        _, told = asked.communicate(timeout=60)

    assert asked.returncode == 130
    assert "interrupted" in told
    _until(lambda: not _active(writer))
    assert not _left(folder)


def test_a_table_that_is_gone_is_told_at_its_line(writer: Connection, folder: Path) -> None:
    run(writer, "CREATE TABLE shop.guests (customer_id Int32) ENGINE = Memory")
    (folder / "guests.seg").write_text(GUESTS, encoding="utf-8")
    assert segql("run", "all_guests", "--count", cwd=folder, env=KNOWN).returncode == 0
    assert segql("check", cwd=folder).returncode == 0

    run(writer, "DROP TABLE shop.guests")
    told = segql("run", "all_guests", "--count", cwd=folder, env=KNOWN)

    assert told.returncode == 1
    assert "E511" in told.stderr
    assert "guests.seg:2:10" in told.stderr


# ── a folder ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_is_asked_as_a_server_is(tmp_path: Path) -> None:
    folder = project(tmp_path, "chdb:///shop.chdb", "timeout = 2\n")
    (folder / "guests.seg").write_text(GUESTS, encoding="utf-8")
    _fill(folder / "shop.chdb")

    counts = segql("run", "young", "buyers", "everyone_else", "--count", cwd=folder)
    gone = segql("run", "all_guests", "--count", cwd=folder)
    late = segql("run", "asleep", "--count", cwd=folder)

    assert counts.stdout == "segment,count\nyoung,1\nbuyers,2\neveryone_else,1\n", counts.stderr
    assert (gone.returncode, late.returncode) == (1, 3)
    assert "E511" in gone.stderr
    assert "it took longer than the connection allows, 2 s" in late.stderr


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = segql("run", "young", cwd=project(tmp_path, "chdb:///shop.chdb"))

    assert told.returncode == 3
    assert "E502" in told.stderr
    assert "there is no such folder" in told.stderr


def _fill(folder: Path) -> None:
    """Make the tables in a folder, in a process of its own: one can have one folder open, and this has memory."""
    make = (
        "import sys; from chdb.state.sqlitelike import Connection; from tests.run.clickhouse_shop import run\n"
        "writer = Connection(sys.argv[1]); run(writer, sys.stdin.read()); writer.close()"
    )
    subprocess.run(
        [sys.executable, "-c", make, str(folder)], input=TABLES, encoding="utf-8", env=environment(), check=True
    )


# ── what is under way ────────────────────────────────────────────────────────────────────────────────────────────────


def _active(writer: Connection) -> bool:
    found = writer.query(f"SELECT count() FROM system.processes WHERE {_ASLEEP}", "TSV")
    return int(str(found)) > 0


def _stop(writer: Connection) -> None:
    writer.query(f"KILL QUERY WHERE {_ASLEEP} ASYNC")


# What never ends.
_ASKING = ("run", "asleep", "--output", "asleep.csv", "--count")
_ASLEEP = "query LIKE '%endless%' AND query NOT LIKE '%system.%'"


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def _left(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.suffix not in {".seg", ".toml"}]
