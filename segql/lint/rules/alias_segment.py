"""A segment is only another one, and does not say why.

A second name may be right, for an audience elsewhere that must not be renamed, say; then a description, an owner or
tags of its own tell so. Else it is one name too many.

Bad:
    segment young
        where age < 30

    segment youth
        where in segment young
Good:
    segment young
        where age < 30

    segment youth
        "The name that the letters go by."
        where in segment young
Fix:
    None: whether the name is needed nobody else knows.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.reading import bare
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each segment that is another one, without a word about it."""
    for each in context.segments:
        condition = bare(each.condition)
        if not isinstance(condition, ast.InSegment) or each.description or each.metadata:
            continue
        if condition.operand is None and condition.as_of is None:
            message = f"`{each.name.text}` is only another name of `{condition.segment.text}`"
            yield RULE.finding(each.condition.span, message, "say in a description what it is for, or take it away")


RULE = Rule("L206", "alias-segment", find)
