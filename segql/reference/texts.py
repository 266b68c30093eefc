"""What is done with texts: case by the simple Unicode mapping, tests, patterns."""

from __future__ import annotations

import functools
import hashlib
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


def bucket(seed: str, key: object) -> int | None:
    """Return the bucket of a key, None if it is missing."""
    if key is None:
        return None
    digest = hashlib.md5(f"{seed}:{key}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) % 10_000


def found(pattern: str, text: str) -> bool:
    """Say whether the pattern is found anywhere in the text."""
    return _compiled(pattern).search(text) is not None


@functools.lru_cache(maxsize=1_000)
def _like(pattern: str) -> re.Pattern[str]:
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(each) or re.escape(each) for each in pattern), re.DOTALL)


# Python's own `\s` holds the vertical tab too, that of other engines does not.
_SPACES = {r"\s": r" \t\n\r\f"}
_SPACE = {r"\s": r"[ \t\n\r\f]", r"\S": r"[^ \t\n\r\f]"}


@functools.lru_cache(maxsize=1_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern in which a `$` is the end of the text only, and `\s` a blank, a tab, `\n`, `\r` or `\f`."""
    parts: list[str] = []
    in_class = False
    for piece in re.findall(r"\\.|.", pattern, re.DOTALL):
        in_class = piece == "[" or (in_class and piece != "]")
        if piece == "$" and not in_class:
            parts.append(r"\Z")
        else:
            parts.append(_SPACES.get(piece, piece) if in_class else _SPACE.get(piece, piece))
    return re.compile("".join(parts), re.ASCII)
