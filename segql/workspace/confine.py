"""Files that a project names stay below its root, or below folders that its connection allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from segql.catalog import Catalog, Entity, Many, One, Stream, Table
from segql.diagnostics import Diagnostic
from segql.workspace import errors


def confined(root: Path, folders: Sequence[Path], written: str) -> Path | None:
    """Return the place of a file that a project names, or None where it lies outside.

    Links are followed before the answer, so that one inside cannot lead out.

    Example:
        >>> confined(Path("/shop"), [], "../etc/passwd") is None
        True
    """
    try:
        path = (root / written).resolve()
        allowed = [each.resolve() for each in (root, *folders)]
    except (OSError, ValueError, RuntimeError):
        return None
    inside = any(path.is_relative_to(each) for each in allowed)
    return root / written if inside else None


def outsiders(catalog: Catalog, root: Path, folders: Sequence[Path]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each file of the catalog that lies outside of the project.

    Example:
        >>> list(outsiders(Catalog(), Path("/shop"), []))
        []
    """
    for table in tables_of(catalog):
        if table.is_file and confined(root, folders, table.name) is None:
            yield errors.outside_project(table.span, table.name)
    for each in catalog.lists.values():
        if confined(root, folders, each.path) is None:
            yield errors.outside_project(each.span, each.path)


def tables_of(catalog: Catalog) -> list[Table]:
    """Return every table and file that the catalog reads, each once.

    Example:
        >>> tables_of(Catalog())
        []
    """
    owners: tuple[Entity | Stream | One | Many, ...] = (
        *catalog.entities.values(),
        *catalog.streams.values(),
        *catalog.ones.values(),
        *catalog.manys.values(),
    )
    return list(dict.fromkeys(each.table for each in owners))
