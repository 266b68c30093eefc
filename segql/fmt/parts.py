"""A node as it was written: its own words, the nodes below it, and the comments between, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from segql.source import Source
from segql.syntax import ast
from segql.tree import Node, children

# Texts hide comment signs. A number keeps its sign where a row of a score begins with it; a pattern stands behind its
# `matches` only.
_WORD = re.compile(
    r"(?P<comment>#[^\n]*)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`|[^\W\d]\w*|\d[\d_]*(?:\.\d[\d_]*)?"
    r"|[<>=!]+|\S"
)
_PATTERN = re.compile(r"/(?:[^/\\\n]|\\.)+/i?")

# Read as one: their text is put down as it was written, but for spaces.
_WHOLE = (
    ast.Name,
    ast.Text,
    ast.Number,
    ast.Percent,
    ast.Boolean,
    ast.Date,
    ast.Timestamp,
    ast.Duration,
    ast.Now,
    ast.Today,
    ast.Path,
    ast.TableName,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word or sign of the node itself; `begins_line`: nothing stands before it in its line."""

    text: str
    begins_line: bool = False
    blank_before: bool = False


@dataclass(frozen=True, slots=True)
class Below:
    """A node below it; `start` is where what of it was not read yet begins."""

    node: Node
    start: int
    begins_line: bool = False
    blank_before: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment; `own`: nothing stands before it in its line."""

    text: str
    own: bool
    start: int
    blank_before: bool = False


Part: TypeAlias = Word | Below | Remark


def parts_of(node: Node, start: int, end: int | None = None) -> list[Part]:
    """Return the parts of a node from `start` on, up to its end or to another place behind it.

    Example:
        >>> from segql.syntax import parse
        >>> segment = parse(Source.of("young.seg", "age < 30")).module.declarations[0]
        >>> condition = segment.condition
        >>> [type(each).__name__ for each in parts_of(condition, condition.span.start)]
        ['Below', 'Word', 'Below']
    """
    source, stop = node.span.source, node.span.end
    found: list[Part] = []
    at = start
    for each in _below(node, start):
        found += _between(source, at, max(at, each.span.start), found)
        at = max(at, each.span.start)
        found.append(Below(each, at, _begins_line(source.text, at), has_blank_line(source.text, at)))
        at = each.span.end
    return [*found, *_between(source, at, max(at, stop if end is None else end), found)]


def settled(parts: Sequence[Part], begins: Callable[[Word], bool] = lambda _: False) -> list[Part]:
    """Return parts with comments before the comma, or the word that `begins` a line, at whose end they were written.

    Laid out, `and` stands in front of what it joins; a comment behind it at the end of a line is about that line.
    """
    made: list[Part] = []
    for each in parts:
        last = made[-1] if made else None
        at = len(made)
        if isinstance(each, Remark) and isinstance(last, Word):
            is_behind = not each.own and begins(last) and not last.begins_line
            at -= 1 if is_behind else 0
        elif isinstance(each, Word) and each.text == ",":
            while at and isinstance(made[at - 1], Remark):
                at -= 1
        made.insert(at, each)
    return made


def is_whole(node: Node) -> bool:
    """Say whether a node is put down as it was written."""
    return isinstance(node, _WHOLE)


def remarks_in(node: Node, start: int) -> list[Remark]:
    """Return the comments in the text of a node."""
    found: list[Part] = []
    found += _between(node.span.source, start, node.span.end, found)
    return [each for each in found if isinstance(each, Remark)]


def _below(node: Node, start: int) -> Iterator[Node]:
    """Yield the nodes below, in the order of their places; of one that was read in part already, those below that.

    Two comparisons of a chain, as `18 <= age <= 65`, share the value in the middle.
    """
    at = start
    for each in sorted(children(node), key=lambda child: (child.span.start, -child.span.end)):
        span = each.span
        if span.source is not node.span.source or span.start == span.end or span.end <= at:
            continue
        if span.start >= at:
            yield each
        else:
            yield from _below(each, at)
        at = max(at, span.end)


def _between(source: Source, start: int, end: int, before: Sequence[Part]) -> Iterator[Part]:
    text, at = source.text, start
    previous = before[-1].text.lower() if before and isinstance(before[-1], Word) else ""
    while at < end:
        if text[at].isspace():
            at += 1
            continue
        is_pattern = text[at] == "/" and previous == "matches"
        match = (_PATTERN if is_pattern else _WORD).match(text, at, end) or _WORD.match(text, at, end)
        assert match
        blank = has_blank_line(text, at)
        if match["comment"] if match.re is _WORD else None:
            yield Remark(match[0].rstrip(), _begins_line(text, at), at, blank)
        else:
            previous = match[0].lower()
            yield Word(match[0], _begins_line(text, at), blank)
        at = match.end()


def _begins_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def has_blank_line(text: str, at: int) -> bool:
    r"""Say whether an empty line stands right before a place.

    Example:
        >>> has_blank_line("a\n\n  b", 5), has_blank_line("a\n  b", 4)
        (True, False)
    """
    start = len(text[:at].rstrip())
    return text.count("\n", start, at) > 1
