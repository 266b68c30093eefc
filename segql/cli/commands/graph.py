"""`segql graph`: what a project declares, and what uses what."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from segql.analysis import Named, Sort
from segql.cli.console import Console
from segql.cli.options import ConfigTexts, ProjectFolder, Selectors
from segql.cli.status import Status
from segql.cli.workspaces import Asked
from segql.diagnostics import SegqlError
from segql.graph import Graph, find, graph_of
from segql.workspace.workspace import Workspace


class Format(StrEnum):
    """How a graph is written."""

    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"


class Show(StrEnum):
    """What is shown of what is named: all that it needs, all that uses it, or both."""

    NEEDS = "needs"
    USERS = "users"
    BOTH = "both"


def graph(
    console: Console,
    *,
    selectors: Selectors = None,
    show: Annotated[
        Show, typer.Option("--show", help="What is named with all that it needs, all that uses it, or both.")
    ] = Show.NEEDS,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.MERMAID,
    config: ConfigTexts = None,
    project: ProjectFolder = None,
) -> Status:
    """Show what uses what: of the whole project, or of segments or anything else that has a name."""
    chosen = selectors or ()
    workspace = Asked(chosen, project=project, config=config or ()).workspace()
    whole = graph_of(workspace.sound())
    shown = whole.without_idle_fields()
    if chosen:
        start = [each for one in chosen for each in _meant(one, whole, workspace)]
        kept = set() if show is Show.USERS else whole.needed_by(start)
        kept |= set() if show is Show.NEEDS else whole.users_of(start)
        shown = whole.only(kept)
    console.data(_written(shown, format_))
    console.detail(f"{len(shown.declared)} names below {workspace.root}")
    return Status.DONE


def _meant(selector: str, whole: Graph, workspace: Workspace) -> list[Named]:
    """Return what is meant by a selector of segments, or by the name of anything."""
    from segql.graph.find import meant_by  # noqa: PLC0415 (beside `find`)
    from segql.workspace.selectors import select  # noqa: PLC0415 (see above)

    if len(meant_by(selector, whole.declared)) == 1:
        return meant_by(selector, whole.declared)
    if written := _written_in(selector, whole.without_idle_fields(), workspace):
        return written
    try:
        names = select([selector], workspace.analyzed.definitions, workspace.file_of)
    except SegqlError:
        return find([selector], whole)
    sorts = (Sort.SEGMENT, Sort.TIER, Sort.ARM)
    return [each for name in names for sort in sorts if (each := Named(sort, name)) in whole.declared]


def _written_in(path: str, whole: Graph, workspace: Workspace) -> list[Named]:
    """Return what the file at `path`, or those below it, declare of a graph; nothing where it is no path."""
    if not Path(path).exists():
        return []
    below = Path(path).resolve()
    files = {name for name, each in workspace.files.items() if each.resolve().is_relative_to(below)}
    return [each.named for each in whole.declared.values() if each.span and each.span.source.name in files]


def _written(graph: Graph, format_: Format) -> str:
    match format_:
        case Format.MERMAID:
            from segql.graph.mermaid import mermaid  # noqa: PLC0415 (one of three)

            return mermaid(graph)
        case Format.DOT:
            from segql.graph.dot import dot  # noqa: PLC0415

            return dot(graph)
        case Format.JSON:
            from segql.graph.document import document  # noqa: PLC0415

            return document(graph)
