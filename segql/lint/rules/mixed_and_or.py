"""`and` and `or` stand side by side without brackets.

`and` binds tighter than `or`, so `a or b and c` is `a or (b and c)`. Half of all readers take it for `(a or b) and c`,
which is a smaller group of people. Brackets say which is meant.

Bad:
    segment worth_a_letter
        where country = "DE" or country = "AT" and marketing_ok
Good:
    segment worth_a_letter
        where country = "DE" or (country = "AT" and marketing_ok)
Fix:
    Safe: puts the brackets where they are read already. If the other reading was meant, the segment was wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic, Edit
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.source import Span
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each `or` that has an `and` without brackets beside it."""
    for seen in context.each(ast.Or):
        inner = [each for each in seen.node.operands if isinstance(each, ast.And)]
        if not inner:
            continue
        edits = [edit for each in inner for edit in _bracketed(each.span)]
        yield RULE.finding(
            inner[0].span,
            "`and` stands beside `or` without brackets",
            "`and` binds tighter; brackets say so to readers",
            fix=("put the brackets that are meant now", edits),
        )


def _bracketed(span: Span) -> list[Edit]:
    source = span.source
    return [Edit(source.span(span.start, span.start), "("), Edit(source.span(span.end, span.end), ")")]


RULE = Rule("L201", "mixed-and-or", find, Applicability.SAFE)
