"""How values and conditions are laid out: on one line where they fit, else broken at brackets and before `and`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

from segql.fmt.layout import HARD, LINE, SOFT, SPACE, Comment, Group, Layout, Nest, Text, row
from segql.fmt.parts import Below, Part, Remark, Word, is_whole, parts_of, remarks_in, settled
from segql.syntax import ast
from segql.tree import Node

INDENT = 4

# A bracket follows these at once; after all else comes a space.
_HUGGING = (ast.Call, ast.TypeName)
# Their brackets hold plain values, which fill their lines.
_FILLING = (ast.InValues, ast.Has, ast.TextMatch, ast.Attribute)
# A step of a sequence, and what holds for all of it, begin lines of their own.
_STEPS = frozenset({"then", "all", "among"})

_Connective: TypeAlias = ast.And | ast.Or


def condition(node: Node, start: int, lead: int = 0, *, always: bool = False, hang: int = 0) -> Layout:
    """Return the layout of a condition whose text was not read before `start`.

    `lead` is how far behind the beginning of its line it stands, as behind `where `: what it breaks into is put below
    it, `and` and `or` in front, by `hang` columns at least. With `always`, each of what is joined has its own line.
    """
    if isinstance(node, ast.And | ast.Or) and not _is_chain(node):
        return _connective(node, start, lead, always=always, hang=hang)
    if isinstance(node, ast.Sequence):
        return _sequence(node, start, lead, always=always)
    if isinstance(node, ast.Binary):
        return _arithmetic(node, start)
    if is_whole(node):
        return row(Text(whole(node)), *(Comment(each.text) for each in remarks_in(node, start)))
    return inline(parts_of(node, start), node, always=always and isinstance(node, ast.KOfN))


def whole(node: Node) -> str:
    r"""Return the text of a name or a literal: as it was written, but for quotes, spaces and the case of words.

    Example:
        >>> whole(ast.Text('3" pipe'))
        '"3\\" pipe"'
    """
    match node:
        case ast.Text(value):
            return quoted(value)
        case ast.TableName((path,), True):
            return quoted(path)
        case ast.Path(names):
            return ".".join(each.span.text for each in names)
        case ast.TableName():
            return "".join(each.text for each in parts_of(node, node.span.start) if isinstance(each, Word))
        case ast.Number():
            return "".join(node.span.text.split())
        case ast.Name():
            return " ".join(node.span.text.split())
        case ast.Timestamp():
            return node.span.text
        case _:
            return " ".join(node.span.text.lower().split())


def quoted(text: str) -> str:
    r"""Return a text in double quotes, with its escapes.

    Example:
        >>> quoted('a "b"')
        '"a \\"b\\""'
    """
    for sign, escape in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(sign, escape)
    return f'"{text}"'


def inline(parts: Sequence[Part], node: Node, *, always: bool = False) -> Layout:
    """Return parts one after the other, with spaces between; only brackets break, with `always` whatever fits.

    A comment keeps its place: what stood behind it goes on in the next line, further in.
    """
    first: list[Layout] = []
    below: list[Layout] = []
    made = first
    parts = settled(parts)
    is_glued, at = True, 0
    while at < len(parts):
        part = parts[at]
        match part:
            case Remark() if at + 1 == len(parts):
                made.append(Comment(part.text, part.own))
                at += 1
                continue
            case Remark():
                is_new = bool(below) and below[-1] is HARD
                made += [] if part.own else [Comment(part.text)]
                below += [*([] if is_new else [HARD]), Text(part.text), HARD] if part.own else [HARD]
                made, is_glued = below, True
                at += 1
                continue
            case Word("("):
                end = _closing(parts, at)
                is_hugging = is_glued or isinstance(node, _HUGGING)
                made += [] if is_hugging else [SPACE]
                made.append(_brackets(parts[at + 1 : end], node, always=always))
                at = end
            case Word(","):
                made.append(Text(","))
            case Word(text):
                made += [] if is_glued else [SPACE]
                made.append(Text(text.lower() if text[0].isalpha() else text))
            case Below():
                made += [] if is_glued else [SPACE]
                made.append(condition(part.node, part.start))
        # A sign belongs to its value.
        is_glued = isinstance(node, ast.Negative) and isinstance(part, Word) and part.text == "-"
        at += 1
    return row(*first, Nest(INDENT, row(*below))) if below else row(*first)


def _brackets(parts: Sequence[Part], node: Node, *, always: bool) -> Layout:
    items: list[list[Part]] = [[]]
    for each in parts:
        if isinstance(each, Word) and each.text == ",":
            items.append([])
        else:
            items[-1].append(each)
    if items == [[]]:
        return Text("()")
    made: list[Layout] = [Text("(")]
    inside: list[Layout] = []
    # Where comments stand behind values, the lines stay as they are, so that each speaks of the same values.
    has_remarks = any(isinstance(each, Remark) for each in parts)
    for number, item in enumerate(items):
        before, own, rest, after = _remarks(item)
        # A comment behind the comma, or the bracket, is about what stands before it.
        (inside if number else made).extend(Comment(each.text) for each in before)
        is_filled = isinstance(node, _FILLING) and not own and not (has_remarks and _begins_line(rest))
        inside.append(HARD if always else SOFT if not number else Group(LINE) if is_filled else LINE)
        inside += own_lines(own)
        inside.append(inline(rest, node))
        if number + 1 < len(items):
            # The comma comes before them, or it would be part of the comment.
            inside += [Text(","), *(Comment(each.text, each.own) for each in after)]
        else:
            inside += [row(HARD, Text(each.text)) if each.own else Comment(each.text) for each in after]
    return Group(row(*made, Nest(INDENT, row(*inside)), SOFT, Text(")")))


def _begins_line(item: Sequence[Part]) -> bool:
    return not item or (not isinstance(item[0], Remark) and item[0].begins_line)


def _remarks(item: Sequence[Part]) -> tuple[Sequence[Remark], Sequence[Remark], list[Part], list[Remark]]:
    """Return the comments before an item that belong to what is before it, its own, itself, and those after it."""
    start, end = 0, len(item)
    while start < end and isinstance(item[start], Remark):
        start += 1
    while end > start and isinstance(item[end - 1], Remark):
        end -= 1
    behind, own = split([each for each in item[:start] if isinstance(each, Remark)])
    after = [each for each in item[end:] if isinstance(each, Remark)]
    return behind, own, list(item[start:end]), after


def split(remarks: Sequence[Remark]) -> tuple[Sequence[Remark], Sequence[Remark]]:
    """Return the comments that stand behind something in its line, and those from the first with its own line on."""
    at = next((at for at, each in enumerate(remarks) if each.own), len(remarks))
    return remarks[:at], remarks[at:]


def own_lines(remarks: Iterable[Remark]) -> list[Layout]:
    """Return comments that stand in lines of their own, before what comes next."""
    return [part for each in remarks for part in (Text(each.text), HARD)]


def _closing(parts: Sequence[Part], opening: int) -> int:
    """Return where the bracket closes that opens at a part; brackets of nodes below are parts of theirs."""
    depth = 0
    for at in range(opening, len(parts)):
        part = parts[at]
        if isinstance(part, Word) and part.text in "()":
            depth += 1 if part.text == "(" else -1
            if depth == 0:
                return at
    return len(parts)


def _is_chain(node: _Connective) -> bool:
    """Say whether it was written as `18 <= age <= 65`."""
    first, second, *_ = node.operands
    return second.span.start < first.span.end


def _connective(node: _Connective, start: int, lead: int, *, always: bool, hang: int) -> Layout:
    word = "and" if isinstance(node, ast.And) else "or"
    own_lead = len(word) + 1
    made: list[Layout] = []
    gap: list[Remark] = []
    leads = False
    for each in settled(parts_of(node, start), lambda part: part.text.lower() == word):
        match each:
            case Remark():
                # Behind an `and` that begins its line, it is about what comes next.
                gap.append(replace(each, own=True) if leads else each)
            case Below() if not made:
                made.append(_operand(each, lead, always=always))
            case Below():
                behind, above = split(gap)
                operand = _operand(each, own_lead, always=always)
                line = row(HARD if always else LINE, *own_lines(above), Text(word), SPACE, operand)
                made += [*(Comment(remark.text) for remark in behind), Nest(max(hang, lead - own_lead), line)]
                gap, leads = [], False
            case Word():
                leads = True
    made += [Comment(each.text, each.own) for each in gap]
    return row(*made) if always else Group(row(*made))


def _operand(part: Below, lead: int, *, always: bool) -> Layout:
    """Return what is joined; steps and counted conditions have lines of their own where it has one, too."""
    is_list = isinstance(part.node, ast.KOfN | ast.Sequence)
    if isinstance(part.node, ast.And | ast.Or):
        # What binds more closely breaks below its own beginning.
        return Nest(lead, condition(part.node, part.start))
    return condition(part.node, part.start, lead, always=always and is_list)


def _sequence(node: ast.Sequence, start: int, lead: int, *, always: bool) -> Layout:
    lines: list[list[Part]] = [[]]
    parts = settled(parts_of(node, start), lambda part: part.text.lower() in _STEPS)
    for at, each in enumerate(parts):
        # `all of` and `among` may stand inside a step, too; those are words of nodes below.
        if isinstance(each, Word) and each.text.lower() in _STEPS and at:
            lines.append([])
        lines[-1].append(each)
    below = [Nest(lead, row(HARD if always else LINE, inline(line, node))) for line in lines[1:]]
    made = row(inline(lines[0], node), *below)
    return made if always else Group(made)


def _arithmetic(node: ast.Binary, start: int) -> Layout:
    parts = settled(parts_of(node, start), lambda _: True)
    at = next((at for at, each in enumerate(parts) if isinstance(each, Word)), 0)
    left, right = inline(parts[:at], node), inline(parts[at:], node)
    return Group(row(left, Nest(INDENT, row(LINE, right))))
