"""A text, and places in it."""

from __future__ import annotations

import bisect
import unicodedata
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    r"""A named text: a file, or what was typed after `-e`.

    Positions count code points of `text`, from 0. Lines end in a line feed; `Source.of` makes it so.

    Example:
        >>> Source.of("a.seg", "age < 30\r\nand vip").text
        'age < 30\nand vip'
    """

    name: str
    text: str = field(repr=False)
    _starts: tuple[int, ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def of(cls, name: str, text: str) -> Source:
        """Take a text as it comes: without its byte order mark, and with line feeds only."""
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        starts = [0]
        starts.extend(i + 1 for i, letter in enumerate(text) if letter == "\n")
        return cls(name, text, tuple(starts))

    def span(self, start: int, end: int) -> Span:
        """Return the place from `start` up to, not including, `end`."""
        return Span(self, start, end)

    def line_of(self, offset: int) -> int:
        """Return the number of the line that holds `offset`, from 1."""
        return bisect.bisect_right(self._starts, offset)

    def column_of(self, offset: int) -> int:
        """Return the column of `offset` in code points, from 1."""
        return offset - self._starts[self.line_of(offset) - 1] + 1

    def start_of(self, number: int) -> int:
        """Return the offset at which line `number`, counted from 1, begins."""
        return self._starts[number - 1]

    def line_text(self, number: int) -> str:
        """Return line `number`, counted from 1, without its line feed."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a source from `start` up to, not including, `end`."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words in this place."""
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        """The number of its first line, from 1."""
        return self.source.line_of(self.start)

    @property
    def column(self) -> int:
        """The column of its first letter in code points, from 1."""
        return self.source.column_of(self.start)

    def to(self, other: Span) -> Span:
        """Return the place from the start of this one to the end of the other."""
        return Span(self.source, self.start, max(self.end, other.end))


NOWHERE = Source.of("", "").span(0, 0)


def display_width(text: str) -> int:
    """Return how many terminal columns `text` fills.

    East Asian wide letters and emoji fill two; combining marks and joiners none; a tab counts as one, since the
    renderer prints it as a space. After Unicode Standard Annex 11 (East Asian Width).

    Example:
        >>> display_width("a名👍")
        5
    """
    # Said of nearly every line, and of long ones at once.
    if text.isascii() and text.isprintable():
        return len(text)
    width = 0
    for letter in text:
        if unicodedata.combining(letter) or unicodedata.category(letter) in {"Cf", "Mn", "Me"}:
            continue
        width += 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
    return width
