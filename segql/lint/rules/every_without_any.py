"""`every … where` also holds for whoever has no such row at all.

Who has no subscription has no subscription that is not active, so `every subscription where (status = "active")` holds
for all of them: mostly far more people than were meant. Ask for `any subscription` beside it. Below a `not` it is the
other way round, and nothing is said.

Bad:
    segment all_boxes_run
        where every subscription where (status = "active")
Good:
    segment all_boxes_run
        where any subscription and every subscription where (status = "active")
Fix:
    Unsafe: adds the condition, which leaves those people out.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic, Edit
from segql.lint.context import Context
from segql.lint.reading import bare
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import children


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each `every` that stands without an `any` of the same rows beside it."""
    for seen in context.each(ast.Quantified):
        node = seen.node
        if node.how != "every" or node.where is None or seen.in_rows or seen.is_negated:
            continue
        beside = map(bare, children(seen.parent)) if isinstance(seen.parent, ast.And) else iter(())
        if any(_is_some(each, node.rows) for each in beside):
            continue
        rows = node.rows.span.text
        start = node.span.source.span(node.span.start, node.span.start)
        is_joined = isinstance(seen.parent, ast.And | ast.Segment)
        fix = (f"ask for `any {rows}`, too", [Edit(start, f"any {rows} and ")]) if is_joined else None
        message = f"this also holds where there is no `{rows}` at all"
        yield RULE.finding(node.span, message, f"add `any {rows}` to leave those out", fix=fix)


def _is_some(node: object, rows: ast.Path) -> bool:
    match node:
        case ast.Quantified(how="any", rows=other):
            return other == rows
        case ast.Quantified(how="count", rows=other, how_many=ast.HowMany(at_least=least)):
            return other == rows and bool(least)
        case ast.Did(negated=False, occurrence=ast.Occurrence(event=event)):
            return event == rows
    return False


RULE = Rule("L302", "every-without-any", find, Applicability.UNSAFE)
