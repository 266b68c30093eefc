"""Compare many generated segments: `python -m tests.properties.run --cases 20000`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.engines import ENGINES, engine
from tests.properties.behaviour import Segments
from tests.properties.engine import answers
from tests.properties.pieces import Chance, Piece
from tests.properties.project import project
from tests.properties.schema import Project
from tests.properties.shrink import Case, report, shrunk

SIZE = 25


@dataclass(slots=True)
class Tally:
    """What came of one or of many projects."""

    cases: int = 0
    empty: int = 0
    full: int = 0
    constructs: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    samples: dict[str, str] = field(default_factory=dict)
    reports: list[str] = field(default_factory=list)
    broken_partitions: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in what came of other projects."""
        self.cases += other.cases
        self.empty += other.empty
        self.full += other.full
        self.constructs += other.constructs
        self.refused += other.refused
        self.samples = {**other.samples, **self.samples}
        self.reports += other.reports
        self.broken_partitions += other.broken_partitions


def generated(seed: int, size: int = SIZE) -> tuple[Project, dict[str, Piece]]:
    """Return the project and the segments of a seed."""
    chance = Chance(seed)
    made = project(chance)
    return made, Segments(made, chance).all(size)


def compared(seed: int, dialect: str = "duckdb", attempts: int = 400) -> Tally:
    """Compare the segments of one seed, by the reference and by the engine of that name."""
    asked = engine(dialect)
    made, segments = generated(seed)
    thorough = asked.is_quick and seed % 4 == 0
    found = answers(made, {name: str(piece) for name, piece in segments.items()}, asked, thorough=thorough)
    tally = Tally(cases=len(found.asked))
    for name in found.asked:
        tally.constructs.update(set(segments[name].tags()))
        members = found.members.get(name)
        tally.empty += members == set()
        tally.full += members == found.everyone
    for name, message in found.refused.items():
        code = message.split(":", maxsplit=1)[0]
        tally.refused[code] += 1
        tally.samples.setdefault(code, f"seed {seed}: {message} | {segments[name]}")
    tally.broken_partitions = [
        f"seed {seed}: {name}"
        for name in found.asked
        if f"not_{name}" in found.members and name in found.members
        if found.members[name] ^ found.members[f"not_{name}"] != found.everyone
    ]
    for difference in found.differences:
        case = shrunk(Case(made, segments, difference.name, asked), attempts)
        last = case.difference() or difference
        tally.reports.append(f"seed {seed}\n{report(case, last)}")
    return tally


def main() -> int:
    """Compare, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="how many segments")
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--engine", default="duckdb", choices=list(ENGINES))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--reports", type=int, default=5, help="how many differences to show")
    options = parser.parse_args()
    start = time.perf_counter()
    total = Tally()
    seed = options.seed
    with ProcessPoolExecutor(options.jobs) as pool:
        while total.cases < options.cases and len(total.reports) < options.reports:
            batch = min(200, -(-(options.cases - total.cases) // SIZE))
            seeds = range(seed, seed + batch)
            for tally in pool.map(compared, seeds, [options.engine] * batch, chunksize=4):
                total.add(tally)
            seed += batch
    _show(total, options.reports, time.perf_counter() - start)
    return 1 if total.reports or total.broken_partitions else 0


def _show(total: Tally, reports: int, seconds: float) -> None:
    lines = [f"{count:>7}  {tag}" for tag, count in sorted(total.constructs.items())]
    lines += [""]
    lines += [f"{n:>7}  refused  {total.samples[code]}" for code, n in total.refused.items()]
    lines += [f"\n─── difference ───\n{each}" for each in total.reports[:reports]]
    lines += ["", *total.broken_partitions[:reports]]
    lines += [
        f"{total.cases} cases in {seconds:.0f} s",
        f"{total.empty} of nobody, {total.full} of everyone, {total.refused.total()} more refused",
        f"{len(total.reports)} differences, {len(total.broken_partitions)} broken partitions",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
