"""The bar of much data and little memory: fifty segments over a hundred million events with 1 GB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.asked import Different, on_duckdb
from benchmarks.bench import Bench
from benchmarks.ground import Ground
from benchmarks.pairs import Measured, in_turn
from benchmarks.vocabulary import Drawn
from segql.run.backends import EngineError

_MORE = 5
_BATCH = 50
_MEMORY = "1GB"


def little_memory(bench: Bench) -> Measured:
    """Measure fifty segments with little memory against as much as the engine likes.

    The ratio is infinite where little is not enough. No URL can say how much memory, so the connection is given one.
    """
    drawn = bench.drawn(_BATCH)
    ground = Ground(bench.options.scale, more_events=_MORE)
    path, was_there = ground.path(bench.options.folder), ground.path(bench.options.folder).exists()
    # The tables of the other bars would stay in memory.
    bench.close()
    try:
        ground.file(bench.options.folder)
        return _measured(path, drawn, bench)
    finally:
        if not (was_there or bench.options.is_kept):
            path.unlink(missing_ok=True)


def _measured(path: Path, drawn: Sequence[Drawn], bench: Bench) -> Measured:
    names, whole = [each.name for each in drawn], bench.options.whole
    with on_duckdb(path, drawn) as asked:
        right = asked.expert(drawn)

    def counted(memory: str | None) -> None:
        # An engine that is open keeps its limit, so each run has one of its own, and reads what it needs.
        with on_duckdb(path, drawn, whole=whole, memory=memory) as asked:
            found = asked.request(names)
        wrong = [name for name, count, other in zip(names, found, right, strict=True) if count != other]
        if wrong:
            raise Different(f"{wrong[0]} is counted in another way than by the expert's query")

    try:
        found = in_turn(lambda: counted(_MEMORY), lambda: counted(None), bench.options.pairs)
    except EngineError as error:
        return Measured(float("inf"), 0.0, float("inf"), 0, f"it does not finish: {error}")
    return replace(found, note=f"the counts are right; {path.stat().st_size / 1e9:.2f} GB on disk")
