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


def _lower(letter: str) -> str:
    low = letter.lower()
    return low if len(low) == 1 else "i"
