"""A segment reads a field that the project does not want in segments.

Which these are, the settings say: a column that will go, or one that must decide about nobody, as an origin.

Bad (with fields = ["customer.age"]):
    segment young
        where age < 30
Good (with fields = ["customer.age"]):
    segment students
        where tags has "student"
Fix:
    None: another field has to be found.
Settings:
    fields: the fields, each as `entity.field` or `event.field`; none if it is not set.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each use of a field that the settings name."""
    fields = set(context.option(RULE.name, "fields"))
    for seen in context.each(ast.Path) if fields else ():
        full = context.full_name(seen.node)
        if full in fields:
            yield RULE.finding(seen.node.span, f"`{full}` is not wanted in segments", "use another field")


RULE = Rule("L505", "banned-field", find, needs_catalog=True, settings={"fields": ()})
