"""Aggregates: one value made of rows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

from segql.plan import Tally
from segql.reference.numbers import mean, middle, total
from segql.reference.values import Value, rounded

_MICROSECOND = dt.timedelta(microseconds=1)


def of_rows(tally: Tally, instants: Sequence[dt.datetime], count: int, zone: dt.tzinfo) -> Value:
    """Tally rows without a value: how many there are, or something about their instants."""
    match tally:
        case Tally.COUNT:
            return count
        case Tally.FIRST:
            return min(instants, default=None)
        case Tally.LAST:
            return max(instants, default=None)
        case Tally.ACTIVE_DAYS:
            return len({at.astimezone(zone).date() for at in instants})
        case Tally.GAP:
            return _gap(instants)
        case _:
            raise ValueError(f"{tally} needs a value")


def of_values(tally: Tally, values: Sequence[Value], instants: Sequence[dt.datetime], zone: dt.tzinfo) -> Value:
    """Tally the values of rows; only `first` and `last` ask at which instant each of them was."""
    known = [value for value in values if value is not None]
    match tally:
        case Tally.SUM:
            return total(known)
        case Tally.AVG:
            return mean(known) if known else None
        case Tally.MEDIAN:
            return middle(known) if known else None
        case Tally.MIN:
            return min(known, default=None)
        case Tally.MAX:
            return max(known, default=None)
        case Tally.DISTINCT:
            return len(set(known))
        case Tally.MOST_COMMON:
            return _most_common(known)
        case Tally.FIRST:
            return min(_at(min(instants, default=None), values, instants), default=None)
        case Tally.LAST:
            return max(_at(max(instants, default=None), values, instants), default=None)
        case Tally.COUNT | Tally.ACTIVE_DAYS | Tally.GAP:
            return of_rows(tally, instants, len(values), zone)
        case _:
            assert_never(tally)


def _at(at: dt.datetime | None, values: Sequence[Value], instants: Sequence[dt.datetime]) -> list[Value]:
    """Return the known values of the rows of one instant."""
    return [value for value, when in zip(values, instants, strict=True) if when == at and value is not None]


def _most_common(known: Sequence[Value]) -> Value:
    """Return the most frequent value, of several the smallest."""
    counts = Counter(known)
    most = max(counts.values(), default=0)
    return min((value for value, count in counts.items() if count == most), default=None)


def _gap(instants: Sequence[dt.datetime]) -> int | None:
    """Return the mean time between consecutive events, in whole microseconds."""
    if len(instants) < 2:
        return None
    span = (max(instants) - min(instants)) // _MICROSECOND
    return int(rounded(Fraction(span, len(instants) - 1), 0))
