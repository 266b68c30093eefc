"""`segql compile`: the SQL for segments, on standard output."""

from __future__ import annotations

from typing import Annotated

import typer

from segql.cli.completion import dialects
from segql.cli.console import Console
from segql.cli.options import (
    AsOfText,
    ConfigTexts,
    EntityName,
    Everything,
    Expression,
    NoCache,
    ProjectFolder,
    Selectors,
    Settings,
)
from segql.cli.status import Status
from segql.cli.workspaces import Asked


def compile(  # noqa: A001 (`segql compile` is its name)
    console: Console,
    *,
    selectors: Selectors = None,
    everything: Everything = False,
    expression: Expression = None,
    entity: EntityName = None,
    dialect: Annotated[
        str,
        typer.Option("--dialect", metavar="D", help="The engine to write for.", autocompletion=dialects),
    ] = "duckdb",
    as_of: AsOfText = None,
    live_clock: Annotated[
        bool, typer.Option("--live-clock", help="Ask at the engine's own clock, whenever the SQL is run.")
    ] = False,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Put the plan, what is shared, and the estimated work in front, as comments."),
    ] = False,
    settings: Settings = None,
    project: ProjectFolder = None,
    config: ConfigTexts = None,
    no_cache: NoCache = False,
) -> Status:
    """Print one statement that answers for all of the segments."""
    given = (settings or (), project)
    asked = Asked(selectors or (), everything, expression, entity, *given, no_cache=no_cache, config=config or ())
    workspace = asked.workspace()
    names = asked.values(workspace) or asked.names(workspace)
    clock = workspace.clock_of_statement(as_of, is_live=live_clock)
    statement = workspace.statement(names, clock, dialect, is_live=live_clock)
    if explain:
        # Every line is a comment, whatever is quoted in it, so that the whole stays a statement.
        lines = (line.removeprefix("-- ") for line in workspace.explanation(names, clock, dialect).splitlines())
        console.data("".join(f"-- {line}".rstrip() + "\n" for line in lines))
    console.data(statement.sql.rstrip() + "\n")
    moment = "at the engine's clock" if live_clock else f"as of {clock.as_of.isoformat()}"
    console.detail(f"{moment}, {clock.zone.key}")
    return Status.DONE
