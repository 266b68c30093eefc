"""What is true or false is compared with `true`.

`marketing_ok` alone says so. `marketing_ok = false` is left alone: it leaves out those of whom it is not known, and
`not marketing_ok` does not.

Bad:
    segment may_be_written_to
        where marketing_ok = true
Good:
    segment may_be_written_to
        where marketing_ok
Fix:
    Safe: takes the comparison away.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import has_comment, put
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each comparison with `true`."""
    for seen in context.each(ast.Comparison):
        node = seen.node
        if node.op not in {"=", "!="} or not isinstance(node.right, ast.Boolean) or not node.right.value:
            continue
        new = node.left.span.text if node.op == "=" else f"not {node.left.span.text}"
        is_short = isinstance(node.left, ast.Path) and not has_comment(node.span)
        fix = (f"write `{new}`", put(node.span, new)) if is_short else None
        yield RULE.finding(node.span, "this is compared with `true`", "it is true or false by itself", fix=fix)


RULE = Rule("L602", "boolean-comparison", find, Applicability.SAFE)
