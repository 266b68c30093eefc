"""Where a diagnostic stands, in the numbers that the formats for programs want."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from segql.source import Span


@dataclass(frozen=True, slots=True)
class Place:
    """A file and what is meant in it, counted from 1; the end is just behind the last letter."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


def place_of(span: Span) -> Place:
    """Return the place of `span`.

    Example:
        >>> from segql.source import Source
        >>> place_of(Source.of("a.seg", "age < 30").span(0, 3))
        Place(path='a.seg', line=1, column=1, end_line=1, end_column=4)
    """
    source = span.source
    end = max(span.start, span.end)
    return Place(
        PurePath(source.name).as_posix(),
        span.line,
        span.column,
        source.line_of(end),
        source.column_of(end),
    )


def uri_of(path: str) -> str:
    """Return `path` as a URI: relative where the path is, since only that holds on another machine.

    Example:
        >>> uri_of("my shop/a.seg")
        'my%20shop/a.seg'
    """
    if PurePath(path).is_absolute():
        return PurePath(path).as_uri()
    # Half a letter is no name of a file, but it may stand in what somebody calls a text.
    return quote(path.encode("utf-8", "surrogateescape" if _is_of_file(path) else "surrogatepass"))


def _is_of_file(path: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" and not "\udc80" <= letter <= "\udcff" for letter in path)
