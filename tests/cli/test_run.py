"""`segql run`, `segql compile` and `segql list`."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.cli.terminal import environment, segql, started
from tests.folders import CATALOG, csv_shop, database, shop, write
from tests.run.test_runner import failing

# So many rows that nobody waits for the end of them.
ENDLESS = """create view customers as select a.range * 10000000 + b.range as customer_id, 1 as age
    from range(10000000) a, range(10000000) b"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return shop(tmp_path)


def test_a_pipe_gets_csv(root: Path) -> None:
    done = segql("run", "buyers", cwd=root)

    assert (done.returncode, done.stdout, done.stderr) == (0, "customer_id\n1\n2\n", "")


def test_several_say_which_in_the_order_asked(root: Path) -> None:
    done = segql("run", "young", "buyers", cwd=root)

    assert done.stdout == "segment,customer_id\nyoung,1\nbuyers,1\nbuyers,2\n"


def test_members_in_every_form(root: Path) -> None:
    def out(form: str) -> bytes:
        command = [sys.executable, "-m", "segql", "run", "buyers", "--format", form]
        return subprocess.run(command, cwd=root, capture_output=True, env=environment(), check=True).stdout

    assert json.loads(out("json")) == [{"customer_id": 1}, {"customer_id": 2}]
    assert out("jsonl") == b'{"customer_id": 1}\n{"customer_id": 2}\n'
    assert out("table").decode().split("\n")[2:] == ["           1", "           2", ""]
    assert parquet.read_table(io.BytesIO(out("parquet"))).to_pydict() == {"customer_id": [1, 2]}
    assert pa.ipc.open_stream(out("arrow")).read_all().to_pydict() == {"customer_id": [1, 2]}


def test_nobody_in_every_form(root: Path) -> None:
    def out(form: str) -> str:
        return segql("run", "-e", "nobody", "--format", form, cwd=root).stdout

    assert out("csv") == "customer_id\n"
    assert json.loads(out("json")) == []
    assert out("jsonl") == ""
    assert "customer_id" in out("table")


def test_counts_are_a_row_each_in_the_order_asked(root: Path) -> None:
    assert segql("run", "young", "buyers", "--count", cwd=root).stdout == "segment,count\nyoung,1\nbuyers,2\n"
    assert json.loads(segql("run", "y*", "--count", "--format", "json", cwd=root).stdout) == [
        {"segment": "young", "count": 1}
    ]
    done = segql("run", "--all", "--count", "--format", "csv", cwd=root)
    assert [line.split(",")[0] for line in done.stdout.split()] == ["segment", "buyers", "everyone_else", "young"]


def test_a_table_of_counts_adds_the_share(root: Path) -> None:
    rows = segql("run", "--all", "--count", "--format", "table", cwd=root).stdout.split("\n")

    assert rows[0].split() == ["segment", "count", "share"]
    assert rows[2].split() == ["buyers", "2", "66.7%"]


def test_counts_can_be_parquet(root: Path) -> None:
    segql("run", "--all", "--count", "--output", "counts.parquet", cwd=root)

    assert parquet.read_table(root / "counts.parquet").column("count").to_pylist() == [2, 1, 1]


def test_a_condition_a_file_and_standard_input(root: Path) -> None:
    assert segql("run", "-e", "age > 40", cwd=root).stdout == "customer_id\n2\n"
    assert segql("run", "-", cwd=root, typed=b"age > 40").stdout == "customer_id\n2\n"
    assert segql("run", "-", cwd=root, typed=b"segment a\n    where age > 40\n").stdout == "customer_id\n2\n"
    write(root.parent, {"elsewhere.seg": "age > 40"})
    assert segql("run", "../elsewhere.seg", "--project", ".", cwd=root).stdout == "customer_id\n2\n"


def test_the_first_rows_only(root: Path) -> None:
    assert (
        segql("run", "buyers", "young", "--limit", "2", cwd=root).stdout == "segment,customer_id\nbuyers,1\nbuyers,2\n"
    )
    assert segql("run", "buyers", "--limit", "0", cwd=root).stdout == "customer_id\n"
    assert segql("run", "buyers", "--limit", "-1", cwd=root).returncode == 2
    assert segql("run", "buyers", "--limit", "1", "--count", cwd=root).returncode == 2


def test_a_long_table_says_how_much_it_leaves_out(tmp_path: Path) -> None:
    rows = "customer_id,age,country,signed_up_at\n" + "".join(f"{number},1,,\n" for number in range(2_500))
    write(csv_shop(tmp_path), {"data/customers.csv": rows})
    done = segql("run", "young", "--format", "table", cwd=tmp_path)

    assert done.stdout.count("\n") == 1_002
    assert done.stderr == "1,500 more; --limit or another --format shows them\n"
    assert segql("run", "young", "--format", "csv", cwd=tmp_path).stdout.count("\n") == 2_501


def test_the_instant_decides(root: Path) -> None:
    assert segql("run", "buyers", "--as-of", "2025-02-01", cwd=root).stdout == "customer_id\n2\n"
    assert segql("run", "buyers", "--as-of", "soon", cwd=root).returncode == 2


def test_another_connection_can_be_asked(root: Path) -> None:
    settings = (root / "segql.toml").read_text() + '[connections.other]\nurl = "duckdb:///other.duckdb"\n'
    write(root, {"segql.toml": settings})
    database(
        root / "other.duckdb",
        "create table customers (customer_id integer, age integer); insert into customers values (9, 9)",
    )

    assert segql("run", "young", "--on", "other", cwd=root).stdout == "customer_id\n9\n"
    done = segql("run", "young", "--on", "othr", cwd=root)
    assert (done.returncode, "`other` is the closest" in done.stderr) == (2, True)


def test_what_a_terminal_would_obey_is_written_out(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "catalog.seg": 'entity tag\n    from "tags.csv"\n    key word\n',
            "all.seg": "everyone",
            "tags.csv": 'word\n"a\x1b[2Jb"\n"c,d"\n"e\nf"\n""\n',
        },
    )
    table = segql("run", "all", "--format", "table", cwd=tmp_path).stdout
    written = segql("run", "all", "--format", "csv", cwd=tmp_path).stdout

    assert "\x1b" not in table
    assert r"a\u{1b}[2Jb" in table
    assert r"e\nf" in table
    assert written == 'word\n""\na\x1b[2Jb\n"c,d"\n"e\nf"\n'


# ── files ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["out.csv", "out.json", "out.jsonl", "out.txt"])
def test_a_file_has_the_form_of_its_ending(root: Path, name: str) -> None:
    done = segql("run", "buyers", "--output", name, cwd=root)
    text = (root / name).read_text()

    assert (done.returncode, done.stdout) == (0, "")
    assert text[0] == {"out.csv": "c", "out.json": "[", "out.jsonl": "{", "out.txt": "c"}[name]


def test_data_files_can_be_read_back(root: Path) -> None:
    segql("run", "buyers", "--output", "out.parquet", cwd=root)
    segql("run", "buyers", "--output", "out.arrow", cwd=root)

    assert duckdb.sql(f"select * from '{root}/out.parquet'").fetchall() == [(1,), (2,)]
    assert pa.ipc.open_stream((root / "out.arrow").read_bytes()).read_all().num_rows == 2


def test_a_file_is_replaced_as_a_whole_and_keeps_its_link(root: Path) -> None:
    write(root, {"real.csv": "before"})
    (root / "out.csv").symlink_to("real.csv")
    segql("run", "buyers", "--output", "out.csv", cwd=root)

    assert (root / "out.csv").is_symlink()
    assert (root / "real.csv").read_text() == "customer_id\n1\n2\n"
    assert sorted(each.name for each in root.iterdir() if each.name.startswith(".")) == []


def test_a_device_is_written_to_and_stays(root: Path) -> None:
    assert segql("run", "buyers", "--output", "/dev/null", cwd=root).returncode == 0
    assert Path("/dev/null").is_char_device()
    assert segql("run", "buyers", "--output", "/dev/stdout", cwd=root).stdout == "customer_id\n1\n2\n"


@pytest.mark.parametrize("path", ["nowhere/out.csv", "/dev/full", "segments"])
def test_a_file_that_cannot_be_written_is_told(root: Path, path: str) -> None:
    before = sorted(root.rglob("*"))
    done = segql("run", "buyers", "--output", path, cwd=root)

    assert done.returncode == 3
    assert f"`{path}` cannot be written" in done.stderr
    assert sorted(root.rglob("*")) == before


def test_a_failure_leaves_what_was_there(root: Path) -> None:
    write(root, {"out.csv": "before"})
    (root / "shop.duckdb").unlink()
    done = segql("run", "buyers", "--output", "out.csv", cwd=root)

    assert done.returncode == 3
    assert (root / "out.csv").read_text() == "before"


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────


def test_a_mistake_in_a_segment_is_status_1(root: Path) -> None:
    done = segql("run", "-e", "agee < 30", cwd=root)

    assert (done.returncode, done.stdout) == (1, "")
    assert "--> -e:1:1" in done.stderr


def test_a_catalog_that_does_not_fit_is_status_1(root: Path) -> None:
    write(root, {"catalog.seg": CATALOG.replace("from customers", "from custmers")})
    done = segql("run", "young", cwd=root)

    assert (done.returncode, done.stdout) == (1, "")
    assert "error[E511]: there is no table `custmers`" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["yong"], ["tag:nothing"], ["--entity", "x"]])
def test_nothing_meant_is_status_2(root: Path, arguments: list[str]) -> None:
    assert segql("run", *arguments, cwd=root).returncode == 2


def test_an_engine_that_cannot_be_reached_is_status_3(root: Path) -> None:
    (root / "shop.duckdb").unlink()
    done = segql("run", "young", cwd=root)

    assert done.returncode == 3
    assert "the database `shop.duckdb` cannot be opened: there is no such file" in done.stderr


def test_where_one_fails_the_others_are_written_and_the_status_is_3(tmp_path: Path) -> None:
    done = segql("run", "--all", "--count", cwd=failing(tmp_path))

    assert done.returncode == 3
    assert done.stdout == "segment,count\nbuyers,0\neveryone_else,40\nyoung,30\n"
    assert "error[E501]: the engine could not answer `too_much`" in done.stderr

    done = segql("run", "young", "too_much", "--limit", "2", cwd=tmp_path)
    assert done.stdout == "segment,customer_id\nyoung,0\nyoung,1\n"


def test_several_entities_are_only_counted(root: Path) -> None:
    write(root, {"o.seg": "entity order\n    from orders\n    key ordered_at\n    amount decimal\n"})
    write(
        root,
        {
            "segments/all.seg": "segment young of customer\n    where age < 30\n"
            "segment big of order\n    where amount > 5\n"
        },
    )

    assert segql("run", "young", "big", cwd=root).returncode == 2
    assert segql("run", "big", "young", "--count", cwd=root).stdout == "segment,count\nbig,2\nyoung,1\n"
    assert segql("run", "-e", "age < 30", "--entity", "customer", cwd=root).stdout == "customer_id\n1\n"


def test_programs_forms_are_not_for_a_terminal(root: Path) -> None:
    mine, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "segql", "run", "young", "--format", "parquet"],
        cwd=root,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
    )
    os.close(mine)
    os.close(theirs)

    assert done.returncode == 2
    assert b"not for a terminal" in done.stderr


def test_a_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    rows = "customer_id,age,country,signed_up_at\n" + "".join(f"{number},1,,\n" for number in range(100_000))
    write(csv_shop(tmp_path), {"data/customers.csv": rows})
    command = f"set -o pipefail; {sys.executable} -m segql run young | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, env=environment(), check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"customer_id\n", b"")


def test_ctrl_c_stops_the_query_and_leaves_no_file(tmp_path: Path) -> None:
    catalog = "entity customer\n    from customers\n    key customer_id\n    age integer\n"
    settings = '[connections.default]\nurl = "duckdb:///shop.duckdb"\n'
    root = write(tmp_path / "shop", {"segql.toml": settings, "catalog.seg": catalog, "slow.seg": "age > 0"})
    database(root / "shop.duckdb", ENDLESS)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = sorted(root.iterdir())
    with started("run", "slow", "--output", "out.csv", cwd=root, env={"TMPDIR": str(scratch)}) as running:
        # Once the engine has its folder, the query is about to begin.
        while not list(scratch.iterdir()) and running.poll() is None:
            time.sleep(0.05)
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)

    assert (running.returncode, told) == (130, "interrupted\n")
    assert sorted(root.iterdir()) == before
    assert list(scratch.iterdir()) == []


# ── compile, list ───────────────────────────────────────────────────────────────────────────────


def test_compile_prints_sql_that_runs(root: Path) -> None:
    done = segql("compile", "young", "buyers", "--as-of", "2025-12-01", cwd=root)
    with duckdb.connect(str(root / "shop.duckdb"), read_only=True) as connection:
        rows = connection.execute(done.stdout).fetchall()

    assert done.returncode == 0
    assert rows == [("young", 1), ("buyers", 1), ("buyers", 2)]


def test_compile_prints_sql_that_moves_with_the_day(root: Path) -> None:
    done = segql("compile", "young", "buyers", "--live-clock", cwd=root)
    with duckdb.connect(str(root / "shop.duckdb"), read_only=True) as connection:
        rows = connection.execute(done.stdout).fetchall()

    first = done.stdout.split("\n")[0]
    assert re.match(r"-- segments young, buyers, fingerprints \w{12} \w{12}, at the engine's clock, by segql ", first)
    # The project asks as of 2025, the engine's clock shows a later day: nobody has bought since.
    assert rows == [("young", 1)]


def test_compile_asks_at_one_clock(root: Path) -> None:
    done = segql("compile", "young", "--live-clock", "--as-of", "2025-12-01", cwd=root)

    assert (done.returncode, done.stdout) == (2, "")
    assert "error[E619]: the statement cannot ask as of `2025-12-01` and at the engine's clock" in done.stderr


def test_compile_names_the_nearest_dialect(root: Path) -> None:
    done = segql("compile", "young", "--dialect", "duckbd", cwd=root)

    assert done.stdout == ""
    assert "`duckdb` is the closest" in done.stderr


def test_compile_needs_no_engine(root: Path) -> None:
    (root / "shop.duckdb").unlink()

    assert segql("compile", "--all", cwd=root).returncode == 0


def test_compile_shows_the_way_there(root: Path) -> None:
    done = segql("compile", "everyone_else", "--explain", cwd=root)

    assert done.returncode == 0
    assert "segment everyone_else" in done.stdout
    assert "\n-- shared\n" in done.stdout
    assert "\n-- work, estimated: " in done.stdout
    with duckdb.connect(str(root / "shop.duckdb"), read_only=True) as connection:
        assert connection.execute(done.stdout).fetchall() == [(3,)]


def test_list_tells_who_answers(root: Path) -> None:
    found = json.loads(segql("list", "--format", "json", cwd=root).stdout)
    buyers, others, young = (each["fingerprint"] for each in found)
    assert segql("list", cwd=root).stdout == (
        "segment,entity,owner,tags,description,fingerprint\n"
        f'buyers,customer,,email,"",{buyers}\n'
        f'everyone_else,customer,,"","",{others}\n'
        f'young,customer,growth@shop.example,"email, demographic",Under 30.,{young}\n'
    )
    assert len({buyers, others, young}) == 3
    assert json.loads(segql("list", "tag:demographic", "--format", "json", cwd=root).stdout) == [
        {
            "segment": "young",
            "entity": "customer",
            "owner": "growth@shop.example",
            "tags": ["email", "demographic"],
            "description": "Under 30.",
            "fingerprint": young,
        }
    ]
    assert "growth@shop.example" in segql("list", "--format", "table", cwd=root).stdout
    assert segql("list", "nothing", cwd=root).returncode == 2


def test_a_list_of_nothing_is_a_list(tmp_path: Path) -> None:
    write(tmp_path, {"catalog.seg": CATALOG})
    done = segql("list", "--format", "json", cwd=tmp_path)

    assert (done.returncode, json.loads(done.stdout)) == (0, [])


# ── what it costs ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_costs_name_every_segment_and_pass(root: Path) -> None:
    done = segql("run", "--all", "--explain-analyze", "--format", "json", cwd=root)
    rows = json.loads(done.stdout)
    of = {part: [row for row in rows if row["part"] == part] for part in ("request", "segment", "pass", "condition")}

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(row["name"] for row in of["segment"]) == ["buyers", "everyone_else", "young"]
    assert [(row["name"], row["for"]) for row in of["pass"]] == [
        ("purchase_count_90d (orders)", "buyers, everyone_else")
    ]
    (whole,) = of["request"]
    assert sum(row["seconds"] for row in of["segment"]) == pytest.approx(whole["seconds"])
    assert sum(row["share"] for row in of["segment"]) == pytest.approx(1)
    assert sum(row["estimated"] for row in of["segment"]) == pytest.approx(1)
    # The dearest stands first; its conditions are told.
    assert of["segment"] == sorted(of["segment"], key=lambda row: -row["seconds"])
    assert {row["for"] for row in of["condition"]} == {of["segment"][0]["name"]}


def test_costs_of_counts_and_of_a_condition(root: Path) -> None:
    condition = "age < 30 and did purchase in last 90 days"
    counted = segql("run", "young", "buyers", "--count", "--explain-analyze", cwd=root)
    alone = segql("run", "-e", condition, "--explain-analyze", cwd=root)
    table = segql("run", "young", "--explain-analyze", "--format", "table", cwd=root)

    assert counted.stdout.startswith("part,name,for,seconds,share,estimated\nrequest,")
    assert {line.split(",")[0] for line in alone.stdout.splitlines()[1:]} == {"request", "segment", "pass", "condition"}
    assert "age < 30" in alone.stdout
    assert "condition   age < 30" in table.stdout


def test_costs_are_no_rows(root: Path) -> None:
    done = segql("run", "young", "--explain-analyze", "--limit", "1", cwd=root)

    assert (done.returncode, done.stdout) == (2, "")
    assert "costs have no first rows" in done.stderr


def test_costs_of_what_fails_say_what(tmp_path: Path) -> None:
    root = failing(tmp_path)
    plain = segql("run", "too_much", cwd=root)
    done = segql("run", "too_much", "--explain-analyze", cwd=root)

    assert (done.returncode, done.stdout) == (plain.returncode, "")
    assert "error[E501]: the engine could not answer `too_much`" in done.stderr


def test_costs_of_the_whole_demo_shop(tmp_path: Path) -> None:
    assert segql("init", "--demo", "shop", cwd=tmp_path).returncode == 0
    listed = json.loads(segql("list", "--format", "json", cwd=tmp_path / "shop").stdout)
    done = segql("run", "--all", "--explain-analyze", "--format", "json", cwd=tmp_path / "shop")
    rows = json.loads(done.stdout)

    assert done.returncode == 0
    assert sorted(row["name"] for row in rows if row["part"] == "segment") == sorted(each["segment"] for each in listed)
    passes = [row for row in rows if row["part"] == "pass"]
    assert {row["name"].partition(" ")[2] for row in passes} == {"(orders)", "(subscriptions)", "(web_events)"}
    assert all(row["for"] for row in passes)
