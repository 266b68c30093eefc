"""Texts as nobody would write them: other spaces and lines, comments in odd places, words in capitals, parts broken."""

from __future__ import annotations

import re
from random import Random

from segql.source import Source
from segql.syntax import Parsed, parse

_PIECE = re.compile(
    r"(?P<comment>#[^\n]*)|(?P<space>\s+)|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`|/(?:[^/\\\s]|\\.)+/i?(?!\w)"
    r"|\w[\w.:%+-]*|[<>=!]+|\S"
)
_SIGN = re.compile(r"[(),=<>]+")
_REMARKS = (
    "# why",
    "#",
    '# "quoted',
    "#  twice # over",
    "# é 名 👍",
    "#segment x where age < 3",
    "# in last 30 days ",
    "# segql: ignore[L104] why",
    "#segql: snooze[unused] until 2030-01-01",
)
_CAPITALS = frozenset({"and", "or", "not", "where", "in", "is", "last", "did", "then", "of", "between", "missing"})
_SCRAPS = ("(", ")", "and", "==", '"', "where", "%%", "\n)", "age <", "segment", "`")


def mangled(text: str, chance: Random, *, wildness: float) -> str:
    """Return a text with the same words, in another layout; the more so the wilder."""
    made: list[str] = []
    for found in _PIECE.finditer(text):
        piece = found[0]
        if found["space"]:
            made.append(_space(piece, chance, wildness))
        elif found["comment"]:
            made.append(piece)
        else:
            if piece in _CAPITALS and chance.random() < wildness / 4:
                piece = chance.choice((piece.upper(), piece.title()))
            if _SIGN.fullmatch(piece) and chance.random() < wildness / 3:
                piece = chance.choice((f" {piece}", f"{piece} ", f" {piece}\n   "))
            made.append(piece)
    return "".join(made)


def broken(text: str, chance: Random) -> str:
    """Return a text with a few scraps in it that do not belong there, or with parts missing."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        if chance.random() < 0.5:
            text = f"{text[:at]} {chance.choice(_SCRAPS)} {text[at:]}"
        else:
            text = text[:at] + text[at + chance.randint(1, 12) :]
    return text


def reads_alike(text: str, other: str) -> bool:
    """Say whether two texts say the same, and nothing wrong."""
    first, second = _read(text), _read(other)
    is_sound = not first.diagnostics and not second.diagnostics
    return is_sound and first.module.declarations == second.module.declarations


def _read(text: str) -> Parsed:
    return parse(Source.of("a.seg", text))


def _space(space: str, chance: Random, wildness: float) -> str:
    draw = chance.random()
    if draw > wildness:
        return space
    lines = space.count("\n")
    indent = space[space.rindex("\n") + 1 :] if lines else "    "
    if draw < wildness / 6:
        remark = chance.choice(_REMARKS)
        return chance.choice(
            (f"  {remark}\n{indent}", f"\n{indent}{remark}\n{indent}", f" {remark}\n\n  {remark}\n{indent}")
        )
    if lines:
        return "\n" * chance.randint(1, 3) + (indent and " " * chance.randint(1, 9))
    return chance.choice(("  ", " " * chance.randint(1, 9), "\t", f"\n{' ' * chance.randint(1, 9)}"))
