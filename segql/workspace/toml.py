"""Places in a TOML text: the reader gives values only, and a message wants a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from segql.source import Source, Span

_HEADER = re.compile(r"\s*\[\[?(?P<name>[^\]#]+)\]")
_ENTRY = re.compile(r"\s*(?P<key>(?:[\w.\- ]|\"[^\"]*\"|'[^']*')+?)\s*=\s*(?P<value>.*)")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w\-]+)")
# A text whose last quote was forgotten is one, too.
_QUOTED = re.compile(r"([\"'])((?:\\.|(?!\1).)*)(\1|$)")
_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")


# Of a connection only these are shown; what else stands there could be a password.
_SHOWN = frozenset({"url", "password_env", "folders", "memory_limit"})


@dataclass(frozen=True, slots=True)
class TomlText:
    """The text of a settings file; ours stand in the table `prefix`, like `("tool", "segql")`.

    `source` is what messages may show: secrets in it are dots. `written` is the text itself.
    """

    source: Source
    written: str = field(repr=False)
    prefix: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: Source, prefix: tuple[str, ...] = ()) -> TomlText:
        r"""Take a settings file as it was read.

        Example:
            >>> TomlText.of(Source.of("a", "[connections.x]\npassword = 'secret'")).source.text
            "[connections.x]\npassword = '••••••'"
        """
        hidden = "\n".join(_hidden(source.text.split("\n"), (*prefix, "connections")))
        return cls(Source.of(source.name, hidden), source.text, prefix)

    def key(self, path: tuple[str, ...]) -> Span:
        """Return the place of the last name of `path`, else of the nearest table around it."""
        return self._place(path)[0]

    def value(self, path: tuple[str, ...]) -> Span:
        """Return the place of the value at `path`, else of the nearest table around it."""
        return self._place(path)[1]

    def _place(self, path: tuple[str, ...]) -> tuple[Span, Span]:
        wanted = self.prefix + path
        best, depth = (self.source.span(0, 0), self.source.span(0, 0)), 0
        table: tuple[str, ...] = ()
        offset = 0
        for line in self.source.text.split("\n"):
            if header := _HEADER.match(line):
                table = _parts(header["name"])
                shared = _shared(table, wanted)
                # The header of a table inside the wanted one says where that begins.
                if shared > depth and shared in {len(table), len(wanted)}:
                    start = offset + header.start("name")
                    end = list(_PART.finditer(header["name"]))[shared - 1].end()
                    best, depth = (self.source.span(start, start + end),) * 2, shared
            elif entry := _ENTRY.match(line):
                found = table + _parts(entry["key"])
                if len(found) > depth and found == wanted[: len(found)]:
                    best = self._span(offset, entry, "key"), self._span(offset, entry, "value")
                    depth = len(found)
            offset += len(line) + 1
        return best

    def _span(self, offset: int, match: re.Match[str], group: str) -> Span:
        text = match[group].split(" #")[0].rstrip()
        start = offset + match.start(group)
        return self.source.span(start, start + len(text))


def syntax_place(source: Source, message: str) -> tuple[Span, str]:
    """Return where a TOML reader's message points, and the message without that.

    Example:
        >>> syntax_place(Source.of("a", "x = y"), "Invalid value (at line 1, column 5)")[1]
        'invalid value'
    """
    found = _POSITION.search(message)
    end = len(source.text)
    told = _POSITION.sub("", message).replace("(at end of document)", "").strip()
    told = told[:1].lower() + told[1:]
    if found is None:
        return source.span(end, end), f"{told} at the end"
    line, column = int(found[1]), int(found[2])
    start = min(end, sum(len(each) + 1 for each in source.text.split("\n")[: line - 1]) + column - 1)
    return source.span(start, min(end, start + 1)), told


def path_of(key: str) -> tuple[str, ...]:
    """Return the names of a key as it is written: plain or in quotes, with dots between.

    Example:
        >>> path_of('connections."my db".url')
        ('connections', 'my db', 'url')
    """
    return _parts(key)


def _hidden(lines: list[str], secret: tuple[str, ...]) -> Iterator[str]:
    """Yield lines, with dots for what stands in quotes in the tables below `secret`."""
    table: tuple[str, ...] = ()
    for line in lines:
        if header := _HEADER.match(line):
            table = _parts(header["name"])
            yield line
            continue
        entry = _ENTRY.match(line)
        path = table + (_parts(entry["key"]) if entry else ())
        is_plain = entry is not None and path[-1] in _SHOWN and "@" not in entry["value"]
        if is_plain or path[: len(secret)] != secret:
            yield line
        else:
            yield _QUOTED.sub(lambda found: found[1] + "•" * len(found[2]) + found[3], line)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many names two paths begin with in common."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _parts(name: str) -> tuple[str, ...]:
    return tuple("".join(each) for each in _PART.findall(name))
