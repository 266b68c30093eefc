"""Values: a cell or a place in json read as its type, comparison, rounding.

None is a missing value. A timestamp is an aware `datetime` in UTC, a duration a number of
microseconds, a weekday a number from 1 for Monday, json what Python makes of it, with decimals.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from segql.plan import Op
from segql.types import Kind, Type

# The plan says at run time what type a value has: nothing for a type checker to know.
Value: TypeAlias = Any

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?")


def is_missing(value: object) -> bool:
    """Say whether a cell holds nothing: a null or a NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def instant(wall: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Return the instant at which the wall clock of the zone shows `wall`, in UTC.

    Without a fold Python takes the offset from before a change, which is the rule: a wall-clock
    time that was skipped moves forward by the gap, one that came twice is its first.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)


def midnight(day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    """Return the instant of the day's midnight on the wall clock of the zone."""
    return instant(dt.datetime.combine(day, dt.time()), zone)


def moment(value: dt.date | dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Return the instant of a timestamp, or of a date's midnight on the wall clock of the zone."""
    return value if isinstance(value, dt.datetime) else midnight(value, zone)


def stored(cell: Value, type_: Type, column_zone: str | None, project_zone: ZoneInfo) -> Value:
    """Return the value of a cell of a column of that type, None if it is missing."""
    if is_missing(cell):
        return None
    match type_.kind:
        case Kind.DECIMAL:
            return Decimal(cell)
        case Kind.FLOAT:
            return float(cell)
        case Kind.TIMESTAMP:
            if not isinstance(cell, dt.datetime):
                return midnight(cell, project_zone)
            if cell.tzinfo is None:
                return instant(cell, ZoneInfo(column_zone or "UTC"))
            return cell.astimezone(dt.UTC)
        case Kind.JSON:
            return _parsed(cell)
        case Kind.LIST:
            item = type_.item or type_
            return [stored(each, item, column_zone, project_zone) for each in cell]
        case _:
            return cell


@functools.lru_cache(maxsize=10_000)
def _parsed(text: str) -> Value:
    return json.loads(text, parse_float=Decimal)


def inside(value: Value, steps: tuple[str, ...]) -> Value:
    """Return what stands at the path inside the json value, None if there is nothing."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def from_json(value: Value, type_: Type) -> Value:
    """Read a json value as a type; it is missing where it is of another one."""
    match type_.kind:
        case Kind.JSON:
            return value
        case Kind.LIST:
            item = type_.item or type_
            return [from_json(each, item) for each in value] if isinstance(value, list) else None
        case Kind.TEXT:
            return value if isinstance(value, str) else None
        case Kind.BOOLEAN:
            return value if isinstance(value, bool) else None
        case Kind.INTEGER:
            return int(value) if _is_number(value) and value == int(value) else None
        case Kind.DECIMAL:
            return rounded(Fraction(value), 6) if _is_number(value) else None
        case Kind.FLOAT:
            return float(value) if _is_number(value) else None
        case Kind.DATE | Kind.TIMESTAMP:
            return _moment_in_text(value, type_.kind) if isinstance(value, str) else None
        case _:
            return None


def _is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _moment_in_text(text: str, kind: Kind) -> dt.date | None:
    """Read an ISO date, or an ISO timestamp, which stands in UTC if it names no zone."""
    try:
        if kind is Kind.DATE:
            return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
        if not _TIMESTAMP.fullmatch(text):
            return None
        stamp = dt.datetime.fromisoformat(text)
    except ValueError:  # the thirtieth of February
        return None
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)


def compare(op: Op, left: Value, right: Value) -> bool:
    """Say whether both values are known and stand in that relation.

    Integers and decimals compare exactly; with a float on either side both are floats. Texts
    compare by code points, which is the order of their UTF-8 bytes.
    """
    if left is None or right is None:
        return False
    if isinstance(left, float) or isinstance(right, float):
        left, right = float(left), float(right)
    match op:
        case Op.EQ:
            return bool(left == right)
        case Op.LT:
            return bool(left < right)
        case Op.LE:
            return bool(left <= right)
        case Op.GT:
            return bool(left > right)
        case Op.GE:
            return bool(left >= right)


def rounded(value: Fraction, places: int) -> Decimal:
    """Round half away from zero to so many decimal places, exactly.

    Example:
        >>> rounded(Fraction(-1, 8), 2)
        Decimal('-0.13')
    """
    scaled = abs(value) * Fraction(10) ** places
    whole = math.floor(scaled + Fraction(1, 2))
    # Made from its digits, since operations of `Decimal` keep only as many as the context says.
    digits = tuple(map(int, str(whole)))
    return Decimal((int(value < 0 < whole), digits, -places))


def rounded_float(value: float, places: int) -> float:
    """Round a double half away from zero, in doubles as engines do: `floor(|x| * 10^n + 0.5)`."""
    if not math.isfinite(value):
        return value
    factor = 10.0**places
    return math.copysign(math.floor(abs(value) * factor + 0.5) / factor, value)
