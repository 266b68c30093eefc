"""The table against the grammar: no keyword is missing, and words are coloured as the parser reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import lark
import pytest

from segql.highlight.tokens import MARKS
from segql.highlight.words import HARD, TYPES
from segql.source import Source
from segql.syntax.cutting import DECLARATIONS, cut
from segql.syntax.grammar import load
from segql.types import Kind
from tests.highlight.corpus import ROOT, Sample, pygments_bits, samples

TERMINALS = (ROOT / "grammar/terminals.lark").read_text(encoding="utf-8")

_TERMINAL = re.compile(r"^(?P<name>[A-Z_]+)(?:\.\d+)?: /(?P<pattern>(?:\(\?:)?[a-z].*)/i$", re.MULTILINE)
_PART = re.compile(r"\(\?:([a-z|]+)\)|\\s\+|(\[\^\\W\\d\]\\w\*)|([a-z]+)")

# `list` is a type with another behind it; the others no field has.
_NO_FIELDS = {Kind.LIST, Kind.DURATION, Kind.WEEKDAY, Kind.KEY, Kind.UNKNOWN}

_KEYWORDS = {"Keyword", "Keyword.Constant", "Keyword.Declaration", "Operator.Word"}
_DAYS = {"tomorrow", "yesterday"}
# Where a keyword may stand; one of these must show that it is one.
_PLACES = (
    "x {} y",
    "x {} 3 days",
    'x {} "a"',
    "x {} (y)",
    "x is {}",
    "x exactly {}",
    "x 3 {}",
    "x 3 days {}",
    "x in this {}",
    "x in {} month",
    "up to 3 {}",
    "{} x",
    "{} x integer = 3",
    "x in {} x",
    "    x text {} (1)",
    '    x text {} "X"',
)


def _phrases(pattern: str) -> list[str]:
    """Return the words that a terminal stands for: what comes before it looks at what follows."""
    found = [""]
    for part in _PART.finditer(re.split(r"\(\?[!=]", pattern, maxsplit=1)[0]):
        choices = part[1].split("|") if part[1] else ["bought"] if part[2] else [part[3] or " "]
        found = [f"{each}{choice}" for each in found for choice in choices]
    return found


def _keywords() -> Iterator[str]:
    for terminal in _TERMINAL.finditer(TERMINALS):
        yield from _phrases(terminal["pattern"])


KEYWORDS = sorted(set(_keywords()))


def _kinds_of(phrase: str, place: str) -> set[str]:
    text = place.format(phrase)
    at = place.index("{}")
    kinds = [kind for bit, kind in pygments_bits(text) for _ in bit]
    return {kinds[each] for each in range(at, at + len(phrase)) if not text[each].isspace()}


def test_the_grammar_was_read() -> None:
    assert len(KEYWORDS) >= 110
    assert {"country", "count"}.isdisjoint(KEYWORDS)
    assert {"and", "at least", "every week for", "also bought with", "month of", "otherwise"} <= set(KEYWORDS)


@pytest.mark.parametrize("phrase", KEYWORDS)
def test_every_keyword_of_the_grammar_is_in_the_table(phrase: str) -> None:
    # Some have a function's place, and are no plain words before a bracket.
    known = _KEYWORDS | ({"Name.Builtin"} if " " in phrase else set())

    assert any(_kinds_of(phrase, place) <= known for place in _PLACES)


def test_hard_words_types_and_marks_are_those_of_the_compiler() -> None:
    hard = re.search(r"^NAME: /\(\?!\(\?i:([a-z|]+)\)", TERMINALS, re.MULTILINE)

    assert hard is not None
    assert hard[1].split("|") == [*HARD]
    assert MARKS in TERMINALS
    assert {*TYPES} == {each.value for each in Kind if each not in _NO_FIELDS}


@pytest.mark.parametrize("word", DECLARATIONS)
def test_every_word_of_a_declaration_begins_one(word: str) -> None:
    kinds = [kind for bit, kind in pygments_bits(f"{word} vip integer") if bit.strip()]

    assert kinds[0] == "Keyword.Declaration"
    assert kinds[1] in {"Name.Class", "Name.Function"}


# A window behind a trait is compared as a name is: `purchases yesterday >= 1`.
@pytest.mark.parametrize("word", [each for each in KEYWORDS if " " not in each and each not in {*HARD, *_DAYS}])
@pytest.mark.parametrize("place", ["{} = 3", "x > {}", "not {} < 1", "count({})"])
def test_a_soft_word_that_is_compared_is_a_name(word: str, place: str) -> None:
    assert _kinds_of(word, place) == {"Name"}


# ── as the parser reads ──────────────────────────────────────────────────────────────────────────

_NAMES = {"NAME", "QUOTED_NAME", "MEMBER", "ROW", "TIER", "ARM", "FUNC"}
_TALLIES = {"MOST_COMMON", "ACTIVE_DAYS", "AVG_GAP"}
_OF_NAMES = {"Name", "Name.Variable", "Name.Class", "Name.Function", "Name.Attribute", "Name.Tag", "Name.Builtin"}
_OF_NAMES |= {"Name.Label", "Keyword.Type", "Literal.Number", "Punctuation"}
_OF_VALUES = {
    "TEXT": {"Literal.String", "Literal.String.Escape"},
    "REGEX": {"Literal.String.Regex", "Literal.String.Escape"},
    "TIMESTAMP": {"Literal.Date"},
    "DATE": {"Literal.Date"},
    **{each: {"Literal.Number"} for each in ("DURATION", "PERCENT", "NUMBER", "SCORED")},
    **{each: {"Operator"} for each in ("COMPARE", "PLUS", "MINUS", "STAR", "SLASH")},
    **{each: {"Punctuation"} for each in ("LPAR", "RPAR", "COMMA")},
}
# Names for the grammar, which know where they stand; keywords for whoever reads.
_WORDS_THAT_SAY = {"optional", "pii", "owner", "tags"}


@cache
def _parser() -> lark.Lark:
    return load(None)


def _tokens(sample: Sample) -> Iterator[tuple[lark.Token, int]]:
    """Yield what the parser takes a text for, with the places; a part that it refuses is left out."""
    for piece in cut(Source.of("sample.seg", sample.text)):
        parsing = _parser().parse_interactive(
            piece.span.text, start="declaration" if piece.is_declaration else "condition"
        )
        try:
            tokens = list(parsing.iter_parse())
            parsing.feed_eof()
        except lark.exceptions.UnexpectedInput:
            continue
        yield from ((each, piece.span.start + each.start_pos) for each in tokens if each.start_pos is not None)


def _expected(token: lark.Token) -> set[str]:
    if token.type in _TALLIES:
        return {"Name.Builtin"}
    if token.type in _NAMES:
        return _OF_NAMES | ({"Keyword"} if token.strip().lower() in _WORDS_THAT_SAY else set())
    # `list of text` is a type.
    return _OF_VALUES.get(token.type, _KEYWORDS | ({"Keyword.Type"} if token.type == "OF" else set()))


def test_words_are_coloured_as_the_parser_reads_them() -> None:
    read = 0
    for sample in samples():
        kinds = [kind for bit, kind in pygments_bits(sample.text) for _ in bit]
        for token, at in _tokens(sample):
            places = range(at, at + len(token))
            shown = {kinds[each] for each in places if not sample.text[each].isspace()}
            assert shown <= _expected(token), f"{sample.name}: {token.type} {token!s}"
            read += 1

    assert read > 15_000
