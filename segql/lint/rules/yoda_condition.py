"""A comparison begins with its constant.

`30 > age` says of thirty what is meant of the age, and is read twice.

Bad:
    segment young
        where 30 > age
Good:
    segment young
        where age < 30
Fix:
    Safe: turns it round.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import has_comment, is_constant, put
from segql.lint.rule import Rule
from segql.syntax import ast

_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each comparison of a constant with what is none."""
    for seen in context.each(ast.Comparison):
        node = seen.node
        if not is_constant(node.left) or is_constant(node.right):
            continue
        behind = node.span.source.text[node.right.span.end : node.span.end]
        new = f"{node.right.span.text} {_TURNED[node.op]} {node.left.span.text}{behind}"
        fix = None if has_comment(node.span) else (f"write `{new}`", put(node.span, new))
        yield RULE.finding(node.span, "this comparison begins with its constant", "turn it round", fix=fix)


RULE = Rule("L601", "yoda-condition", find, Applicability.SAFE)
