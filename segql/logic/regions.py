"""Where a value may lie: stretches of all values that a literal can stand beside, and whether it may be missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from segql import plan
from segql.plan import Op
from segql.types import Kind, Type

# A place between values: just before one (0) or just after it (1).
Cut: TypeAlias = tuple[Any, int]

_EXACT = frozenset({Kind.INTEGER, Kind.DECIMAL})
_ORDERED = frozenset({Kind.TEXT, Kind.DATE, Kind.TIMESTAMP, Kind.WEEKDAY, Kind.DURATION})


@dataclass(frozen=True, slots=True)
class Region:
    """The values that a test lets through: `first` says so of the lowest, and at each cut it turns to the opposite.

    `missing`: a missing value passes too.
    """

    first: bool
    cuts: tuple[Cut, ...]
    missing: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in it."""
        return not self.first and not self.cuts and not self.missing

    @property
    def is_all_or_none(self) -> bool:
        """Whether all known values are in it, or none."""
        return not self.cuts

    def opposite(self) -> Region:
        """Return all that is not in it."""
        return Region(not self.first, self.cuts, not self.missing)

    @property
    def is_punctured(self) -> bool:
        """Whether only single values are not in it, and perhaps the missing one; at least one is not."""
        if not self.first or not self.cuts or len(self.cuts) % 2:
            return False
        return all(start[0] == end[0] for start, end in zip(self.cuts[::2], self.cuts[1::2], strict=True))

    def stretches(self) -> Iterator[tuple[Cut | None, Cut | None]]:
        """Yield the stretches of known values, each by where it begins and ends; None is open."""
        ends = [None, *self.cuts, None] if self.first else [*self.cuts, None]
        for at in range(0, len(ends) - 1, 2):
            yield ends[at], ends[at + 1]


KNOWN = Region(first=True, cuts=(), missing=False)
MISSING = KNOWN.opposite()


def of_points(keys: Sequence[Any]) -> Region:
    """Return the region of these values."""
    cuts = tuple(cut for key in sorted(set(keys)) for cut in ((key, 0), (key, 1)))
    return Region(first=False, cuts=cuts, missing=False)


def of_comparison(op: Op, key: Any) -> Region:
    """Return the region of the known values that stand in a relation to one."""
    match op:
        case Op.EQ:
            return of_points([key])
        case Op.LT | Op.LE:
            return Region(first=True, cuts=((key, int(op is Op.LE)),), missing=False)
        case Op.GT | Op.GE:
            return Region(first=False, cuts=((key, int(op is Op.GT)),), missing=False)


def common(regions: Sequence[Region]) -> Region:
    """Return what is in all of them."""
    return _at_least(regions, len(regions))


def together(regions: Sequence[Region]) -> Region:
    """Return what is in any of them."""
    return _at_least(regions, 1)


def _at_least(regions: Sequence[Region], needed: int) -> Region:
    """Return what is in so many of them."""
    turns: list[tuple[Cut, int]] = []
    for each in regions:
        step = -1 if each.first else 1
        for cut in each.cuts:
            turns.append((cut, step))
            step = -step
    turns.sort(key=lambda turn: turn[0])
    count = sum(each.first for each in regions)
    is_in = first = count >= needed
    cuts: list[Cut] = []
    for at, (cut, step) in enumerate(turns):
        count += step
        is_last = at + 1 == len(turns) or turns[at + 1][0] != cut
        if is_last and (count >= needed) is not is_in:
            is_in = not is_in
            cuts.append(cut)
    return Region(first, tuple(cuts), sum(each.missing for each in regions) >= needed)


def key_of(literal: plan.Literal, type_: Type) -> Any:
    """Return what a literal is among the values of a type; None where its place among them is not certain.

    Of the two booleans neither is the lower, to some engines.
    With a float on one side both are floats, so literals that are one double are one value.
    """
    value, kind = literal.value, literal.type.kind
    if type_.kind in _EXACT and kind in _EXACT:
        return value
    if type_.kind is Kind.FLOAT and (kind in _EXACT or kind is Kind.FLOAT):
        return float(value)  # type: ignore[arg-type]
    if type_.kind is not kind or kind not in _ORDERED:
        return None
    is_naive = isinstance(value, dt.datetime) and value.tzinfo is None
    return None if is_naive else value
