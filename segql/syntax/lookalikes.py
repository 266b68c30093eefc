"""Letters of other scripts that look like Latin ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Embeddings, overrides and isolates change how a line reads; plain direction marks do not.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# The letters that are drawn alike in most fonts, from the Unicode confusables (UTS 39), Cyrillic and Greek only.
_ALIKE = dict(
    zip(
        "аеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧαορνυιАВЕКМНОРСТХѴІЈЅ",
        "aeopcyxijshdqwABEZHIKMNOPTYXaopvuiABEKMHOPCTXVIJS",
        strict=True,
    )
)


def strangers(word: str) -> list[str]:
    r"""Return the letters of `word` that look like Latin ones but are not, where it has Latin letters too.

    Example:
        >>> strangers("\u0430ge")
        ['а']
    """
    has_latin = any(letter.isascii() and letter.isalpha() for letter in word)
    looks = [letter for letter in word if letter in _ALIKE or unicodedata.normalize("NFKC", letter) != letter]
    alone = all(letter in _ALIKE or not letter.isalpha() for letter in word)
    return list(dict.fromkeys(looks)) if has_latin or alone else []


def latin(word: str) -> str:
    """Return `word` with look-alike letters replaced by the Latin ones that they look like."""
    return "".join(_ALIKE.get(letter, letter) for letter in unicodedata.normalize("NFKC", word))


def named(letters: Iterable[str]) -> str:
    """Return letters by their names.

    Example:
        >>> named("\u2013")
        'U+2013 EN DASH'
    """
    return ", ".join(f"U+{ord(each):04X} {unicodedata.name(each, '')}".rstrip() for each in letters)
