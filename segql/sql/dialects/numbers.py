"""Numbers as SQL: exact where the language is exact, rounded where it rounds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlglot import exp

from segql.sql.literals import cast, number, text, wrapped
from segql.types import Kind, Type


class Numbers:
    """Arithmetic that engines share; quotients are made of integers, since each divides decimals in its own way."""

    def constant(self, value: int | Decimal) -> exp.Expr:
        """Return an exact number."""
        return number(value)

    def double(self, value: float) -> exp.Expr:
        """Return a constant of type double."""
        return cast(text(repr(value)), "double")

    def known_float(self, value: exp.Expr) -> exp.Expr:
        """Return a double, missing where it is no number."""
        return exp.Nullif(this=value, expression=cast(text("NaN"), "double"))

    def rounded(self, value: exp.Expr, places: int, type_: Type) -> exp.Expr:
        """Return a number rounded half away from zero."""
        del type_
        return exp.Round(this=value, decimals=number(places))

    def decimal(self, value: exp.Expr, scale: int) -> exp.Expr:
        """Return an exact number as a decimal as wide as there is, with so many places."""
        return cast(value, f"decimal(38, {scale})")

    def whole(self, value: exp.Expr) -> exp.Expr:
        """Return a number without places as an integer as wide as there is."""
        return cast(value, "decimal(38, 0)")

    def exact(self, value: exp.Expr, type_: Type) -> exp.Expr:
        """Return what arithmetic made as the number that it means, where the engine's own is only close to it."""
        del type_
        return value

    def total(self, value: exp.Expr, type_: Type, over: Callable[[exp.Expr], exp.Expr] = lambda made: made) -> exp.Expr:
        """Return the sum of the values of a group, or of the rows that `over` tells; of doubles rounded to 6 places."""
        made = over(exp.Sum(this=value))
        return self.rounded(made, 6, type_) if type_.kind is Kind.FLOAT else self.exact(made, type_)

    def product(self, first: exp.Expr, first_type: Type, second: exp.Expr, second_type: Type, type_: Type) -> exp.Expr:
        """Return a product of a type; one factor is widened first, since engines keep the width of the factors."""
        del second_type
        if type_.kind is not Kind.FLOAT:
            first = self.decimal(first, first_type.scale)
        return exp.Mul(this=first, expression=second)

    def product_by(self, value: exp.Expr, type_: Type, constant: int | Decimal) -> exp.Expr:
        """Return the decimal that a value of a type times a constant is."""
        return exp.Mul(this=self.decimal(value, type_.scale), expression=self.constant(constant))

    def remainder(self, whole: exp.Expr, part: exp.Expr, type_: Type) -> exp.Expr:
        """Return what is left of a division toward zero, with the sign of `whole`; null for a zero divisor."""
        return self.exact(exp.Mod(this=whole, expression=exp.Nullif(this=part, expression=number(0))), type_)

    def sign(self, value: exp.Expr) -> exp.Expr:
        """Return -1, 0 or 1 as an exact number: the sign of a number."""
        return exp.Sign(this=value)

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Return `whole / part` of two integers, toward zero."""
        # What is left when the remainder is taken away divides without a rest, so no engine rounds it.
        whole, part = wrapped(whole), wrapped(part)
        even = exp.Sub(this=whole, expression=exp.Mod(this=whole.copy(), expression=part))
        return exp.Div(this=exp.Paren(this=even), expression=part.copy())

    def double_quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Return a quotient of doubles; null for a zero divisor."""
        return exp.Div(this=whole, expression=exp.Nullif(this=part, expression=number(0)))

    def divided(self, whole: exp.Expr, part: exp.Expr, scales: tuple[int, int]) -> exp.Expr:
        """Return an exact quotient of decimals, rounded half away from zero to 6 places; null for a zero divisor.

        Both are made integers, `n` and `m`; then `trunc((2·|m| … ± |m|) / (2·|m|))` rounds as wanted, since truncation
        of `(2·n + sign(n)·|m|) / (2·|m|)` is rounding half away from zero of `n / |m|`.
        """
        first, second = scales
        shift = 6 + second - first
        n = self.integer(whole, first, max(shift, 0))
        m = exp.Nullif(this=self.integer(part, second, max(-shift, 0)), expression=number(0))
        doubled = exp.Mul(this=number(2), expression=exp.Paren(this=n.copy()))
        size = exp.Abs(this=m.copy())
        rounded = exp.Add(this=doubled, expression=exp.Mul(this=self.sign(n.copy()), expression=size))
        quotient = self.quotient(rounded, exp.Mul(this=number(2), expression=size.copy()))
        return self.millionths(exp.Mul(this=self.sign(m.copy()), expression=quotient))

    def divided_by(self, whole: exp.Expr, scale: int, part: Decimal) -> exp.Expr:
        """Return an exact quotient by a constant that is not zero, rounded half away from zero to 6 places."""
        exponent = part.as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else 0
        size = int(abs(part).scaleb(places))
        shift = 6 + places - scale
        n = self.integer(whole, scale, max(shift, 0))
        size *= 10 ** max(-shift, 0)
        doubled = exp.Mul(this=number(2), expression=exp.Paren(this=n))
        halves = exp.Mul(this=self.sign(n.copy()), expression=self.constant(size))
        quotient = self.quotient(exp.Add(this=doubled, expression=halves), self.constant(2 * size))
        return self.millionths(exp.Neg(this=quotient) if part < 0 else quotient)

    def millionths(self, count: exp.Expr) -> exp.Expr:
        """Return an integer of millionths as a decimal."""
        return exp.Mul(this=self.whole(count), expression=self.constant(Decimal("0.000001")))

    def integer(self, value: exp.Expr, scale: int, shift: int) -> exp.Expr:
        """Return a decimal of `scale` places, times ten to the power `scale + shift`, as an integer."""
        if scale:
            value = exp.Mul(this=self.decimal(value, scale), expression=self.constant(10**scale))
        whole = self.whole(exp.Paren(this=value) if scale else value)
        return exp.Mul(this=whole, expression=self.constant(10**shift)) if shift else whole
