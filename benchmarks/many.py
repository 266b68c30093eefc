"""Thousands of segments over the demo shop, the same wherever they are made, and what it takes to count them all.

The command: `python -m benchmarks.many [N]`.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from segql.demo import project

AS_OF = "2026-01-01"

# On every member whose number is known the product is more than any engine's whole numbers hold.
FAILING = f"segment too_much\n    where {' * '.join(['(customer_id + 1000000)'] * 8)} > 1\n"

_COUNTRIES = ("AT", "CH", "DE", "FR", "GB", "IT", "NL", "PL", "US")
_CATEGORIES = ("coffee", "tea", "chocolate", "equipment", "gifts")
_STREAMS = ("purchase", "page_view", "add_to_cart", "newsletter_open", "newsletter_click")
_DAYS = (7, 14, 30, 60, 90, 120, 180, 365)
# How much of each kind there is of a hundred; the rest are conditions joined by `and`.
_REFERENCES, _SEQUENCES, _PLACES = 12, 2, 1


def texts(count: int, seed: int = 7) -> dict[str, str]:
    """Return the files of so many segments, by their paths in a project: the words of the demo, fifty a file.

    Most join two to four conditions: fields, windows of events, sums, recency, boxes, traits. Some are made of other
    segments, some ask for a sequence, a few for a place among everyone.

    Example:
        >>> sum(text.count("segment many_") for text in texts(120).values()) >= 120
        True
    """
    drawn = random.Random(seed)  # noqa: S311 (the same each time)
    made = [f"segment {_name(number)}\n    where {_where(number, drawn)}\n" for number in range(count)]
    return {f"segments/many/{begin:05}.seg": "\n".join(made[begin : begin + 50]) for begin in range(0, count, 50)}


def make(folder: Path, count: int, *, is_failing: bool = False) -> None:
    """Make the demo shop in `folder`, with so many segments beside its own, one more that fails if asked.

    Example:
        make(Path("shop"), 5_000, is_failing=True)
    """
    project.make(folder)
    for name, text in texts(count).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if is_failing:
        (folder / "segments" / "many" / f"{count // 2:05}_too_much.seg").write_text(FAILING, encoding="utf-8")


def _name(number: int) -> str:
    return f"many_{number:05}"


def _where(number: int, drawn: random.Random) -> str:
    kind = drawn.randrange(100)
    if number >= 10 and kind < _REFERENCES:
        return _of_others(number, drawn)
    kind -= _REFERENCES
    if 0 <= kind < _SEQUENCES:
        first, then = drawn.sample(_STREAMS, 2)
        return f"did {first} in last {drawn.choice(_DAYS)} days then {then} within {drawn.choice((1, 3, 7, 14))} days"
    kind -= _SEQUENCES
    if 0 <= kind < _PLACES:
        return f"count(purchase in last {drawn.choice(_DAYS)} days) in top {drawn.choice((1, 5, 10, 20))}%"
    return "\n      and ".join(_condition(drawn) for _ in range(drawn.randint(2, 4)))


def _of_others(number: int, drawn: random.Random) -> str:
    # Mostly near ones, as in a file that somebody wrote in one go.
    near = [_name(drawn.randrange(max(0, number - 200), number)) for _ in range(2)]
    form = drawn.randrange(3)
    if form == 0:
        return f"in segment {near[0]}\n      and not in segment {near[1]}"
    if form == 1:
        return f"in any segment ({near[0]}, {near[1]})\n      and {_condition(drawn)}"
    return f"not in segment {near[0]}\n      and {_condition(drawn)}\n      and reachable"


def _condition(drawn: random.Random) -> str:
    days, stream = drawn.choice(_DAYS), drawn.choice(_STREAMS)
    least, category = drawn.randint(1, 4), drawn.choice(_CATEGORIES)
    countries = ", ".join(f'"{each}"' for each in sorted(drawn.sample(_COUNTRIES, 3)))
    plan, channel = drawn.choice(("basic", "plus")), drawn.choice(("web", "app", "store"))
    status = drawn.choice(("active", "paused", "cancelled"))
    forms = (
        f"age between {drawn.randint(18, 40)} and {drawn.randint(41, 80)}",
        f"country in ({countries})",
        f"signed_up_at in last {days} days",
        f'plan = "{plan}"',
        "reachable",
        f"did {stream} at least {least} times in last {days} days",
        f"did not {stream} in last {days} days",
        f'count(purchase in last {days} days where category = "{category}") >= {least}',
        f"sum(purchase.amount in last {days} days where not refunded) >= {drawn.choice((20, 50, 100, 200, 500))}",
        f"max(purchase.amount in last {days} days) >= {drawn.choice((20, 40, 80))}",
        f'avg(purchase.amount where channel = "{channel}") > {drawn.randint(10, 60)}',
        f"days since last({stream}) > {drawn.choice(_DAYS)}",
        f"count(distinct purchase.category in last {days} days) >= {drawn.randint(2, 4)}",
        f"did purchase in last {days} days where (product.organic)",
        f'any subscription where (status = "{status}")',
        f"purchases_{drawn.choice((30, 90, 180))}d >= {least}",
        f"spend_{drawn.choice((3, 6, 12))}m >= {drawn.choice((50, 100, 300))}",
        f'last(purchase.category) = "{category}"',
    )
    return drawn.choice(forms)


def main(arguments: Sequence[str] | None = None) -> int:
    """Count all segments of the shop by the command, as a user does, and print the time and the peak of memory."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=5_000, metavar="N", help="how many segments")
    parser.add_argument("--failing", action="store_true", help="one of them fails in the engine")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="segql-many-") as scratch:
        folder = Path(scratch, "shop")
        make(folder, asked.count, is_failing=asked.failing)
        command = [sys.executable, "-m", "segql", "run", "--all", "--count", "--as-of", AS_OF, "--format", "csv"]
        began = time.perf_counter()
        done = subprocess.run(
            [*command, "--project", str(folder)], capture_output=True, text=True, encoding="utf-8", check=False
        )
        seconds = time.perf_counter() - began
    # Of children the largest is told: there is one.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    lines = max(0, done.stdout.count("\n") - 1)
    print(f"{lines:,} segments counted in {seconds:.1f} s, {peak:,.0f} MB at the peak, status {done.returncode}")
    print(done.stderr.strip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
