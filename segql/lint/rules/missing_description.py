"""A segment has no description.

Whoever finds it in a list a year from now has to read its condition to know what it is for. Off by default.

Bad:
    segment young
        where age < 30
Good:
    segment young
        "Gets the student offer."
        where age < 30
Fix:
    None: it has to be thought of.
Settings:
    tagged: only segments with one of these tags are looked at; all of them if it is not set.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.reading import said_of
from segql.lint.rule import Rule


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each segment without description."""
    tagged: tuple[str, ...] = context.option(RULE.name, "tagged")
    for each in context.segments:
        is_meant = not tagged or bool(set(tagged) & set(said_of(each, "tags")))
        if is_meant and each.description is None:
            place = each.condition.span if each.name.span == each.span else each.name.span
            yield RULE.finding(place, f"`{each.name.text}` has no description", "put a text in quotes behind the name")


RULE = Rule("L501", "missing-description", find, is_on=False, settings={"tagged": ()})
