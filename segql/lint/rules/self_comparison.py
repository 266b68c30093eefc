"""A value is compared with itself.

`x = x` holds for whoever has a value, `x < x` for nobody: one of the sides was meant to be something else.

Bad:
    segment moved
        where country != country
Good:
    segment moved
        where country != city
Fix:
    None: what was meant has to be written. For whoever has a value, write `x is known`.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.reading import bare, is_constant
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each comparison of two equal sides."""
    for seen in context.each(ast.Comparison):
        left, right = bare(seen.node.left), bare(seen.node.right)
        if left == right and not is_constant(left) and not isinstance(left, ast.Hole):
            name = left.span.text
            hint = f"for those who have a value, write `{name} is known`"
            yield RULE.finding(seen.node.span, f"`{name}` is compared with itself", hint)


RULE = Rule("L104", "self-comparison", find)
