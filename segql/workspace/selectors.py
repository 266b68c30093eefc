"""Which segments are meant: a name, a pattern, `tag:…`, `owner:…`, a path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from segql.diagnostics import Diagnostic, SegqlError, nearest
from segql.workspace import errors

# Named in annotations only: the command line is read before anything is analysed.
if TYPE_CHECKING:
    from segql.analysis import Definition

_PATTERN = frozenset("*?[")


def select(
    selectors: Sequence[str],
    definitions: Mapping[str, Definition],
    place: Callable[[Definition], Path | None],
) -> list[str]:
    """Return the names of the segments that are meant, each once, in the order asked.

    What one selector finds is in order of name. `place` gives the file of a segment.

    Raises:
        SegqlError: a selector finds nothing; a misspelt one would otherwise go unnoticed.

    Example:
        select(["tag:email", "vip"], definitions, place)
    """
    problems: list[Diagnostic] = []
    chosen: dict[str, None] = {}
    for each in selectors:
        found = _chosen(each, definitions, place)
        if not found:
            problems.append(_unknown(each, definitions))
        chosen |= dict.fromkeys(found)
    if problems:
        raise SegqlError(problems)
    return list(chosen)


def _chosen(
    selector: str,
    definitions: Mapping[str, Definition],
    place: Callable[[Definition], Path | None],
) -> list[str]:
    if selector in definitions:
        return [selector]
    # A file by the name that messages give it; `-` is what standard input held.
    found = [name for name, each in definitions.items() if each.span.source.name == selector]
    if found:
        return sorted(found)
    kind, _, wanted = selector.partition(":")
    if kind in {"tag", "owner"}:
        found = [
            name
            for name, each in definitions.items()
            if any(fnmatchcase(value, wanted) for value in _values(each, kind))
        ]
    elif _is_path(selector):
        path = Path(selector).resolve()
        found = [name for name, each in definitions.items() if _is_below(place(each), path)]
    else:
        found = [name for name in definitions if fnmatchcase(name, selector)]
    return sorted(found)


def _is_path(selector: str) -> bool:
    return "/" in selector or selector.endswith(".seg") or Path(selector).exists()


def _is_below(file: Path | None, path: Path) -> bool:
    return file is not None and file.resolve().is_relative_to(path)


def _values(definition: Definition, kind: str) -> tuple[str, ...]:
    if kind == "tag":
        return definition.tags
    return (definition.owner,) if definition.owner else ()


def _unknown(selector: str, definitions: Mapping[str, Definition]) -> Diagnostic:
    kind, _, wanted = selector.partition(":")
    if kind in {"tag", "owner"}:
        known = sorted({value for each in definitions.values() for value in _values(each, kind)})
        return errors.unknown_selector(wanted, kind, nearest(wanted, known), known)
    if _is_path(selector):
        return errors.unknown_selector(selector, "path", [], [])
    if _PATTERN & set(selector):
        return errors.unknown_selector(selector, "pattern", [], [])
    return errors.unknown_selector(selector, "name", nearest(selector, definitions), [])
