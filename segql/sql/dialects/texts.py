"""Texts as SQL: compared byte for byte, whatever a column's collation."""

from __future__ import annotations

from sqlglot import exp

from segql.sql.errors import Unsupported
from segql.sql.literals import number, text, wrapped
from segql.types import Type


class Texts:
    """What is asked of texts on engines that compare them byte for byte."""

    def sortable(self, value: exp.Expr, type_: Type | None) -> exp.Expr:
        """Return a value of a type so that its order is that of the language: texts by their code points."""
        del type_
        return value

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Return whether a text begins with another."""
        first = exp.Substring(this=value, start=number(1), length=self.length(part.copy()))
        return exp.EQ(this=first, expression=wrapped(part))

    def ends(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Return whether a text ends with another."""
        size, own = self.length(part.copy()), self.length(value.copy())
        start = exp.Add(this=exp.Sub(this=own, expression=size.copy()), expression=number(1))
        last = exp.Substring(this=value, start=start, length=size)
        is_long_enough = exp.GTE(this=self.length(value.copy()), expression=size.copy())
        return exp.And(this=is_long_enough, expression=exp.EQ(this=last, expression=wrapped(part)))

    def contains(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        """Return whether a text holds another."""
        return exp.GT(this=exp.StrPosition(this=value, substr=part), expression=number(0))

    def like(self, value: exp.Expr, pattern: str) -> exp.Expr:
        r"""Return whether a whole text fits a pattern with `%` and `_`, before which `\` takes away their meaning."""
        return exp.Escape(this=exp.Like(this=wrapped(value), expression=text(pattern)), expression=text("\\"))

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        """Return whether a regular expression is found in a text."""
        raise Unsupported("regular expressions", None)

    def lower(self, value: exp.Expr) -> exp.Expr:
        """Return a text in lower letters by the simple mapping of Unicode."""
        return exp.Lower(this=value)

    def upper(self, value: exp.Expr) -> exp.Expr:
        """Return a text in upper letters by the simple mapping of Unicode."""
        return exp.Upper(this=value)

    def length(self, value: exp.Expr) -> exp.Expr:
        """Return the number of code points of a text."""
        return exp.Length(this=value)

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        """Return the bucket of a key: 8 hexadecimal digits of md5 over `seed:key`, as a number, modulo 10 000."""
        raise Unsupported("splits", None)
