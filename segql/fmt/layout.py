"""A layout algebra: what may stand on one line, and where it breaks where it does not fit.

After P. Wadler, "A prettier printer" (2003), with hard breaks, and comments that wait for the end of their line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from segql.source import display_width


@dataclass(frozen=True)
class Text:
    """Words that stay together."""

    text: str
    breaks = False

    @cached_property
    def width(self) -> int:
        """How many columns it fills."""
        return display_width(self.text)


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a line may end; in a group that fits on one line, `flat` stands there instead."""

    flat: str = " "
    breaks = False


@dataclass(frozen=True, slots=True)
class HardBreak:
    """A place where a line ends; with `blank`, an empty one follows."""

    blank: bool = False
    breaks = True


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that waits for the end of the line it stands in; `own`: it has a line of its own there."""

    text: str
    own: bool = False
    breaks = True


@dataclass(frozen=True)
class Nest:
    """What is inside begins its lines so many columns further in."""

    columns: int
    inside: Layout

    @cached_property
    def breaks(self) -> bool:
        """Whether a line must end in it."""
        return self.inside.breaks


@dataclass(frozen=True)
class Group:
    """What is inside stands on one line, or breaks at each of its own places."""

    inside: Layout

    @cached_property
    def breaks(self) -> bool:
        """Whether a line must end in it."""
        return self.inside.breaks


@dataclass(frozen=True)
class Row:
    """Layouts one after the other."""

    parts: tuple[Layout, ...]

    @cached_property
    def breaks(self) -> bool:
        """Whether a line must end in it."""
        return any(each.breaks for each in self.parts)


# What stands behind a comment within a line begins the next one, so much further in.
_FURTHER = 4
_ENDS = frozenset({",", ")"})

Layout: TypeAlias = Text | Break | HardBreak | Comment | Nest | Group | Row

SPACE = Text(" ")
LINE = Break()
SOFT = Break("")
HARD = HardBreak()


def row(*parts: Layout) -> Row:
    """Return layouts one after the other."""
    return Row(parts)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text: its words, and the comment behind them; one that has only a comment has no words."""

    code: str
    comment: str = ""


def lines(layout: Layout, width: int, column: int = 0) -> list[Line]:
    """Return the lines of a layout; none is wider than `width` where it can be helped, comments aside.

    `column` is how far in the lines begin.

    Example:
        >>> inner = Row((Text("a,"), LINE, Text("b")))
        >>> long = Group(row(Text("f("), Nest(4, row(SOFT, inner)), SOFT, Text(")")))
        >>> [each.code for each in lines(long, 80)], [each.code for each in lines(long, 4)]
        (['f(a, b)'], ['f(', '    a,', '    b', ')'])
    """
    return _Printer(width).printed(layout, column)


@dataclass(frozen=True, slots=True)
class _Todo:
    indent: int
    is_flat: bool
    layout: Layout


class _Printer:
    def __init__(self, width: int) -> None:
        self.width = width
        self.done: list[Line] = []
        self.code: list[str] = []
        self.column = 0
        self.waiting: list[Comment] = []

    def printed(self, layout: Layout, column: int) -> list[Line]:
        self._begin(column)
        pending = [_Todo(column, False, layout)]
        while pending:
            each = pending.pop()
            match each.layout:
                case Text(text) if self.waiting and not text.strip():
                    pass
                case Text(text):
                    # Nothing is read behind a comment; a sign that ends what stands before it comes before it.
                    if self.waiting and text not in _ENDS:
                        self._end(each.indent + _FURTHER)
                    self.code.append(text)
                    self.column += each.layout.width
                case Comment():
                    self.waiting.append(each.layout)
                case Break(flat) if each.is_flat:
                    self.code.append(flat)
                    self.column += len(flat)
                case Break():
                    self._end(each.indent)
                case HardBreak(blank):
                    self._end(each.indent)
                    if blank:
                        self.done.append(Line(""))
                case Nest(columns, inside):
                    pending.append(_Todo(each.indent + columns, each.is_flat, inside))
                case Group(inside):
                    fits = each.is_flat or (not inside.breaks and self._fits(inside, pending))
                    pending.append(_Todo(each.indent, fits, inside))
                case Row(parts):
                    pending.extend(_Todo(each.indent, each.is_flat, part) for part in reversed(parts))
        self._end(column)
        return self.done

    def _fits(self, inside: Layout, after: list[_Todo]) -> bool:
        """Say whether a group and what stands behind it, up to the next place to break, fit on the line."""
        room = self.width - self.column
        pending = [(True, inside)]
        at = len(after)
        while room >= 0:
            if not pending:
                if at == 0:
                    return True
                at -= 1
                pending.append((after[at].is_flat, after[at].layout))
            is_flat, each = pending.pop()
            match each:
                case Text():
                    room -= each.width
                case Break(flat):
                    if not is_flat:
                        return True
                    room -= len(flat)
                case HardBreak():
                    return True
                case Nest(_, part):
                    pending.append((is_flat, part))
                case Group(part):
                    pending.append((is_flat, part))
                case Row(parts):
                    pending.extend((is_flat, part) for part in reversed(parts))
        return False

    def _begin(self, indent: int) -> None:
        self.code, self.column = [" " * indent], indent

    def _end(self, indent: int) -> None:
        """End the line with the comment that waits for it; of several, the others get lines of their own."""
        code = "".join(self.code).rstrip()
        margin = " " * indent
        for each in self.waiting:
            if code and not each.own:
                self.done.append(Line(code, each.text))
            else:
                if code:
                    self.done.append(Line(code))
                self.done.append(Line(margin, each.text))
            code = ""
        if code:
            self.done.append(Line(code))
        self.waiting = []
        self._begin(indent)
