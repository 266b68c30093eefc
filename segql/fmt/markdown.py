"""The `segql` fences of a Markdown text, each laid out as a file of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from segql.diagnostics import Diagnostic
from segql.fmt.format import WIDTH, Formatted, format_source
from segql.source import Source


@dataclass(frozen=True, slots=True)
class _Fence:
    """The number of the first line in a fence, where its text begins and ends, and what each line begins with."""

    line: int
    start: int
    end: int
    indent: str


def format_markdown(source: Source, width: int = WIDTH) -> Formatted:
    r"""Return a Markdown text with its `segql` fences in the one style; all else stays byte for byte.

    A fence with more words than `segql` is for something else, as an example of what is refused, and stays too.

    Example:
        >>> format_markdown(Source.of("a.md", "# Who\n\n```segql\nage<30\n```\n")).text
        '# Who\n\n```segql\nage < 30\n```\n'
    """
    made: list[str] = []
    problems: list[Diagnostic] = []
    at = 0
    for each in _fences(source):
        formatted = _formatted(source, each, width)
        made += [source.text[at : each.start], formatted.text]
        problems += formatted.diagnostics
        at = each.end
    return Formatted("".join([*made, source.text[at:]]), tuple(problems))


def _fences(source: Source) -> Iterator[_Fence]:
    """Yield the fences of segments: not what other fences, comments or indented code show of one."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 (few texts are Markdown)

    reader = MarkdownIt("commonmark")
    # What stands within a line is of no interest.
    reader.core.ruler.enableOnly(["normalize", "block"])
    lines = source.text.split("\n")
    for each in reader.parse(source.text):
        if each.type != "fence" or each.info.split() != ["segql"] or each.map is None:
            continue
        above = each.map[0]
        inside = each.content.removesuffix("\n")
        end = above + 1 + (inside.count("\n") + 1 if each.content else 0)
        start, stop = (source.start_of(at + 1) if at < len(lines) else len(source.text) for at in (above + 1, end))
        indent = lines[above][: lines[above].index(each.markup)]
        if not indent.strip():
            yield _Fence(above + 2, start, stop, indent)


def _formatted(source: Source, fence: _Fence, width: int) -> Formatted:
    """Return the inside of a fence; where its lines are not indented as the fence is, as it was."""
    text, indent = source.text[fence.start : fence.end], fence.indent
    lines = text.split("\n")
    if not text.strip() or any(line.strip() and not line.startswith(indent) for line in lines):
        return Formatted(text)
    # Places in the fence are told as places in the file.
    inside = Source.of(source.name, "\n".join(line.removeprefix(indent) for line in lines))
    made = format_source(inside, width)
    shown = "".join(f"{indent}{line}\n" if line else "\n" for line in made.text.rstrip("\n").split("\n"))
    return Formatted(shown, tuple(_moved(made.diagnostics, source, fence)))


def _moved(diagnostics: tuple[Diagnostic, ...], source: Source, fence: _Fence) -> Iterator[Diagnostic]:
    """Yield diagnostics of a fence at their places in the file; their edits would be those of the fence."""
    for each in diagnostics:
        span = each.span
        if span is None:
            yield each
            continue
        places = [_place(span.source, at, source, fence) for at in (span.start, span.end)]
        yield replace(each, span=source.span(*places), fix=None, labels=())


def _place(inside: Source, at: int, source: Source, fence: _Fence) -> int:
    number = inside.line_of(at)
    line = fence.line + number - 1
    is_indented = source.line_text(line).startswith(fence.indent)
    return source.start_of(line) + is_indented * len(fence.indent) + at - inside.start_of(number)
