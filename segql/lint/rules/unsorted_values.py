"""The values of a list are in no order.

In order, a value that is missing or stands twice is seen, and two people who add one change different lines. Off by
default, since an order of meaning is often better.

Bad:
    segment german_speaking
        where country in ("DE", "AT", "CH")
Good:
    segment german_speaking
        where country in ("AT", "CH", "DE")
Fix:
    Safe: puts them in order.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic, Edit
from segql.lint.context import Context
from segql.lint.reading import has_comment, value_of
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each list of texts, or of numbers, that is not in order."""
    for seen in context.each(ast.InValues):
        values = seen.node.values
        known = [value_of(each) for each in values]
        if len({type(each) for each in known}) != 1 or known[0] is None:
            continue
        order = sorted(values, key=value_of)  # type: ignore[arg-type]
        if list(values) == order:
            continue
        edits = [Edit(old.span, new.span.text) for old, new in zip(values, order, strict=True) if old is not new]
        span = values[0].span.to(values[-1].span)
        fix = None if has_comment(span) else ("put them in order", edits)
        yield RULE.finding(span, "these values are in no order", "put them in order", fix=fix)


RULE = Rule("L607", "unsorted-values", find, Applicability.SAFE, is_on=False)
