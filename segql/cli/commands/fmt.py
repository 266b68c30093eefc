"""`segql fmt`: files in the one style."""

from __future__ import annotations

import codecs
import difflib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from segql.cli.console import Console
from segql.cli.options import ConfigTexts, ProjectFolder
from segql.cli.output import opened
from segql.cli.status import Status, status_of
from segql.diagnostics import Diagnostic, SegqlError
from segql.fmt import Formatted, format_markdown, format_source
from segql.source import Source
from segql.workspace import errors
from segql.workspace.files import Patterns, find_files, shown_path, source_of
from segql.workspace.root import Home, find_home
from segql.workspace.workspace import Options, Workspace

_STDIN = "-"
_MARKDOWN = frozenset({".md", ".markdown"})
_PAGES = tuple(f"**/*{each}" for each in sorted(_MARKDOWN))


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is and as it should be; without a path it is standard input. `mark`: it begins with one."""

    name: str
    path: Path | None
    before: str
    made: Formatted
    ends: str
    mark: str

    @property
    def is_changed(self) -> bool:
        return self.made.text != self.before

    @property
    def data(self) -> bytes:
        return (self.mark + self.made.text.replace("\n", self.ends)).encode()


def fmt(
    console: Console,
    *,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders, Markdown files too; - reads standard input."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; tell which files would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change.")] = False,
    project: ProjectFolder = None,
    config: ConfigTexts = None,
) -> Status:
    """Lay out files in the one style. Comments and meaning are kept; what is broken is left as it is."""
    given = [Path(each) for each in paths or () if each != _STDIN]
    home = find_home(project, _folder_of(given), config or ())
    found: list[_File] = []
    problems: list[Diagnostic] = []
    for name, path in _targets(home, given, paths or ()):
        read = _read(name, path, home.config.fmt.width)
        if isinstance(read, Diagnostic):
            problems.append(read)
        else:
            found.append(read)
            problems += read.made.diagnostics
    changed = [each for each in found if each.is_changed]
    for each in changed if diff else []:
        console.data(_difference(each))
    if not (check or diff):
        # Standard input is given back whether it has changed or not.
        for each in [each for each in found if each.path is None or each.is_changed]:
            try:
                with opened(each.path) as sink:
                    sink.write(each.data)
            except SegqlError as error:
                problems += error.diagnostics
                changed.remove(each)
                found.remove(each)
    elif check:
        for each in changed:
            console.warn(f"{each.name} would change")
    console.report(problems)
    console.note(_summary(len(found), len(changed), is_written=not (check or diff)))
    status = status_of(problems)
    return Status.ERRORS if (check or diff) and changed and status is Status.DONE else status


def _folder_of(given: Sequence[Path]) -> Path | None:
    if not given:
        return None
    first = given[0].absolute()
    return first if first.is_dir() else first.parent


def _targets(home: Home, given: Sequence[Path], paths: Sequence[str]) -> Iterator[tuple[str, Path | None]]:
    """Yield what is to be laid out, by the name that messages give it: what was named, else the project's files."""
    missing = [errors.no_files(str(each), is_there=False) for each in given if not each.exists()]
    if missing:
        raise SegqlError(missing)
    if _STDIN in paths:
        yield _STDIN, None
    # However often and by whatever names a file is named, it is one file.
    seen: set[Path] = set()
    for name, path in _files(home, given, paths):
        if path.resolve() not in seen:
            seen.add(path.resolve())
            yield name, path


def _files(home: Home, given: Sequence[Path], paths: Sequence[str]) -> Iterator[tuple[str, Path]]:
    for each in given:
        if not each.is_dir():
            yield str(each), each
    named = [each for each in given if each.is_dir()]
    folders = [each.resolve() for each in named]
    if (given and not folders) or _STDIN in paths:
        return
    workspace = Workspace(home, Options(also=tuple(folders)))
    files = {name: (path, path.resolve()) for name, path in workspace.files.items()}
    # Who names a folder means its pages, too.
    for each in folders:
        root = home.root if each.is_relative_to(home.root) else each
        pages, _ = find_files(root, each, Patterns.of(_PAGES, home.config.exclude))
        files |= {shown_path(path, home.root): (path, path.resolve()) for path in pages}
    # What is named and holds nothing is a mistake; it would otherwise pass for laid out.
    empty = [each for each in named if not any(path.is_relative_to(each.resolve()) for _, path in files.values())]
    if empty:
        raise SegqlError([errors.no_files(str(each)) for each in empty])
    for name, (path, resolved) in files.items():
        if not folders or any(resolved.is_relative_to(each) for each in folders):
            yield name, path


def _read(name: str, path: Path | None, width: int) -> _File | Diagnostic:
    try:
        data = sys.stdin.buffer.read() if path is None else path.read_bytes()
    except OSError as error:
        return errors.unreadable_source(name, (error.strerror or str(error)).lower())
    source = source_of(name, data)
    if isinstance(source, Diagnostic):
        return source
    made = _formatted(source, path, width)
    # The most lines say how a line ends. A byte order mark stays: something that reads the file may look for it.
    carried = data.count(b"\r\n")
    ends = "\r\n" if carried > data.count(b"\n") - carried else "\n"
    return _File(name, path, source.text, made, ends, "\ufeff" if data.startswith(codecs.BOM_UTF8) else "")


def _formatted(source: Source, path: Path | None, width: int) -> Formatted:
    is_markdown = path is not None and path.suffix.lower() in _MARKDOWN
    return format_markdown(source, width) if is_markdown else format_source(source, width)


def _difference(file: _File) -> str:
    before, after = (text.splitlines(keepends=True) for text in (file.before, file.made.text))
    lines = difflib.unified_diff(before, after, file.name, file.name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _summary(files: int, changed: int, *, is_written: bool) -> str:
    done = "reformatted" if is_written else "would change"
    told = [f"{_counted(changed)} {done}"] if changed else []
    told += [f"{_counted(files - changed)} left unchanged"] if files > changed else []
    return ", ".join(told) or "no files"


def _counted(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
