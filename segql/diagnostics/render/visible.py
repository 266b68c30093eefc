"""Text made safe to show: what a terminal would obey or hide is written out."""

from __future__ import annotations

import unicodedata

# Joiners shape emoji and many scripts; they move nothing and stay as they are.
_JOINERS = "\u200c\u200d"
_NAMED = {"\t": " ", "\n": "\\n", "\r": "\\r"}


def visible(text: str) -> str:
    r"""Return `text` with control, bidirectional and invisible characters as `\u{…}`, tabs as spaces.

    Example:
        >>> visible("a\u202eb")
        'a\\u{202e}b'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(letter: str) -> str:
    if letter in _NAMED:
        return _NAMED[letter]
    # Cc and Cf command the terminal or the order of letters, Zl and Zp break lines, and Cs
    # cannot be printed at all.
    hidden = unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"} or _is_no_letter(ord(letter))
    return f"\\u{{{ord(letter):x}}}" if hidden and letter not in _JOINERS else letter


def _is_no_letter(point: int) -> bool:
    """Say whether a code point stands for no letter for ever; XML cannot hold some of them."""
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
