"""A row of a score is worth nothing.

It changes no score, and readers take it for one that counts.

Bad:
    score warmth
        +10 when did purchase
        +0 when did newsletter_click
Good:
    score warmth
        +10 when did purchase
        +5 when did newsletter_click
Fix:
    None: the points have to be given, or the row taken away.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each row of no points, or of which no points are let through."""
    for seen in context.each(ast.Points):
        if not seen.node.points:
            yield RULE.finding(seen.node.span, "this row adds nothing to the score", "give it points, or take it away")
        elif seen.node.cap is not None and not seen.node.cap.value:
            yield RULE.finding(
                seen.node.cap.span, "up to 0 points is nothing", "give more points, or take the row away"
            )


RULE = Rule("L106", "zero-points", find)
