"""A name is not written as names in this project are.

Off by default; small letters, digits and underscores, unless the settings say something else.

Bad:
    segment BigSpenders
        where spend_365d > 1000
Good:
    segment big_spenders
        where spend_365d > 1000
Fix:
    None: others may use the name.
Settings:
    pattern: the regular expression that a name must match as a whole; `[a-z][a-z0-9_]*` if it is not set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast

_NAMED = (ast.Segment, ast.Trait, ast.Score, ast.Tiers, ast.Split, ast.StaticList, ast.Param)


def _needed(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        return f"a regular expression, like `[a-z][a-z0-9_]*`; this is none: {error.msg}"
    return ""


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each declared name that the pattern does not match."""
    pattern: str = context.option(RULE.name, "pattern")
    style = re.compile(pattern)
    for each in context.declarations:
        if isinstance(each, _NAMED) and not style.fullmatch(each.name.text):
            place = each.name.span if each.name.span != each.span else each.name.span.source.span(0, 0)
            message = f"the name `{each.name.text}` is not in the style of the project"
            yield RULE.finding(place, message, f"names match `{pattern}`")


RULE = Rule(
    "L604", "name-style", find, is_on=False, settings={"pattern": "[a-z][a-z0-9_]*"}, checks={"pattern": _needed}
)
