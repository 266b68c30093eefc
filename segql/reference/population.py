"""Values made of everyone's values: what each measure finds for each of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import assert_never

from segql.plan import Average, End, Extreme, Measure, Median, Percentile, Quantile, Rank
from segql.reference.numbers import mean, middle
from segql.reference.values import Value


def measured(measure: Measure, known: Mapping[object, Value]) -> dict[object, Value]:
    """Return what the measure finds for each member, given the known values of those who are compared, by member."""
    everyone = list(known.values())
    return {member: _of_one(measure, own, everyone) for member, own in known.items()}


def _of_one(measure: Measure, own: Value, everyone: list[Value]) -> Value:
    higher = sum(each > own for each in everyone)
    lower = sum(each < own for each in everyone)
    match measure:
        case Extreme(end, percent):
            most = math.ceil(Fraction(percent) / 100 * len(everyone))
            return 1 + (higher if end is End.TOP else lower) <= most
        case Rank():
            return 1 + higher
        case Quantile(parts):
            return 1 + lower * parts // len(everyone)
        case Average():
            return mean(everyone)
        case Median():
            return middle(everyone)
        case Percentile(percent):
            needed = Fraction(percent) / 100 * len(everyone)
            return min(each for each in everyone if sum(other <= each for other in everyone) >= needed)
        case _:
            assert_never(measure)


def by_group(measure: Measure, known: Mapping[object, Value], groups: Mapping[object, Value]) -> dict[object, Value]:
    """Return what the measure finds within each group; whose group is missing is in none."""
    found: dict[object, Value] = {}
    for group in {each for each in groups.values() if each is not None}:
        found |= measured(measure, {member: own for member, own in known.items() if groups[member] == group})
    return found
