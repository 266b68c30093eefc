"""Places in a TOML text: the reader gives values only, and a message wants a line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

from segql.source import Source, Span

_HEADER = re.compile(r"\s*\[\[?(?P<name>[^\]#]+)\]")
_ENTRY = re.compile(r"\s*(?P<key>(?:[\w.\- ]|\"[^\"]*\"|'[^']*')+?)\s*=\s*(?P<value>.*)")
_PART = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w\-]+)")
# A text whose last quote was forgotten is one, too.
_QUOTED = re.compile(r"([\"'])((?:\\.|(?!\1).)*)(\1|$)")
# What lists and tables on one line are made of.
_TOKEN = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|#[^\n]*|[\[\]{},=]|[^\s\[\]{},=\"'#]+")
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

    def item(self, path: tuple[str, ...], wanted: str | int) -> Span:
        r"""Return the place of a text, or of what has a number from 0, in the list at `path`, else of the list.

        Example:
            >>> text = TomlText.of(Source.of("a", "[lint]\nselect = [\n    'L1',\n    'L999',\n]"))
            >>> text.item(("lint", "select"), "L999").line
            4
        """
        whole = self.value(path)
        if whole.text.startswith("["):
            for number, part in enumerate(_parted(self.source.text, whole.start)):
                if number == wanted or (len(part) == 1 and _text_of(part[0][0]) == wanted):
                    return self.source.span(part[0].start(), part[-1].end())
        return whole

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
        while depth < len(wanted) and best[1].text.startswith("{"):
            inner, names = self._inside(best[1].start, wanted[depth:])
            if inner is None:
                break
            best, depth = inner, depth + names
        return best

    def _inside(self, start: int, wanted: tuple[str, ...]) -> tuple[tuple[Span, Span] | None, int]:
        """Return the places of the key and the value that lead on in a table on one line, and how many names these are.

        None, where there is no such key.
        """
        for part in _parted(self.source.text, start):
            at = next((i for i, token in enumerate(part) if token[0] == "="), 0)
            # A key with dots around blanks is several words.
            names = _parts("".join(token[0] for token in part[:at]))
            if names and names == wanted[: len(names)] and at + 1 < len(part):
                key = self.source.span(part[0].start(), part[at - 1].end())
                return (key, self.source.span(part[at + 1].start(), part[-1].end())), len(names)
        return None, 0

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


def _parted(text: str, start: int) -> Iterator[list[re.Match[str]]]:
    """Yield what stands between the commas of a list or a table that begins at `start`, word by word."""
    depth, part = 0, list[re.Match[str]]()
    for token in _TOKEN.finditer(text, start):
        word = token[0]
        if word.startswith("#"):
            continue
        depth -= word in {"]", "}"}
        if depth == 0 or (depth == 1 and word == ","):
            if part:
                yield part
                part = []
            if word in {"]", "}"}:
                return
        else:
            part.append(token)
        depth += word in {"[", "{"}


def _text_of(word: str) -> str | None:
    """Return the text that a word in quotes stands for; None for another word."""
    if word[:1] not in {'"', "'"}:
        return None
    try:
        found = tomllib.loads(f"x = {word}")["x"]
    except tomllib.TOMLDecodeError:
        return None
    return found if isinstance(found, str) else None


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many names two paths begin with in common."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _parts(name: str) -> tuple[str, ...]:
    return tuple("".join(each) for each in _PART.findall(name))
