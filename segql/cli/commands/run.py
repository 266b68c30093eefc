"""`segql run`: the members of segments, or how many they are."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segql.cli.completion import connections
from segql.cli.console import Console
from segql.cli.formats import Format, is_binary, write_batches, write_rows
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
from segql.cli.output import opened
from segql.cli.status import Status, status_of
from segql.cli.workspaces import Asked
from segql.diagnostics import Diagnostic
from segql.workspace.workspace import Workspace

# Named in annotations only: a mistake in a segment is told before an engine is loaded.
if TYPE_CHECKING:
    import pyarrow as pa

    from segql.plan import Clock
    from segql.run.costs import Costs

# A condition may fill a page; the other forms have all of it.
_CONDITION_LENGTH = 80
_COST_COLUMNS = ("part", "name", "for", "seconds", "share", "estimated")

# A table is for looking at. Whoever wants all of many members says so, or takes another form.
_TABLE_ROWS = 1_000


def run(
    console: Console,
    *,
    selectors: Selectors = None,
    everything: Everything = False,
    expression: Expression = None,
    entity: EntityName = None,
    as_of: AsOfText = None,
    count: Annotated[bool, typer.Option("--count", help="Only how many members each has.")] = False,
    explain_analyze: Annotated[
        bool,
        typer.Option(
            "--explain-analyze",
            help="Run it, and print what each segment costs instead: each pass over a table is timed alone as well.",
        ),
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="Only the first N rows.")] = None,
    format_: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="table on a terminal and csv in a pipe, if not given; of a file, by its ending.",
        ),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")] = None,
    on: Annotated[
        str,
        typer.Option(
            "--on",
            metavar="CONNECTION",
            help="The connection to ask.",
            autocompletion=connections,
        ),
    ] = "default",
    settings: Settings = None,
    project: ProjectFolder = None,
    config: ConfigTexts = None,
    no_cache: NoCache = False,
) -> Status:
    """Print the members of segments, or what each gets by a score, tier list or split; in one pass over the data."""
    sink = Sink(_form(format_, output), output, limit)
    if is_binary(sink.form) and output is None and sys.stdout.isatty():
        raise typer.BadParameter(f"{sink.form} is not for a terminal; name a file with --output", param_hint="--format")
    if count and limit is not None:
        raise typer.BadParameter("a count has no first rows", param_hint="--limit")
    if explain_analyze and limit is not None:
        raise typer.BadParameter("costs have no first rows", param_hint="--limit")
    given = (settings or (), project, on, no_cache, config or ())
    asked = Asked(selectors or (), everything, expression, entity, *given)
    workspace = asked.workspace()
    names = [] if count else asked.values(workspace)
    form = "counts" if count else "values" if names else "members"
    asks = {"counts": _counts, "values": _values, "members": _members}
    ask = partial(_costs, form) if explain_analyze else asks[form]
    names = names or asked.names(workspace)
    clock = workspace.clock(as_of)
    console.detail(f"as of {clock.as_of.isoformat()}, {clock.zone.key}")
    began = time.perf_counter()
    failures = ask(workspace, names, clock, sink, console)
    console.detail(f"{time.perf_counter() - began:.2f} s")
    console.report(failures)
    return status_of(failures)


@dataclass(frozen=True, slots=True)
class Sink:
    """Where an answer goes, in what form, and how much of it."""

    form: Format
    path: Path | None
    limit: int | None


def _form(given: Format | None, output: Path | None) -> Format:
    if given is not None:
        return given
    if output is None:
        return Format.TABLE if sys.stdout.isatty() else Format.CSV
    ending = output.suffix.lower().removeprefix(".")
    return Format(ending) if ending in set(Format) - {Format.TABLE} else Format.CSV


def _members(
    workspace: Workspace, names: Sequence[str], clock: Clock, sink: Sink, console: Console
) -> Sequence[Diagnostic]:
    workspace.one_entity(names)
    with workspace.runner() as runner:
        with console.working("asking the engine"):
            found = runner.members(names, clock)
        _written(found.reader, sink, console)
    return found.failures


def _values(
    workspace: Workspace, names: Sequence[str], clock: Clock, sink: Sink, console: Console
) -> Sequence[Diagnostic]:
    with workspace.runner() as runner:
        with console.working("asking the engine"):
            found = runner.values(names, clock)
        _written(found, sink, console)
    return []


def _written(found: pa.RecordBatchReader, sink: Sink, console: Console) -> None:
    """Write rows, of a table on a terminal only the first."""
    from segql.run.head import Head  # noqa: PLC0415 (the runner has loaded all of it)

    is_cut = sink.form is Format.TABLE and sink.limit is None
    head = Head(found, _TABLE_ROWS if is_cut else sink.limit)
    with opened(sink.path, is_chosen=True) as stream:
        write_batches(sink.form, head.reader(), stream)
    if is_cut and (more := head.rest()):
        console.warn(f"{more:,} more; --limit or another --format shows them")


def _counts(
    workspace: Workspace, names: Sequence[str], clock: Clock, sink: Sink, console: Console
) -> Sequence[Diagnostic]:
    with console.working("asking the engine"):
        found = workspace.counts(names, clock, with_sizes=sink.form is Format.TABLE)
    counted = {name: (each.counts[name], each.size) for each in found for name in each.counts}
    rows = [(name, *counted[name]) for name in names if name in counted]
    with opened(sink.path, is_chosen=True) as stream:
        if sink.form is Format.TABLE:
            told = [(name, f"{count:,}", _share(count, size)) for name, count, size in rows]
            write_rows(sink.form, ["segment", "count", "share"], told, stream)
        else:
            import pyarrow as pa  # noqa: PLC0415 (the runner has loaded it)

            columns = {"segment": [row[0] for row in rows], "count": [row[1] for row in rows]}
            write_batches(sink.form, pa.table(columns).to_reader(), stream)
    return [failure for each in found for failure in each.failures]


def _costs(
    form: str, workspace: Workspace, names: Sequence[str], clock: Clock, sink: Sink, console: Console
) -> Sequence[Diagnostic]:
    if form != "values":
        workspace.one_entity(names)
    with workspace.runner() as runner:
        from segql.sql import Form  # noqa: PLC0415 (the runner has loaded it)

        with console.working("asking the engine, part by part"):
            found = runner.costs(names, clock, Form(form))
    rows = list(_cost_rows(found))
    with opened(sink.path, is_chosen=True) as stream:
        if sink.form is Format.TABLE:
            told = [
                (part, _cut(name), of, f"{seconds:.4f}", _percent(share), _percent(estimated))
                for part, name, of, seconds, share, estimated in rows
            ]
            write_rows(sink.form, _COST_COLUMNS, told, stream)
        else:
            import pyarrow as pa  # noqa: PLC0415 (the runner has loaded it)

            types = [pa.string()] * 3 + [pa.float64()] * 3
            columns = [pa.array([row[at] for row in rows], type_) for at, type_ in enumerate(types)]
            write_batches(sink.form, pa.table(columns, list(_COST_COLUMNS)).to_reader(), stream)
    if found.unasked:
        console.note(f"{found.unasked} more of the conditions of {found.dearest} were not timed")
    return []


def _cost_rows(found: Costs) -> Iterator[tuple[str, str, str, float, float | None, float | None]]:
    """Yield the rows of costs: the whole, segments, passes, and the conditions of the dearest segment."""
    yield "request", "", "", found.seconds, 1.0, 1.0
    for segment in found.segments:
        yield "segment", segment.name, "", segment.seconds, segment.share, segment.estimated
    for each in found.passes:
        share = each.seconds / found.seconds if found.seconds else None
        yield "pass", f"{each.name} ({each.table})", ", ".join(each.users), each.seconds, share, each.estimated
    for condition in found.conditions:
        yield "condition", condition.condition, found.dearest, condition.seconds, None, None


def _cut(text: str) -> str:
    return text if len(text) <= _CONDITION_LENGTH else f"{text[: _CONDITION_LENGTH - 1]}…"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _share(count: int, size: int | None) -> str:
    if not size:
        return ""
    share = 100 * count / size
    return "< 0.1%" if 0 < share < 0.1 else f"{share:.1f}%"
