"""What a mend is, and a text with its mends done."""

from __future__ import annotations

import bisect
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from segql.diagnostics import Diagnostic, Edit
from segql.source import Span

# In a mended text, the place of a value that nobody can guess. A file that holds this character itself gets it refused.
HOLE = "\ue000"

# What hides signs and words: texts, names in backticks, comments.
HIDDEN = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`|#[^\n]*"

_PARTS = re.compile(rf"{HIDDEN}|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Mend:
    """A change of the text after which it may be read, and what is said if it can.

    `beyond` is the offset that the reading must get past for the mend to count, in the source. After a mend that
    `is_made_up`, what the piece declares is not to be believed.
    """

    diagnostic: Diagnostic
    edits: tuple[Edit, ...]
    beyond: int
    is_made_up: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """Where reading stops: the word from `at` to `end` of `text`, which does not fit.

    `text` is the whole piece with the mends that were done so far, `accepts` are the terminals that would fit, and
    `start` says whether the piece is a `declaration` or a `condition`. `is_word` is False where no word of the language
    begins at all, and `last` is where the word or sign before it begins and ends.
    """

    text: MendedText
    at: int
    end: int
    accepts: Collection[str]
    start: str
    is_word: bool
    last: tuple[int, int]

    @classmethod
    def of(
        cls, text: MendedText, at: int, end: int, accepts: Collection[str], start: str, *, is_word: bool = True
    ) -> Spot:
        """Return the spot of a word that does not fit."""
        last, shift = (0, 0), max(0, at - 400)
        for each in _PARTS.finditer(text.text, shift, at):
            if each[0][0] != "#":
                last = each.span()
        return cls(text, at, end, accepts, start, is_word, last)

    @property
    def word(self) -> str:
        """The word that does not fit, empty at the end of the text."""
        return self.text.text[self.at : self.end]

    @property
    def before(self) -> str:
        """The word or sign before it, empty at the start."""
        return self.text.text[slice(*self.last)]

    def span(self, start: int, end: int) -> Span:
        """Return the place in the source of a part of the text."""
        return self.text.span(start, end)

    def around(self, pattern: str, reach: int = 2_000) -> Iterator[re.Match[str]]:
        """Yield what matches the pattern and holds the word, or ends just before it."""
        whole, (_, before) = self.text.text, self.last
        for found in re.compile(pattern, re.IGNORECASE).finditer(whole, max(0, self.at - reach), self.end + reach):
            if found.start() > self.at:
                return
            if found.end() >= before and found.end() > found.start():
                yield found

    def line(self) -> tuple[int, int]:
        """Return where the line of the word begins and ends."""
        start = self.text.text.rfind("\n", 0, self.at) + 1
        end = self.text.text.find("\n", self.at)
        return start, end if end >= 0 else len(self.text.text)

    def signs(self, wanted: str, start: int = 0, end: int | None = None) -> Iterator[int]:
        """Yield where the wanted signs stand, outside of texts and comments."""
        whole = self.text.text
        for found in re.compile(rf"{HIDDEN}|(?P<sign>.)", re.DOTALL).finditer(
            whole, start, len(whole) if end is None else end
        ):
            if found["sign"] and found["sign"] in wanted:
                yield found.start()


class MendedText:
    """A part of a source with some places changed, which knows where everything stood before."""

    def __init__(self, piece: Span, edits: Collection[Edit] = ()) -> None:
        self.piece = piece
        self.edits = sorted(edits, key=lambda each: each.span.start)
        if not self.edits:
            self.text = piece.text
            return
        parts: list[str] = []
        at = piece.start
        # Where each edit begins and ends in the mended text.
        self._starts: list[int] = []
        self._ends: list[int] = []
        length = 0
        for each in self.edits:
            kept = piece.source.text[at : each.span.start]
            self._starts.append(length + len(kept))
            length += len(kept) + len(each.text)
            self._ends.append(length)
            parts += [kept, each.text]
            at = each.span.end
        parts.append(piece.source.text[at : piece.end])
        self.text = "".join(parts)

    def span(self, start: int, end: int) -> Span:
        """Return the place in the source of a part of the mended text."""
        if not self.edits:
            return Span(self.piece.source, self.piece.start + start, self.piece.start + end)
        first = self.source_of(start)
        return Span(self.piece.source, first, max(first, self.source_of(end, is_end=True)))

    def source_of(self, at: int, *, is_end: bool = False) -> int:
        """Return the offset in the source; what was put in stands at the start or end of what it replaced."""
        if not self.edits:
            return self.piece.start + at
        # A place at the border of an edit belongs to the text outside of it.
        before = bisect.bisect_right(self._starts, at - 1) if is_end else bisect.bisect_right(self._starts, at)
        if before == 0:
            return self.piece.start + at
        edit, end = self.edits[before - 1], self._ends[before - 1]
        if at < end or (is_end and at <= end and end > self._starts[before - 1]):
            return edit.span.end if is_end else edit.span.start
        return edit.span.end + at - end

    def is_put_in(self, at: int) -> bool:
        """Say whether the character at an offset of the mended text was put there by a mend."""
        if not self.edits:
            return False
        before = bisect.bisect_right(self._starts, at)
        return before > 0 and at < self._ends[before - 1]

    def overlaps(self, edits: Collection[Edit]) -> bool:
        """Say whether a change would touch a place that was changed already."""
        return any(
            (new.span.start < old.span.end and old.span.start < new.span.end) or new.span.start == old.span.start
            for new in edits
            for old in self.edits
        )
