"""A negation is negated.

`not (country != "DE")` is `country = "DE"`. Two negations have to be worked out each time, and are got wrong.

Bad:
    segment germans
        where not (country != "DE")
Good:
    segment germans
        where country = "DE"
Fix:
    Safe: says it without either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import bare, has_comment, put
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node

_NEGATED = (ast.InValues, ast.TextMatch, ast.Matches, ast.Between, ast.Has, ast.HasAnniversary)


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each negation of a negation."""
    for seen in context.each(ast.Not):
        said = _without(bare(seen.node.operand))
        if said is None or isinstance(seen.parent, ast.Not):
            continue
        is_short = "\n" not in said and not has_comment(seen.node.span)
        fix = (f"write `{said}`", put(seen.node.span, said)) if is_short else None
        yield RULE.finding(seen.node.span, "this negates a negation", "say it without either", fix=fix)


def _without(node: Node) -> str | None:
    """Return the opposite of a negated condition, as text; None where it is not negated."""
    match node:
        case ast.Not(operand=operand):
            return operand.span.text
        case ast.Comparison(op="!=", left=left, right=right):
            return _changed(node, left, right.span.start, "!=", "=")
        case ast.IsMissing(operand=operand, known=False):
            return f"{operand.span.text} is known"
        case ast.IsMissing(operand=operand, known=True):
            return f"{operand.span.text} is missing"
        case ast.Did(negated=True, occurrence=occurrence):
            return f"did {occurrence.span.text}"
        case _ if isinstance(node, _NEGATED) and node.negated:
            return _changed(node, node.operand, node.span.end, r"\bnot\s+", "")
    return None


def _changed(node: Node, left: Node, end: int, old: str, new: str) -> str:
    """Return the text of a node with something replaced between its operand and `end`."""
    text, start = node.span.source.text, left.span.end
    between = re.sub(old, new, text[start:end], count=1, flags=re.IGNORECASE)
    return text[node.span.start : start] + between + text[end : node.span.end]


RULE = Rule("L202", "double-negative", find, Applicability.SAFE)
