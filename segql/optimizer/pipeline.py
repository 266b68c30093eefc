"""Which passes a request goes through, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from segql import plan
from segql.optimizer.facts import NONE, Facts
from segql.optimizer.passes.ask_for_latest import ask_for_latest
from segql.optimizer.passes.ask_whether import ask_whether
from segql.optimizer.passes.flatten_connectives import flatten_connectives
from segql.optimizer.passes.fold_constants import fold_constants
from segql.optimizer.passes.inline_segments import inline_segments
from segql.optimizer.passes.merge_ranges import merge_ranges
from segql.optimizer.passes.merge_sets import merge_sets
from segql.optimizer.passes.order_conditions import order_conditions
from segql.optimizer.passes.push_negation_inward import push_negation_inward
from segql.optimizer.passes.remove_contradictions import remove_contradictions
from segql.optimizer.passes.remove_implied import remove_implied
from segql.optimizer.passes.simplify_by_facts import simplify_by_facts

Pass: TypeAlias = Callable[[plan.Request, Facts], plan.Request]

PASSES: tuple[Pass, ...] = (
    # What was written out in its place stands beside the other conditions there, for all that follows.
    inline_segments,
    # Makes constants and fewer negations, so it goes before those that deal with them.
    simplify_by_facts,
    # Everything after it has less to look at.
    fold_constants,
    # Makes connectives of one kind stand inside each other, which flattening then joins.
    push_negation_inward,
    # One flat list of conditions is what all that follows compares with each other; and it lets the generator find
    # what the filters of aggregates have in common.
    flatten_connectives,
    # Before the merging: what merges into nothing, or into everything, is said at once.
    remove_contradictions,
    merge_ranges,
    merge_sets,
    # After the merging, which leaves fewer conditions to compare.
    remove_implied,
    # Of what is left, the whole request decides how it is asked for. An extreme becomes a count, so it goes first.
    ask_whether,
    ask_for_latest,
    # Last: the others keep the place of the first of what they join.
    order_conditions,
)

# A pass may make work for another. Each leaves less than it found, so they come to rest; what a request of odd shape
# could still gain after so many rounds is not worth more of them, and it is right at every stage.
ROUNDS_MAX = 10


def optimize(request: plan.Request, facts: Facts = NONE, passes: tuple[Pass, ...] = PASSES) -> plan.Request:
    """Apply the passes in order until nothing changes; the same members come back with any of them left out.

    `facts` are what the engine that is asked guarantees.
    """
    *_, (_, last) = stages(request, facts, passes)
    return last


def stages(
    request: plan.Request, facts: Facts = NONE, passes: tuple[Pass, ...] = PASSES
) -> Iterator[tuple[str, plan.Request]]:
    """Yield the request as analysed, then what each pass that changed it made of it, with the pass's name."""
    yield "analysed", request
    at_rest = 0
    for _ in range(ROUNDS_MAX):
        for each in passes:
            before, request = request, each(request, facts)
            at_rest = at_rest + 1 if request is before else 0
            if request is not before:
                yield each.__name__, request
            # A pass leaves nothing for itself to do, so it need not see again what only it has changed.
            if at_rest >= len(passes):
                return
