"""Engines that take places away in silence where the digits of a product are more than they have."""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from segql.sql.dialects.numbers import Numbers
from segql.sql.literals import cast
from segql.types import Kind, Type


class Narrow(Numbers):
    """Products are made of integers, which have no places to lose: what is too long is an error there."""

    def product(self, first: exp.Expr, first_type: Type, second: exp.Expr, second_type: Type, type_: Type) -> exp.Expr:
        if type_.kind is Kind.FLOAT:
            return exp.Mul(this=first, expression=second)
        n, m = self.integer(first, first_type.scale, 0), self.integer(second, second_type.scale, 0)
        return self._placed(exp.Mul(this=n, expression=m), first_type.scale + second_type.scale)

    def product_by(self, value: exp.Expr, type_: Type, constant: int | Decimal) -> exp.Expr:
        places = places_of(constant)
        m = self.constant(int(Decimal(constant).scaleb(places)))
        made = exp.Mul(this=self.integer(value, type_.scale, 0), expression=m)
        return self._placed(made, type_.scale + places)

    def _placed(self, whole: exp.Expr, places: int) -> exp.Expr:
        """Return an integer divided by ten to the power of the places."""
        if not places:
            return whole
        # The digits of both factors and one more are the 38 of the product.
        room = cast(exp.Paren(this=whole), f"decimal({36 - places}, 0)")
        return exp.Mul(this=room, expression=self.constant(Decimal(1).scaleb(-places)))


def places_of(constant: int | Decimal) -> int:
    """Return how many digits a number has after its point.

    Example:
        >>> places_of(Decimal("1.50")), places_of(7)
        (2, 0)
    """
    exponent = Decimal(constant).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
