"""Two ranges that stand side by side leave out what lies just between them: `age < 30` and `age > 30` leave out 30.

Looked at are segments of one file that ask for the same otherwise, and the tiers of a list. Left out is a single value,
or, of numbers with places, what lies between two neighbouring whole numbers. The example is somebody made up who is in
neither.

Bad:
    segment young
        where age < 30

    segment older
        where age > 30
Good:
    segment young
        where age < 30

    segment older
        where age >= 30
Fix:
    None: to which of the ranges the value belongs has to be decided.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.ranges import Family
from segql.lint.rule import Rule
from segql.logic.regions import Cut, together


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each gap between two ranges that no third one fills."""
    for family in context.families:
        covered = together([each.region for each in family.ranges])
        for start, end in covered.opposite().stretches():
            if start is not None and end is not None and family.is_slip(start, end):
                yield from _told(start, end, family, context)


def _told(start: Cut, end: Cut, family: Family, context: Context) -> Iterator[Diagnostic]:
    ranges = [each for each in family.ranges if not each.is_single]
    around = [each for each in ranges if each.begins_or_ends_at(start) is not each.begins_or_ends_at(end)]
    somebody = family.somebody(start, end, context.prover, met=[])
    if len(around) < 2 or somebody is None:
        return
    one, other = around[:2]
    yield RULE.finding(
        other.span,
        f"between `{one.name}` and `{other.name}` a value is left out",
        "let one of them begin where the other ends, with `<` and `>=`, or with `<=` and `>`",
        labels=[Label(one.span, f"`{one.name}` is here")],
        example=f"{somebody} is in neither",
    )


RULE = Rule("L211", "range-gap", find, needs_catalog=True)
