"""The same number is compared with the same value in many segments.

When it changes, one of the places will be forgotten. A `param` or a trait gives it a name and one place. Off by
default.

Bad (with least = 2):
    segment a
        where spend_365d >= 720

    segment b
        where spend_365d >= 720 and marketing_ok
Good (with least = 2):
    param dear decimal = 720

    segment a
        where spend_365d >= dear

    segment b
        where spend_365d >= dear and marketing_ok
Fix:
    None: a name has to be found.
Settings:
    least: in how many segments it must stand; 5 if it is not set.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from segql.diagnostics import Diagnostic, Label
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast
from segql.tree import Node


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield the first place of each number that many segments compare with the same value."""
    least: int = context.option(RULE.name, "least")
    places: dict[tuple[Node, Node], dict[str, Node]] = defaultdict(dict)
    for seen in context.each(ast.Comparison):
        # Nothing, one and two are no magic.
        is_number = isinstance(seen.node.right, ast.Number) and abs(Decimal(seen.node.right.value)) > 2
        if is_number and isinstance(seen.declaration, ast.Segment):
            places[seen.node.left, seen.node.right].setdefault(seen.declaration.name.text, seen.node.right)
    for (left, number), found in places.items():
        if len(found) >= least:
            first, second, *_ = found.values()
            message = f"`{left.span.text}` is compared with `{number.span.text}` in {len(found):,} segments"
            labels = [Label(second.span, "here, too")]
            yield RULE.finding(first.span, message, "give the number a name: `param NAME decimal = …`", labels=labels)


RULE = Rule("L605", "magic-number", find, is_on=False, settings={"least": 5})
