"""A long request as batches, each of which an engine takes as one statement."""

from __future__ import annotations

from collections.abc import Iterator

from segql import plan
from segql.tree import walk


def batches(request: plan.Request, segments: int, columns: int) -> list[tuple[str, ...]]:
    """Return the segments asked in their order, cut where a batch would hold more than so many segments or columns.

    Those that stand near each other stay together, as those do that were written together and use each other. A
    segment that others use has a column in each of their batches; what is counted and compared is taken for a column,
    which is more than there are.

    Example:
        >>> made = [plan.Segment(name, "customer", plan.TRUE) for name in "abcde"]
        >>> batches(plan.Request("customer", tuple("abcde"), tuple(made)), 2, 100)
        [('a', 'b'), ('c', 'd'), ('e',)]
    """
    own = {each.name: each for each in request.segments}
    made: list[tuple[str, ...]] = []
    batch: list[str] = []
    held: set[object] = set()
    for name in request.asked:
        added = _columns(name, own, held)
        if batch and (len(batch) == segments or len(held) + len(added) > columns):
            made.append(tuple(batch))
            batch, held = [], set()
            added = _columns(name, own, held)
        batch.append(name)
        held |= added
    return [*made, tuple(batch)]


def halves(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the first half of several names, and the second.

    Example:
        >>> halves(("a", "b", "c"))
        (('a',), ('b', 'c'))
    """
    middle = len(names) // 2
    return names[:middle], names[middle:]


def _columns(name: str, own: dict[str, plan.Segment], held: set[object]) -> set[object]:
    """Return what stands in columns for a segment and all that it uses, but for what is held already."""
    found: set[object] = set()
    pending = [name]
    while pending:
        name = pending.pop()
        if name in held or name in found:
            continue
        found.add(name)
        uses = []
        for each in _parts(own[name].condition):
            if isinstance(each, plan.InSegment):
                uses.append(each.name)
            else:
                found.add(each)
        pending += uses
        if uses:
            # It is decided a step later, from columns of what it asks besides.
            found.update(_operands(own[name].condition))
    return found - held


def _parts(condition: plan.Expr) -> Iterator[plan.Expr]:
    for each in walk(condition):
        if isinstance(each, plan.Aggregate | plan.Course | plan.Population) or (
            isinstance(each, plan.InSegment) and each.is_own
        ):
            yield each


def _operands(condition: plan.Expr) -> Iterator[plan.Expr]:
    pending = [condition]
    while pending:
        each = pending.pop()
        if isinstance(each, plan.And | plan.Or):
            pending += each.operands
        else:
            yield each
