"""Engines that move a moment by a number of units, and know no length of time that could stand in a `case`."""

from __future__ import annotations

from abc import abstractmethod
from math import gcd

from sqlglot import exp

from segql.sql.dialects.times import in_largest_unit
from segql.sql.literals import number, wrapped


class Counted:
    """Lengths of time as a number of microseconds; where it is known, moments move by the largest unit that fits."""

    def duration(self, microseconds: int) -> exp.Expr:
        return number(microseconds)

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        return wrapped(microseconds)

    def later(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        return self._moved(moment, duration, 1)

    def earlier(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        return self._moved(moment, duration, -1)

    @abstractmethod
    def moved(self, moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
        """Return the moment that lies so many units after another."""

    def _moved(self, moment: exp.Expr, duration: exp.Expr, sign: int) -> exp.Expr:
        lengths = _lengths(duration)
        if lengths is None:
            count = duration if sign > 0 else exp.Neg(this=wrapped(duration))
            return self.moved(moment, count, "MICROSECOND")
        size = gcd(*lengths) or 86_400_000_000
        times, unit = in_largest_unit(size)
        return self.moved(moment, _divided(duration, sign * size // times), unit)


def known_length(node: exp.Expr) -> int | None:
    """Return the number that a node is, or None where it is none.

    Example:
        >>> known_length(number(-3))
        -3
    """
    match node:
        case exp.Literal(is_string=False):
            return int(node.name)
        case exp.Neg(this=exp.Literal(is_string=False)):
            return -int(node.this.name)
    return None


def _lengths(duration: exp.Expr) -> list[int] | None:
    """Return all lengths that a duration may have, or None where they are not known."""
    if not isinstance(duration, exp.Case):
        found = known_length(duration)
        return None if found is None else [found]
    made: list[int] = []
    for each in (*(branch.args["true"] for branch in duration.args["ifs"]), duration.args["default"]):
        lengths = _lengths(each)
        if lengths is None:
            return None
        made += lengths
    return made


def _divided(duration: exp.Expr, size: int) -> exp.Expr:
    """Return a duration whose lengths are known in a unit of a size."""
    if isinstance(duration, exp.Case):
        branches = duration.args["ifs"]
        made = [exp.If(this=each.this, true=_divided(each.args["true"], size)) for each in branches]
        return exp.Case(ifs=made, default=_divided(duration.args["default"], size))
    length = known_length(duration)
    assert length is not None
    return number(length // size)
