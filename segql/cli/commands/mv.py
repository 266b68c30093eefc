"""`segql mv`: another name, in all files at once."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from segql.cli.changes import Change, edited, write_together
from segql.cli.completion import names
from segql.cli.console import Console
from segql.cli.options import ConfigTexts, ProjectFolder
from segql.cli.status import Status
from segql.cli.workspaces import Asked
from segql.diagnostics import SegqlError
from segql.graph import Renamed, errors, renamed
from segql.workspace.files import shown_path
from segql.workspace.mentions import patterns_in_the_way, resaid
from segql.workspace.workspace import Workspace


def mv(
    console: Console,
    *,
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help="A segment, trait, event, entity, field (customer.age), param, list, tier or whatever else.",
            autocompletion=names,
        ),
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What it is to be called.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; show what would change.")] = False,
    config: ConfigTexts = None,
    project: ProjectFolder = None,
) -> Status:
    """Give something another name everywhere. Nothing is written unless everything means what it meant."""
    from segql import compiler  # noqa: PLC0415 (a help needs none)

    workspace = Asked(project=project, config=config or ()).workspace()
    workspace.sound()
    check = partial(compiler.check, settings=workspace.settings)
    made = renamed(workspace.sources, check, old, new)
    settings = resaid(workspace.home, made.names)
    changes = [*_changes(made, workspace), *(Change(each.path, each.data, each.path) for each in settings)]
    if dry_run:
        for each in changes:
            console.data(_difference(each, workspace))
    else:
        write_together(changes)
    places = sum(map(len, made.edits.values())) + sum(each.places for each in settings)
    console.note(_summary(made, places, len(changes), is_written=not dry_run))
    return Status.DONE


def _changes(made: Renamed, workspace: Workspace) -> list[Change]:
    found: list[Change] = []
    for name in dict.fromkeys([*made.edits, *made.moved]):
        path = workspace.files[name]
        to = path.with_name(Path(made.moved[name]).name) if name in made.moved else path
        if to != path and to.exists():
            raise SegqlError([errors.file_in_the_way(made.moved[name])])
        if to != path and (wrong := list(patterns_in_the_way(workspace.home, path, to))):
            raise SegqlError(wrong)
        text = path.read_bytes().decode()
        found.append(Change(path, edited(text, made.edits.get(name, ())).encode(), to))
    return found


def _difference(change: Change, workspace: Workspace) -> str:
    """Return what would change as `git diff` shows it; of a file that is to be moved, both names."""
    shown = shown_path(change.path, workspace.root)
    to = str(Path(shown).with_name(change.to.name))
    before, after = (data.decode().splitlines(keepends=True) for data in (change.path.read_bytes(), change.data))
    lines = list(difflib.unified_diff(before, after, shown, to))
    head = [f"rename from {shown}\n", f"rename to {to}\n"] if shown != to else []
    return "".join([*head, *_ended(lines)])


def _ended(lines: Sequence[str]) -> list[str]:
    return [each if each.endswith("\n") else f"{each}\n\\ No newline at end of file\n" for each in lines]


def _summary(made: Renamed, places: int, files: int, *, is_written: bool) -> str:
    done = "is called" if is_written else "would be called"
    told = [f"{places} place{'' if places == 1 else 's'} in {files} file{'' if files == 1 else 's'}"] if places else []
    told += [f"the file {before} becomes {after}" for before, after in made.moved.items()]
    return f"{made.old.sort} `{made.old.name}` {done} `{made.new.name}`: {', '.join(told)}"
