"""`segql check --live`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segql.cli.commands.check import Format
from tests.cli.terminal import segql
from tests.folders import CATALOG, SETTINGS, database, shop, write


def drifted(folder: Path) -> Path:
    """Make a shop whose catalog names a column that is gone."""
    return write(shop(folder), {"catalog.seg": CATALOG.replace("at ordered_at", "at orderd_at")})


def test_a_catalog_that_fits_is_summed_up_in_a_line(tmp_path: Path) -> None:
    done = segql("check", "--live", cwd=shop(tmp_path))

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "3 segments, 1 event, no errors\n"


def test_the_drifted_line_is_shown(tmp_path: Path) -> None:
    done = segql("check", "--live", cwd=drifted(tmp_path))

    assert done.returncode == 1
    assert "error[E512]: `orders` has no column `orderd_at`\n  --> catalog.seg:12:8\n" in done.stdout
    assert segql("check", cwd=tmp_path).returncode == 0
    assert segql("check", "--live", "segments", cwd=tmp_path).stderr.endswith("1 more finding in other files\n")


@pytest.mark.parametrize("format_", list(Format))
def test_every_format_shows_it(tmp_path: Path, format_: Format) -> None:
    done = segql("check", "--live", "--format", format_, cwd=drifted(tmp_path))

    assert done.returncode == 1
    assert "orderd_at" in done.stdout
    if format_ is Format.JSON:
        (found,) = json.loads(done.stdout)
        assert found["code"] == "E512"


def test_warnings_alone_are_no_failure(tmp_path: Path) -> None:
    write(shop(tmp_path), {"catalog.seg": CATALOG.replace("age           integer optional", "age           integer")})
    done = segql("check", "--live", cwd=tmp_path)

    assert (done.returncode, "warning[E521]" in done.stdout) == (0, True)
    assert done.stderr == "3 segments, 1 event, no errors, 1 warning\n"


def test_another_connection_can_be_asked(tmp_path: Path) -> None:
    shop(tmp_path)
    database(tmp_path / "other.duckdb", "create table customers (customer_id integer)")
    write(tmp_path, {"segql.toml": SETTINGS + '[connections.other]\nurl = "duckdb:///other.duckdb"\n'})

    assert segql("check", "--live", cwd=tmp_path).returncode == 0
    done = segql("check", "--live", "--on", "other", cwd=tmp_path)
    assert (done.returncode, "there is no table `orders`" in done.stdout) == (1, True)
    assert segql("check", "--on", "other", cwd=tmp_path).returncode == 2
    assert segql("check", "--live", "--on", "nowhere", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("url", ["duckdb:///gone.duckdb", "postgresql://ada@127.0.0.1:1/shop?connect_timeout=2"])
def test_a_database_that_cannot_be_reached(tmp_path: Path, url: str) -> None:
    write(shop(tmp_path), {"segql.toml": f'[connections.default]\nurl = "{url}"\n'})
    done = segql("check", "--live", cwd=tmp_path)

    assert (done.returncode, "error[E502]" in done.stdout) == (3, True)


def test_files_with_errors_are_mended_first(tmp_path: Path) -> None:
    write(drifted(tmp_path), {"x.seg": "agee > 3"})
    done = segql("check", "--live", cwd=tmp_path)

    assert (done.returncode, "E512" in done.stdout) == (1, False)
    assert "the database is asked only when the files have no errors" in done.stderr
