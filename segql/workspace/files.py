"""The `.seg` files of a project: found in a stable order, read as UTF-8."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from segql.diagnostics import Diagnostic
from segql.source import Source
from segql.workspace import errors

# Folders that hold other people's files; hidden ones are left out as well.
_SKIPPED = frozenset({"node_modules", "__pycache__"})
_SETTINGS = "segql.toml"


@dataclass(frozen=True, slots=True)
class Patterns:
    """Which files belong to a project, by patterns over paths below its root.

    `*` and `?` stay within a name, `**` spans folders; the name of a folder covers all below it.

    Example:
        >>> Patterns.of(["**/*.seg"], ["drafts"]).takes("segments/vip.seg")
        True
        >>> Patterns.of(["**/*.seg"], ["drafts"]).takes("drafts/vip.seg")
        False
    """

    include: re.Pattern[str]
    exclude: re.Pattern[str]

    @classmethod
    def of(cls, include: Iterable[str], exclude: Iterable[str]) -> Patterns:
        """Take patterns as they are written in the settings."""
        return cls(_any_of(include), _any_of(exclude))

    def takes(self, path: str) -> bool:
        """Say whether the file at `path` belongs to the project."""
        return bool(self.include.fullmatch(path)) and not self.leaves_out(path)

    def leaves_out(self, path: str) -> bool:
        """Say whether `path`, a file or a folder, or a folder around it is excluded."""
        return bool(self.exclude.fullmatch(path))


def find_files(root: Path, folder: Path, patterns: Patterns) -> tuple[list[Path], list[Diagnostic]]:
    """Return the files below `folder` that `patterns` take, by path, and what could not be read.

    Hidden folders are left out, and a folder with settings of its own is another project.

    Example:
        find_files(Path("shop"), Path("shop"), Patterns.of(["**/*.seg"], []))
    """
    files: list[Path] = []
    problems: list[Diagnostic] = []
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as found:
                entries = list(found)
        except OSError as error:
            shown = shown_path(current, root)
            problems.append(errors.unreadable_folder(shown, _reason(error)))
            continue
        for entry in entries:
            path = Path(entry.path)
            below = path.relative_to(root).as_posix()
            if entry.is_dir(follow_symlinks=False):
                if not (_is_foreign(path) or patterns.leaves_out(below)):
                    pending.append(path)
            # A pipe or a device would keep the reader waiting; a broken link is told when read.
            elif patterns.takes(below) and (entry.is_symlink() or entry.is_file()):
                files.append(path)
    return sorted(files, key=lambda each: each.relative_to(root).parts), problems


def read_source(path: Path, name: str) -> Source | Diagnostic:
    """Return the text of a file under `name`, or why it could not be read.

    Example:
        read_source(Path("shop/catalog.seg"), "catalog.seg")
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        return errors.unreadable_source(name, _reason(error))
    return source_of(name, data)


def source_of(name: str, data: bytes) -> Source | Diagnostic:
    """Return `data` as a text under `name`, or where it is not UTF-8.

    Example:
        >>> source_of("a.seg", b"age < 30").text
        'age < 30'
    """
    try:
        return Source.of(name, data.decode())
    except UnicodeDecodeError as error:
        # The rest is shown with replacement marks, so that the line can be found.
        start = len(Source.of(name, data[: error.start].decode()).text)
        shown = Source.of(name, data.decode(errors="replace"))
        return errors.not_utf_8(shown.span(start, start + 1), error.start)


def shown_path(path: Path, root: Path) -> str:
    """Return `path` as a message shows it: as a shell in the current folder would need it.

    Inside of the current folder, and inside of a project around it, paths are relative to the
    current folder; elsewhere they are absolute.

    Example:
        >>> shown_path(Path.cwd() / "shop" / "a.seg", Path.cwd() / "shop")
        'shop/a.seg'
    """
    here = Path.cwd()
    if path.is_relative_to(here):
        return path.relative_to(here).as_posix()
    if here.is_relative_to(root):
        return Path(os.path.relpath(path, here)).as_posix()
    return path.as_posix()


def is_skipped(name: str) -> bool:
    """Say whether a folder of this name is never looked into.

    Example:
        >>> [each for each in (".git", "node_modules", "segments") if is_skipped(each)]
        ['.git', 'node_modules']
    """
    return name.startswith(".") or name in _SKIPPED


def _is_foreign(folder: Path) -> bool:
    try:
        return is_skipped(folder.name) or (folder / _SETTINGS).is_file()
    except OSError:
        return False  # it may not be looked into, which is told when it is


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_regex(each)})" for each in patterns) or r"(?!)")


def _regex(pattern: str) -> str:
    parts = list(_pieces(pattern.strip("/").removeprefix("./")))
    return "".join(parts) + r"(?:/.*)?"


def _pieces(pattern: str) -> Iterator[str]:
    for piece in re.findall(r"\*\*/?|\*|\?|[^*?]+", pattern):
        match piece:
            case "**/":
                yield r"(?:.*/)?"
            case "**":
                yield r".*"
            case "*":
                yield r"[^/]*"
            case "?":
                yield r"[^/]"
            case _:
                yield re.escape(piece)
