"""A part of a date is compared where a range of dates would do.

Engines use no index, no partition and no statistics for `year of signed_up_at = 2025`, and read the whole table; a
range they can look up.

Bad:
    segment class_of_2025
        where year of signed_up_at = 2025
Good:
    segment class_of_2025
        where signed_up_at from 2025-01-01 to 2025-12-31
Fix:
    Unsafe: writes the range. It is the same, but the plans do not show that.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import has_comment, put
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each year of a field that is compared with a number."""
    for seen in context.each(ast.Comparison):
        left, right = seen.node.left, seen.node.right
        if not (seen.node.op == "=" and isinstance(left, ast.PartOf) and isinstance(right, ast.Number)):
            continue
        year, operand = right.value, left.operand
        if left.part == "year" and isinstance(operand, ast.Path) and isinstance(year, int) and 1 <= year <= 9999:
            new = f"{operand.span.text} from {year:04}-01-01 to {year:04}-12-31"
            fix = None if has_comment(seen.node.span) else (f"write `{new}`", put(seen.node.span, new))
            yield RULE.finding(seen.node.span, "no engine can look up the year of a field", "ask for a range", fix=fix)


RULE = Rule("L402", "function-on-field", find, Applicability.UNSAFE)
