"""A segment reads a field that says who somebody is, and is not tagged as one that may.

Fields are declared `pii` in the catalog. Who may use them for what is a question of law: the tag says that it was
answered. Whether such a field is missing may be asked. Off by default.

Bad:
    segment at_one_provider
        where email ends with "@shop.example"
Good:
    segment at_one_provider
        tags pii
        where email ends with "@shop.example"
Fix:
    None: the question has to be answered first.
Settings:
    tags: the tags that allow it; `["pii"]` if it is not set.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.reading import said_of
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield the first such field of each segment without such a tag."""
    allowed: set[str] = set(context.option(RULE.name, "tags"))
    told: set[int] = set()
    for seen in context.each(ast.Path):
        segment = seen.declaration
        if not isinstance(segment, ast.Segment) or id(segment) in told or isinstance(seen.parent, ast.IsMissing):
            continue
        field = context.field(seen.node)
        if field is not None and field.pii and not allowed & set(said_of(segment, "tags")):
            told.add(id(segment))
            name = seen.node.span.text
            hint = f"tag the segment {' or '.join(f'`{each}`' for each in sorted(allowed))} when that is allowed"
            yield RULE.finding(seen.node.span, f"`{name}` says who somebody is", hint)


RULE = Rule("L504", "pii-field", find, is_on=False, needs_catalog=True, settings={"tags": ("pii",)})
