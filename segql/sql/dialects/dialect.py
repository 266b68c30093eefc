"""The SQL that engines share, and the places where one may say it in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlglot import exp

from segql.catalog import Table
from segql.sql.errors import Unsupported
from segql.sql.literals import cast, number, text
from segql.types import Type


class Dialect:
    """Portable SQL. A method that raises `Unsupported` has no portable form; an engine that knows one overrides it."""

    name = "portable"

    def from_file(self, value: exp.Expr, table: Table, type_: Type | None) -> exp.Expr:
        """Return a file's column as a value of the declared type; times without a zone as they stand."""
        raise Unsupported("files", table.span)

    def kind_in_file(self, value: exp.Expr, table: Table) -> exp.Expr | None:
        """Return whether a time in a file is a `day` alone, has a `zone` of its own, or neither; None: never asked."""
        raise Unsupported("files", table.span)

    def file(self, table: Table) -> exp.Expr:
        """Return a file as it stands in a `from`."""
        raise Unsupported("files", table.span)

    def broken(self, value: exp.Expr, type_: Type, *, or_day: bool) -> exp.Expr | None:
        """Return whether the text in a file is no value of the type, nor a day where one will do.

        None where every text is one.
        """
        raise Unsupported("files", None)

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        """Return what stands in a json at a path, read as a type; null where it is of another."""
        raise Unsupported("json", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        """Return the array in a json at a path as a list of json; null where there is none."""
        raise Unsupported("json", None)

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        """Return the number of items of the array in a json at a path; null where there is none."""
        raise Unsupported("json", None)

    def unnested(self, items: exp.Expr, alias: str) -> exp.Expr:
        """Return a list as rows with one column `value`, as they stand in a `from`."""
        raise Unsupported("lists", None)

    def list_size(self, items: exp.Expr) -> exp.Expr:
        """Return the number of items of a list."""
        raise Unsupported("lists", None)

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        """Return whether a regular expression is found in a text."""
        raise Unsupported("regular expressions", None)

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        """Return the bucket of a key: 8 hexadecimal digits of md5 over `seed:key`, as a number, modulo 10 000."""
        raise Unsupported("splits", None)

    def upper(self, value: exp.Expr) -> exp.Expr:
        """Return a text in upper letters by the simple mapping of Unicode."""
        return exp.Upper(this=value)

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Return the microseconds from one timestamp to another."""
        raise Unsupported("lengths of time", None)

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        """Return the days from one date to another."""
        raise Unsupported("lengths of time", None)

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Return `whole / part` of two integers, toward zero."""
        return exp.IntDiv(this=exp.Paren(this=whole), expression=exp.Paren(this=part))

    def known_float(self, value: exp.Expr) -> exp.Expr:
        """Return a double, missing where it is no number."""
        return exp.Nullif(this=value, expression=cast(text("NaN"), "double"))

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
        rounded = exp.Add(this=doubled, expression=exp.Mul(this=exp.Sign(this=n.copy()), expression=size))
        quotient = self.quotient(rounded, exp.Mul(this=number(2), expression=size.copy()))
        signed = exp.Mul(this=exp.Sign(this=m.copy()), expression=quotient)
        return exp.Mul(this=cast(signed, "decimal(38, 0)"), expression=exp.Literal.number("0.000001"))

    def divided_by(self, whole: exp.Expr, scale: int, part: Decimal) -> exp.Expr:
        """Return an exact quotient by a constant that is not zero, rounded half away from zero to 6 places."""
        exponent = part.as_tuple().exponent
        places = max(0, -exponent) if isinstance(exponent, int) else 0
        size = int(abs(part).scaleb(places))
        shift = 6 + places - scale
        n = self.integer(whole, scale, max(shift, 0))
        size *= 10 ** max(-shift, 0)
        doubled = exp.Mul(this=number(2), expression=exp.Paren(this=n))
        halves = exp.Mul(this=exp.Sign(this=n.copy()), expression=number(size))
        quotient = self.quotient(exp.Add(this=doubled, expression=halves), number(2 * size))
        signed = exp.Neg(this=quotient) if part < 0 else quotient
        return exp.Mul(this=cast(signed, "decimal(38, 0)"), expression=exp.Literal.number("0.000001"))

    def integer(self, value: exp.Expr, scale: int, shift: int) -> exp.Expr:
        """Return a decimal of `scale` places, times ten to the power `scale + shift`, as an integer."""
        if scale:
            value = exp.Mul(this=cast(value, f"decimal(38, {scale})"), expression=number(10**scale))
        whole = cast(exp.Paren(this=value) if scale else value, "int128")
        return exp.Mul(this=whole, expression=number(10**shift)) if shift else whole
