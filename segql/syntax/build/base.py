"""What every part of the builder needs: places, names, literals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from lark import Token

from segql.diagnostics import Diagnostic
from segql.source import NOWHERE, Span
from segql.syntax import ast
from segql.syntax.literals import Reader

Parts: TypeAlias = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Bit:
    """A value that is no node of its own, with its place."""

    value: Any
    span: Span


class Base:
    """Makes nodes for one text at a time: set by `begin`, told about mistakes in `diagnostics`."""

    def __init__(self) -> None:
        self.begin(NOWHERE)

    def begin(self, piece: Span, place: Callable[[int, int], Span] | None = None) -> None:
        """Get ready for a part of a source; `place` says where a part of its text stands, if not simply in it."""
        self.source, self.base, self.place = piece.source, piece.start, place
        self.diagnostics: list[Diagnostic] = []
        self.read = Reader(self.span_of, self.diagnostics)

    # ── places ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def span_of(self, part: Any) -> Span:
        """Return the place of a token, a node or a bit."""
        if isinstance(part, Token):
            start = part.start_pos or 0
            # Tokens that know the start of a line begin with the line feed before it.
            lead = len(part) - len(part.lstrip())
            if self.place is not None:
                return self.place(start + lead, start + len(part))
            return Span(self.source, self.base + start + lead, self.base + start + len(part))
        span: Span = part.span
        return span

    def around(self, parts: Parts) -> Span:
        """Return the place from the first to the last of the parts that are there."""
        there = [each for each in parts if each is not None]
        return self.span_of(there[0]).to(self.span_of(there[-1]))

    # ── names and literals ───────────────────────────────────────────────────────────────────────────────────────────

    def name(self, parts: Parts) -> ast.Name:
        return self.read.name(parts[0])

    def path(self, parts: Parts) -> ast.Path:
        names = (parts[0], *(self.read.member(each) for each in parts[1:]))
        return ast.Path(names, span=self.around(parts))

    def text(self, parts: Parts) -> ast.Text:
        return self.read.text(parts[0])

    def number(self, parts: Parts) -> ast.Number:
        return self.read.number(parts[0])

    def negative_number(self, parts: Parts) -> ast.Number:
        number = self.read.number(parts[1])
        return ast.Number(-number.value, span=self.around(parts))

    def percent(self, parts: Parts) -> ast.Percent:
        return self.read.percent(parts[0])

    def date(self, parts: Parts) -> ast.Date | ast.Hole:
        return self.read.date(parts[0])

    def timestamp(self, parts: Parts) -> ast.Timestamp | ast.Hole:
        return self.read.timestamp(parts[0])

    def duration(self, parts: Parts) -> ast.Duration:
        return self.read.duration(parts[0])

    def true(self, parts: Parts) -> ast.Boolean:
        return ast.Boolean(True, span=self.around(parts))

    def false(self, parts: Parts) -> ast.Boolean:
        return ast.Boolean(False, span=self.around(parts))

    def now(self, parts: Parts) -> ast.Now:
        return ast.Now(span=self.around(parts))

    def today(self, parts: Parts) -> ast.Today:
        return ast.Today(span=self.around(parts))

    def hole(self, parts: Parts) -> ast.Hole:
        return ast.Hole(span=self.around(parts))

    def literals(self, parts: Parts) -> Bit:
        values = tuple(each for each in parts if each is not None and not isinstance(each, Token))
        return Bit(values, self.around(parts))

    def filter(self, parts: Parts) -> Bit:
        return Bit(parts[2], self.around(parts))
