"""Cuts a text into the words of `grammar/terminals.lark`, of which only those are tried that the parser can take.

lark's own contextual lexer does the same with one regular expression for each of the parser's states. Making those takes
longer than reading a file; here a word's expression is made when the word is first met.
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


@dataclass(frozen=True, slots=True)
class _Choice:
    """The terminals that may stand somewhere, the most particular first: of words, of any word, of anything else."""

    by_word: dict[str, tuple[str, ...]]
    names: tuple[str, ...]
    others: tuple[str, ...]


class Words(Lexer):
    """The lexer of the grammar; lark makes it with the terminals."""

    __future_interface__ = 2

    def __init__(self, conf: LexerConf) -> None:
        ordered = sorted(conf.terminals, key=lambda each: (-each.priority, -len(each.pattern.value), each.name))
        self._terminals: dict[str, TerminalDef] = {each.name: each for each in ordered}
        self._ignored = frozenset(conf.ignore)
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._choices: dict[int, _Choice] = {}
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
                raise UnexpectedCharacters(
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
        word = _WORD.match(text, at)
        tried = choice.others if word is None else (*choice.by_word.get(word[0].lower(), ()), *choice.names)
        for name in tried:
            found = self._pattern(name).match(text, at)
            if found is not None:
                return name, found.end()
        return None

    def _pattern(self, name: str) -> re.Pattern[str]:
        made = self._patterns.get(name)
        if made is None:
            made = self._patterns[name] = re.compile(self._terminals[name].pattern.to_regexp())
        return made

    def _choice(self, accepted: Any) -> _Choice:
        by_word: dict[str, tuple[str, ...]] = {}
        others: list[str] = []
        for name, terminal in self._terminals.items():
            if name not in accepted or name in _ANY_WORD:
                continue
            own, is_word_only = _own_words(terminal)
            for word in own:
                by_word[word] = (*by_word.get(word, ()), name)
            if not is_word_only:
                others.append(name)
        return _Choice(by_word, tuple(each for each in _ANY_WORD if each in accepted), tuple(others))


def _own_words(terminal: TerminalDef) -> tuple[tuple[str, ...], bool]:
    """Return the first words of a terminal, and whether it is never anything but a word."""
    pattern = terminal.pattern.value
    found = _OWN_WORDS.match(pattern)
    if found is None:
        return (), False
    words = (found[1],) if found[1] else tuple(found[2].split("|"))
    # `and(?!\w)|&&?` is a word or a sign.
    return words, "|&" not in pattern and r"|\|" not in pattern and "|!" not in pattern
