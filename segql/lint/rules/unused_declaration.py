"""A trait, param or list is declared and never used.

Readers look for what it changes, and it changes nothing; or a segment was meant to use it and does not. The shop's
events are not looked at, since they say what there is.

Bad:
    trait baskets = count(add_to_cart)
    segment buyers
        where did purchase
Good:
    trait baskets = count(add_to_cart)
    segment buyers
        where did purchase and baskets_90d > 0
Fix:
    None: it may be needed tomorrow.
Settings:
    kinds: which declarations are looked at; `["trait", "param", "list"]` if it is not set, and `events` is possible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from segql.diagnostics import Diagnostic, nearest
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.syntax import ast

_KINDS = {ast.Trait: "trait", ast.Param: "param", ast.StaticList: "list", ast.Events: "events"}
# A trait is used with a window, too: `purchases_90d`.
_SUFFIX = re.compile(r"_\d+[hdwmqy]$")


def _needed(kinds: tuple[str, ...]) -> str:
    unknown = next((each for each in kinds if each not in _KINDS.values()), None)
    if unknown is None:
        return ""
    near = nearest(unknown, list(_KINDS.values()))
    told = f"; `{near[0]}` is the closest to `{unknown}`" if near else ""
    return f"some of {', '.join(f'`{each}`' for each in _KINDS.values())}{told}"


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each declaration whose name stands nowhere else."""
    kinds: tuple[str, ...] = context.option(RULE.name, "kinds")
    used = context.used | {_SUFFIX.sub("", each) for each in context.used}
    for each in context.declarations:
        kind = _KINDS.get(type(each), "")
        if kind in kinds and each.name.text not in used:
            yield RULE.finding(each.name.span, f"nothing uses `{each.name.text}`", "use it, or take it away")


RULE = Rule(
    "L204", "unused-declaration", find, settings={"kinds": ("trait", "param", "list")}, checks={"kinds": _needed}
)
