"""A file in the one style: what is whole is laid out anew, what is broken stays byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from segql.diagnostics import Diagnostic
from segql.fmt import errors
from segql.fmt.conditions import condition
from segql.fmt.declarations import declaration
from segql.fmt.layout import Comment, Line, lines, row
from segql.fmt.parts import Remark, has_blank_line, parts_of
from segql.fmt.silencing import Silencing, silencing
from segql.source import Source, Span, display_width
from segql.syntax import Parsed, ast, parse, pieces

WIDTH = 100

# What is laid out once may fit better the second time, as a comment that has moved; a third time changes nothing.
_TIMES_MOST = 6

# The comments behind longer lines are not put in one column with others.
_ALIGNED_MOST = 60

# How far in the lines of a condition begin that is a file of its own, but for the first.
_HANG = 2

# Empty lines and comments in the first column.
_BEHIND = re.compile(r"(?:\n[^\S\n]*(?=\n|\Z)|\n#[^\n]*)*\s*\Z")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text in the one style, and what was wrong with parts that were left as they were."""

    text: str
    diagnostics: tuple[Diagnostic, ...] = ()


def format_source(source: Source, width: int = WIDTH) -> Formatted:
    r"""Return a source in the one style; `width` is how many columns a line may fill.

    Comments, and the meaning, are kept: the text is read again, and where its tree or its comments are not those of
    the source, the source is returned as it is, with the diagnostic `E901`. A declaration stays as it is, with the
    warning `E902`, where a comment that silences findings would be about other words.

    Example:
        >>> format_source(Source.of("young.seg", "segment young WHERE age<30 AND plan='pro'")).text
        'segment young\n    where age < 30\n      and plan = "pro"\n'
    """
    before = parse(source)
    silent = _silencing(before)
    left: frozenset[int] = frozenset()
    told: dict[Span, Diagnostic] = {}
    while True:
        text = _settled(source, width, left)
        after = parse(Source.of(source.name, text))
        if _kept(before) != _kept(after):
            return Formatted(source.text, (*before.diagnostics, errors.not_kept(source.span(0, 0))))
        pairs = zip(silent, _silencing(after), strict=True)
        moved = [(first, second) for first, second in pairs if first.about != second.about]
        told |= {first.span: errors.silences_otherwise(first.span) for first, _ in moved}
        if not moved:
            return Formatted(text, (*before.diagnostics, *told.values()))
        parts = frozenset().union(*(first.parts() | second.parts() for first, second in moved))
        if parts <= left:
            # What stands between declarations has moved it.
            return Formatted(source.text, (*before.diagnostics, *told.values()))
        left |= parts


def _settled(source: Source, width: int, left: frozenset[int]) -> str:
    """Return the text that laying out changes no more; the parts of the file that are `left` stay as they are."""
    text = source.text
    for _ in range(_TIMES_MOST):
        made = _once(parse(Source.of(source.name, text)), width, left)
        if made == text:
            break
        text = made
    return text


def _silencing(parsed: Parsed) -> list[Silencing]:
    parts = pieces(parsed.source)
    broken = frozenset(at for at, each in enumerate(parts) if _is_broken(each, parsed.diagnostics))
    return silencing(parsed, parts, broken)


def _kept(parsed: Parsed) -> tuple[object, ...]:
    """Return what formatting must not change: the trees of what is whole, the comments, and whether anything is wrong.

    How a broken part is read may change with the lines around it; its own stay as they are.
    """
    broken = {each.start for each in pieces(parsed.source) if _is_broken(each, parsed.diagnostics)}
    trees = [each for each in parsed.module.declarations if each.span.start not in broken]
    comments = [each.text.rstrip() for each in parsed.module.comments]
    return trees, comments, bool(parsed.diagnostics)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together. `is_long`: it is a declaration of several lines, which stands apart from others."""

    lines: tuple[str, ...]
    has_blank_before: bool
    is_comment: bool = False
    is_long: bool = False


def _once(parsed: Parsed, width: int, left: frozenset[int]) -> str:
    blocks = _bare(parsed, width, left) if parsed.module.is_bare else _declarations(parsed, width, left)
    made: list[str] = []
    for at, each in enumerate(blocks):
        above = blocks[at - 1] if at else None
        # Comments belong to the declaration below them.
        whole = next((other for other in blocks[at:] if not other.is_comment), each)
        is_apart = above is not None and not above.is_comment and (above.is_long or whole.is_long)
        made += [""] if above is not None and (is_apart or each.has_blank_before) else []
        made += each.lines
    return "".join(f"{line}\n" for line in made)


def _declarations(parsed: Parsed, width: int, left: frozenset[int]) -> list[_Block]:
    source = parsed.source
    trees = {each.span.start: each for each in parsed.module.declarations}
    blocks: list[_Block] = []
    at = 0
    for number, piece in enumerate(pieces(source)):
        blocks += _comments(source, at, piece.start)
        at = _end_of(piece)
        has_blank = has_blank_line(source.text, piece.start)
        tree = trees.get(piece.start)
        if tree is None or _is_broken(piece, parsed.diagnostics):
            blocks.append(_Block((source.text[piece.start : at],), has_blank, is_long=True))
        elif number in left:
            written = source.text[piece.start : at]
            blocks.append(_Block((written,), has_blank, is_long="\n" in written))
        else:
            made = _aligned(lines(declaration(tree, at), width))
            blocks.append(_Block(tuple(made), has_blank, is_long=len(made) > 1))
    return [*blocks, *_comments(source, at, len(source.text))]


def _end_of(piece: Span) -> int:
    """Return where a part ends: before the comments in the first column, which belong to what comes next."""
    found = _BEHIND.search(piece.text)
    assert found
    return piece.start + found.start()


def _is_broken(piece: Span, diagnostics: Sequence[Diagnostic]) -> bool:
    places = [each.span for each in diagnostics if each.span is not None]
    # What is missing has no width, and may be missing at the end of one part or at the start of the next.
    return any(
        each.start < piece.end and piece.start < each.end
        if each.start < each.end
        else piece.start <= each.start <= piece.end
        for each in places
    )


def _comments(source: Source, start: int, end: int) -> list[_Block]:
    """Return the comments between two declarations, those of following lines together."""
    blocks: list[_Block] = []
    for match in re.finditer(r"#[^\n]*", source.text[start:end]):
        line = match[0].rstrip()
        has_blank = has_blank_line(source.text, start + match.start())
        if blocks and not has_blank:
            blocks[-1] = replace(blocks[-1], lines=(*blocks[-1].lines, line))
        else:
            blocks.append(_Block((line,), has_blank, is_comment=True))
    return blocks


def _bare(parsed: Parsed, width: int, left: frozenset[int]) -> list[_Block]:
    """Return the blocks of a file of one condition."""
    source = parsed.source
    (segment,) = parsed.module.declarations
    assert isinstance(segment, ast.Segment)
    node = segment.condition
    if parsed.diagnostics or left:
        return [_Block((source.text.rstrip("\n"),), False)]
    behind = [each for each in parts_of(node, node.span.end, len(source.text)) if isinstance(each, Remark)]
    in_line = [Comment(each.text) for each in behind if not each.own]
    made = _aligned(lines(row(condition(node, node.span.start, hang=_HANG), *in_line), width))
    start = next((each.start for each in behind if each.own), len(source.text))
    return [
        *_comments(source, 0, node.span.start),
        _Block(tuple(made), has_blank_line(source.text, node.span.start)),
        *_comments(source, start, len(source.text)),
    ]


# ── comments behind words ────────────────────────────────────────────────────────────────────────────────────────────


def _aligned(made: Sequence[Line]) -> list[str]:
    """Return lines as text; comments of lines that follow each other and begin alike stand in one column."""
    shown: list[str] = []
    at = 0
    while at < len(made):
        end = at
        while end < len(made) and made[end].comment and _indent(made[end]) == _indent(made[at]) >= 0:
            end += 1
        widths = [display_width(each.code) for each in made[at:end]]
        # One long line does not push the comments of all others away.
        column = max((width for width in widths if width <= _ALIGNED_MOST), default=0) + 2
        for each, width in zip(made[at:end], widths, strict=True):
            shown.append(f"{each.code}{' ' * max(2, column - width)}{each.comment}")
        if end == at:
            shown.append((made[at].code + made[at].comment).rstrip())
            end += 1
        at = end
    return shown


def _indent(line: Line) -> int:
    """Return how far in the words of a line begin; -1 where it has none."""
    words = line.code.lstrip()
    return len(line.code) - len(words) if words else -1
