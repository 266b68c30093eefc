"""Cuts a text into the words of `grammar/terminals.lark`, of which only those are tried that the parser can take.

lark's own contextual lexer does the same with one regular expression for each of the parser's states. Making those
takes longer than reading a file; here a word's expression is made when the word is first met.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import Any

from lark import Token, UnexpectedCharacters
from lark.common import LexerConf
from lark.lexer import Lexer, LexerState, TerminalDef

# A pattern that begins with a word, or with one of several, belongs to these words.
_OWN_WORDS = re.compile(r"([a-z]+)|\(\?:([a-z|]+)\)")
# A terminal that is one word, whatever stands around it.
_ONE_WORD = re.compile(r"[a-z]+\(\?!\\w\)")
_WORD = re.compile(r"[^\W\d]\w*")
_ANY_WORD = ("FUNC", "NAME")
# What hides a `|` or a bracket in a pattern, and what a class holds: an escape, a range, a character.
_HIDDEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
_IN_CLASS = re.compile(r"(\\?.)(?:-(.))?", re.DOTALL)
_DIGITS = "0123456789"


class Words(Lexer):
    """The lexer of the grammar; lark makes it with the terminals."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        ordered = sorted(conf.terminals, key=lambda each: (-each.priority, -len(each.pattern.value), each.name))
        self._terminals: dict[str, TerminalDef] = {each.name: each for each in ordered}
        self._ignored = frozenset(conf.ignore)
        self._patterns: dict[str, re.Pattern[str]] = {}
        # Terminals by the word that they begin with, and by the character where that is no word; those that are no
        # more than their word.
        self._by_word: dict[str, list[str]] = {}
        self._by_sign: dict[str, list[str]] = {}
        self._whole: set[str] = set()
        for each in ordered:
            self._file(each)

    def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Token]:
        """Yield the words from where the state stands; the parser refuses what it cannot take."""
        text = lexer_state.text.text
        counter = lexer_state.line_ctr
        while counter.char_pos < lexer_state.text.end:
            at = counter.char_pos
            accepted = parser_state.parse_conf.states[parser_state.position]
            found = self._match(text, at, accepted) or self._match(text, at, self._terminals)
            if found is None:
                raise UnexpectedCharacters(  # type: ignore[no-untyped-call]
                    text, at, counter.line, counter.column, allowed=set(), state=parser_state, terminals_by_name={}
                )
            name, end = found
            value = text[at:end]
            if name in self._ignored:
                counter.feed(value)
                continue
            token = Token(name, value, at, counter.line, counter.column, end_pos=end)
            counter.feed(value)
            lexer_state.last_token = token
            yield token

    def _match(self, text: str, at: int, accepted: Container[str]) -> tuple[str, int] | None:
        """Return the terminal that stands at a place and its end: the most particular of those that are accepted."""
        tried: Iterable[str] | None = self._by_sign.get(text[at])
        end = 0
        if tried is None:
            word = _WORD.match(text, at)
            if word is None:
                return None
            end = word.end()
            tried = (*self._by_word.get(word[0].lower(), ()), *_ANY_WORD)
        for name in tried:
            if name not in accepted and name not in self._ignored:
                continue
            if name in self._whole:
                return name, end
            pattern = self._patterns.get(name)
            if pattern is None:
                pattern = self._patterns[name] = re.compile(self._terminals[name].pattern.to_regexp())
            found = pattern.match(text, at)
            if found is not None:
                return name, found.end()
        return None

    def _file(self, terminal: TerminalDef) -> None:
        """Keep a terminal by the words and the other characters that it can begin with, read off its pattern."""
        if terminal.name in _ANY_WORD:
            return
        if _ONE_WORD.fullmatch(terminal.pattern.value):
            self._whole.add(terminal.name)
        for part in _alternatives(terminal.pattern.value):
            own = _OWN_WORDS.match(part)
            signs: Iterable[str] = ()
            if own is not None:
                for word in (own[1] or own[2]).split("|"):
                    self._by_word.setdefault(word, []).append(terminal.name)
            elif part.startswith("["):
                signs = _members(part[1 : part.index("]", 2)])
            elif part.startswith("\\"):
                signs = {"d": _DIGITS, "n": "\n"}.get(part[1], part[1])
            elif not part.startswith("("):
                signs = part[0]
            for sign in dict.fromkeys(signs):
                known = self._by_sign.setdefault(sign, [])
                if terminal.name not in known:
                    known.append(terminal.name)


def _members(inner: str) -> Iterator[str]:
    """Yield the characters of a class in square brackets."""
    for found in _IN_CLASS.finditer(inner):
        first = {"\\t": "\t", "\\n": "\n", "\\f": "\f"}.get(found[1], found[1][-1])
        last = found[2] or first
        yield from map(chr, range(ord(first), ord(last) + 1))


def _alternatives(pattern: str) -> Iterator[str]:
    """Yield the parts of a pattern between the `|` that stand in no bracket."""
    start = depth = 0
    for found in _HIDDEN.finditer(pattern):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if found[0] == "|" and depth == 0:
            yield pattern[start : found.start()]
            start = found.end()
    yield pattern[start:]
