"""The demo shop: the same each time, whole or not there at all, and every segment worth a look."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import segql
from segql.demo import make, tables
from segql.demo import project as demo_project

TABLES = ("customers", "orders", "products", "subscriptions", "web_events")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "shop"
    make(folder)
    return folder


@pytest.fixture
def database(shop: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    # A copy: DuckDB opens a file once in a process, and a project may hold it with other settings.
    copy = shutil.copyfile(shop / "shop.duckdb", tmp_path / "copy.duckdb")
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield connection


def fingerprints(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return [
        (name, *row)
        for name in TABLES
        for row in connection.execute(
            f"select count(*), sum(md5_number_lower(row::text) % 1_000_003) from {name} as row"
        ).fetchall()
    ]


def test_shop_is_a_project_that_checks_clean(shop: Path) -> None:
    assert list(segql.open(shop).check()) == []


def test_there_are_more_than_a_dozen_segments(shop: Path) -> None:
    assert len(segql.open(shop)) > 12


def test_no_segment_is_empty_and_none_is_everybody(shop: Path) -> None:
    project = segql.open(shop)
    names = sorted(project)

    found = project.run(names).column("segment").to_pylist()

    sizes = {name: found.count(name) for name in names}
    assert {name: size for name, size in sizes.items() if not 0 < size < 3_000} == {}


def test_every_segment_says_what_it_is(shop: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(shop.glob("segments/*.seg"))]

    for text in texts:
        assert text.startswith("# ")
        assert text.count("\nsegment ") == text.count('\n    "')


def test_making_it_twice_gives_the_same_rows(database: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    make(tmp_path / "again")

    with duckdb.connect(str(tmp_path / "again/shop.duckdb"), read_only=True) as again:
        assert fingerprints(again) == fingerprints(database)


def test_rows_are_of_2024_and_2025_and_end_before_the_question(
    database: duckdb.DuckDBPyConnection,
) -> None:
    found = database.execute("""
        select min(moment), max(moment) < timestamp '2025-11-30 23:00:00' from (
            select ordered_at as moment from orders union all select occurred_at from web_events
            union all select signed_up_at from customers)
    """).fetchone()

    assert found is not None
    assert (str(found[0])[:7], found[1]) == ("2024-01", True)


def test_everybody_on_the_press_list_is_a_customer(shop: Path, database: duckdb.DuckDBPyConnection) -> None:
    listed = f"read_csv('{shop}/lists/press.csv')"

    unknown = database.execute(f"select customer_id from {listed} anti join customers using (customer_id)").fetchall()

    assert unknown == []


def test_one_condition_as_a_file_and_as_a_segment_gives_the_same_people(shop: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(shop, tmp_path / "shop")
    condition = "age < 30 and purchases_90d >= 2"
    (copy / "declared.seg").write_text(f"segment declared\n    where {condition}\n")
    project = segql.open(copy)

    in_a_file, declared = project["young_repeat_buyers"].members(), project["declared"].members()

    assert in_a_file.equals(declared)


def test_the_command_with_the_condition_gives_as_many(shop: Path) -> None:
    command = [sys.executable, "-m", "segql", "run", "--project", str(shop), "--count"]

    told = subprocess.run(
        [*command, "-e", "age < 30 and purchases_90d >= 2"], check=True, capture_output=True, text=True
    )

    counted = segql.open(shop)["young_repeat_buyers"].count()
    assert told.stdout.splitlines()[-1].endswith(f",{counted}")


def test_the_sql_runs_unchanged_in_the_database(shop: Path, database: duckdb.DuckDBPyConnection) -> None:
    project = segql.open(shop)

    for name in project:
        found = database.execute(project[name].sql()).fetchall()
        assert [key for (key,) in found] == project[name].members().column(0).to_pylist()


def test_young_repeat_buyers_are_those_of_a_query_by_hand(shop: Path, database: duckdb.DuckDBPyConnection) -> None:
    # 90 days before midnight of 1 December, winter time, is midnight of 2 September, summer time.
    expected = database.execute("""
        select customer_id from customers join orders using (customer_id)
        where age < 30 and ordered_at >= timestamp '2025-09-01 22:00:00'
          and ordered_at < timestamp '2025-11-30 23:00:00'
        group by customer_id having count(*) >= 2 order by customer_id
    """).fetchall()

    found = segql.open(shop)["young_repeat_buyers"].members().column("customer_id").to_pylist()

    assert found == [key for (key,) in expected]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(FileExistsError):
        make(tmp_path)

    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("mine")

    with pytest.raises(FileExistsError):
        make(tmp_path / "shop")

    assert (tmp_path / "shop").read_text() == "mine"


def test_an_empty_folder_and_missing_parents_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    make(tmp_path / "empty")
    make(tmp_path / "a/b/shop")

    inside = sorted(each.name for each in (tmp_path / "empty").iterdir())
    assert inside == ["catalog.seg", "lists", "segments", "segql.toml", "shop.duckdb"]
    assert inside == sorted(each.name for each in (tmp_path / "a/b/shop").iterdir())


@pytest.mark.parametrize("name", ["shop", "empty"])
def test_an_interrupted_run_leaves_nothing(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(demo_project, "tables", type("Broken", (), {"write": interrupted}))

    with pytest.raises(KeyboardInterrupt):
        make(tmp_path / name)

    assert sorted(tmp_path.rglob("*")) == [tmp_path / "empty"]


def test_rows_travel_through_a_folder_with_a_quote_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "it's here"
    folder.mkdir()

    with duckdb.connect() as connection:
        tables.write(connection.execute, folder)
        counted = connection.execute("select count(*) from customers").fetchone()

    assert counted == (3_000,)
