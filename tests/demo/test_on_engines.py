"""The demo shop in other engines: the table that `segql run --all --count` prints is the same, byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from segql.catalog import Table
from segql.demo.project import DATABASE, make
from segql.run.backends import Target, connect
from segql.run.backends.database import Database
from tests.engines import Absent, Backed, engine
from tests.spec_data import Rows

# Each of these keeps its data where another process finds it.
ENGINES = ("sqlite", "datafusion", "postgres", "mariadb", "spark")


def tables(folder: Path) -> Mapping[str, Rows]:
    """Return the tables of the shop in a folder."""
    shop = connect(Target(f"duckdb:///{DATABASE}", folder))
    try:
        return {name: _rows(shop, name) for name in shop.tables()}
    finally:
        shop.close()


def _rows(shop: object, name: str) -> Rows:
    backend = Backed(shop)  # type: ignore[arg-type]
    described = backend.backend.describe(Table((name,)))
    assert described is not None
    columns = {each.name: each.type for each in described.values()}
    found = backend.rows(f'select * from "{name}"')
    return Rows(Table((name,)), columns, tuple(dict(zip(columns, row, strict=True)) for row in found), "")


def counted(folder: Path, *arguments: str) -> str:
    """Return what a command of its own process prints."""
    told = subprocess.run(
        [sys.executable, "-m", "segql", "run", "--all", "--count", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "100"},
        check=False,
    )
    assert not told.returncode, told.stderr
    return told.stdout


@pytest.mark.parametrize("name", ENGINES)
def test_the_shop_is_the_same_in(name: str, tmp_path: Path) -> None:
    try:
        asked = engine(name)
    except Absent as error:
        pytest.skip(str(error))
    shop, data = tmp_path / "shop", tmp_path / "data"
    make(shop)
    data.mkdir()
    with asked.database(tables(shop), data) as database:
        assert isinstance(database, Backed)
        assert isinstance(database.backend, Database)
        url = database.backend._target.url
        assert url is not None
        settings = shop / "segql.toml"
        lines = settings.read_text(encoding="utf-8")
        settings.write_text(f'{lines}\n[connections.other]\nurl = "{url}"\n', encoding="utf-8")

        assert counted(shop, "--on", "other") == counted(shop)
