"""What may stand at a place, in the words of a reader."""

from __future__ import annotations

from collections.abc import Collection

from segql.syntax.cutting import DECLARATIONS

# By the terminals that the grammar accepts at the place; the order is that of the hint, and only the first are told.
_TOLD = (
    ({"FOR"}, "`for` and a length of time, as in `for 30 days`"),
    ({"AFTER_A_GAP_OF"}, "`after a gap of` and a length of time, as in `after a gap of 30 days`"),
    ({"THEN"}, "`then` and the next step"),
    ({"IN_ANY_ORDER"}, "`in any order within` and a length of time"),
    ({"OF_THE_LAST"}, "`of the last` and how many, as in `of the last 8 weeks`"),
    ({"POINTS"}, "`points`"),
    ({"MORE_THAN"}, "a window such as `in last 30 days`"),
    ({"UNIT"}, "a unit such as `day`, `week` or `month`"),
    ({"DURATION"}, "a length of time such as `90 days`"),
    ({"ROW"}, "a field on a line of its own"),
    ({"WHEN"}, "`when` and a condition"),
    ({"WHERE"}, "`where`"),
    ({"KEY"}, "`key` and a column"),
    ({"BY"}, "`by` and a column"),
    ({"AT"}, "`at` and a column"),
    ({"OF"}, "`of`"),
    ({"LPAR"}, "`(`"),
    ({"NAME", "QUOTED_NAME"}, "a name"),
    ({"TEXT"}, "a text in quotes"),
    ({"NUMBER"}, "a number"),
    ({"COMMA"}, "`,`"),
    ({"RPAR"}, "`)`"),
    ({"AGO"}, "`ago`"),
    ({"SEED"}, "`seed`"),
    ({"TIMES"}, "`times`"),
    ({"ARM"}, "an arm and its percentage, as in `control 50%`"),
    ({"TIER"}, "a tier and its condition, as in `gold when spend > 100`"),
    ({"SCORED"}, "points and their condition, as in `+20 when age < 30`"),
)
_TOLD_MOST = 4


def told(accepts: Collection[str]) -> list[str]:
    """Return what may stand where these terminals are accepted.

    Example:
        >>> told({"AND", "OR", "$END"})
        ['`and`', '`or`']
    """
    accepted = set(accepts)
    if {"ENTITY", "SEGMENT", "TRAIT"} <= accepted:
        return [f"`{each}`" for each in DECLARATIONS]
    if "HOLE" in accepted:
        return ["a field", "a value", "a condition"] if "DID" in accepted else ["a field", "a value"]
    found = ["a comparison such as `= 30`"] if "COMPARE" in accepted else []
    if "AND" in accepted:
        # Windows and other endings are possible in most places; `and` is what is meant.
        return [*found, *(["`where (…)`"] if "WHERE" in accepted else []), "`and`", "`or`"]
    found += [words for terminals, words in _TOLD if terminals & accepted]
    return found[:_TOLD_MOST]
