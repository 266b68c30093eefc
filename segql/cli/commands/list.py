"""`segql list`: the segments of a project, with who answers for them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from segql.cli.console import Console
from segql.cli.formats import Format, RowFormat, write_rows
from segql.cli.options import ConfigTexts, EntityName, ProjectFolder, Selectors, Settings
from segql.cli.status import Status
from segql.cli.workspaces import Asked

_COLUMNS: tuple[str, ...] = ("segment", "entity", "owner", "tags", "description")


def list(  # noqa: A001 (`segql list` is its name)
    console: Console,
    *,
    selectors: Selectors = None,
    entity: EntityName = None,
    settings: Settings = None,
    format_: Annotated[
        RowFormat | None,
        typer.Option("--format", help="table on a terminal and csv in a pipe, if not given."),
    ] = None,
    project: ProjectFolder = None,
    config: ConfigTexts = None,
) -> Status:
    """List segments with their entity, owner, tags and description."""
    chosen = selectors or ()
    asked = Asked(chosen, not chosen, entity=entity, settings=settings or (), project=project, config=config or ())
    workspace = asked.workspace()
    definitions = workspace.sound().definitions
    found = [definitions[name] for name in asked.names(workspace)] if definitions else []
    form = format_ or (RowFormat.TABLE if sys.stdout.isatty() else RowFormat.CSV)
    is_data = form in {RowFormat.JSON, RowFormat.JSONL}
    rows: Sequence[tuple[object, ...]] = [
        # Programs get the tags as an array, people as they are written.
        (each.name, each.entity, each.owner, each.tags if is_data else ", ".join(each.tags), each.description)
        for each in found
    ]
    columns = _COLUMNS
    if form is not RowFormat.TABLE:
        fingerprints = workspace.fingerprints
        columns = (*columns, "fingerprint")
        rows = [(*row, fingerprints.of(each.name)) for row, each in zip(rows, found, strict=True)]
    write_rows(Format(form), columns, rows, sys.stdout.buffer)
    sys.stdout.buffer.flush()
    console.detail(f"{len(found)} of {len(definitions)} segments below {workspace.root}")
    return Status.DONE
