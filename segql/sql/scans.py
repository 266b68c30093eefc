"""What a statement is made of: its passes over tables, what is made in each, and which segments each is made for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from segql import plan
from segql.catalog import Table
from segql.tree import children, walk

# What a pass over a table can make.
Part: TypeAlias = plan.Aggregate | plan.Course | plan.AlsoWith


@dataclass(frozen=True, slots=True)
class Scan:
    """One pass over the table of a stream or relation; a sequence may read several, of which `table` is the first.

    `name` is that of its CTE; of a question inside a condition, that of its stream. `users` are the asked segments, or
    values, that need something of it, themselves or through what they refer to. `sql` asks for the pass alone: it
    makes all of it and returns one row.
    """

    name: str
    table: Table
    made: tuple[Part, ...]
    users: tuple[str, ...]
    written: Callable[[], str]

    @property
    def sql(self) -> str:
        """The query of this pass alone."""
        return self.written()

    @property
    def windows(self) -> tuple[plan.Window | None, ...]:
        """The windows of what is read; None is all there is."""
        read = [rows for part in self.made for rows in _rows(part)]
        return tuple(each.window if isinstance(each, plan.Events) else None for each in read)

    @property
    def has_order(self) -> bool:
        """Whether its rows are put in order."""
        return any(isinstance(each, plan.Course) or _is_ordered(each) for each in self.made)


@dataclass(frozen=True, slots=True)
class Account:
    """How a statement answers a request: `table` has the members, `scans` reads the rest."""

    request: plan.Request
    table: Table
    scans: tuple[Scan, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the segments or values that are asked for."""
        return (*self.request.asked, *(each.name for each in self.request.values))


def users(request: plan.Request) -> Mapping[Part, tuple[str, ...]]:
    """Return which asked segments or values need each part, in the order asked, themselves or through others."""
    of_segment: dict[str, frozenset[Part]] = {}
    for segment in request.segments:
        of_segment[segment.name] = frozenset(_parts(segment.condition, of_segment))
    asked = [(name, of_segment[name]) for name in request.asked]
    asked += [(each.name, frozenset(_parts(each.expr, of_segment))) for each in request.values]
    found: dict[Part, list[str]] = {}
    for name, parts in asked:
        for part in parts:
            found.setdefault(part, []).append(name)
    return {part: tuple(names) for part, names in found.items()}


def used_segments(request: plan.Request) -> Mapping[str, tuple[str, ...]]:
    """Return for each segment of a request which asked segments or values are decided by it, itself among them."""
    needed: dict[str, frozenset[str]] = {}
    for segment in request.segments:
        needed[segment.name] = frozenset({segment.name}).union(*_referred(segment.condition, needed))
    asked = [(name, needed[name]) for name in request.asked]
    asked += [(each.name, frozenset().union(*_referred(each.expr, needed))) for each in request.values]
    return {each.name: tuple(name for name, of in asked if each.name in of) for each in request.segments}


def leaves(condition: plan.Expr) -> int:
    """Return how many conditions are joined in one.

    Example:
        >>> leaves(plan.And((plan.TRUE, plan.Not(plan.Or((plan.TRUE, plan.FALSE))))))
        3
    """
    found, pending = 0, [condition]
    while pending:
        match pending.pop():
            case plan.And(operands) | plan.Or(operands):
                pending += operands
            case plan.Not(operand):
                pending.append(operand)
            case _:
                found += 1
    return found


def users_of(made: Iterable[Part], of: Mapping[Part, tuple[str, ...]], asked: Iterable[str]) -> tuple[str, ...]:
    """Return who needs any of several parts, in the order asked."""
    needed = {name for part in made for name in of.get(part, ())}
    return tuple(name for name in asked if name in needed)


def _parts(expr: plan.Expr, known: Mapping[str, frozenset[Part]]) -> Iterator[Part]:
    for each in walk(expr):
        if isinstance(each, plan.InSegment):
            yield from known.get(each.name, ())
        elif isinstance(each, plan.Course | plan.AlsoWith | plan.Aggregate) and not _is_in_place(each):
            yield each


def _referred(expr: plan.Expr, known: Mapping[str, frozenset[str]]) -> list[frozenset[str]]:
    return [known.get(each.name, frozenset()) for each in walk(expr) if isinstance(each, plan.InSegment)]


def _rows(part: Part) -> list[plan.Rows | None]:
    """Return the rows that a part reads itself; what it asks of them besides is made in a pass of its own."""
    if isinstance(part, plan.Aggregate):
        return [part.rows]
    if isinstance(part, plan.AlsoWith):
        return [None]
    found: list[plan.Rows | None] = []
    pending = [*children(part)]
    while pending:
        each = pending.pop()
        if isinstance(each, plan.Events):
            found.append(each)
        elif not isinstance(each, plan.Aggregate):
            pending += children(each)
    return found


def _is_in_place(part: Part) -> bool:
    """Say whether a part is counted in its own row, of a list that stands there."""
    return isinstance(part, plan.Aggregate) and isinstance(part.rows, plan.Items)


def _is_ordered(part: Part) -> bool:
    if not isinstance(part, plan.Aggregate):
        return False
    is_end = part.tally in {plan.Tally.FIRST, plan.Tally.LAST} and part.value is not None
    return is_end or part.tally in {plan.Tally.MEDIAN, plan.Tally.MOST_COMMON}
