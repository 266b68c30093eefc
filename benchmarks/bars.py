"""The bars: what is measured, against what, what must hold and what is aimed at."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import limited, processes, requests, served
from benchmarks.bench import Bench
from benchmarks.pairs import Measured


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound on what was measured, and its text.

    `ratio` is the most that our time may be of the other; `worst` the same of each part; `seconds` the most of ours.
    """

    text: str
    ratio: float
    worst: float | None = None
    seconds: float | None = None

    def holds(self, found: Measured) -> bool:
        """Say whether what was measured keeps it.

        Example:
            Bound("≤ 1.2× its time", 1.2).holds(Measured(ours=1.1, theirs=1.0, ratio=1.1, pairs=9))
        """
        return (
            found.ratio <= self.ratio
            and (self.worst is None or found.worst <= self.worst)
            and (self.seconds is None or found.ours <= self.seconds)
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its `name` on the command line, and what the table says of it."""

    name: str
    what: str
    yardstick: str
    must: Bound
    aim: Bound
    measure: Callable[[Bench], Measured]
    # Whether the table says how many times faster it is, rather than how long it takes of the other's time.
    is_speed: bool = False


# Whatever the ratio, as long as there is one.
_ANY = sys.float_info.max


def _times(most: float) -> Bound:
    return Bound(f"≤ {most:g}× its time", most)


def _faster(least: float) -> Bound:
    return Bound(f"≥ {least:g}× faster", 1 / least)


BARS = (
    Bar(
        "shapes",
        "one segment, median of a dozen shapes",
        "the SQL an expert writes by hand",
        Bound("≤ 1.05× its time, none over 1.2×", 1.05, worst=1.2),
        _times(1),
        requests.one_segment,
    ),
    Bar(
        "batch-50",
        "50 segments in one request, DuckDB",
        "the 50 expert queries, one after another",
        _faster(2),
        _faster(4),
        requests.batch_of_50,
        is_speed=True,
    ),
    Bar(
        "batch-200",
        "200 segments in one request, DuckDB",
        "the 200 expert queries",
        _faster(4.5),
        _faster(10),
        requests.batch_of_200,
        is_speed=True,
    ),
    Bar(
        "growth",
        "from 50 to 200 segments, same vocabulary",
        "its own time at 50",
        _times(1.8),
        _times(1.3),
        requests.growth,
    ),
    Bar(
        "postgres",
        "50 segments in one request, PostgreSQL (a tenth of the data)",
        "the 50 expert queries",
        _faster(4),
        _faster(8),
        served.batch_on_postgres,
        is_speed=True,
    ),
    Bar(
        "bare",
        "the batch of 50",
        "one bare group-by pass over the same tables",
        _times(5),
        _times(2),
        requests.bare_pass,
    ),
    Bar(
        "sequence",
        "a sequence of three steps",
        "the expert's window-function SQL",
        _times(1.1),
        _times(1),
        requests.sequence,
    ),
    Bar(
        "check",
        "check 1,000 segments, every rule on, one process, start included",
        "sqlfluff linting their expert SQL",
        Bound("≥ 50× faster and ≤ 2.5 s", 1 / 50, seconds=2.5),
        Bound("≤ 1 s", _ANY, seconds=1.0),
        processes.check_many,
        is_speed=True,
    ),
    Bar(
        "compile",
        "compile 1,000 segments, one statement each, to SQL",
        "sqlglot parsing and printing that SQL",
        _times(2),
        _times(1),
        processes.compile_many,
    ),
    Bar(
        "start",
        "`segql check` of one file, cold",
        '`python -c "import lark, typer"`',
        _times(1.8),
        _times(1.3),
        processes.start,
    ),
    Bar(
        "memory",
        "100 million events, 1 GB memory limit",
        "the unlimited time",
        Bound("finishes, right", _ANY),
        _times(1.3),
        limited.little_memory,
    ),
)
