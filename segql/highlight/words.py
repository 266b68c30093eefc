"""The keywords, each with what must follow it: without that a soft word is a name, as far as one line can tell.

Hard words and most phrases are keywords wherever they stand. What a parser knows by what it expects is guessed from
what comes next: `any purchase` is a quantifier, `any = 3` a field called `any`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segql.highlight.kinds import CONSTANT, FUNCTION, KEYWORD, LOGIC, Kind

# Never names.
HARD = (
    "and",
    "or",
    "not",
    "in",
    "is",
    "did",
    "where",
    "then",
    "when",
    "otherwise",
    "exactly",
    "true",
    "false",
    "now",
    "today",
    "everyone",
    "nobody",
)
UNITS = ("day", "week", "month", "quarter", "year")
TYPES = ("boolean", "integer", "decimal", "float", "text", "date", "timestamp", "json")
# Whatever stands before one of these is compared by it, or ends there, and is a name.
OPERATORS = (
    "and",
    "or",
    "not",
    "in",
    "is",
    "between",
    "has",
    "contains",
    "starts",
    "ends",
    "matches",
    "like",
    "more",
    "less",
    "since",
    "before",
    "from",
    "within",
    "exactly",
    "mod",
    "then",
    "where",
    "ignoring",
)

_SPACE = r"[ \t]+"
_ANYWHERE = ""
_A_NAME = rf"(?={_SPACE}(?!(?i:{'|'.join(OPERATORS)})(?!\w))(?:[^\W\d]|`))"
_A_NUMBER = rf"(?={_SPACE}[0-9])"
_A_BRACKET = r"(?=[ \t]*\()"
_A_TEXT = r"(?=[ \t]*[\"'])"
# A name, or several of them.
_NAMES = rf"(?:{_A_NAME}|{_A_BRACKET})"
# What `within` takes: a length of time, or what people are ranked in.
_A_GROUP = rf"(?:{_A_NAME}|{_A_NUMBER}|(?={_SPACE}\())"
# Anything but what would make the word itself a value: a sign, the next argument, another operator.
_A_VALUE = (
    rf"(?={_SPACE}[^\s#=<>!+*/,).])(?!{_SPACE}-[ \t])"
    rf"(?!{_SPACE}(?i:and|or|in|is|between|has|contains|starts|ends|matches|like)(?!\w))"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword, of one word or of several, what it is, and the pattern of what must follow."""

    text: str
    kind: Kind
    follows: str

    @property
    def pattern(self) -> str:
        r"""The regular expression that finds it.

        Example:
            >>> Word("at least", KEYWORD, "").pattern
            '(?i:at[ \\t]+least)(?!\\w)'
        """
        return rf"(?i:{_SPACE.join(self.text.split())})(?!\w){self.follows}"


def _words(kind: Kind, follows: str, *texts: str) -> Iterator[Word]:
    return (Word(each, kind, follows) for each in texts)


# Longer ones first: the first that is found is taken.
WORDS: tuple[Word, ...] = (
    # Of several words.
    *_words(KEYWORD, _ANYWHERE, "after any in the", "after a gap of", "of the last", "periods of", "in any order"),
    *_words(KEYWORD, _ANYWHERE, *(f"every {unit} for" for unit in UNITS)),
    *_words(KEYWORD, _A_BRACKET, "none of"),
    *_words(KEYWORD, _ANYWHERE, "any of", "all of", "one of", "at least", "at most", "more than", "less than"),
    *_words(KEYWORD, _ANYWHERE, "starts with", "ends with", "has anniversary", "ignoring case", "never did"),
    *_words(KEYWORD, _ANYWHERE, "as of", "days since", "from now", "all within", "any event", "for each", "up to"),
    *_words(KEYWORD, _ANYWHERE, *(f"{part} of" for part in (*UNITS, "weekday", "hour"))),
    *_words(KEYWORD, _A_NUMBER, "min lift", "min support"),
    *_words(KEYWORD, _ANYWHERE, "entered segment", "left segment"),
    *_words(FUNCTION, _A_BRACKET, "most common", "active days", "avg gap"),
    # Hard ones.
    *_words(LOGIC, _ANYWHERE, "and", "or", "not", "in", "is"),
    *_words(KEYWORD, _ANYWHERE, "did", "where", "then", "when", "otherwise", "exactly"),
    *_words(CONSTANT, _ANYWHERE, "true", "false", "now", "today", "everyone", "nobody"),
    # Soft ones.
    *_words(KEYWORD, _A_NUMBER, "last", "next", "previous", "top", "bottom"),
    *_words(KEYWORD, _NAMES, "any", "no", "every", "among"),
    *_words(KEYWORD, _A_NUMBER, "any", "for"),
    *_words(KEYWORD, _A_NAME, "first", "stopped", "resumed", "immediately", "distinct", "as"),
    *_words(KEYWORD, _A_NAME, "key", "by", "at"),
    *_words(KEYWORD, _A_GROUP, "within"),
    *_words(KEYWORD, _A_VALUE, "between", "has", "contains", "matches", "like", "since", "before", "after"),
    *_words(KEYWORD, _A_VALUE, "from", "to", "of"),
    *_words(LOGIC, _A_VALUE, "mod"),
    *_words(CONSTANT, _ANYWHERE, "tomorrow", "yesterday"),
    *_words(KEYWORD, _A_TEXT, "seed"),
)
