"""Whether the owners of segments are known, and own the files that their segments stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from segql.analysis import Definition
from segql.diagnostics import Diagnostic, SegqlError, nearest
from segql.workspace import errors
from segql.workspace.config import Owners
from segql.workspace.files import read_source, shown_path
from segql.workspace.root import Home, repository_of

# Loaded only for a project that has such a file.
if TYPE_CHECKING:
    from segql.workspace.codeowners import Codeowners

_SETTING = ("owners", "file")


def owner_problems(
    home: Home, definitions: Mapping[str, Definition], files: Mapping[str, Path]
) -> Iterator[Diagnostic]:
    """Yield what the settings have against the owners of segments; `files` are those of the project by name.

    A segment without an owner is no concern of this.

    Raises:
        SegqlError: the file with the owners cannot be read.

    Example:
        list(owner_problems(home, analyzed.definitions, workspace.files))
    """
    wanted = home.config.owners
    if wanted == Owners():
        return
    listed = _listed(home, wanted.file) if wanted.file is not None else None
    known = [*(listed.rules.owners() if listed else ()), *wanted.allowed]
    for each in definitions.values():
        unknown = [(owner, span) for owner, span in each.owners if not any(_is(owner, name) for name in known)]
        for owner, span in unknown:
            yield errors.unknown_owner(span, owner, nearest(owner, known), known)
        if listed and each.owners and not unknown and each.span.source.name in files:
            yield from _foreign(each, files[each.span.source.name], listed)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A CODEOWNERS file, and the folder at which its paths begin."""

    root: Path
    name: str
    rules: Codeowners


def _listed(home: Home, file: str) -> _Listed:
    root = repository_of(home.root)
    path = root / file
    if not (path.resolve().is_relative_to(root.resolve()) and path.is_file()):
        place = home.text.value(_SETTING) if home.text else None
        needed = "the path of a file, from the root of the repository, like `.github/CODEOWNERS`"
        raise SegqlError([errors.wrong_setting(place, ".".join(_SETTING), f"`{file}`", needed)])
    from segql.workspace.codeowners import Codeowners  # noqa: PLC0415 (see above)

    found = read_source(path, shown_path(path, home.root))
    if isinstance(found, Diagnostic):
        raise SegqlError([found])
    return _Listed(root, found.name, Codeowners.of(found))


def _foreign(segment: Definition, file: Path, listed: _Listed) -> Iterator[Diagnostic]:
    """Yield that the file of a segment is not that of its owners."""
    if not file.is_relative_to(listed.root):
        return
    path = file.relative_to(listed.root).as_posix()
    deciding = [rule for rule in listed.rules.deciding(path) if rule.owners]
    theirs = [owner for rule in deciding for owner in rule.owners]
    if theirs and not any(_is(owner, name) for owner, _ in segment.owners for name in theirs):
        owner, span = segment.owners[0]
        yield errors.file_of_others(span, owner, path, theirs, deciding[-1].span)


def _is(owner: str, name: str) -> bool:
    """Say whether an owner is the one called `name`, which may be a pattern; case does not matter in either."""
    return fnmatchcase(owner.casefold(), name.casefold())
