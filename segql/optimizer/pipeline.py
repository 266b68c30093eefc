"""Which passes a request goes through, and in which order."""

from __future__ import annotations

from collections.abc import Callable
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
    for _ in range(ROUNDS_MAX):
        before = request
        for each in passes:
            request = each(request)
        if request is before:
            return request
    raise AssertionError("the passes do not come to rest")
