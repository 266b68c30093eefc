"""text → ast, with every mistake that can be found in one reading."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import lark

from segql.diagnostics import Diagnostic, nearest
from segql.source import Source, Span
from segql.syntax import ast, errors
from segql.syntax.builder import Builder
from segql.syntax.cutting import DECLARATIONS, Piece, comments, cut
from segql.syntax.grammar import load
from segql.syntax.recovery import Recovery
from segql.tree import Node, depth_of

# Parts inside parts: more than any reader can follow, and what recursion over the tree can bear.
DEPTH_MAX = 100

# Embeddings, overrides and isolates change how a line reads; plain direction marks do not.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_DAMAGE_MOST = 100


@dataclass(frozen=True, slots=True)
class Broken:
    """A declaration that could not be read whole, by its word and name, so that its users are not blamed."""

    word: str
    name: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """The ast of a source, and what was wrong with its text."""

    source: Source
    module: ast.Module
    diagnostics: tuple[Diagnostic, ...]
    broken: tuple[Broken, ...]


def parse(source: Source) -> Parsed:
    """Read a source; nothing in it makes this raise.

    Example:
        >>> parse(Source.of("young.seg", "age < 30")).module.is_bare
        True
    """
    found = list(_turning(source))
    pieces = cut(source)
    notes = tuple(comments(source))
    if not pieces:
        return _whole_text(source, found, notes)
    if not pieces[0].is_declaration and not _is_misspelt(pieces):
        return _bare(source, pieces, found, notes)
    declarations: list[ast.Declaration] = []
    broken: list[Broken] = []
    for piece in pieces:
        if not piece.is_declaration:
            found.append(errors.unknown_declaration(piece.word, nearest(piece.word.text, DECLARATIONS), DECLARATIONS))
            broken.append(_named(piece))
            continue
        tree, problems, is_whole = _read(piece.span, "declaration")
        found.extend(problems)
        if tree is not None and is_whole:
            declarations.append(tree)
        else:
            broken.append(_named(piece))
    module = ast.Module(tuple(declarations), notes, False, span=source.span(0, len(source.text)))
    return Parsed(source, module, tuple(found[:_DAMAGE_MOST]), tuple(broken))


# ── the two kinds of file ────────────────────────────────────────────────────────────────────────────────────────────


def _whole_text(source: Source, found: list[Diagnostic], notes: tuple[ast.Comment, ...]) -> Parsed:
    """Read a file in which nothing begins in the first column: empty, or an indented condition."""
    text = source.text
    code = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    if code:
        start = len(text) - len(text.lstrip())
        whole = source.span(start, len(text))
        return _bare(source, [Piece(whole, source.span(start, start + 1), False)], found, notes)
    end = min(len(text), len(text.split("\n", 1)[0]))
    found.append(errors.empty_file(source.span(0, end)))
    module = ast.Module((), notes, False, span=source.span(0, len(text)))
    return Parsed(source, module, tuple(found), ())


def _bare(source: Source, pieces: list[Piece], found: list[Diagnostic], notes: tuple[ast.Comment, ...]) -> Parsed:
    """Read a file that is one condition; its lines may begin in any column."""
    whole = source.span(pieces[0].span.start, len(source.text))
    after = next((piece for piece in pieces[1:] if piece.is_declaration), None)
    if after is not None:
        found.append(errors.condition_not_alone(after.word))
        whole = source.span(whole.start, after.span.start)
    tree, problems, is_whole = _read(whole, "condition")
    found.extend(problems)
    # The segment is named after its file.
    name = ast.Name(PurePath(source.name).stem or source.name, span=whole)
    if tree is None or not is_whole or after is not None:
        tree = ast.Hole(span=whole)
    segment = ast.Segment(name, None, None, (), tree, span=whole)
    module = ast.Module((segment,), notes, True, span=source.span(0, len(source.text)))
    return Parsed(source, module, tuple(found), ())


def _is_misspelt(pieces: list[Piece]) -> bool:
    """Say whether the first line is a declaration with a misspelt word rather than a condition."""
    if any(piece.is_declaration for piece in pieces[1:]) and len(pieces[0].span.text.split()) == 2:
        return True
    words = pieces[0].span.text.split(None, 2)
    is_name = len(words) > 1 and words[1].replace("_", "a").isalnum() and words[1][0].isalpha()
    first = pieces[0].word.text
    is_near = bool(nearest(first, DECLARATIONS)) and first.lower() not in DECLARATIONS
    operators = {
        "and",
        "or",
        "in",
        "is",
        "not",
        "has",
        "like",
        "between",
        "since",
        "contains",
        "starts",
        "ends",
    }
    return is_name and is_near and words[1].lower() not in operators and first.lower() not in {"not", "any", "no"}


# ── one piece ────────────────────────────────────────────────────────────────────────────────────────────────────────


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


def _read(piece: Span, start: str) -> tuple[Any, list[Diagnostic], bool]:
    """Return what a piece says, what is wrong with it, and whether it was read whole."""
    parser, builder = _parser()
    builder.begin(piece.source, piece.start)
    recovery = Recovery(piece, builder.span_of)
    tree: Any
    try:
        tree = parser.parse(piece.text, start=start, on_error=recovery)
    except lark.UnexpectedInput:
        tree = None
    problems = sorted(
        [*builder.diagnostics, *recovery.diagnostics],
        key=lambda each: each.span.start if each.span else 0,
    )
    if tree is not None and depth_of(tree) > DEPTH_MAX:
        problems.append(errors.nested_too_deep(_deepest(piece), DEPTH_MAX))
        tree = None
    if tree is not None and not isinstance(tree, Node):
        tree = None
    return tree, problems, not recovery.diagnostics


def _deepest(piece: Span) -> Span:
    """Return the first bracket of the piece, or its first letter."""
    at = piece.text.find("(")
    start = piece.start + max(at, 0)
    return piece.source.span(start, start + 1)


def _named(piece: Piece) -> Broken:
    words = piece.span.text.split(None, 2)
    name = words[1].strip("`") if len(words) > 1 else ""
    return Broken(piece.word.text.lower(), name)


def _turning(source: Source) -> list[Diagnostic]:
    if source.text.isascii():
        return []
    places = (at for at, letter in enumerate(source.text) if letter in _TURNING)
    found = [errors.bidirectional_character(source.span(at, at + 1)) for at in places]
    return found[:_DAMAGE_MOST]


__all__ = ["DEPTH_MAX", "Broken", "Parsed", "parse"]
