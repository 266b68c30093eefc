"""Cuts a text into the words of `grammar/terminals.lark`, of which only those are tried that the parser can take.

lark's own contextual lexer does the same with one regular expression for each of the parser's states. Making those
takes longer than reading a file; here a word's expression is made when the word is first met.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lark import Token, UnexpectedCharacters
from lark.common import LexerConf
from lark.lexer import Lexer, LexerState, TerminalDef

# A pattern that begins with a word, or with one of several, belongs to these words.
_OWN_WORDS = re.compile(r"([a-z]+)|\(\?:([a-z|]+)\)")
_WORD = re.compile(r"[^\W\d]\w*")
_ANY_WORD = ("FUNC", "NAME")
# What hides a `|` or a bracket in a pattern, and what a class holds: an escape, a range, a character.
_HIDDEN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
_IN_CLASS = re.compile(r"(\\?.)(?:-(.))?", re.DOTALL)
_DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class _Choice:
    """The terminals that may stand somewhere, the most particular first.

    They are kept by the word that they begin with, and by the character where it begins no word.
    """

    by_word: dict[str, tuple[str, ...]]
    names: tuple[str, ...]
    by_sign: dict[str, tuple[str, ...]]


class Words(Lexer):
    """The lexer of the grammar; lark makes it with the terminals."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        ordered = sorted(conf.terminals, key=lambda each: (-each.priority, -len(each.pattern.value), each.name))
        self._terminals: dict[str, TerminalDef] = {each.name: each for each in ordered}
        self._ignored = frozenset(conf.ignore)
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._choices: dict[int, _Choice] = {}
        self._begin = {each.name: _Begin.of(each) for each in ordered}
        self._all = self._choice(self._terminals)

    def lex(self, lexer_state: LexerState, parser_state: Any) -> Iterator[Token]:
        """Yield the words from where the state stands; the parser refuses what it cannot take."""
        text = lexer_state.text.text
        counter = lexer_state.line_ctr
        while counter.char_pos < lexer_state.text.end:
            at = counter.char_pos
            position = parser_state.position
            choice = self._choices.get(position)
            if choice is None:
                accepted = parser_state.parse_conf.states[position].keys() | self._ignored
                choice = self._choices[position] = self._choice(accepted)
            found = self._match(text, at, choice) or self._match(text, at, self._all)
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

    def _match(self, text: str, at: int, choice: _Choice) -> tuple[str, int] | None:
        tried = choice.by_sign.get(text[at])
        if tried is None:
            word = _WORD.match(text, at)
            if word is None:
                return None
            tried = (*choice.by_word.get(word[0].lower(), ()), *choice.names)
        for name in tried:
            pattern = self._patterns.get(name)
            if pattern is None:
                pattern = self._patterns[name] = re.compile(self._terminals[name].pattern.to_regexp())
            found = pattern.match(text, at)
            if found is not None:
                return name, found.end()
        return None

    def _choice(self, accepted: Any) -> _Choice:
        by_word: dict[str, tuple[str, ...]] = {}
        by_sign: dict[str, tuple[str, ...]] = {}
        for name, begin in self._begin.items():
            if name not in accepted or name in _ANY_WORD:
                continue
            for word in begin.words:
                by_word[word] = (*by_word.get(word, ()), name)
            for sign in begin.signs:
                by_sign[sign] = (*by_sign.get(sign, ()), name)
        return _Choice(by_word, tuple(each for each in _ANY_WORD if each in accepted), by_sign)


@dataclass(frozen=True, slots=True)
class _Begin:
    """The words and the other characters that a terminal can begin with."""

    words: tuple[str, ...]
    signs: frozenset[str]

    @classmethod
    def of(cls, terminal: TerminalDef) -> _Begin:
        """Read them off its pattern."""
        words: list[str] = []
        signs: set[str] = set()
        for part in _alternatives(terminal.pattern.value):
            own = _OWN_WORDS.match(part)
            if own is not None:
                words += [own[1]] if own[1] else own[2].split("|")
            elif part.startswith("["):
                signs.update(_members(part[1 : part.index("]", 2)]))
            elif part.startswith("\\"):
                signs.update({"d": _DIGITS, "n": "\n"}.get(part[1], part[1]))
            elif not part.startswith("("):
                signs.add(part[0])
        return cls(tuple(words), frozenset(signs))


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
