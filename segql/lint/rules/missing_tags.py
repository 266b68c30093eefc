"""A segment has no tags.

It is left out wherever segments are chosen by tag. Off by default.

Bad:
    segment young
        where age < 30
Good:
    segment young
        tags demographic
        where age < 30
Fix:
    None: it has to be thought of.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.reading import said_of
from segql.lint.rule import Rule


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each segment without tags."""
    for each in context.segments:
        if not said_of(each, "tags"):
            place = each.condition.span if each.name.span == each.span else each.name.span
            yield RULE.finding(place, f"`{each.name.text}` has no tags", "write `tags` and a few words")


RULE = Rule("L503", "missing-tags", find, is_on=False)
