"""`segql impact`: what a change of something reaches, and who answers for it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from segql.cli.completion import names
from segql.cli.console import Console
from segql.cli.formats import Format, RowFormat, write_rows
from segql.cli.options import ConfigTexts, ProjectFolder
from segql.cli.status import Status
from segql.cli.workspaces import Asked
from segql.graph import Reached, find, graph_of
from segql.graph import impact as reached_by

_COLUMNS = ("changed", "kind", "name", "owner", "through", "file", "line")


def impact(
    console: Console,
    *,
    changed: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="A field (customer.age), table, event, trait, list, param, segment or anything else with a name.",
            autocompletion=names,
        ),
    ],
    format_: Annotated[
        RowFormat | None,
        typer.Option("--format", help="table on a terminal and csv in a pipe, if not given."),
    ] = None,
    config: ConfigTexts = None,
    project: ProjectFolder = None,
) -> Status:
    """Show what breaks or changes when something does, directly and through others, with its owners."""
    workspace = Asked(project=project, config=config or ()).workspace()
    whole = graph_of(workspace.sound())
    graph = whole.without_idle_fields()
    found = [each for start in find(changed, whole) for each in reached_by(start, graph)]
    form = format_ or (RowFormat.TABLE if sys.stdout.isatty() else RowFormat.CSV)
    is_data = form in {RowFormat.JSON, RowFormat.JSONL}
    write_rows(Format(form), _COLUMNS, [_row(each, is_data) for each in found], sys.stdout.buffer)
    sys.stdout.buffer.flush()
    console.note(_summary(found))
    return Status.DONE


def _row(reached: Reached, is_data: bool) -> tuple[object, ...]:
    declared, span = reached.declared, reached.declared.span
    through = [str(each) for each in reached.through]
    return (
        str(reached.start),
        str(declared.named.sort),
        declared.named.name,
        declared.owner,
        # Programs get the way as an array, people as it goes.
        through if is_data else " > ".join(through),
        span.source.name if span else None,
        span.line if span else None,
    )


def _summary(found: list[Reached]) -> str:
    segments = {each.declared.named for each in found if each.declared.named.sort == "segment"}
    owners = sorted({each.declared.owner for each in found if each.declared.owner})
    if not found:
        return "nothing uses it"
    told = f"{len(segments)} segment{'' if len(segments) == 1 else 's'} reached"
    return f"{told}, of {', '.join(owners)}" if owners else told
