"""A segment holds a fixed date beside a window that moves with the clock.

The one stands still while the other goes on, so that the segment slowly becomes another one: in a year the date lies
far outside of the window. Off by default, since a start date is often meant so.

Bad:
    segment new_and_active
        where signed_up_at since 2025-09-01
          and did purchase in last 30 days
Good:
    segment new_and_active
        where signed_up_at in last 90 days
          and did purchase in last 30 days
Fix:
    None: what was meant has to be written.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node

_MOVING = (
    *(ast.Last, ast.Next, ast.Calendar, ast.MoreThan, ast.BetweenAgo, ast.Exactly),
    *(ast.Now, ast.Today, ast.DaysSince),
)


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield the first fixed date of each segment that also holds what moves."""
    moving: dict[int, Node] = {}
    for kind in _MOVING:
        for seen in context.each(kind):
            moving.setdefault(id(seen.declaration), seen.node)
    for fixed in (*context.each(ast.Date), *context.each(ast.Timestamp)):
        window = moving.pop(id(fixed.declaration), None) if isinstance(fixed.declaration, ast.Segment) else None
        if window is not None:
            message = f"`{fixed.node.span.text}` stands still, and `{window.span.text}` moves"
            labels = [Label(window.span, "this moves with the clock")]
            yield RULE.finding(fixed.node.span, message, "let both move, or both stand still", labels=labels)


RULE = Rule("L203", "fixed-date", find, is_on=False)
