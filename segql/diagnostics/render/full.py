"""The format for people: the line in question, marks under the words, the cure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from segql.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label
from segql.diagnostics.render.excerpt import Excerpt, Mark, excerpt
from segql.diagnostics.render.paint import Paint
from segql.diagnostics.render.together import together
from segql.diagnostics.render.visible import visible
from segql.source import Source, Span

# A fix that touches more lines is told by its title alone.
_FIX_LINES = 6


def full(diagnostics: Sequence[Diagnostic], color: bool = False) -> str:
    """Render each with its excerpt, labels, hint and fix, an empty line between them.

    Example:
        >>> print(full([Diagnostic("E201", "unknown-name", "unknown name `agee`", hint="try `age`")]))
        error[E201]: unknown name `agee`
          = hint: try `age`
        <BLANKLINE>
    """
    paint = Paint(color)
    return "\n".join("".join(f"{line}\n" for line in _lines(each, paint)) for each in together(diagnostics))


def _lines(diagnostic: Diagnostic, paint: Paint) -> Iterator[str]:
    head = paint.severity(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.code}]")
    yield f"{head}{paint.bold(': ' + visible(diagnostic.message))}"
    changed = _changed_lines(diagnostic.fix) if diagnostic.fix else []
    gutter = _gutter(diagnostic, changed)
    if diagnostic.span:
        yield from _excerpts(diagnostic, diagnostic.span, gutter, paint)
    margin = " " * gutter
    if diagnostic.example:
        yield f"{margin} {paint.frame('=')} {paint.bold('example')}: {visible(diagnostic.example)}"
    if diagnostic.hint:
        yield f"{margin} {paint.frame('=')} {paint.bold('hint')}: {visible(diagnostic.hint)}"
    if diagnostic.fix:
        yield f"{margin} {paint.frame('=')} {paint.bold('fix')}: {visible(diagnostic.fix.title)}"
        for sign, number, text in changed:
            line = f"{number:>{gutter}} {sign} {visible(text)}".rstrip()
            yield paint.removed(line) if sign == "-" else paint.added(line)


def _gutter(diagnostic: Diagnostic, changed: Sequence[tuple[str, int, str]]) -> int:
    """Return the width of the column of line numbers."""
    spans = [diagnostic.span, *(each.span for each in diagnostic.labels)]
    numbers = [each.line for each in spans if each] + [number for _, number, _ in changed]
    return len(str(max(numbers, default=1)))


def _excerpts(diagnostic: Diagnostic, span: Span, gutter: int, paint: Paint) -> Iterator[str]:
    # Labels on the line in question stand below it, the others get a line of their own.
    near = [each for each in diagnostic.labels if _same_line(each.span, span)]
    far = [each for each in diagnostic.labels if not _same_line(each.span, span)]
    margin = " " * gutter
    yield f"{margin}{paint.frame('-->')} {_place(span)}"
    yield f"{margin} {paint.frame('|')}"
    marks = (Mark(span, "^"), *(Mark(each.span, "-", each.text) for each in near))
    shown = excerpt(span.source, span.line, marks)
    yield from _numbered(shown, gutter, paint, paint.severity(diagnostic.severity, shown.marks[0]))
    for source, labels in groupby(far, key=lambda each: each.span.source):
        arrow = ":::" if source != span.source else "..."
        yield f"{margin}{paint.frame(arrow)}" + (f" {visible(source.name)}" if arrow == ":::" else "")
        for each in labels:
            yield from _labelled(each, gutter, paint)


def _labelled(label: Label, gutter: int, paint: Paint) -> Iterator[str]:
    shown = excerpt(label.span.source, label.span.line, (Mark(label.span, "-", label.text),))
    yield from _numbered(shown, gutter, paint, paint.frame(shown.marks[0]))


def _numbered(shown: Excerpt, gutter: int, paint: Paint, first_mark: str) -> Iterator[str]:
    bar = paint.frame("|")
    yield f"{paint.frame(f'{shown.number:>{gutter}}')} {bar} {shown.text}".rstrip()
    for mark in (first_mark, *(paint.frame(each) for each in shown.marks[1:])):
        yield f"{' ' * gutter} {bar} {mark}"


def _same_line(one: Span, other: Span) -> bool:
    return one.source == other.source and one.line == other.line


def _place(span: Span) -> str:
    return f"{visible(span.source.name)}:{span.line}:{span.column}"


def _changed_lines(fix: Fix) -> list[tuple[str, int, str]]:
    """Return the lines that the fix takes away and brings, as (sign, number, text)."""
    changed: list[tuple[str, int, str]] = []
    edits = sorted(fix.edits, key=lambda each: (each.span.source.name, each.span.start))
    for source, group in groupby(edits, key=lambda each: each.span.source):
        changed.extend(_changed_in(source, list(group)))
    return changed if len(changed) <= 2 * _FIX_LINES else []


def _changed_in(source: Source, edits: Sequence[Edit]) -> Iterator[tuple[str, int, str]]:
    first = source.line_of(edits[0].span.start)
    last = max(source.line_of(each.span.end) for each in edits)
    # What lies between two distant edits is not worth a page.
    if last - first >= _FIX_LINES:
        return
    before = [source.line_text(number) for number in range(first, last + 1)]
    text, start = "\n".join(before), edits[0].span.start - (edits[0].span.column - 1)
    for each in reversed(edits):
        text = text[: each.span.start - start] + each.text + text[each.span.end - start :]
    yield from (("-", first + i, line) for i, line in enumerate(before))
    yield from (("+", first + i, line) for i, line in enumerate(text.split("\n")))
