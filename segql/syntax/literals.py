"""Reads names, numbers, texts, dates and durations from tokens."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

from lark import Token

from segql.diagnostics import Diagnostic
from segql.source import Span
from segql.syntax import ast, errors

_ESCAPES = {'"': '"', "'": "'", "\\": "\\", "n": "\n", "t": "\t"}
_SHORT = {"h": "hour", "d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year"}
_DIGITS_MAX = 38
# Two thousand years in seconds; longer spans would leave the calendar.
_COUNT_MAX = {
    "second": 63_000_000_000,
    "minute": 1_050_000_000,
    "hour": 17_500_000,
    "day": 730_000,
    "week": 104_000,
    "month": 24_000,
    "quarter": 8_000,
    "year": 2_000,
}


class Reader:
    """Turns tokens into literal nodes; what is wrong with them goes to `diagnostics`."""

    def __init__(self, span_of: Callable[[Token], Span], diagnostics: list[Diagnostic]) -> None:
        self.span_of, self.diagnostics = span_of, diagnostics

    def name(self, token: Token) -> ast.Name:
        """Read a name, bare or in backticks."""
        text = token.strip()
        return ast.Name(text[1:-1] if text.startswith("`") else text, span=self.span_of(token))

    def member(self, token: Token) -> ast.Name:
        """Read what follows a point: a word, or a name in backticks or quotes."""
        span = self.span_of(token)
        text = token[1:].strip()
        span = Span(span.source, span.end - len(text), span.end)
        if text.startswith('"'):
            return ast.Name(self._unescaped(text[1:-1], span), span=span)
        return ast.Name(text[1:-1] if text.startswith("`") else text, span=span)

    def text(self, token: Token) -> ast.Text:
        """Read a text in quotes."""
        span = self.span_of(token)
        if token[0] not in "\"'":
            self.diagnostics.append(errors.smart_quotes(span))
            return ast.Text(token[1:-1], span=span)
        return ast.Text(self._unescaped(token[1:-1], span), span=span)

    def number(self, token: Token) -> ast.Number:
        """Read a number: an int, or a Decimal where it has a point."""
        span, digits = self.span_of(token), token.replace("_", "")
        if sum(letter.isdigit() for letter in digits) > _DIGITS_MAX:
            self.diagnostics.append(errors.number_too_long(span))
            return ast.Number(0, span=span)
        return ast.Number(Decimal(digits) if "." in digits else int(digits), span=span)

    def percent(self, token: Token) -> ast.Percent:
        """Read a percentage; `5%` holds 5."""
        span, digits = self.span_of(token), token[:-1].replace("_", "")
        if len(digits) > _DIGITS_MAX:
            self.diagnostics.append(errors.number_too_long(span))
            digits = "0"
        return ast.Percent(Decimal(digits), span=span)

    def count(self, token: Token) -> int:
        """Read a whole number of times, rows or conditions."""
        number = self.number(token).value
        if isinstance(number, Decimal):
            self.diagnostics.append(errors.whole_number_needed(self.span_of(token)))
            return int(number)
        if number > 1_000_000_000:
            self.diagnostics.append(errors.too_large(self.span_of(token), "this count"))
            return 1
        return number

    def date(self, token: Token) -> ast.Date | ast.Hole:
        """Read a day such as `2026-01-31`."""
        span = self.span_of(token)
        try:
            return ast.Date(dt.date.fromisoformat(str(token)), span=span)
        except ValueError:
            self.diagnostics.append(errors.no_such_date(span))
            return ast.Hole(span=span)

    def timestamp(self, token: Token) -> ast.Timestamp | ast.Hole:
        """Read an instant such as `2026-01-31T10:00:00Z`; without a zone it stays naive."""
        span = self.span_of(token)
        try:
            return ast.Timestamp(dt.datetime.fromisoformat(str(token)), span=span)
        except ValueError:
            self.diagnostics.append(errors.no_such_date(span))
            return ast.Hole(span=span)

    def duration(self, token: Token) -> ast.Duration:
        """Read a length of time such as `90 days` or `90d`."""
        span = self.span_of(token)
        found = re.fullmatch(r"(\d[\d_]*)\s*([a-z]+)", token.lower())
        assert found, token
        unit = _SHORT.get(found[2]) or found[2].removesuffix("s")
        digits = found[1].replace("_", "")
        count = int(digits) if len(digits) <= _DIGITS_MAX else _COUNT_MAX[unit] + 1
        if count > _COUNT_MAX[unit]:
            self.diagnostics.append(errors.too_large(span, "this length of time"))
            count = 1
        return ast.Duration(count, unit, span=span)

    def _unescaped(self, inner: str, span: Span) -> str:
        if "\\" not in inner:
            return inner
        # The place of a text in quotes begins with the quote.
        first = span.end - 1 - len(inner)
        out: list[str] = []
        at = 0
        while at < len(inner):
            if inner[at] != "\\":
                out.append(inner[at])
                at += 1
                continue
            letter = inner[at + 1 : at + 2]
            if letter not in _ESCAPES:
                self.diagnostics.append(errors.unknown_escape(Span(span.source, first + at, first + at + 2)))
            out.append(_ESCAPES.get(letter, letter))
            at += 2
        return "".join(out)
