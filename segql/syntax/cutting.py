"""Cuts a file into its declarations before it is parsed, so that a broken one does not hide the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from segql.source import Source, Span
from segql.syntax import ast

# The words that begin a declaration.
DECLARATIONS = (
    "entity",
    "events",
    "one",
    "many",
    "trait",
    "param",
    "list",
    "segment",
    "score",
    "tiers",
    "split",
)

# A name after the word makes it a declaration; after a field of that name comes an operator.
_BEGINS = re.compile(
    rf"({'|'.join(DECLARATIONS)})(?!\w)[ \t]*(?=`|[^\W\d]|$|=)"
    r"(?!(?:and|or|not|in|is|between|has|contains|starts|ends|matches|like|more|less|since|before|within|mod)\s(?!\s*=))",
    re.IGNORECASE | re.MULTILINE,
)
# Texts hide comment signs, comments hide quotes. A text or a backtick name ends with its line.
_HIDDEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`[^`\n]*`|(?P<comment>#[^\n]*)')


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a file that is parsed alone. `word` is its first: the declaration's, or whatever stands there."""

    span: Span
    word: Span
    is_declaration: bool


def cut(source: Source) -> list[Piece]:
    """Return the parts of a file that begin in the first column, in order; blank lines and comments begin none."""
    starts: list[int] = []
    offset = 0
    for line in source.text.split("\n"):
        if line and not line[0].isspace() and line[0] != "#":
            starts.append(offset)
        offset += len(line) + 1
    pieces: list[Piece] = []
    # Each part ends where the next begins, the last at the end of the file.
    for start, end in pairwise([*starts, len(source.text)]):
        found = re.compile(r"[^\W\d]\w*|\S").match(source.text, start)
        assert found
        is_declaration = _BEGINS.match(source.text, start, end) is not None
        pieces.append(Piece(source.span(start, end), source.span(start, found.end()), is_declaration))
    return pieces


def comments(source: Source) -> Iterator[ast.Comment]:
    """Yield the comments of a file, in order."""
    for found in _HIDDEN.finditer(source.text):
        if found["comment"]:
            yield ast.Comment(found["comment"], span=source.span(*found.span()))
