"""The command: `python -m benchmarks [BAR …]`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.asked import Different
from benchmarks.bars import BARS, Bar
from benchmarks.bench import Absent, Bench, Failed, Options
from benchmarks.report import RESULTS, Row, page, table
from segql.diagnostics import SegqlError
from segql.run.backends import EngineError


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and keep it; 1 if something could not be measured."""
    asked = _parser().parse_args(arguments)
    bars = [each for each in BARS if not asked.bars or each.name in asked.bars]
    options = Options(asked.data, asked.scale, asked.seed, asked.pairs, asked.linted, asked.whole, asked.keep)
    with Bench(options) as bench:
        rows = list(_measured(bars, bench))
    print(table(rows), end="")
    is_all = len(bars) == len(BARS) and options.scale == 1
    has_failed = any(isinstance(each.found, str) for each in rows)
    if asked.write or (is_all and not has_failed):
        RESULTS.write_text(page(rows, options, _commit(), asked.date), encoding="utf-8")
        print(f"{RESULTS.name} is written", file=sys.stderr)
    return 1 if has_failed else 0


def _measured(bars: Sequence[Bar], bench: Bench) -> Iterator[Row]:
    for bar in bars:
        began = time.perf_counter()
        print(f"{bar.name} …", end=" ", file=sys.stderr, flush=True)
        try:
            row = Row(bar, bar.measure(bench))
        except (Absent, Different, EngineError, Failed, SegqlError) as error:
            row = Row(bar, str(error))
        # Whoever interrupts the run has what was measured until then.
        print(f"{row.measured}; {time.perf_counter() - began:.0f} s", file=sys.stderr)
        yield row


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks", description="How fast, and against what.")
    names = [each.name for each in BARS]
    parser.add_argument(
        "bars", nargs="*", metavar="BAR", type=_one_of(names), help=f"all, or some of: {', '.join(names)}"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="how much of the data, from 0.001; 1 is all of it")
    parser.add_argument("--seed", type=int, default=7, help="which random segments")
    parser.add_argument("--pairs", type=int, default=9, help="how often each is run; 3 where one run passes 20 s")
    parser.add_argument("--data", type=Path, default=_cache(), metavar="FOLDER", help="where the data is kept")
    parser.add_argument("--linted", type=int, metavar="N", help="how many files sqlfluff is given, of 1000")
    parser.add_argument("--whole", action="store_true", help="requests look at the tables and their keys, too")
    parser.add_argument("--keep", action="store_true", help="keep the database of 100 million events")
    parser.add_argument("--write", action="store_true", help="write RESULTS.md though not everything was measured")
    parser.add_argument(
        "--date", type=dt.date.fromisoformat, default=dt.datetime.now(dt.UTC).date(), help="for RESULTS.md"
    )
    return parser


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    def bar(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(f"`{text}` is no bar; there are {', '.join(names)}")
        return text

    return bar


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "segql-benchmarks"


def _commit() -> str:
    """Return which commit is measured, and whether something was changed since."""
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "no commit"


if __name__ == "__main__":
    sys.exit(main())
