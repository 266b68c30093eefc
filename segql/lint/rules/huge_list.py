"""A list of values in a condition is very long.

Nobody reviews five hundred values, and a change to one of them is hard to see. People who are named one by one belong
into a file, declared with `list … from "lists/vip.csv"` and asked for with `in list …`; other values into a column of
the table.

Bad (with most = 3):
    segment chosen
        where city in ("Wien", "Graz", "Linz", "Salzburg")
Good (with most = 3):
    segment chosen
        where in list press
Fix:
    None: a file has to be made.
Settings:
    most: how many values a list may have; 100 if it is not set.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each list that is longer than it may be."""
    most: int = context.option(RULE.name, "most")
    for kind in (ast.InValues, ast.Has, ast.TextMatch):
        for seen in context.each(kind):
            count = len(seen.node.values)  # type: ignore[attr-defined]
            if count > most:
                operand = seen.node.operand.span  # type: ignore[attr-defined]
                message = f"this list has {count:,} values, more than {most:,}"
                yield RULE.finding(
                    operand, message, 'keep them in a file: `list NAME of ENTITY from "lists/….csv" key …`'
                )


RULE = Rule("L403", "huge-list", find, settings={"most": 100})
