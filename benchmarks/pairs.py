"""Two ways to do one thing, timed in turn, so that what slows the machine down for a while slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

# Who takes longer than this many seconds is run in fewer pairs.
_LONG = 20.0
_PAIRS_OF_LONG = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """The median seconds of both ways, and the median over the pairs of ours divided by theirs.

    `worst` is the largest ratio among `parts`, which are what it was put together from, by name.

    Example:
        in_turn(compiled, parsed, pairs=9).ratio
    """

    ours: float
    theirs: float
    ratio: float
    pairs: int
    note: str = ""
    parts: tuple[tuple[str, Measured], ...] = ()

    @property
    def worst(self) -> float:
        """The largest ratio among the parts, or its own where there are none."""
        return max((each.ratio for _, each in self.parts), default=self.ratio)


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], pairs: int) -> Measured:
    """Run both once to warm up, then in turn; three pairs are enough where one run is long.

    Example:
        in_turn(lambda: request(names), lambda: [query(each) for each in experts], pairs=9)
    """
    if max(seconds(theirs), seconds(ours)) > _LONG:
        pairs = min(pairs, _PAIRS_OF_LONG)
    taken = [(seconds(theirs), seconds(ours)) for _ in range(pairs)]
    return Measured(
        ours=statistics.median(own for _, own in taken),
        theirs=statistics.median(other for other, _ in taken),
        ratio=statistics.median(own / other for other, own in taken),
        pairs=pairs,
    )


def against(ours: Callable[[], object], theirs: float, pairs: int) -> Measured:
    """Run ours alone, after a warm-up, against seconds that were measured once.

    Example:
        against(check, theirs=130.0, pairs=9)
    """
    seconds(ours)
    own = statistics.median(seconds(ours) for _ in range(pairs))
    return Measured(own, theirs, own / theirs, pairs)


def together(parts: list[tuple[str, Measured]]) -> Measured:
    """Return the median of several that were measured one after another.

    Example:
        together([("age < 30", first), ("did purchase", second)]).worst
    """
    found = [each for _, each in parts]
    return Measured(
        ours=statistics.median(each.ours for each in found),
        theirs=statistics.median(each.theirs for each in found),
        ratio=statistics.median(each.ratio for each in found),
        pairs=min(each.pairs for each in found),
        parts=tuple(parts),
    )


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes.

    Example:
        seconds(lambda: connection.execute(sql).fetchall())
    """
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
