"""Two ranges that stand side by side have one value in common: `age <= 30` and `age >= 30` both hold 30.

Looked at are segments of one file that ask for the same otherwise. Whoever adds their counts, or writes to both, counts
or writes twice. The example is somebody made up who is in both.

Bad:
    segment young
        where age between 18 and 30

    segment older
        where age between 30 and 45
Good:
    segment young
        where age between 18 and 30

    segment older
        where age between 31 and 45
Fix:
    None: to which of the ranges the value belongs has to be decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.ranges import Family, Range
from segql.lint.rule import Rule
from segql.logic.regions import common

# Of more ranges of one value nothing is said: each would be held against each.
_RANGES_MOST = 50


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each pair of ranges that have a single value in common."""
    for family in context.families:
        # In a list of tiers the first that holds wins.
        if not family.is_first_wins and len(family.ranges) <= _RANGES_MOST:
            for one, other in combinations(family.ranges, 2):
                yield from _told(one, other, family, context)


def _told(one: Range, other: Range, family: Family, context: Context) -> Iterator[Diagnostic]:
    stretches = list(common([one.region, other.region]).stretches())
    # A range that lies in the other one was meant to.
    if len(stretches) != 1 or common([one.region, other.region]) in {one.region, other.region}:
        return
    ((start, end),) = stretches
    if start is None or end is None or not family.is_slip(start, end):
        return
    somebody = family.somebody(start, end, context.prover, met=[one, other])
    if somebody is None:
        return
    yield RULE.finding(
        other.span,
        f"`{one.name}` and `{other.name}` have a value in common",
        "let one of them begin where the other ends, with `<` and `>=`, or with `<=` and `>`",
        labels=[Label(one.span, f"`{one.name}` is here")],
        example=f"{somebody} is in both",
    )


RULE = Rule("L212", "range-overlap", find, needs_catalog=True)
