"""Engines whose database is a file: from a URL to the file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from segql.run.backends.backend import Target, Unreachable


def database_file(url: str, target: Target) -> Path | None:
    """Return the file of a URL like `duckdb:///shop.duckdb`, or None for a database in memory.

    A path begins at the root of the project and may not lead out of it, unless it begins with a
    slash of its own, or the connection allows the folder.

    Raises:
        ValueError: the URL is of another form; the text says why.

    Example:
        >>> database_file("duckdb:///shop.duckdb", Target(None, Path("/shop"))).as_posix()
        '/shop/shop.duckdb'
    """
    rest = url.partition(":")[2]
    if rest in {"", "//", "///", "///:memory:"}:
        return None
    if not rest.startswith("///"):
        raise ValueError("needs three slashes before its path")
    if "?" in rest:
        raise ValueError("takes no options after `?`")
    return path_below(unquote(rest[3:]), target)


def path_below(written: str, target: Target) -> Path:
    """Return the path that stands in a URL: below the project, or wherever it says if it begins with a slash.

    Raises:
        ValueError: it leads out of the project, and the connection does not allow the folder.

    Example:
        >>> path_below("data", Target(None, Path("/shop"))).as_posix()
        '/shop/data'
    """
    path = target.root / written
    if written.startswith("/"):
        return path
    allowed = [each.resolve() for each in (target.root, *target.folders)]
    if not any(path.resolve().is_relative_to(each) for each in allowed):
        raise ValueError("leads out of the project; begin its path with one more slash")
    return path


def parquet_tables(folder: Path) -> dict[str, Path]:
    """Return the Parquet files of a folder, and its folders that hold such, by the names that they have as tables.

    Raises:
        Unreachable: there is no such folder, or two of them would be one table.

    Example:
        >>> parquet_tables(Path("nowhere"))
        Traceback (most recent call last):
        segql.run.backends.backend.Unreachable: `nowhere`: there is no such folder
    """
    if not folder.is_dir():
        raise Unreachable(f"`{folder}`", "there is no such folder", "check the path in the `url`")
    found: dict[str, Path] = {}
    for place in sorted(folder.iterdir()):
        if _is_table(place):
            name = place.name if place.is_dir() else place.stem
            if name in found:
                why = f"`{found[name].name}` and `{place.name}` would be one table"
                raise Unreachable(f"`{folder}`", why, "rename one of them")
            found[name] = place
    return found


def _is_table(place: Path) -> bool:
    # What begins with these is left by those that write.
    if place.name.startswith((".", "_")):
        return False
    return place.suffix == ".parquet" if place.is_file() else next(place.rglob("*.parquet"), None) is not None
