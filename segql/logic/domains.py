"""What a value can be at all, whoever is asked about, and the stretches of it that no test tells apart."""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, TypeAlias

from segql import plan
from segql.logic.regions import Cut, Region
from segql.plan import Function, Part, Tally
from segql.types import BOOLEAN, Kind, Type

# The least and the greatest of each part of a date.
_PARTS = {
    Part.QUARTER: (1, 4),
    Part.MONTH: (1, 12),
    Part.DAY: (1, 31),
    Part.WEEKDAY: (1, 7),
    Part.HOUR: (0, 23),
}
_COUNTS = frozenset({Tally.COUNT, Tally.DISTINCT, Tally.ACTIVE_DAYS})
_SIZES = frozenset({Function.LENGTH, Function.SIZE})
_WHOLE = frozenset({Kind.INTEGER, Kind.WEEKDAY, Kind.DURATION})
_DAY = dt.timedelta(days=1)
_HALF_A_DAY = dt.timedelta(hours=12)
_SOME_DAY = dt.date(2020, 1, 1)
_MICROSECOND = dt.timedelta(microseconds=1)
_SECOND = dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Domain:
    """What a value can be: from `least` to `most` where there are such, `options` only where it is one of a few.

    `may_miss`: it can be missing, too.
    """

    may_miss: bool = True
    least: int | None = None
    most: int | None = None
    options: tuple[Any, ...] | None = None


# What the catalog says of a field: the domain of its values.
FieldDomains: TypeAlias = Callable[[plan.Field], Domain]


def domain_of(value: plan.Expr, fields: FieldDomains) -> Domain:
    """Return what a value can be, as far as its kind says so; of fields that is asked of `fields`.

    Example:
        >>> domain_of(plan.CountTrue((plan.TRUE, plan.FALSE)), lambda field: Domain())
        Domain(may_miss=False, least=0, most=2, options=None)
    """
    if isinstance(value, plan.Condition):
        return Domain(may_miss=False, options=(False, True))
    made = _domain(value, fields)
    return replace(made, options=(False, True)) if value.type == BOOLEAN else made


def _domain(value: plan.Expr, fields: FieldDomains) -> Domain:
    match value:
        case plan.Field():
            return fields(value)
        case plan.Aggregate(tally) if tally in _COUNTS:
            return Domain(may_miss=False, least=0)
        case plan.CountTrue(conditions):
            return Domain(may_miss=False, least=0, most=len(conditions))
        case plan.Call(function) if function in _SIZES:
            return Domain(least=0)
        case plan.DatePart(part) if part in _PARTS:
            return Domain(least=_PARTS[part][0], most=_PARTS[part][1])
        case plan.Bucket():
            return Domain(least=0, most=9999)
        case plan.Choice(_, values, otherwise, type_) if type_.kind is Kind.TEXT:
            every = [*values, *([otherwise] if otherwise is not None else [])]
            if all(isinstance(each, plan.Literal) for each in every):
                options = tuple(dict.fromkeys(each.value for each in every))  # type: ignore[union-attr]
                return Domain(may_miss=otherwise is None, options=options)
    return Domain()


@dataclass(frozen=True, slots=True)
class Cell:
    """Values that no test at hand tells apart; `is_missing` is the cell of the missing value.

    `sample` is one of them, None where none could be made; `least` and `most` are the ends of whole numbers.
    """

    start: Cut | None
    end: Cut | None
    is_missing: bool = False
    sample: Any = None
    least: int | None = None
    most: int | None = None

    def is_in(self, region: Region) -> bool:
        """Say whether the cell lies in a region; it never lies on both sides of its ends."""
        if self.is_missing:
            return region.missing
        turns = 0 if self.start is None else bisect.bisect_right(region.cuts, self.start)
        return region.first ^ (turns % 2 == 1)


def cells(type_: Type, domain: Domain, regions: Sequence[Region]) -> Iterator[Cell]:
    """Yield the cells that the ends of the regions cut a domain into, those with known values first."""
    if domain.options is not None:
        for each in domain.options:
            yield Cell((each, 0), (each, 1), sample=each)
    else:
        ends: list[Cut | None] = [None, *sorted({cut for each in regions for cut in each.cuts}), None]
        for start, end in pairwise(ends):
            cell = _cell(type_, domain, start, end)
            if cell is not None:
                yield cell
    if domain.may_miss:
        yield Cell(None, None, is_missing=True)


def days(domain: Domain, regions: Sequence[Region]) -> Iterator[Cell]:
    """Yield the cells of instants that are held against days, each of which stands for its midnight."""
    cuts: list[Cut | None] = [None, *sorted({cut for each in regions for cut in each.cuts}), None]
    for start, end in pairwise(cuts):
        if start is not None:
            sample = _moved(_midnight(start[0]), start[1] * _HALF_A_DAY)
        else:
            sample = _midnight(_SOME_DAY) if end is None else _moved(_midnight(end[0]), (end[1] - 1) * _HALF_A_DAY)
        yield Cell(start, end, sample=sample)
    if domain.may_miss:
        yield Cell(None, None, is_missing=True)


def _moved(at: Any, by: dt.timedelta) -> Any:
    """Return a day or an instant moved; None beyond the ends of the calendar."""
    try:
        return at + by
    except OverflowError:
        return None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def ends(type_: Type, domain: Domain, regions: Iterable[Region]) -> Iterator[object]:
    """Yield the ends of regions, the same for ranges of whole numbers that are the same; none where options are few."""
    if domain.options is None:
        for each in regions:
            for key, side in each.cuts:
                is_whole = type_.kind in _WHOLE
                yield (math.floor(key) + 1 if side else math.ceil(key)) if is_whole else (key, side)


def _cell(type_: Type, domain: Domain, start: Cut | None, end: Cut | None) -> Cell | None:
    """Return the cell between two cuts, or None where no value lies there."""
    if type_.kind in _WHOLE:
        return _of_numbers(domain, start, end)
    if type_.kind is Kind.DATE:
        first = None if start is None else _moved(start[0], start[1] * _DAY)
        last = None if end is None else _moved(end[0], (end[1] - 1) * _DAY)
        # Beyond the ends of the calendar there is no day.
        if (start is not None and first is None) or (end is not None and last is None):
            return None
        is_there = first is None or last is None or first <= last
        return Cell(start, end, sample=last or first or _SOME_DAY) if is_there else None
    if type_.kind is Kind.TEXT and start is None and end == ("", 0):
        return None
    return Cell(start, end, sample=_sample(type_.kind, start, end))


def _of_numbers(domain: Domain, start: Cut | None, end: Cut | None) -> Cell | None:
    least, most = domain.least, domain.most
    if start is not None:
        first = math.floor(start[0]) + 1 if start[1] else math.ceil(start[0])
        least = first if least is None else max(least, first)
    if end is not None:
        last = math.floor(end[0]) if end[1] else math.ceil(end[0]) - 1
        most = last if most is None else min(most, last)
    if least is not None and most is not None and least > most:
        return None
    # The one nearest to what was written is the one that readers think of.
    sample = most if most is not None and (start is None or least is None) else least
    return Cell(start, end, sample=1 if sample is None else sample, least=least, most=most)


def _sample(kind: Kind, start: Cut | None, end: Cut | None) -> Any:
    """Return a value between two cuts of values without gaps, one of the ends where it may be; None if none is sure."""
    if start is not None and not start[1]:
        return start[0]
    if end is not None and end[1]:
        return end[0]
    low, high = (None if each is None else each[0] for each in (start, end))
    made = _between(kind, low, high)
    is_there = made is not None and (low is None or low < made) and (high is None or made < high)
    return made if is_there else None


def _between(kind: Kind, low: Any, high: Any) -> Any:
    match kind:
        case Kind.DECIMAL | Kind.FLOAT:
            one = 1.0 if kind is Kind.FLOAT else Decimal(1)
            if low is None:
                return one if high is None else high - one
            return low + one if high is None else (low + high) / 2
        case Kind.TEXT:
            return "" if low is None and high is not None else f"{low or ''}a"
        case Kind.TIMESTAMP:
            if low is None:
                return _midnight(_SOME_DAY) if high is None else _moved(high, -_SECOND)
            later = _moved(low, _SECOND)
            return later if later is not None and (high is None or later < high) else _moved(low, _MICROSECOND)
    return None
