"""From the options of a command to a project at work."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typer

from segql.diagnostics import Diagnostic, SegqlError
from segql.source import Source
from segql.workspace import errors
from segql.workspace.files import source_of
from segql.workspace.root import find_home
from segql.workspace.selectors import select
from segql.workspace.workspace import Options, Workspace

# The names of what was typed, as the command line has them; no segment in a file can be called so.
_STDIN = "-"
_TYPED = "-e"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says about which segments are meant, and how."""

    selectors: Sequence[str] = ()
    everything: bool = False
    expression: str | None = None
    entity: str | None = None
    settings: Sequence[str] = ()
    project: Path | None = None
    connection: str = "default"
    no_cache: bool = False
    config: Sequence[str] = ()
    stdin_filename: Path | None = None
    typed: bytes | None = None

    def workspace(self, paths: Sequence[str] = ()) -> Workspace:
        """Return the project that is meant; `paths` are files and folders that belong to it, too."""
        given = [Path(each) for each in paths if each != "-" and Path(each).exists()]
        given += [Path(each) for each in self.selectors if _is_file(each)]
        is_typed = _STDIN in (*paths, *self.selectors)
        buffer = self._buffer(is_typed)
        named = [*([] if buffer is None else [buffer[0]]), *given]
        start = _folder_of(named[0]) if named else None
        home = find_home(self.project, start, self.config)
        texts = [self._standard_input()] if is_typed and buffer is None else []
        if self.expression is not None:
            texts.append(Source.of(_TYPED, self.expression))
        options = Options(
            params=_params(self.settings),
            connection=self.connection,
            entity=self.entity,
            also=tuple(each.absolute() for each in given),
            texts=tuple(texts),
            buffer=buffer,
            keeps_parsed=not self.no_cache,
        )
        return Workspace(home, options)

    @property
    def standard_input(self) -> bytes:
        """What was typed, or what stands for it by now."""
        return _typed() if self.typed is None else self.typed

    def _standard_input(self) -> Source:
        found = source_of(_STDIN, self.standard_input)
        if isinstance(found, Diagnostic):
            raise SegqlError([found])
        return found

    def _buffer(self, is_typed: bool) -> tuple[Path, bytes] | None:
        """Return the file that standard input stands for, with its text."""
        if self.stdin_filename is None:
            return None
        if not is_typed:
            raise typer.BadParameter("it is for standard input, which is read as -", param_hint="--stdin-filename")
        path = Path(os.path.abspath(self.stdin_filename))  # noqa: PTH100 (a link stays what it was named)
        if path.is_dir():
            raise typer.BadParameter(f"'{self.stdin_filename}' is a folder", param_hint="--stdin-filename")
        return path, self.standard_input

    def names(self, workspace: Workspace) -> list[str]:
        """Return the names of the segments that are meant.

        Raises:
            SegqlError: the project has errors, a selector finds nothing, or there is none.
        """
        definitions = workspace.sound().definitions
        chosen = sorted(definitions) if self.everything else []
        chosen += select(workspace.members_of(self.selectors), definitions, workspace.file_of)
        if self.expression is not None:
            chosen.append(_TYPED)
        if not chosen:
            raise SegqlError([errors.nothing_selected()])
        return list(dict.fromkeys(chosen))

    def values(self, workspace: Workspace) -> list[str]:
        """Return the scores, tier lists and splits that are meant; nothing where segments are.

        Raises:
            SegqlError: the project has errors, or both are meant.
        """
        others = [_TYPED] if self.expression is not None else []
        named = [*self.selectors, *others, *(["--all"] if self.everything else [])]
        return list(dict.fromkeys(named)) if workspace.are_values(named) else []


def _params(settings: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for each in settings:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"'{each}' is not of the form NAME=VALUE", param_hint="--set")
        given[name.strip()] = value
    return given


@cache
def _typed() -> bytes:
    # It can be read only once.
    return sys.stdin.buffer.read()


def _is_file(selector: str) -> bool:
    """Say whether a selector names a file or folder that is there; the rest are names or mistakes."""
    looks_like_it = "/" in selector or selector.endswith(".seg") or selector in {".", ".."}
    return looks_like_it and Path(selector).exists()


def _folder_of(path: Path) -> Path:
    path = path.absolute()
    return path if path.is_dir() else path.parent
