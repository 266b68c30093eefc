"""A value stands twice in one list of values.

It changes nothing. One of the two was mostly meant to be another value, which is now missing.

Bad:
    segment german_speaking
        where country in ("DE", "AT", "DE")
Good:
    segment german_speaking
        where country in ("DE", "AT")
Fix:
    Safe: takes all but the first away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from segql.diagnostics import Applicability, Diagnostic, Edit, Label
from segql.lint.context import Context
from segql.lint.reading import joined_to, keeps_comments
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each value that stands in a list more than once."""
    for kind in (ast.InValues, ast.Has, ast.TextMatch):
        for seen in context.each(kind):
            values: tuple[Node, ...] = seen.node.values  # type: ignore[attr-defined]
            places: dict[Node, list[int]] = defaultdict(list)
            for at, each in enumerate(values):
                places[each].append(at)
            for first, *others in places.values():
                if others:
                    yield _repeated(values, first, others)


def _repeated(values: Sequence[Node], first: int, others: Sequence[int]) -> Diagnostic:
    gone = [joined_to(values[at - 1], values[at]) for at in others]
    is_fixable = all(map(keeps_comments, gone))
    fix = ("take it away", [Edit(each, "") for each in gone]) if is_fixable else None
    second = values[others[0]].span
    message = f"`{second.text}` stands {'twice' if len(others) == 1 else f'{len(others) + 1:,} times'} in this list"
    labels = [Label(values[first].span, "here it stands first")]
    return RULE.finding(second, message, "another value may have been meant", fix=fix, labels=labels)


RULE = Rule("L102", "duplicate-value", find, Applicability.SAFE)
