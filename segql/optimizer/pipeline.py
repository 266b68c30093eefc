"""Which passes a request goes through, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from segql import plan
from segql.optimizer.passes.flatten_connectives import flatten_connectives

Pass: TypeAlias = Callable[[plan.Request], plan.Request]

PASSES: tuple[Pass, ...] = (
    # One flat list of conditions lets the generator find what the filters of aggregates have in common.
    flatten_connectives,
)

# A pass may make work for another; past so many rounds two of them undo each other, which is a defect.
ROUNDS_MAX = 10


def optimize(request: plan.Request, passes: tuple[Pass, ...] = PASSES) -> plan.Request:
    """Apply the passes in order until nothing changes; the same members come back with any of them left out."""
    *_, (_, last) = stages(request, passes)
    return last


def stages(request: plan.Request, passes: tuple[Pass, ...] = PASSES) -> Iterator[tuple[str, plan.Request]]:
    """Yield the request as analysed, then what each pass that changed it made of it, with the pass's name."""
    yield "analysed", request
    for _ in range(ROUNDS_MAX):
        start = request
        for each in passes:
            before, request = request, each(request)
            if request is not before:
                yield each.__name__, request
        if request is start:
            return
    raise AssertionError("the passes do not come to rest")
