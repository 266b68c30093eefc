"""Comments that silence findings: `# segql: ignore[name] reason`, `# segql: snooze[name] until 2027-01-31 reason`."""

from __future__ import annotations

import bisect
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from segql.diagnostics import Edit
from segql.source import Span
from segql.syntax import Parsed, ast
from segql.tree import walk

_MARK = re.compile(r"segql\s*:", re.IGNORECASE)
_COMMENT = re.compile(r"#\s*segql:\s*(?P<rest>.*)$")
# What was meant to be one, and is written in another way, or behind other words.
_MEANT = re.compile(r"\bsegql\s*:\s*(?:ignore|snooze)\s*\[", re.IGNORECASE)
_FORM = re.compile(r"(?P<word>ignore|snooze)\s*\[(?P<names>[^\]]*)\](?P<rest>.*)$")
_UNTIL = re.compile(r"\s*until\s+(?P<day>\d{4}-\d\d-\d\d)\b")

# What stands on several lines and has parts of its own, each with a line of its own.
_JOINS = (ast.And, ast.Or)


@dataclass(slots=True)
class Suppression:
    """A comment that silences findings of the rules `names`, whose `codes` stand by name; of no rule, none.

    It `covers` findings that begin in these places; `wrong` says what is wrong with its form. `used` collects the codes
    of the rules that it has silenced, `outlived` of those that it would have silenced if its snooze had not ended.
    `until` is the last day of a snooze.
    """

    span: Span
    names: tuple[str, ...] = ()
    reason: str = ""
    until: dt.date | None = None
    wrong: str = ""
    covers: tuple[Span, ...] = ()
    line: int = 0
    codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    outlived: set[str] = field(default_factory=set)

    def is_over(self, today: dt.date) -> bool:
        """Say whether it is a snooze that has ended."""
        return self.until is not None and self.until < today

    def is_about(self, place: Span) -> bool:
        """Say whether what begins at a place is covered."""
        if place.source.name != self.span.source.name:
            return False
        return place.line == self.line or any(each.start <= place.start < each.end for each in self.covers)


def suppressions(parsed: Sequence[Parsed], codes: Callable[[str], frozenset[str]]) -> list[Suppression]:
    """Return the comments of all files that silence findings, or were meant to; `codes` are those of a name of rules.

    Example:
        >>> from segql.syntax import parse
        >>> from segql.source import Source
        >>> parsed = parse(Source.of("a.seg", "age = age  # segql: ignore[L104] on purpose"))
        >>> found = suppressions([parsed], lambda name: frozenset([name]))
        >>> found[0].names, found[0].reason
        (('L104',), 'on purpose')
    """
    found = [each for one in parsed if _MARK.search(one.source.text) for each in _of_file(one)]
    for each in found:
        each.codes = {name: codes(name) for name in each.names}
    return found


def without(suppression: Suppression, left: Sequence[str]) -> list[Edit]:
    """Return the edits that leave only some names in a comment; of none, that take the comment away."""
    span = suppression.span
    source, text = span.source, span.text
    if left:
        start, end = text.index("[") + 1, text.index("]")
        return [Edit(source.span(span.start + start, span.start + end), ", ".join(left))]
    line = source.line_text(span.line)
    before = line[: span.column - 1]
    if before.strip():
        return [Edit(source.span(span.start - (len(before) - len(before.rstrip())), span.end), "")]
    return [Edit(source.span(span.start - len(before), min(span.end + 1, len(source.text))), "")]


def _of_file(parsed: Parsed) -> Iterator[Suppression]:
    comments = {each.span.line for each in parsed.module.comments}
    starts = [each.span.line for each in parsed.module.declarations]
    for comment in parsed.module.comments:
        found = _COMMENT.match(comment.text)
        if found is not None:
            made = _read(comment.span, found["rest"].strip())
        elif _MEANT.search(comment.text):
            made = Suppression(comment.span, wrong="write `# segql:` at the beginning of a comment, in small letters")
        else:
            continue
        made.line, made.covers = _covered(parsed, comment.span, comments, starts)
        yield made


def _read(span: Span, told: str) -> Suppression:
    form = _FORM.match(told)
    if form is None:
        return Suppression(span, wrong="it is neither `ignore[NAME] reason` nor `snooze[NAME] until DAY reason`")
    names = tuple(each.strip() for each in form["names"].split(",") if each.strip())
    if not names:
        return Suppression(span, wrong="it names no rule")
    rest, until = form["rest"], None
    if form["word"] == "snooze":
        day = _UNTIL.match(rest)
        if day is None:
            return Suppression(span, names, wrong="a snooze needs its last day, as in `until 2027-01-31`")
        try:
            until = dt.date.fromisoformat(day["day"])
        except ValueError:
            return Suppression(span, names, wrong=f"there is no day {day['day']}")
        rest = rest[day.end() :]
    return Suppression(span, names, rest.strip(" \t:-"), until)


def _covered(parsed: Parsed, span: Span, comments: set[int], starts: Sequence[int]) -> tuple[int, tuple[Span, ...]]:
    """Return the line that a comment speaks of, and the places of what begins in it.

    `starts` are the lines in which the declarations begin.
    """
    source = parsed.source
    is_behind = bool(source.line_text(span.line)[: span.column - 1].strip())
    line = span.line
    if not is_behind:
        last = source.line_of(len(source.text))
        line = min(line + 1, last)
        while line < last and line in comments and source.line_text(line).lstrip().startswith("#"):
            line += 1
    at = bisect.bisect_right(starts, line) - 1
    if at < 0:
        return line, ()
    declaration = parsed.module.declarations[at]
    if span.column == 1 and not is_behind:
        return line, (declaration.span,) if starts[at] == line else ()
    inside = (each for each in walk(declaration) if each is not declaration and not isinstance(each, _JOINS))
    return line, tuple(each.span for each in inside if each.span.line == line)
