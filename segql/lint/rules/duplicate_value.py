"""A value stands twice in one list of values.

It changes nothing. One of the two was mostly meant to be another value, which is now missing.

Bad:
    segment german_speaking
        where country in ("DE", "AT", "DE")
Good:
    segment german_speaking
        where country in ("DE", "AT")
Fix:
    Safe: takes the second away.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from segql.diagnostics import Applicability, Diagnostic, Label
from segql.lint.context import Context
from segql.lint.reading import has_comment, joined_to, put
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each value that stands behind an equal one."""
    for kind in (ast.InValues, ast.Has, ast.TextMatch):
        for seen in context.each(kind):
            values: tuple[Node, ...] = seen.node.values  # type: ignore[attr-defined]
            first = {each: each for each in values[:1]}
            for before, each in pairwise(values):
                earlier = first.setdefault(each, each)
                if earlier is each:
                    continue
                gone = joined_to(before, each)
                fix = None if has_comment(gone) else ("take it away", put(gone, ""))
                labels = [Label(earlier.span, "here it stands first")]
                message = f"`{each.span.text}` stands twice in this list"
                yield RULE.finding(each.span, message, "another value may have been meant", fix=fix, labels=labels)


RULE = Rule("L102", "duplicate-value", find, Applicability.SAFE)
