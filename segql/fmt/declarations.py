"""How declarations are laid out: a clause a line, a row a line, rows with their names in a column."""

from __future__ import annotations

from collections.abc import Sequence

from segql.fmt.conditions import INDENT, condition, inline, own_lines, split, whole
from segql.fmt.layout import HARD, LINE, SPACE, Comment, Group, HardBreak, Layout, Nest, Text, row
from segql.fmt.parts import Below, Part, Remark, Word, parts_of, settled
from segql.source import display_width
from segql.syntax import ast
from segql.tree import Node

# The words of the header that begin a line.
_CLAUSES: dict[type[Node], frozenset[str]] = {
    ast.Entity: frozenset({"from", "key"}),
    ast.Events: frozenset({"from", "by", "at"}),
    ast.One: frozenset({"from"}),
    ast.Many: frozenset({"from"}),
    ast.Segment: frozenset({"where"}),
    ast.Score: frozenset(),
    ast.Tiers: frozenset(),
    ast.Split: frozenset({"seed", "by"}),
}
_ROWS = (ast.FieldRow, ast.Metadata, ast.Points, ast.Tier, ast.Arm)
# Rows whose second column begins at one place.
_IN_COLUMNS = (ast.FieldRow, ast.Tier, ast.Arm)
_GAP = 2


def declaration(node: ast.Declaration, end: int) -> Layout:
    """Return the layout of a declaration, with the comments behind it up to `end`."""
    parts = parts_of(node, node.span.start, end)
    if isinstance(node, ast.Trait | ast.Param):
        return _in_one(parts, node, "=", after=True)
    if isinstance(node, ast.StaticList):
        return _in_one(parts, node, "from", after=False)
    return _in_lines(parts, node)


def _in_one(parts: Sequence[Part], node: Node, word: str, *, after: bool) -> Layout:
    """Return a declaration that stands on one line where it fits, and else breaks at a word, or after it."""
    parts, trailing = _split_trailing(parts)
    parts = settled(parts, lambda part: not after and part.text.lower() == word)
    at = next((at for at, each in enumerate(parts) if isinstance(each, Word) and each.text.lower() == word), 0) + after
    end = next(end for end in range(at, len(parts)) if not isinstance(parts[end], Remark))
    behind, above = split([each for each in parts[at:end] if isinstance(each, Remark)])
    head = [*parts[:at], *behind]
    body = row(HARD if above or isinstance(head[-1], Remark) else LINE, *own_lines(above), inline(parts[end:], node))
    return row(inline(head, node), Group(Nest(INDENT, body)), *_below(trailing))


def _split_trailing(parts: Sequence[Part]) -> tuple[Sequence[Part], list[Remark]]:
    end = len(parts)
    while end and isinstance(parts[end - 1], Remark):
        end -= 1
    return parts[:end], [each for each in parts[end:] if isinstance(each, Remark)]


def _below(remarks: Sequence[Remark]) -> list[Layout]:
    """Return the comments behind the last word: in its line, and in lines of their own."""
    made: list[Layout] = []
    for each in remarks:
        if each.own:
            made.append(Nest(INDENT, row(HardBreak(each.blank_before), Text(each.text))))
        else:
            made.append(Comment(each.text))
    return made


def _in_lines(parts: Sequence[Part], node: Node) -> Layout:
    parts, trailing = _split_trailing(parts)
    parts = settled(parts, lambda part: _begins_line(part, node))
    rows = [each.node for each in parts if isinstance(each, Below)]
    width = max((display_width(whole(each.name)) for each in rows if isinstance(each, _IN_COLUMNS)), default=0)
    made: list[Layout] = []
    line: list[Part] = []
    above: list[Remark] = []
    is_first = True

    def flush() -> None:
        nonlocal line, is_first
        laid = _line(line, node, width)
        made.append(laid if is_first else Nest(INDENT, laid))
        line, is_first = [], False

    for each in parts:
        if isinstance(each, Remark):
            if each.own:
                above.append(each)
            else:
                line.append(each)
            continue
        if _begins_line(each, node) and line:
            flush()
            # Empty lines are kept between rows only.
            may_be_blank = isinstance(each, Below)
            made += [
                Nest(INDENT, row(HardBreak(remark.blank_before and may_be_blank), Text(remark.text)))
                for remark in above
            ]
            is_blank = each.blank_before and may_be_blank and not _is_description(each, node)
            made.append(Nest(INDENT, HardBreak(is_blank)))
        else:
            line += above
        above = []
        line.append(each)
    flush()
    return row(*made, *_below(trailing))


def _begins_line(part: Part, node: Node) -> bool:
    if isinstance(part, Word):
        return part.text.lower() in _CLAUSES[type(node)]
    return isinstance(part, Below) and (isinstance(part.node, _ROWS) or _is_description(part, node))


def _is_description(part: Part, node: Node) -> bool:
    return isinstance(part, Below) and part.node is getattr(node, "description", None)


def _line(parts: Sequence[Part], node: Node, width: int) -> Layout:
    """Return one line of a declaration: a row, the condition of a segment, or words of the header."""
    first, rest = parts[0], parts[1:]
    if isinstance(first, Below) and isinstance(first.node, _ROWS):
        return row(_row(first, width), *(Comment(each.text) for each in rest if isinstance(each, Remark)))
    if isinstance(node, ast.Segment) and isinstance(first, Word) and first.text.lower() == "where":
        return _when(parts, node, always=True)
    return inline(parts, node)


def _row(part: Below, width: int) -> Layout:
    node = part.node
    parts = parts_of(node, part.start)
    if isinstance(node, _IN_COLUMNS):
        # The name is the first of its parts.
        name = whole(node.name)
        padded = name + " " * (width - display_width(name) + _GAP)
        return (
            _when(parts[1:], node, padded) if isinstance(node, ast.Tier) else row(Text(padded), inline(parts[1:], node))
        )
    if isinstance(node, ast.Points):
        return _points(parts, node)
    return inline(parts, node)


def _points(parts: Sequence[Part], node: ast.Points) -> Layout:
    """Return a row of a score; its sign and its number are two words, and stand together."""
    words = [at for at, each in enumerate(parts) if isinstance(each, Word)]
    points = "".join(each.text for each in parts[: words[1] + 1] if isinstance(each, Word)) + " "
    rest = [each for each in parts[: words[1] + 1] if isinstance(each, Remark)] + list(parts[words[1] + 1 :])
    return _when(rest, node, points) if node.condition is not None else row(Text(points), inline(rest, node))


def _when(parts: Sequence[Part], node: Node, lead: str = "", *, always: bool = False) -> Layout:
    """Return words before a condition, and the condition, which breaks below its own beginning."""
    last = max((at for at, each in enumerate(parts) if isinstance(each, Remark)), default=-1)
    if last >= 0:
        rest = _when(parts[last + 1 :], node, always=always)
        return row(Text(lead), inline(parts[: last + 1], node), Nest(INDENT, row(HARD, rest)))
    made: list[Layout] = [Text(lead)]
    width = display_width(lead)
    for each in parts:
        match each:
            case Word(text):
                made.append(Text(text.lower()))
                width += display_width(text) + 1
            case Below():
                made += [SPACE] if width else []
                made.append(condition(each.node, each.start, width, always=always))
    return row(*made)
