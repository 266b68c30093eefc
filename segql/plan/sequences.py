"""What members did in an order or with a rhythm that no single event shows: courses of events.

A duration is elapsed time in microseconds. Events of a course lie before T, as all events do.
"""

from __future__ import annotations

from segql.plan.expressions import Course, Events, Expr
from segql.tree import Node, node


@node
class Step(Node):
    """An event of a sequence, strictly later than the step before it.

    The first step is read at level 1, the next at level 2, and so on: a step's conditions may read the steps before it.
    If `is_first`, it is the earliest of all `events` (which then have no window), of which `when` must hold. The time
    since the step before is at most `within` and at least `after`. Between the two strictly lies no event of `without`,
    which is read at the level of the step.
    """

    events: Events
    is_first: bool = False
    when: Expr | None = None
    within: int | None = None
    without: tuple[Events, ...] = ()
    after: int | None = None


@node
class Absence(Node):
    """None of `events` follows the step before within so much time, and that time was over before T.

    The events are read at the level that the next step has: an absence takes no place of its own.
    """

    events: Events
    within: int


@node
class Sequence(Course):
    """Whether some choice of events makes all steps; `within` bounds the time from the first to the last of them."""

    steps: tuple[Step | Absence, ...]
    within: int | None


@node
class AnyOrder(Course):
    """Whether one event of each lies within so much time of all others; they may be of one instant."""

    events: tuple[Events, ...]
    within: int


@node
class Burst(Course):
    """Whether so many of the events, at least 2, lie in less time than `within`, the last after the first."""

    events: Events
    count: int
    within: int


@node
class Resumed(Course):
    """Whether an event of which `when` holds has an earlier one, the latest of which is at least `gap` before it."""

    events: Events
    when: Expr
    gap: int
