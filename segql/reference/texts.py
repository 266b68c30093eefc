"""What is done with texts: case by the simple Unicode mapping, tests, patterns."""

from __future__ import annotations

import functools
import re
from typing import assert_never

from segql.plan import TextTest


def lower(text: str) -> str:
    """Return the text in lower case, one code point for one."""
    return "".join(map(_lower, text))


def upper(text: str) -> str:
    """Return the text in upper case, one code point for one: `ß` stays."""
    return "".join(map(_upper, text))


def _lower(letter: str) -> str:
    # The only letter whose full mapping is longer is I with a dot above.
    return letter.lower()[0]


def _upper(letter: str) -> str:
    # The full mapping of letters with iota subscript is longer; the simple one is their title case.
    return next((each for each in (letter.upper(), letter.title()) if len(each) == 1), letter)


def passes(test: TextTest, text: str | None, other: str | None) -> bool:
    """Say whether both texts are known and the first passes the test against the other."""
    if text is None or other is None:
        return False
    match test:
        case TextTest.STARTS:
            return text.startswith(other)
        case TextTest.ENDS:
            return text.endswith(other)
        case TextTest.CONTAINS:
            return other in text
        case TextTest.LIKE:
            return _like(other).fullmatch(text) is not None
        case _:
            assert_never(test)


def found(pattern: str, text: str, *, ignoring_case: bool) -> bool:
    """Say whether the pattern is found anywhere in the text; ignoring case lowers both."""
    return _compiled(pattern, ignoring_case).search(lower(text) if ignoring_case else text) is not None


@functools.lru_cache(maxsize=1_000)
def _like(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(each) or re.escape(each) for each in pattern), re.DOTALL)


@functools.lru_cache(maxsize=1_000)
def _compiled(pattern: str, lowered: bool) -> re.Pattern[str]:
    """Compile a pattern in which a `$` is the end of the text only, and letters may be lowered, but no escapes."""
    parts: list[str] = []
    in_class = False
    for piece in re.findall(r"\\.|.", pattern, re.DOTALL):
        in_class = piece == "[" or (in_class and piece != "]")
        if piece == "$" and not in_class:
            parts.append(r"\Z")
        else:
            parts.append(lower(piece) if lowered and len(piece) == 1 else piece)
    return re.compile("".join(parts), re.ASCII)
