"""A negation over an optional field also holds for those in whom the value is missing.

A comparison with a missing value is false, so its opposite is true: `age != 30` holds for everyone whose age is not
known. That is often forgotten, and whoever is meant to be left out is in. Say which of the two is meant: add
`age is known`, or `or age is missing`. Both silence the rule. `not marketing_ok`, of an optional field, is the same.

Bad:
    segment not_thirty
        where age != 30
Good:
    segment not_thirty
        where age != 30 and age is known

    segment not_thirty_or_unknown
        where (age != 30 or age is missing)
Fix:
    None: which of the two is meant nobody else knows. The hint shows both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from segql.diagnostics import Diagnostic
from segql.lint.context import Context, Seen
from segql.lint.reading import bare
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node, children

# Negated by a word of their own.
_NEGATED = (ast.InValues, ast.TextMatch, ast.Matches, ast.Between, ast.Has)
_TESTS = (ast.Comparison, *_NEGATED)


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each negation that a missing value passes unnoticed."""
    for seen in context.each(ast.Comparison):
        if seen.node.op == "!=":
            yield from _passed(seen, [seen.node.left, seen.node.right], context)
    for kind in _NEGATED:
        for negated in context.each(kind):
            if negated.node.negated:  # type: ignore[attr-defined]
                yield from _passed(negated, [negated.node.operand], context)  # type: ignore[attr-defined]
    for outer in context.each(ast.Not):
        inner = bare(outer.node.operand)
        if isinstance(inner, ast.Path):
            yield from _passed(outer, [inner], context)
        # Two negations are another rule's matter.
        if isinstance(inner, _TESTS) and not getattr(inner, "negated", False) and getattr(inner, "op", "=") != "!=":
            sides: list[Node] = [inner.left, inner.right] if isinstance(inner, ast.Comparison) else [inner.operand]
            yield from _passed(outer, sides, context)


def _passed(seen: Seen[Node], operands: Sequence[Node], context: Context) -> Iterator[Diagnostic]:
    paths = [each for each in map(bare, operands) if isinstance(each, ast.Path)]
    said = {bare(each.operand) for each in map(bare, _beside(seen)) if isinstance(each, ast.IsMissing)}
    for path in paths:
        field = context.field(path)
        if field is None or not field.optional or path in said:
            continue
        condition, name = seen.node.span.text, path.span.text
        shown = condition if "\n" not in condition else "…"
        hint = (
            f"write `{shown} and {name} is known` to leave them out, or `({shown} or {name} is missing)` to keep them"
        )
        yield RULE.finding(seen.node.span, f"this also holds where `{name}` is missing", hint)
        return


def _beside(seen: Seen[Node]) -> list[Node]:
    """Return the conditions that are joined with this one."""
    return children(seen.parent) if isinstance(seen.parent, ast.And | ast.Or) else []


RULE = Rule("L301", "missing-passes-negation", find, needs_catalog=True)
