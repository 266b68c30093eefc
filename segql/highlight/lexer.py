"""The table as a lexer of Pygments, which finds it by the entry point of the wheel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Whitespace, string_to_tokentype

from segql.highlight.kinds import Kind
from segql.highlight.tokens import TABLE, Entry, Rule

_State = list[tuple[Any, ...]]


def _states() -> dict[str, _State]:
    """Return the states of the lexer: the table, and the inside of each region of it."""
    states: dict[str, _State] = {}

    def add(name: str, table: tuple[Entry, ...], *first: tuple[Any, ...]) -> None:
        if name not in states:
            states[name] = [*first]
            states[name] += _entries(table, add)

    add("root", TABLE)
    return states


def _entries(table: tuple[Entry, ...], add: Any) -> Iterator[tuple[Any, ...]]:
    for each in table:
        if isinstance(each, Rule):
            yield each.pattern, _callback(each)
            continue
        # An end that is the end of the line has no text, and no token.
        ends = _callback(each.end) if each.end.kinds != (None,) else bygroups()
        add(each.name, each.inside, (each.end.pattern, ends, "#pop"))
        yield each.begin.pattern, _callback(each.begin), each.name


def _callback(rule: Rule) -> Any:
    found = [_token(each) for each in rule.kinds]
    return found[0] if len(found) == 1 else bygroups(*found)


def _token(kind: Kind | None) -> Any:
    return Whitespace if kind is None else string_to_tokentype(kind.token)


class SegqlLexer(RegexLexer):  # type: ignore[misc]
    r"""Segments and what is known about the people in them.

    Example:
        >>> [text for _, text in SegqlLexer().get_tokens("age < 30")]
        ['age', ' ', '<', ' ', '30', '\n']
    """

    name = "SegQL"
    aliases: ClassVar = ["segql"]
    filenames: ClassVar = ["*.seg"]
    mimetypes: ClassVar = ["text/x-segql"]
    flags = re.MULTILINE
    tokens: ClassVar = _states()
