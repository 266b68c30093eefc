"""Reads one piece of a source: parse, mend where that helps, parse again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lark

from segql.diagnostics import Diagnostic, Edit
from segql.source import Span
from segql.syntax import errors
from segql.syntax.builder import Builder
from segql.syntax.grammar import load
from segql.tree import Node, depth_of

# How much is read again, in characters, to find out which mends help: some two seconds of work at most.
_READ_AGAIN_MOST = 400_000
_MENDS_MOST = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """What a piece says, what is wrong with it, and the places that could not be read."""

    tree: Any
    diagnostics: tuple[Diagnostic, ...]
    damaged: tuple[Span, ...]


def read(piece: Span, start: str, edits: Sequence[Edit] = (), *, may_mend: bool = True) -> Reading:
    """Read a piece as a `declaration` or a `condition`, with edits done; nothing in it makes this raise."""
    parser, builder = _parser()
    builder.begin(piece)
    if edits:
        return _checked(piece, *_Mending(piece, start, edits).read())
    try:
        tree: Any = parser.parse(piece.text, start=start)
    except lark.UnexpectedInput as error:
        if not may_mend:
            return _checked(piece, None, [_unexpected(error, builder)], (piece,))
        return _checked(piece, *_Mending(piece, start).read())
    return _checked(piece, tree, builder.diagnostics, ())


def _checked(piece: Span, tree: Any, found: list[Diagnostic], damaged: tuple[Span, ...]) -> Reading:
    found = sorted(found, key=lambda each: each.span.start if each.span else 0)
    if tree is not None and not isinstance(tree, Node):
        tree = None
    if tree is not None and depth_of(tree) > errors.DEPTH_MAX:
        found.append(errors.nested_too_deep(_deepest(piece)))
        tree = None
    return Reading(tree, tuple(found), damaged)


def _unexpected(error: lark.UnexpectedInput, builder: Builder) -> Diagnostic:
    """Say the least that can be said of a mistake."""
    if isinstance(error, lark.UnexpectedToken):
        return errors.unexpected_word(builder.span_of(error.token), [])
    at = builder.base + (error.pos_in_stream or 0)
    return errors.unexpected_character(Span(builder.source, at, at + 1))


def _deepest(piece: Span) -> Span:
    """Return the first bracket of the piece, or its first letter."""
    at = piece.text.find("(")
    start = piece.start + max(at, 0)
    return piece.source.span(start, start + 1)


# ── mending ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Mending:
    """Tries mends one after the other, and keeps those after which the reading gets further."""

    def __init__(self, piece: Span, start: str, edits: Sequence[Edit] = ()) -> None:
        # Only a mistake needs these, so only a mistake pays for the import.
        from segql.syntax.mending import Mend, MendedText, mends  # noqa: PLC0415
        from segql.syntax.recovery import Recovery  # noqa: PLC0415

        self._recovery, self._text, self._mends_at = Recovery, MendedText, mends
        self.piece, self.start, self.edits = piece, start, edits
        self.left = _READ_AGAIN_MOST
        self.kept: list[Mend] = []
        self.trial: Mend | None = None
        self.refused: set[tuple[object, ...]] = set()
        self.is_refused = False
        self.text: MendedText = MendedText(piece)

    def read(self) -> tuple[Any, list[Diagnostic], tuple[Span, ...]]:
        """Read with one more mend each time, until nothing more is to be mended."""
        parser, builder = _parser()
        while True:
            done = [*self.kept, self.trial] if self.trial else self.kept
            self.text = self._text(self.piece, [*self.edits, *(edit for each in done for edit in each.edits)])
            self.left -= len(self.text.text)
            self.is_refused = False
            builder.begin(self.piece, self.text.span)
            recovery = self._recovery(self.text, self.start, self._propose, self._hear)
            tree: Any = None
            try:
                tree = parser.parse(self.text.text, start=self.start, on_error=recovery)
            except lark.UnexpectedInput:
                tree = None
            if self.is_refused and self.trial:
                self.refused.add(_key(self.trial))
                self.trial = None
                continue
            if self.trial:
                self.kept.append(self.trial)
                self.trial = None
            if recovery.proposal is None:
                told = [each.diagnostic for each in self.kept]
                made_up = [self.piece] if any(each.is_made_up for each in self.kept) else []
                return tree, [*builder.diagnostics, *recovery.diagnostics, *told], (*recovery.damaged, *made_up)
            self.trial = recovery.proposal

    def _hear(self, at: int) -> bool:
        """Say whether to go on after an error at `at`: not where the mend on trial has not helped."""
        place = self.text.source_of(at)
        if self.trial and min(each.span.start for each in self.trial.edits) <= place <= self.trial.beyond:
            self.is_refused = True
        return not self.is_refused

    def _propose(self, spot: Any) -> Any:
        """Return the next mend to try at a place, if any."""
        if self.left < len(self.text.text) or len(self.kept) >= _MENDS_MOST:
            return None
        for each in self._mends_at(spot):
            if _key(each) not in self.refused and not self.text.overlaps(each.edits):
                return each
        return None


def _key(mend: Any) -> tuple[object, ...]:
    return (mend.diagnostic.code, *((each.span.start, each.span.end, each.text) for each in mend.edits))


# ── the parser ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Kept(threading.local):
    """The parser of each thread: its builder holds what is being read."""

    parser: lark.Lark | None = None
    builder: Builder | None = None


_KEPT = _Kept()


def _parser() -> tuple[lark.Lark, Builder]:
    if _KEPT.parser is None or _KEPT.builder is None:
        _KEPT.builder = Builder()
        _KEPT.parser = load(_KEPT.builder)
    return _KEPT.parser, _KEPT.builder
