"""The demo as a project folder: all of it, or nothing."""

from __future__ import annotations

import tempfile
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from segql.demo import tables
from segql.run.backends import duckdb

DATABASE = "shop.duckdb"


def make(folder: Path) -> None:
    """Make the shop in `folder`: `segql.toml`, `catalog.seg`, `segments/`, `lists/`, `shop.duckdb`.

    It is built beside its place and moved there when it is whole, so that an interrupted run
    leaves nothing. The data is the same each time. It takes about a second and 2 MB.

    Raises:
        FileExistsError: `folder` is a file, or a folder with something in it.
        OSError: the disk is full or may not be written.

    Example:
        make(Path("shop"))
    """
    is_there = folder.exists()
    if is_there and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(folder)
    # An empty folder is worked in, not replaced: somebody may stand in it, or it is a disk.
    beside = folder if is_there else folder.parent
    beside.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".segql-demo-", dir=beside) as temporary:
        built = Path(temporary, "shop")
        _build(built, Path(temporary))
        if is_there:
            for each in sorted(built.iterdir()):
                each.rename(folder / each.name)
        else:
            built.rename(folder)


def _build(folder: Path, scratch: Path) -> None:
    _copy(resources.files("segql.demo") / "files", folder)
    with duckdb.create(folder / DATABASE) as connection:
        tables.write(connection.execute, scratch)


def _copy(source: Traversable, target: Path) -> None:
    """Copy contents only: an installed package may be read-only, the project may not."""
    if source.is_dir():
        target.mkdir()
        for each in source.iterdir():
            _copy(each, target / each.name)
    else:
        target.write_bytes(source.read_bytes())
