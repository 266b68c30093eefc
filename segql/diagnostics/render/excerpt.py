"""A line of a user's text with marks under some of its words."""

from __future__ import annotations

from dataclasses import dataclass

from segql.diagnostics.render.visible import visible
from segql.source import Source, Span, display_width

# A longer line is cut around the words in question; machines write such lines.
_WIDEST = 160
_BEFORE = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A run of `sign` under the words of `span`, with a few words behind it."""

    span: Span
    sign: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Line `number` as it is shown, and the lines of marks below it."""

    number: int
    text: str
    marks: tuple[str, ...]


def excerpt(source: Source, number: int, marks: tuple[Mark, ...]) -> Excerpt:
    """Return line `number` with its marks; columns are right for wide letters and tabs.

    A mark whose words go on in later lines ends at the end of this one.
    """
    line = source.line_text(number)
    first = min((each.span.column - 1 for each in marks), default=0)
    start, end = _cut(line, first)
    lead = "…" if start else ""
    shown = lead + visible(line[start:end]) + ("…" if end < len(line) else "")
    return Excerpt(number, shown.rstrip(), tuple(_mark(line, start, lead, each) for each in marks))


def _mark(line: str, start: int, lead: str, mark: Mark) -> str:
    begin = mark.span.column - 1
    finish = min(len(line), begin + max(0, mark.span.end - mark.span.start))
    before = display_width(lead + visible(line[start:begin]))
    # An empty place, as at the end of a file, still gets its one mark.
    width = max(1, display_width(visible(line[begin:finish].rstrip())))
    signs = mark.sign * min(width, _WIDEST)
    return " " * before + signs + (f" {visible(mark.text)}" if mark.text else "")


def _cut(line: str, first: int) -> tuple[int, int]:
    if len(line) <= _WIDEST:
        return 0, len(line)
    start = max(0, min(first - _BEFORE, len(line) - _WIDEST))
    return start, start + _WIDEST
