"""A condition stands twice among those that are joined by one `and` or `or`, or counted together.

The second changes nothing. Mostly it was meant to be another one, such as the other end of a range, and the segment is
wrong; else it only makes readers look for a difference. Among the conditions of `at least 2 of (…)` it counts twice.

Bad:
    segment young
        where age < 30
          and country = "DE"
          and age < 30
Good:
    segment young
        where age < 30
          and country = "DE"
Fix:
    Safe: takes the second away. Where conditions are counted, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from segql.diagnostics import Applicability, Diagnostic, Label
from segql.lint.context import Context
from segql.lint.reading import bare, joined_to, keeps_comments, put
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each condition that stands beside an equal one."""
    for both in context.each(ast.And):
        yield from _repeated(both.node.operands, is_counted=False)
    for either in context.each(ast.Or):
        yield from _repeated(either.node.operands, is_counted=False)
    for counted in context.each(ast.KOfN):
        yield from _repeated(counted.node.conditions, is_counted=True)


def _repeated(operands: Sequence[Node], *, is_counted: bool) -> Iterator[Diagnostic]:
    first: dict[Node, Node] = {bare(operands[0]): operands[0]}
    for before, each in pairwise(operands):
        earlier = first.setdefault(bare(each), each)
        if earlier is each:
            continue
        gone = joined_to(before, each)
        fix = None if is_counted or not keeps_comments(gone) else ("take it away", put(gone, ""))
        hint = "another condition may have been meant" if fix else "it counts twice; another one may have been meant"
        labels = [Label(earlier.span, "here it stands first")]
        yield RULE.finding(each.span, "this condition stands here twice", hint, fix=fix, labels=labels)


RULE = Rule("L101", "duplicate-condition", find, Applicability.SAFE)
