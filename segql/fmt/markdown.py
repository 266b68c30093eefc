"""The `segql` fences of a Markdown text, each laid out as a file of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from segql.diagnostics import Diagnostic
from segql.fmt.format import WIDTH, Formatted, format_source
from segql.source import Source

# After CommonMark 0.31, section 4.5: three or more signs, at most three spaces before them, or those of a list around.
_FENCE = re.compile(
    r"^(?P<indent>[ \t]*)(?P<sign>`{3,}|~{3,})[ \t]*segql\b[^\n`]*\n(?P<text>.*?)(?:^[ \t]*(?P=sign)[`~]*[ \t]*$|\Z)",
    re.MULTILINE | re.DOTALL,
)


def format_markdown(source: Source, width: int = WIDTH) -> Formatted:
    r"""Return a Markdown text with its `segql` fences in the one style; all else stays byte for byte.

    Example:
        >>> format_markdown(Source.of("a.md", "# Who\n\n```segql\nage<30\n```\n")).text
        '# Who\n\n```segql\nage < 30\n```\n'
    """
    made: list[str] = []
    problems: list[Diagnostic] = []
    at = 0
    for found in _FENCE.finditer(source.text):
        made.append(source.text[at : found.start("text")])
        formatted = _fence(source, found, width)
        made.append(formatted.text)
        problems += formatted.diagnostics
        at = found.end("text")
    return Formatted("".join([*made, source.text[at:]]), tuple(problems))


def _fence(source: Source, found: re.Match[str], width: int) -> Formatted:
    """Return the inside of a fence; where its lines are not indented as the fence is, as it was."""
    indent, text = found["indent"], found["text"]
    lines = text.split("\n")
    if not text.strip() or any(line.strip() and not line.startswith(indent) for line in lines):
        return Formatted(text)
    # Places in the fence are told as places in the file.
    inside = Source.of(source.name, "\n".join(line.removeprefix(indent) for line in lines))
    made = format_source(inside, width)
    shown = "".join(f"{indent}{line}\n" if line else "\n" for line in made.text.rstrip("\n").split("\n"))
    return Formatted(shown, tuple(_moved(made.diagnostics, source, found.start("text"), len(indent))))


def _moved(diagnostics: tuple[Diagnostic, ...], source: Source, start: int, indent: int) -> Iterator[Diagnostic]:
    """Yield diagnostics of a fence at their places in the file; their edits would be those of the fence."""
    for each in diagnostics:
        span = each.span
        if span is None:
            yield each
            continue
        places = [start + at + indent * span.source.line_of(at) for at in (span.start, span.end)]
        yield replace(each, span=source.span(*places), fix=None, labels=())
