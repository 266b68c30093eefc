"""Engines whose database is a file: from a URL to the file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from segql.run.backends.backend import Target


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
