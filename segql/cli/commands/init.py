"""`segql init`: a new project."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from segql.cli.console import Console
from segql.cli.output import opened
from segql.cli.status import Status, status_of
from segql.diagnostics import SegqlError
from segql.highlight import GITATTRIBUTES
from segql.workspace import errors
from segql.workspace.draft.repository import (
    ATTRIBUTES,
    SCHEMA,
    Ci,
    ci_place,
    ci_text,
    schema_text,
    with_schema,
)
from segql.workspace.files import shown_path
from segql.workspace.root import SETTINGS, find_home, repository_of
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
    ci: Annotated[
        Ci | None,
        typer.Option("--ci", help="Also write a job that checks every change; alone in a project that is there."),
    ] = None,
) -> Status:
    """Make a new project, or give one that is there a job for CI. Nothing that is there is overwritten."""
    if demo and from_:
        raise typer.BadParameter("--demo brings its own data", param_hint="--from")
    if ci is not None and (place := ci_place(folder, ci)).exists():
        raise SegqlError([errors.already_there(shown_path(place, repository_of(folder)), is_job=True)])
    if ci is not None and not (demo or from_) and _is_project(folder):
        return _job_alone(folder, ci, console)
    with console.working("making the project"):
        written, variables = _demo(folder) if demo else _drafted(folder, from_ or ())
    written = [*written, *_around(folder, ci, console)]
    for each in written:
        console.detail(f"wrote {each}")
    found = Workspace(find_home(folder)).diagnostics()
    console.report(found)
    console.note(_next_steps(folder, variables, demo=demo, drafted=bool(from_)))
    return status_of(found)


def _is_project(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    home = find_home(folder)
    return home.text is not None or bool(Workspace(home).files)


def _job_alone(folder: Path, ci: Ci, console: Console) -> Status:
    place = ci_place(folder, ci)
    place.parent.mkdir(parents=True, exist_ok=True)
    with opened(place) as sink:
        sink.write(ci_text(folder, ci).encode())
    console.note(f"{shown_path(place, repository_of(folder))} checks the project{_in(folder)} at every change.")
    return Status.DONE


def _in(folder: Path) -> str:
    return f" in {folder}" if folder != Path() else ""


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


def _around(folder: Path, ci: Ci | None, console: Console) -> Iterator[Path]:
    """Write what git, editors and CI want beside the project, and yield where."""
    settings = folder / SETTINGS
    texts = {
        folder / ATTRIBUTES: GITATTRIBUTES,
        folder / SCHEMA: schema_text(),
        settings: with_schema(settings.read_text(encoding="utf-8")),
    }
    if ci is not None:
        texts[ci_place(folder, ci)] = ci_text(folder, ci)
    for path, text in texts.items():
        if path.name == ATTRIBUTES and path.exists():
            if "*.seg" not in path.read_text(encoding="utf-8", errors="replace"):
                console.note(f"{path} is there and was left as it is; this line belongs into it:\n    {text.rstrip()}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened(path) as sink:
            sink.write(text.encode())
        if path != settings:
            yield path


def _next_steps(folder: Path, variables: Sequence[str], *, demo: bool, drafted: bool) -> str:
    lines = [f"A project is{_in(folder) or ' here'}."]
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
