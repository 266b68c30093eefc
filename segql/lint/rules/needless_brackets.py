"""Brackets stand around a whole condition, around brackets, or around one name.

Brackets say that something belongs together, and readers look for what. Those around a part of several are left alone,
even where the order of reading would be the same.

Bad:
    segment young_germans
        where (age < 30 and country = "DE")
Good:
    segment young_germans
        where age < 30 and country = "DE"
Fix:
    Safe: takes them away.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic, Edit
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.source import Span
from segql.syntax import ast
from segql.tree import Node

_WHOLE = (ast.Segment, ast.Tier, ast.Trait, ast.Group)


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each pair of brackets that joins nothing."""
    for seen in context.each(ast.Group):
        is_whole = isinstance(seen.parent, _WHOLE) and not _holds_value(seen.node, seen.parent)
        # `(spend between 360 and 180 days ago)` needs its brackets, so it is names alone that do not.
        is_name = isinstance(seen.node.inner, ast.Path) and isinstance(seen.parent, ast.And | ast.Or | ast.Not)
        if is_whole or is_name:
            span = seen.node.span
            edits = [_gone(span, span.start), _gone(span, span.end - 1)]
            fix = ("take them away", edits)
            yield RULE.finding(span, "these brackets join nothing", "take them away", fix=fix)


def _holds_value(group: ast.Group, parent: Node) -> bool:
    """Say whether brackets are those of a trait's value, as in `trait share = (a + b) / c`, or of a window inside."""
    return isinstance(parent, ast.Trait | ast.Group) and isinstance(group.inner, ast.InWindow)


def _gone(span: Span, at: int) -> Edit:
    """Return the edit that takes one bracket away; words that it kept apart stay apart."""
    source = span.source
    around = source.text[at - 1 : at], source.text[at + 1 : at + 2]
    is_between = all(each.isalnum() or each == "_" for each in around if each) and all(around)
    return Edit(source.span(at, at + 1), " " if is_between else "")


RULE = Rule("L603", "needless-brackets", find, Applicability.SAFE)
