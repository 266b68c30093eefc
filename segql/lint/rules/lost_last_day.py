"""A timestamp is compared with a date so that the last day is lost.

A date is the instant of its midnight: `signed_up_at <= 2026-01-31` ends where that day begins, and leaves out all but
the first instant of it. Mostly the whole day was meant.

Bad:
    segment joined_in_january
        where signed_up_at between 2026-01-01 and 2026-01-31
Good:
    segment joined_in_january
        where signed_up_at from 2026-01-01 to 2026-01-31
Fix:
    Unsafe: brings the last day in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import has_comment, put
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node
from segql.types import Kind


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each upper end of timestamps that is a date."""
    for seen in context.each(ast.Between):
        node = seen.node
        if not isinstance(node.high, ast.Date) or not _is_timestamp(node.operand, context):
            continue
        new = f"{node.operand.span.text} from {node.low.span.text} to {node.high.span.text}"
        can_say = isinstance(node.low, ast.Date) and not node.negated and not has_comment(node.span)
        fix = (f"write `{new}`", put(node.span, new)) if can_say else None
        hint = f"write `from {node.low.span.text} to {node.high.span.text}`, which has both days in"
        yield RULE.finding(node.high.span, _message(node.high), hint, fix=fix)
    for compared in context.each(ast.Comparison):
        end = compared.node.right
        if compared.node.op == "<=" and isinstance(end, ast.Date) and _is_timestamp(compared.node.left, context):
            # Behind the last day that can be written there is none.
            if end.value == dt.date.max:
                continue
            new = f"{compared.node.left.span.text} < {end.value + dt.timedelta(days=1)}"
            fix = None if has_comment(compared.node.span) else (f"write `{new}`", put(compared.node.span, new))
            yield RULE.finding(end.span, _message(end), "write the first instant that is left out, with `<`", fix=fix)


def _message(end: ast.Date) -> str:
    return f"`{end.span.text}` is the midnight with which that day begins, so the day itself is left out"


def _is_timestamp(node: Node, context: Context) -> bool:
    field = context.field(node)
    return field is not None and field.type.kind is Kind.TIMESTAMP


RULE = Rule("L105", "lost-last-day", find, Applicability.UNSAFE, needs_catalog=True)
