"""`segql check`: everything that is wrong with a project, without an engine unless it is asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from segql.cli.completion import connections
from segql.cli.console import Console
from segql.cli.options import ConfigTexts, EntityName, Expression, NoCache, ProjectFolder, Settings, StdinFilename
from segql.cli.reports import Format, reporting, write
from segql.cli.status import Status, status_of
from segql.cli.workspaces import Asked
from segql.diagnostics import Diagnostic, SegqlError, Severity
from segql.workspace import errors
from segql.workspace.workspace import Workspace


@reporting
def check(
    console: Console,
    *,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", help="Files or folders; - reads standard input."),
    ] = None,
    expression: Expression = None,
    entity: EntityName = None,
    settings: Settings = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write what is wrong.")] = Format.FULL,
    live: Annotated[bool, typer.Option("--live", help="Compare the whole catalog with the database, too.")] = False,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="CONNECTION", help="The connection of --live.", autocompletion=connections),
    ] = None,
    project: ProjectFolder = None,
    config: ConfigTexts = None,
    no_cache: NoCache = False,
    stdin_filename: StdinFilename = None,
) -> Status:
    """Read, resolve and type everything; no engine, no network, no password, unless --live asks for the database."""
    if on is not None and not live:
        raise typer.BadParameter("only --live asks a database", param_hint="--on")
    began = time.perf_counter()
    connection = on or "default"
    asked = Asked(
        *((), False, expression, entity, settings or (), project, connection, no_cache, config or ()), stdin_filename
    )
    try:
        workspace = asked.workspace(paths or ())
        found = workspace.diagnostics()
        if workspace.can_be_read:
            found = [*found, *_linted(workspace)]
        if live and status_of(found) is Status.DONE:
            with console.working("asking the engine"):
                found = [*found, *workspace.live_diagnostics()]
        elif live:
            console.warn("the database is asked only when the files have no errors")
        shown = about(found, paths or (), workspace)
        summary = _summary(workspace, shown, len(found) - len(shown))
        console.detail(f"{counted(len(workspace.files), 'file')} below {workspace.root}")
    except SegqlError as error:
        # Settings that are wrong are findings, too: a report must be whole whatever happens.
        shown = list(error.diagnostics)
        summary = told(shown)
    write(shown, format_, console)
    console.note(summary)
    console.detail(f"{time.perf_counter() - began:.2f} s")
    return status_of(shown)


def _linted(workspace: Workspace) -> list[Diagnostic]:
    from segql.workspace.linting import Linter  # noqa: PLC0415 (what cannot be read is not looked at)

    linter = Linter.of(workspace, workspace.clock().today)
    return [*linter.settings_diagnostics(), *(each.diagnostic for each in linter.findings())]


def about(found: Sequence[Diagnostic], paths: Sequence[str], workspace: Workspace) -> Sequence[Diagnostic]:
    """Return what is wrong in the files that were named, or in all where none was."""
    files = {name: path.resolve() for name, path in workspace.files.items()}
    named = {each: Path(each).resolve() for each in paths if each != "-"}
    empty = [
        errors.no_files(each, is_there=path.exists())
        for each, path in named.items()
        if not any(file.is_relative_to(path) for file in files.values())
    ]
    if not (files or workspace.options.texts or found):
        empty.append(errors.no_files(str(workspace.root)))
    if empty:
        raise SegqlError(empty)
    if not paths:
        return found
    inside = {*(each.name for each in workspace.options.texts), workspace.buffer}
    for path in named.values():
        inside |= {name for name, file in files.items() if file.is_relative_to(path)}
    return [each for each in found if each.span is None or each.span.source.name in inside]


def _summary(workspace: Workspace, shown: Sequence[Diagnostic], elsewhere: int) -> str:
    """Say what was read and how it is: `14 segments, 3 events, no errors`."""
    analyzed = workspace.analyzed
    parts = [counted(len(analyzed.definitions), "segment")]
    if analyzed.catalog.streams:
        parts.append(counted(len(analyzed.catalog.streams), "event"))
    said = ", ".join([*parts, told(shown)])
    return f"{said}; {counted(elsewhere, 'more finding')} in other files" if elsewhere else said


def told(diagnostics: Sequence[Diagnostic]) -> str:
    """Say how many errors and warnings there are."""
    warnings = sum(each.severity is Severity.WARNING for each in diagnostics)
    wrong = len(diagnostics) - warnings
    said = counted(wrong, "error") if wrong else "no errors"
    return f"{said}, {counted(warnings, 'warning')}" if warnings else said


def counted(count: int, word: str, words: str = "") -> str:
    """Return a number with its word, of which `words` is the plural where an `s` does not make it."""
    return f"{count} {word}" if count == 1 else f"{count:,} {words or word + 's'}"
