"""Words of the language that are misspelt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from segql.diagnostics import nearest
from segql.syntax import errors
from segql.syntax.lookalikes import latin
from segql.syntax.mending.habit import changed
from segql.syntax.mending.mend import Mend, Spot

# The words of each terminal that is made of words, as they are written.
PHRASES: dict[str, tuple[str, ...]] = {
    "AND": ("and",),
    "OR": ("or",),
    "NOT": ("not",),
    "IN": ("in",),
    "IS": ("is",),
    "WHERE": ("where",),
    "BETWEEN": ("between",),
    "CONTAINS": ("contains",),
    "STARTS_WITH": ("starts with",),
    "ENDS_WITH": ("ends with",),
    "MATCHES": ("matches",),
    "LIKE": ("like",),
    "HAS": ("has",),
    "HAS_ANNIVERSARY": ("has anniversary",),
    "IGNORING_CASE": ("ignoring case",),
    "MISSING": ("missing",),
    "KNOWN": ("known",),
    "ANY_OF": ("any of",),
    "ALL_OF": ("all of",),
    "LAST": ("last",),
    "NEXT": ("next",),
    "THIS": ("this",),
    "PREVIOUS": ("previous",),
    "UNIT": ("day", "week", "month", "quarter", "year"),
    "MORE_THAN": ("more than",),
    "AGO": ("ago",),
    "FROM_NOW": ("from now",),
    "SINCE": ("since",),
    "BEFORE": ("before",),
    "AFTER": ("after",),
    "WITHIN": ("within",),
    "EXACTLY": ("exactly",),
    "AT_LEAST": ("at least",),
    "AT_MOST": ("at most",),
    "TIMES": ("times",),
    "ONCE": ("once",),
    "TWICE": ("twice",),
    "THEN": ("then",),
    "TODAY": ("today",),
    "TOMORROW": ("tomorrow",),
    "YESTERDAY": ("yesterday",),
    "SEGMENT_REF": ("segment",),
    "ANY_SEGMENT": ("any segment",),
    "LIST_REF": ("list",),
    "TOP": ("top",),
    "BOTTOM": ("bottom",),
    "FROM": ("from",),
    "TO": ("to",),
    "KEY": ("key",),
    "BY": ("by",),
    "AT": ("at",),
    "OF": ("of",),
    "SEED": ("seed",),
    "WHEN": ("when",),
    "OTHERWISE": ("otherwise",),
}

# Words that begin a condition, where a misspelt one is read as a field; the mistake shows at the next word.
_BEGINNINGS = (
    "did",
    "did not",
    "never did",
    "not",
    "any",
    "no",
    "every",
    "none of",
    "at least",
    "at most",
    "exactly",
    "between",
    "days since",
    "month of",
    "weekday of",
    "year of",
    "day of",
    "most common",
    "active days",
    "avg gap",
    "first",
    "stopped",
    "resumed",
    "in segment",
    "in list",
)
_UNITS = ("seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years")


def units(spot: Spot) -> Iterator[Mend]:
    """Yield the mend for a misspelt unit of time, or for one that is missing."""
    found = next(spot.around(r"(?P<count>\d[\d_]*)(?P<gap>\s*)(?P<unit>[^\W\d]\w*)?", 40), None)
    if found is None or ("DURATION" not in spot.accepts and not nearest(found["unit"] or "", _UNITS)):
        return
    start, end = found.span("unit")
    unit = found["unit"] or ""
    if unit and not re.fullmatch(
        r"and|or|where|as|then|ago|from|after|before|of|among|in|times|ignoring|for|up", unit, re.IGNORECASE
    ):
        near = nearest(unit, _UNITS)
        ours = near[0] if near else "days"
        yield changed(spot, start, end, ours, errors.unknown_unit(spot.span(start, end), near))
    elif "DURATION" in spot.accepts:
        start, end = found.span("count")
        yield changed(spot, end, end, " days ", errors.missing_unit(spot.span(start, end)))


def misspelt(spot: Spot) -> Iterator[Mend]:
    """Yield mends for a misspelt word at the place, or before it."""
    known = [phrase for terminal in sorted(spot.accepts) for phrase in PHRASES.get(terminal, ())]
    yield from _nearest_phrases(spot, spot.at, known)
    start, end = spot.last
    if re.fullmatch(r"[^\W\d]\w*", spot.text.text[start:end]):
        yield from _nearest_phrases(spot, start, _BEGINNINGS)
        # The first of two words was read as a keyword of its own: `starts wiht`, `at lest`.
        yield from _nearest_phrases(spot, start, [each for pair in PHRASES.values() for each in pair if " " in each])


def _nearest_phrases(spot: Spot, start: int, known: list[str] | tuple[str, ...]) -> Iterator[Mend]:
    """Yield the word or words from `start` in the spelling of the nearest of the known ones."""
    for count in (2, 1):
        found = re.compile(r"[^\W\d]\w*" + r"\s+[^\W\d]\w*" * (count - 1)).match(spot.text.text, start)
        if found is None or spot.text.text[found.end() : spot.at].strip():
            continue
        word = " ".join(found[0].split())
        same_length = [each for each in known if each.count(" ") == count - 1]
        near = nearest(latin(word), same_length)
        if near and near[0] != word.lower():
            yield changed(spot, *found.span(), near[0], errors.misspelt_word(spot.span(*found.span()), near[0]))
