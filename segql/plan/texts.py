"""Case, one letter for one letter."""

from __future__ import annotations


def simple_lower(text: str) -> str:
    """Return `text` in lower letters by the simple mapping of Unicode: one code point becomes one code point.

    Source: Unicode Character Database, UnicodeData.txt, field Simple_Lowercase_Mapping. Python's own `lower` uses the
    full mapping, which differs for one letter, and looks around for the Greek sigma.

    Example:
        >>> simple_lower("ÀΣ")
        'àσ'
    """
    return "".join(_lower(letter) for letter in text)


def simple_upper(text: str) -> str:
    """Return `text` in upper letters by the simple mapping of Unicode: one code point becomes one code point.

    Source: Unicode Character Database, UnicodeData.txt, field Simple_Uppercase_Mapping.

    Example:
        >>> simple_upper("straße")
        'STRAßE'
    """
    return "".join(_upper(letter) for letter in text)


def _lower(letter: str) -> str:
    low = letter.lower()
    return low if len(low) == 1 else "i"


def _upper(letter: str) -> str:
    # The full mapping of letters with iota subscript is longer; the simple one is their title case.
    return next((each for each in (letter.upper(), letter.title()) if len(each) == 1), letter)
