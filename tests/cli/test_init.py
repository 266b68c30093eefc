"""`segql init`."""

from __future__ import annotations

from pathlib import Path

import pytest

from segql.run.backends.duckdb import create
from tests.cli.terminal import segql
from tests.folders import TABLES, database, write


def test_a_new_project_is_sound(tmp_path: Path) -> None:
    done = segql("init", "shop", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "")
    assert "cd shop && segql check" in done.stderr
    assert segql("check", cwd=tmp_path / "shop").stderr == "1 segment, 1 event, no errors\n"
    assert segql("fmt", "--check", cwd=tmp_path / "shop").returncode == 0


def test_it_is_made_here_if_no_folder_is_named(tmp_path: Path) -> None:
    assert segql("init", cwd=tmp_path).returncode == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        ".gitattributes",
        ".segql",
        "catalog.seg",
        "segql.toml",
    ]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    write(tmp_path, {"catalog.seg": "mine"})
    done = segql("init", cwd=tmp_path)

    assert (done.returncode, "is there already" in done.stderr) == (2, True)
    assert (tmp_path / "catalog.seg").read_text() == "mine"
    assert not (tmp_path / "segql.toml").exists()


def test_a_shop_to_try_out(tmp_path: Path) -> None:
    done = segql("init", "shop", "--demo", cwd=tmp_path)

    assert done.returncode == 0
    assert "cd shop && segql run --all --count" in done.stderr
    assert segql("run", "--all", "--count", cwd=tmp_path / "shop").returncode == 0
    assert segql("fmt", "--check", cwd=tmp_path / "shop").returncode == 0
    assert segql("init", "shop", "--demo", cwd=tmp_path).returncode == 2
    assert segql("init", "other", "--demo", "--from", "shop/shop.duckdb", cwd=tmp_path).returncode == 2


def test_a_catalog_is_drafted_from_a_database(tmp_path: Path) -> None:
    database(tmp_path / "shop.duckdb", TABLES)
    done = segql("init", "--from", "duckdb:///shop.duckdb", cwd=tmp_path)
    catalog = (tmp_path / "catalog.seg").read_text()

    assert done.returncode == 0
    assert "entity customer\n    from customers\n    key customer_id\n" in catalog
    assert "age           integer optional\n" in catalog
    assert "events order of customer\n    from orders\n    by customer_id\n    at ordered_at\n" in catalog
    assert segql("run", "-e", "did order in last 90 days", "--as-of", "2025-12-01", cwd=tmp_path).stdout == (
        "customer_id\n1\n2\n"
    )


@pytest.mark.parametrize("source", ["shop/shop.duckdb", "shop.duckdb"])
def test_a_database_can_be_named_as_a_file(tmp_path: Path, source: str) -> None:
    (tmp_path / "shop").mkdir()
    database(tmp_path / source, TABLES)

    assert segql("init", "shop", "--from", source, cwd=tmp_path).returncode == 0
    assert segql("run", "-e", "everyone", "--count", cwd=tmp_path / "shop").stdout == "segment,count\n-e,3\n"


def test_a_catalog_is_drafted_from_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "data/users.csv": "user_id,zip,born\n1,01234,1990-01-01\n2,99999,\n",
            "data/visits.csv": "user_id,seen_at,seconds\n1,2025-01-01T10:00:00Z,1.5\n",
        },
    )
    done = segql("init", "--from", "data/users.csv", "--from", "data/visits.csv", cwd=tmp_path)
    catalog = (tmp_path / "catalog.seg").read_text()

    assert done.returncode == 0
    assert 'entity user\n    from "data/users.csv"\n    key user_id\n' in catalog
    assert "    zip      text\n" in catalog
    assert "    born     date optional\n" in catalog
    assert (
        'events visit of user\n    from "data/visits.csv"\n    by user_id\n    at seen_at\n    seconds  decimal\n'
        in catalog
    )
    assert segql("run", "-e", "did visit", cwd=tmp_path).stdout == "user_id\n1\n"


def test_parquet_files_will_do(tmp_path: Path) -> None:
    with create(tmp_path / "x.duckdb") as connection:
        connection.execute(f"copy (select 1 as id, true as vip) to '{tmp_path}/people.parquet'")

    assert segql("init", "--from", "people.parquet", cwd=tmp_path).returncode == 0
    assert segql("run", "-e", "vip", cwd=tmp_path).stdout == "id\n1\n"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("nowhere.csv", "is no file and no URL"),
        ("people.xlsx", "is neither CSV nor Parquet"),
        ("../outside.csv", "lies outside of the new project"),
        ("nobody.csv", "has no column that is different in every row"),
        ("broken.parquet", "cannot be read"),
        ("duckdb:///nowhere.duckdb", "cannot be opened"),
    ],
)
def test_what_cannot_be_drafted_from_is_told(tmp_path: Path, source: str, told: str) -> None:
    write(
        tmp_path, {"outside.csv": "id\n1\n", "p/people.xlsx": "", "p/nobody.csv": "id\n1\n1\n", "p/broken.parquet": "x"}
    )
    done = segql("init", "--from", source, cwd=tmp_path / "p")

    assert done.returncode in {2, 3}
    assert told in done.stderr
    assert not (tmp_path / "p/catalog.seg").exists()


def test_one_database_is_enough(tmp_path: Path) -> None:
    done = segql("init", "--from", "duckdb:///a", "--from", "duckdb:///b", cwd=tmp_path)

    assert (done.returncode, "second database" in done.stderr) == (2, True)


def test_a_folder_without_segments_does_not_pass_for_laid_out(tmp_path: Path) -> None:
    # A project inside is one of its own, which has to be named.
    assert segql("init", "shops/berlin", cwd=tmp_path).returncode == 0
    done = segql("fmt", "--check", "shops", cwd=tmp_path)

    assert (done.returncode, "there is no .seg file in `shops`" in done.stderr) == (2, True)
    assert segql("fmt", "--check", "shops/berlin", cwd=tmp_path).returncode == 0
