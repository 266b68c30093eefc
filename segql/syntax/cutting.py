"""Cuts a file into its declarations before it is parsed, so that a broken one does not hide the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
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

# A name after the word makes it a declaration, or what is meant as one; after a field of that name comes an operator.
_BEGINS = re.compile(
    rf"({'|'.join(DECLARATIONS)})(?!\w)[ \t]*(?=[`\"'“‘„]|\w|$)"
    r"(?!(?:and|or|not|in|is|between|has|contains|starts|ends|matches|like|more|less|since|before|within|mod)[ \t]+(?!=|of(?!\w)|\n|$))",  # noqa: E501
    re.IGNORECASE | re.MULTILINE,
)
# Such a line goes on with the declaration above it, and lacks nothing but its spaces.
_GOES_ON = re.compile(
    r"(?:where|and|or|then|from|key|by|at|to|owner|tags|seed|when|otherwise)(?!\w)|[)\]}\"+-]"
    r"|(?:\w+|`[^`\n]*`)[ \t]+(?:boolean|integer|decimal|float|text|date|timestamp|json|list[ \t]+of)(?!\w)",
    re.IGNORECASE,
)
# Texts hide comment signs, comments hide quotes. A text or a backtick name ends with its line.
_HIDDEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`[^`\n]*`|(?P<comment>#[^\n]*)')
_FIRST_WORD = re.compile(r"^[^\S\n]*(?=[^\s#])", re.MULTILINE)
_WORD = re.compile(r"[^\W\d]\w*|\S")


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a file that is parsed alone. `word` is its first: the declaration's, or whatever stands there.

    `unindented` are the first words of lines that belong to it although they begin in the first column.
    """

    span: Span
    word: Span
    is_declaration: bool
    unindented: tuple[Span, ...] = ()


def cut(source: Source, column: int = 0) -> list[Piece]:
    """Return the parts of a file that begin in a column, in order; blank lines and comments begin none.

    The first begins with the first word, wherever that stands, so that nothing is in no part.
    """
    starts: list[int] = []
    offset = 0
    for line in source.text.split("\n"):
        rest = line[column:]
        if rest and not rest[0].isspace() and rest[0] != "#" and not line[:column].strip():
            starts.append(offset + column)
        offset += len(line) + 1
    first = _FIRST_WORD.search(source.text)
    if first and starts and first.end() < starts[0]:
        starts.insert(0, first.end())
    pieces: list[Piece] = []
    # Each part ends where the next begins, the last at the end of the file.
    for start, end in pairwise([*starts, len(source.text)]):
        found = _WORD.match(source.text, start)
        assert found
        word = source.span(start, found.end())
        is_declaration = begins_declaration(source, start)
        if pieces and pieces[-1].is_declaration and not is_declaration and _GOES_ON.match(source.text, start):
            above = pieces[-1]
            whole = source.span(above.span.start, end)
            # A closing bracket is a mistake of its own, told where it opens.
            words = above.unindented if word.text in ")]}" else (*above.unindented, word)
            pieces[-1] = replace(above, span=whole, unindented=words)
            continue
        pieces.append(Piece(source.span(start, end), word, is_declaration))
    return pieces


def begins_declaration(source: Source, at: int) -> bool:
    """Say whether a declaration begins at an offset."""
    return _BEGINS.match(source.text, at) is not None


def comments(source: Source) -> Iterator[ast.Comment]:
    """Yield the comments of a file, in order."""
    for found in _HIDDEN.finditer(source.text):
        if found["comment"]:
            yield ast.Comment(found["comment"], span=source.span(*found.span()))
