"""The conformance suite: every engine that is here gives the members that the reference gives.

    python -m tests.conformance                      all engines, all specs, 2,000 generated cases each
    python -m tests.conformance postgres --cases 500

`SEGQL_CASES` says how many generated cases there are where `--cases` does not. Ends with a table, and with status 1 if
anything differs; with `--all` also if an engine is not here.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from tests.engines import ENGINES, Absent, engine
from tests.properties.run import SIZE, Tally, compared
from tests.spec_file import Section, sections, spec_paths
from tests.spec_runner import run

# So many generated cases where no number is given; engines that think long before they begin get fewer at most.
CASES = 2_000
MOST_OF = {"datafusion": 300, "spark": 300}


@dataclass(slots=True)
class Line:
    """A line of the table: what came of one engine. `skipped` counts cases by the reason why they were not asked."""

    engine: str
    version: str = ""
    specs: int = 0
    cases: int = 0
    differences: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    is_absent: bool = False


def spec_sections() -> list[Section]:
    """Return every section that asks something."""
    found = (section for path in spec_paths() for section in sections(path))
    return [each for each in found if each.segql or each.conditions or each.level == 1]


def checked(name: str, number: int) -> tuple[int, list[str], dict[str, str]]:
    """Return how many segments of a section an engine was asked for, what differs, and what was skipped."""
    outcome = run(spec_sections()[number], engine(name))
    return outcome.asked, outcome.problems, dict(outcome.skipped)


def line_of(name: str, cases: int, jobs: int) -> Line:
    """Ask one engine for everything."""
    made = Line(name)
    start = time.perf_counter()
    try:
        asked = engine(name)
    except Absent as error:
        made.skipped[f"all: {error}"] += 1
        made.is_absent = True
        return made
    made.version = asked.version()
    jobs = jobs if asked.is_quick else 1
    # A process that is forked would share the connections of this one.
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        for count, problems, skipped in pool.map(
            checked, [name] * len(spec_sections()), range(len(spec_sections())), chunksize=8
        ):
            made.specs += count
            made.differences += problems
            made.skipped.update(skipped.values())
        for tally in _generated(pool, name, min(cases, MOST_OF.get(name, cases))):
            made.cases += tally.cases
            made.differences += [*tally.reports, *tally.broken_partitions]
            for reason, times in tally.refused.items():
                # What analysis itself refuses is no matter of the engine.
                if reason.startswith(("E4", "unfit")):
                    made.skipped[tally.samples[reason].split(" | ")[0].partition(": ")[2]] += times
    made.seconds = time.perf_counter() - start
    return made


def _generated(pool: ProcessPoolExecutor, name: str, wanted: int) -> Iterator[Tally]:
    """Yield what came of projects until there were enough cases."""
    seed = done = 0
    while done < wanted:
        batch = max(1, -(-(wanted - done) // SIZE))
        for tally in pool.map(compared, range(seed, seed + batch), [name] * batch):
            done += tally.cases
            yield tally
        seed += batch
        # An engine that refuses everything would never have enough.
        if seed > 4 * max(1, wanted // SIZE):
            return


def table(lines: Sequence[Line]) -> str:
    """Return what came of all engines as text."""
    head = ("engine", "version", "specs", "generated", "differences", "seconds")
    rows = [(each.engine, each.version, *_numbers(each)) for each in lines]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    told = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
    for each in lines:
        told += [f"\n{each.engine}, skipped:"] if each.skipped else []
        told += [f"{times:>7}  {reason}" for reason, times in each.skipped.most_common()]
    return "\n".join(told)


def _numbers(line: Line) -> tuple[str, ...]:
    return f"{line.specs:,}", f"{line.cases:,}", str(len(line.differences)), f"{line.seconds:.0f}"


def main() -> int:
    """Run the suite, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument(
        "engines", nargs="*", metavar="ENGINE", help=f"of {', '.join(ENGINES)}; all where none is named"
    )
    parser.add_argument(
        "--cases",
        type=int,
        default=int(os.environ.get("SEGQL_CASES", CASES)),
        help=f"generated cases, {CASES:,} if no number is given; of {' and '.join(MOST_OF)} 300 at most",
    )
    parser.add_argument("--all", action="store_true", help="fail if an engine is not here")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if unknown := [each for each in options.engines if each not in ENGINES]:
        parser.error(f"no such engine: {', '.join(unknown)}")
    lines: list[Line] = []
    for name in options.engines or ENGINES:
        lines.append(line_of(name, options.cases, options.jobs))
        for each in lines[-1].differences[:5]:
            sys.stdout.write(f"─── {name} ───\n{each}\n\n")
    sys.stdout.write(table(lines) + "\n")
    is_absent = options.all and any(each.is_absent for each in lines)
    return 1 if is_absent or any(each.differences for each in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
