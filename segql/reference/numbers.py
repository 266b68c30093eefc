"""Arithmetic: exact for integers and decimals, in doubles where a float takes part."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import assert_never

from segql.plan import Sign
from segql.reference.values import Value, is_missing, rounded, rounded_float

PLACES = 6
MICROSECOND = dt.timedelta(microseconds=1)


def arithmetic(sign: Sign, left: Value, right: Value) -> Value:
    """Return what the two values make, None if one is missing or the divisor is zero."""
    if left is None or right is None:
        return None
    if isinstance(left, dt.datetime):
        if isinstance(right, dt.datetime):
            return (left - right) // MICROSECOND
        return left + right * MICROSECOND if sign is Sign.ADD else left - right * MICROSECOND
    if isinstance(left, float) or isinstance(right, float):
        result = _floats(sign, float(left), float(right))
        return None if is_missing(result) else result
    return _exact(sign, left, right)


def _exact(sign: Sign, left: Value, right: Value) -> Value:
    a, b = Fraction(left), Fraction(right)
    match sign:
        case Sign.ADD:
            return exact(a + b)
        case Sign.SUB:
            return exact(a - b)
        case Sign.MUL:
            return exact(a * b)
        case Sign.DIV:
            return rounded(a / b, PLACES) if b else None
        case Sign.MOD:
            return exact(a - b * math.trunc(a / b)) if b else None
        case _:
            assert_never(sign)


def _floats(sign: Sign, left: float, right: float) -> float | None:
    match sign:
        case Sign.ADD:
            return left + right
        case Sign.SUB:
            return left - right
        case Sign.MUL:
            return left * right
        case Sign.DIV:
            return rounded_float(left / right, PLACES) if right else None
        case Sign.MOD:
            return math.fmod(left, right) if right else None
        case _:
            assert_never(sign)


def exact(value: Fraction) -> Value:
    """Return an exact number as an integer, or as a decimal with all of its digits.

    Sums and products of decimals have an end, so their denominators divide a power of ten.
    """
    if value.denominator == 1:
        return value.numerator
    places = 0
    while (10**places) % value.denominator:
        places += 1
    return rounded(value, places)


def total(values: Sequence[Value]) -> Value:
    """Return the sum: exact, or of floats rounded to six places; 0 of nothing."""
    if any(isinstance(each, float) for each in values):
        return rounded_float(math.fsum(values), PLACES)
    return exact(sum(map(Fraction, values), Fraction(0)))


def mean(values: Sequence[Value]) -> Value:
    """Return the average of at least one value, rounded to six places."""
    if any(isinstance(each, float) for each in values):
        return rounded_float(math.fsum(values) / len(values), PLACES)
    return rounded(sum(map(Fraction, values), Fraction(0)) / len(values), PLACES)


def middle(values: Sequence[Value]) -> Value:
    """Return the median of at least one value: the mean of the middle two, to six places."""
    ordered = sorted(values)
    half = (len(ordered) - 1) // 2
    return mean(ordered[half : len(ordered) - half])


def round_to(value: Value, places: int) -> Value:
    """Round a number half away from zero to so many places."""
    if isinstance(value, float):
        return rounded_float(value, places)
    return exact(Fraction(rounded(Fraction(value), places)))
