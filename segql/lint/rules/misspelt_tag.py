"""A tag that occurs once is one letter away from one that occurs often.

Tags are not declared, so a misspelt one is a new tag: `segql run tag:email` leaves this segment out, and nothing says
so.

Bad (with often = 2):
    segment a
        tags lifecycle
        where age < 20

    segment b
        tags lifecycle
        where age < 30

    segment c
        tags lifecylce
        where age < 40
Good (with often = 2):
    segment a
        tags lifecycle
        where age < 20

    segment b
        tags lifecycle
        where age < 30

    segment c
        tags lifecycle
        where age < 40
Fix:
    Unsafe: writes the tag that occurs often.
Settings:
    often: how many segments must have a tag for it to be taken as right; 3 if it is not set.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import put
from segql.lint.rule import Rule
from segql.syntax import ast

# Two letters in the wrong order are one slip.
_SLIPS = 1
_SHORT = 4


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each tag of one segment that is nearly one of many."""
    often: int = context.option(RULE.name, "often")
    uses: dict[str, list[ast.Name | ast.Text]] = defaultdict(list)
    for each in context.each(ast.Metadata):
        if each.node.word.text.lower() == "tags":
            for value in each.node.values:
                uses[value.value if isinstance(value, ast.Text) else value.text].append(value)
    frequent = [tag for tag, found in uses.items() if len(found) >= often]
    for tag, found in uses.items():
        if len(found) > 1 or len(tag) < _SHORT or not frequent:
            continue
        near = next((each for each in frequent if _is_slip(tag, each)), None)
        if near is not None:
            span = found[0].span
            new = f'"{near}"' if isinstance(found[0], ast.Text) else near
            message = f"the tag `{tag}` occurs once, and `{near}` {len(uses[near]):,} times"
            yield RULE.finding(span, message, f"`{near}` may have been meant", fix=(f"write `{near}`", put(span, new)))


def _is_slip(tag: str, other: str) -> bool:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (few projects have a tag that occurs once)

    # `wave_1` and `wave_2` are two tags.
    if re.sub(r"\d", "", tag) == re.sub(r"\d", "", other):
        return False
    return int(OSA.distance(tag, other, score_cutoff=_SLIPS)) <= _SLIPS


RULE = Rule("L209", "misspelt-tag", find, Applicability.UNSAFE, settings={"often": 3})
