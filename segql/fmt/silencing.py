"""What the comments that silence findings are about: laid out, each must still be about the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from segql.source import Span
from segql.syntax import Parsed, ast
from segql.tree import walk

# A node by the number of its part of the file and its own in there; a declaration as a whole has none.
_Place: TypeAlias = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Silencing:
    """A comment, what begins in the line that it is about, and the part of the file that it stands in."""

    span: Span
    about: frozenset[_Place]
    part: int

    def parts(self) -> frozenset[int]:
        """Return the parts of the file that it stands in and is about."""
        return frozenset([self.part, *(part for part, _ in self.about)])


def silencing(parsed: Parsed, parts: Sequence[Span], broken: frozenset[int]) -> list[Silencing]:
    r"""Return the comments with `segql:` in the order of the text; `parts` of the file that are `broken` hold nothing.

    Example:
        >>> from segql.source import Source
        >>> from segql.syntax import parse, pieces
        >>> parsed = parse(Source.of("a.seg", "segment a where age < 30 or age\n  > 60  # segql: ignore[L101] so"))
        >>> [sorted(each.about) for each in silencing(parsed, pieces(parsed.source), frozenset())]
        [[(0, 10)]]
    """
    if "segql:" not in parsed.source.text:
        return []
    return list(_silencing(parsed, parts, broken))


def _silencing(parsed: Parsed, parts: Sequence[Span], broken: frozenset[int]) -> Iterator[Silencing]:
    trees = {each.span.start: each for each in parsed.module.declarations}
    sound = {at: trees[each.start] for at, each in enumerate(parts) if at not in broken and each.start in trees}
    in_line: dict[int, set[_Place]] = {}
    for at, tree in sound.items():
        for number, each in enumerate(walk(tree)):
            in_line.setdefault(each.span.line, set()).add((at, number))
    begins = {tree.span.line: at for at, tree in sound.items()}
    comments = {each.span.line for each in parsed.module.comments}
    for comment in parsed.module.comments:
        if "segql:" not in comment.text:
            continue
        span = comment.span
        line, is_above = _line_of(comment, comments)
        # Above a declaration, in the first column, it is about all of it.
        is_whole = is_above and span.column == 1 and line in begins
        about = {(begins[line], None)} if is_whole else in_line.get(line, set())
        part = max((at for at, each in enumerate(parts) if each.start <= span.start), default=0)
        yield Silencing(span, frozenset(about), part)


def _line_of(comment: ast.Comment, comments: set[int]) -> tuple[int, bool]:
    """Return the line that a comment is about, and whether it stands above it."""
    source, line = comment.span.source, comment.span.line
    if source.line_text(line)[: comment.span.column - 1].strip():
        return line, False
    line += 1
    while line in comments and source.line_text(line).lstrip().startswith("#"):
        line += 1
    return line, True
