"""Regular expressions in words that every engine reads alike: classes written out, `.` and `$` made exact."""

from __future__ import annotations

import re

# What the classes stand for, in ASCII; `\\s` has no vertical tab.
_CLASSES = {
    "d": [(0x30, 0x39)],
    "w": [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)],
    "s": [(0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)],
}
_FIRST, _LAST = 0x01, 0x10FFFF
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_CLASS = re.compile(r"\[(\^?)(\]?(?:\\.|[^\]\\])*)\]", re.DOTALL)
_INSIDE = re.compile(r"\\(.)|(.)", re.DOTALL)


def spelled_out(pattern: str, *, end: str = "$") -> str:
    r"""Return a pattern that means the same without `\d \w \s` and `.`; `end` is what matches only at the very end.

    Example:
        >>> spelled_out(r"^\d+.x$", end=r"\z")
        '^[0-9]+[^\n]x\\z'
        >>> spelled_out(r"[\d.]\.[^\s]")
        '[0-9.]\\.[^\t-\n\x0c-\r ]'
    """
    made: list[str] = []
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "[" and (found := _CLASS.match(pattern, at)):
            made.append(f"[{found[1]}{_inside(found[2])}]")
            at = found.end()
            continue
        if sign == "\\":
            made.append(_escaped(pattern[at + 1]))
            at += 2
            continue
        made.append({".": "[^\n]", "$": end}.get(sign, sign))
        at += 1
    return "".join(made)


def _escaped(letter: str) -> str:
    if letter.lower() in _CLASSES:
        sign = "^" if letter.isupper() else ""
        return f"[{sign}{_ranges(_CLASSES[letter.lower()])}]"
    return _CONTROLS.get(letter, "\\" + letter)


def _inside(text: str) -> str:
    """Return what stands in square brackets, with classes written out and brackets escaped."""
    made: list[str] = []
    for found in _INSIDE.finditer(text):
        escaped, plain = found.groups()
        if plain is not None:
            made.append("\\" + plain if plain in "[]" else plain)
        elif escaped.lower() in _CLASSES:
            ranges = _CLASSES[escaped.lower()]
            made.append(_ranges(_complement(ranges) if escaped.isupper() else ranges))
        else:
            made.append(_CONTROLS.get(escaped, "\\" + escaped))
    return "".join(made)


def _ranges(ranges: list[tuple[int, int]]) -> str:
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in ranges)


def _complement(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    starts = [_FIRST, *(last + 1 for _, last in ranges)]
    ends = [*(first - 1 for first, _ in ranges), _LAST]
    return list(zip(starts, ends, strict=True))
