"""`segql init`: a new project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from segql.cli.console import Console
from segql.cli.status import Status, status_of
from segql.diagnostics import SegqlError
from segql.workspace import errors
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace


def init(
    console: Console,
    *,
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to make it; here, if not given.")] = Path(),
    demo: Annotated[bool, typer.Option("--demo", help="A small shop with data and segments, to try it out.")] = False,
    from_: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE|URL",
            help="Draft the catalog from the URL of a database, or from CSV or Parquet files. Can be repeated.",
        ),
    ] = None,
) -> Status:
    """Make a new project."""
    if demo and from_:
        raise typer.BadParameter("--demo brings its own data", param_hint="--from")
    with console.working("making the project"):
        written, variables = _demo(folder) if demo else _drafted(folder, from_ or ())
    for each in written:
        console.detail(f"wrote {each}")
    found = Workspace(find_home(folder)).diagnostics()
    console.report(found)
    console.note(_next_steps(folder, variables, demo=demo, drafted=bool(from_)))
    return status_of(found)


def _demo(folder: Path) -> tuple[Sequence[Path], Sequence[str]]:
    from segql.demo import make  # noqa: PLC0415 (only here are its data and an engine needed)

    try:
        make(folder)
    except FileExistsError:
        raise SegqlError([errors.already_there(str(folder))]) from None
    return sorted(each for each in folder.rglob("*") if each.is_file()), ()


def _drafted(folder: Path, sources: Sequence[str]) -> tuple[Sequence[Path], Sequence[str]]:
    # An engine is needed only to look at data.
    from segql.workspace.draft.make import make  # noqa: PLC0415

    made = make(folder, sources)
    return made.files, made.variables


def _next_steps(folder: Path, variables: Sequence[str], *, demo: bool, drafted: bool) -> str:
    lines = [f"A project is in {folder}." if folder != Path() else "A project is here."]
    move = f"cd {folder} && " if folder != Path() else ""
    if demo:
        lines.append(f"    {move}segql run --all --count")
    elif drafted:
        lines.append("Read catalog.seg: it was drafted from the data. Then:")
        # A secret stands in no file; who runs segql sets it.
        lines += [f"    export {each}='…'" for each in variables]
        lines.append(f"    {move}segql run -e everyone --count")
    else:
        lines.append("Say in catalog.seg where the people are. Then:")
        lines.append(f"    {move}segql check")
    return "\n".join(lines)
