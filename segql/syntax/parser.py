"""text → ast, with every mistake that can be found in one reading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

from segql.diagnostics import Diagnostic, Edit, nearest
from segql.source import Source, Span
from segql.syntax import ast, errors
from segql.syntax.cutting import DECLARATIONS, Piece, begins_declaration, comments, cut
from segql.syntax.lookalikes import TURNING

# Whoever finds all files as they were when they were last read needs no parser.
if TYPE_CHECKING:
    from segql.syntax.reading import Reading

_DAMAGE_MOST = 100

# What other tools call a declaration.
_OTHER_WORDS = {
    "audience": "segment",
    "cohort": "segment",
    "group": "segment",
    "filter": "segment",
    "table": "entity",
    "model": "entity",
    "dimension": "entity",
    "event": "events",
    "stream": "events",
    "metric": "trait",
    "measure": "trait",
    "let": "trait",
    "def": "trait",
    "define": "trait",
    "var": "param",
    "parameter": "param",
}
# After these a line is a condition, whatever its first word looks like.
_OPERATORS = frozenset(
    ["and", "or", "in", "is", "not", "has", "like", "between", "since", "contains", "starts", "ends", "matches", "mod"]
)
_CONDITION_WORDS = frozenset(["not", "any", "no", "every", "did", "in", "none", "never", "first", "last"])


@dataclass(frozen=True, slots=True)
class Broken:
    """A declaration that could not be read whole, by its word and name, so that its users are not blamed."""

    word: str
    name: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """The ast of a source, and what was wrong with its text.

    `damaged` are places inside segments that could not be read: whatever stands there was said already to be wrong.
    """

    source: Source
    module: ast.Module
    diagnostics: tuple[Diagnostic, ...]
    broken: tuple[Broken, ...]
    damaged: tuple[Span, ...] = ()


@dataclass(slots=True)
class _Found:
    """What the pieces of a file gave."""

    declarations: list[ast.Declaration] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    damaged: list[Span] = field(default_factory=list)

    def read(self, piece: Span, start: str, edits: Sequence[Edit] = ()) -> Reading:
        """Read a part, but without mending where so much is wrong that nobody will read it."""
        from segql.syntax.reading import read  # noqa: PLC0415 (see above)

        return read(piece, start, edits, may_mend=len(self.diagnostics) < _DAMAGE_MOST)


def parse(source: Source) -> Parsed:
    """Read a source; nothing in it makes this raise.

    Example:
        >>> parse(Source.of("young.seg", "age < 30")).module.is_bare
        True
    """
    found = _Found(diagnostics=_turning(source))
    pieces = cut(source) or _indented(source)
    is_bare = False
    if not pieces:
        end = source.text.find("\n")
        found.diagnostics.append(errors.empty_file(source.span(0, len(source.text) if end < 0 else end)))
    elif pieces[0].is_declaration or _near_declaration(pieces[0]):
        first = pieces[0].span
        if first.column > 1:
            spaces = source.span(first.start - (first.column - 1), first.start)
            found.diagnostics.append(errors.indented_declaration(pieces[0].word, spaces))
        for piece in pieces:
            _declaration(piece, found)
    else:
        is_bare = True
        declared = next((each for each, piece in enumerate(pieces) if piece.is_declaration), len(pieces))
        _bare(source, pieces[:declared], found, is_alone=declared == len(pieces))
        for piece in pieces[declared:]:
            is_bare = False
            _declaration(piece, found)
    whole = source.span(0, len(source.text))
    module = ast.Module(tuple(found.declarations), tuple(comments(source)), is_bare, span=whole)
    diagnostics = tuple(found.diagnostics[:_DAMAGE_MOST])
    return Parsed(source, module, diagnostics, tuple(found.broken), tuple(found.damaged))


def pieces(source: Source) -> list[Span]:
    r"""Return the parts of a file of declarations that are read alone, in order.

    Example:
        >>> [each.text for each in pieces(Source.of("a.seg", "trait a = 1\ntrait b = 2"))]
        ['trait a = 1\n', 'trait b = 2']
    """
    return [each.span for each in cut(source)]


# ── a file of declarations ───────────────────────────────────────────────────────────────────────────────────────────


def _declaration(piece: Piece, found: _Found) -> None:
    """Read one declaration, or what stands in the place of one."""
    if piece.is_declaration:
        if piece.unindented:
            found.diagnostics.append(errors.not_indented(piece.unindented))
        reading = found.read(piece.span, "declaration")
        split = _split(piece, reading, found)
        if split is not None:
            for each in split:
                _declaration(each, found)
            return
        _keep(piece, reading, found)
        return
    near = _near_declaration(piece)
    if not near and not found.read(piece.span, "condition").diagnostics:
        found.diagnostics.append(errors.condition_not_alone(piece.span))
        return
    found.diagnostics.append(errors.unknown_declaration(piece.word, near, DECLARATIONS))
    if near:
        _keep(piece, found.read(piece.span, "declaration", (Edit(piece.word, near),)), found, near)
    else:
        found.broken.append(_named(piece, ""))


def _keep(piece: Piece, reading: Reading, found: _Found, word: str = "") -> None:
    found.diagnostics.extend(reading.diagnostics)
    tree = reading.tree
    if tree is None or (reading.damaged and not isinstance(tree, ast.Segment)):
        found.broken.append(_named(piece, word))
        return
    found.damaged.extend(reading.damaged)
    found.declarations.append(tree)


def _split(piece: Piece, reading: Reading, found: _Found) -> tuple[Piece, Piece] | None:
    """Cut a piece in two at an indented line that begins a declaration, where that reads better than the whole."""
    if not reading.diagnostics:
        return None
    source = piece.span.source
    text = source.text
    for line in re.finditer(rf"\n[ \t]+(?={'|'.join(DECLARATIONS)})", piece.span.text, re.IGNORECASE):
        at = piece.span.start + line.end()
        if not begins_declaration(source, at):
            continue
        head = source.span(piece.span.start, piece.span.start + line.start() + 1)
        tail = source.span(at, piece.span.end)
        parts = [found.read(head, "declaration"), found.read(tail, "declaration")]
        if sum(len(each.diagnostics) for each in parts) < len(reading.diagnostics):
            word = re.compile(r"\w+").match(text, at)
            assert word
            place = source.span(*word.span())
            found.diagnostics.append(errors.indented_declaration(place, source.span(head.end, at)))
            return Piece(head, piece.word, True), Piece(tail, place, True)
    return None


def _near_declaration(piece: Piece) -> str:
    """Return the word that a line probably means which begins no declaration, or an empty text."""
    words = piece.span.text.split(None, 2)
    first = piece.word.text.lower()
    # What is written on to the word, as the bracket of `last(…)`, makes it something else.
    if not words or words[0] not in {piece.word.text, piece.word.text + ":"}:
        return ""
    if len(words) < 2 or not re.match(r"[^\W\d]\w*:?$|`", words[1]) or words[1].lower() in _OPERATORS:
        return ""
    if first in _CONDITION_WORDS or first in DECLARATIONS:
        return ""
    if first in _OTHER_WORDS:
        return _OTHER_WORDS[first]
    near = nearest(first, DECLARATIONS)
    return near[0] if near else ""


def _named(piece: Piece, word: str) -> Broken:
    words = piece.span.text.split(None, 2)
    name = words[1].strip("`") if len(words) > 1 else ""
    return Broken(word or piece.word.text.lower(), name)


# ── a file of one condition, and odd files ───────────────────────────────────────────────────────────────────────────


def _bare(source: Source, pieces: Sequence[Piece], found: _Found, *, is_alone: bool) -> None:
    """Read a file that is one condition; its lines may begin in any column. The segment is named after the file."""
    whole = source.span(pieces[0].span.start, pieces[-1].span.end)
    name = PurePath(source.name).stem or source.name
    if not is_alone:
        found.diagnostics.append(errors.condition_not_alone(whole, name if name.isidentifier() else "my_segment"))
    reading = found.read(whole, "condition")
    found.diagnostics.extend(reading.diagnostics)
    found.damaged.extend(reading.damaged)
    tree = reading.tree or ast.Hole(span=whole)
    found.declarations.append(ast.Segment(ast.Name(name, span=whole), None, None, (), tree, span=whole))


def _indented(source: Source) -> list[Piece]:
    """Return the parts of a file in which nothing begins in the first column."""
    first = re.search(r"^[^\S\n]*(?=[^\s#])", source.text, re.MULTILINE)
    if first is None:
        return []
    pieces = cut(source, len(first[0]))
    if pieces and pieces[0].is_declaration:
        return pieces
    whole = source.span(first.end(), len(source.text))
    return [Piece(whole, source.span(first.end(), first.end() + 1), False)]


def _turning(source: Source) -> list[Diagnostic]:
    if source.text.isascii():
        return []
    places = (at for at, letter in enumerate(source.text) if letter in TURNING)
    found = [errors.bidirectional_character(source.span(at, at + 1)) for at in places]
    return found[:_DAMAGE_MOST]


__all__ = ["Broken", "Parsed", "parse", "pieces"]
