"""Everybody meets a condition, or one of those that are joined by `or`.

It keeps nobody out, so it is not what was meant; mostly an `or` stands in the place of an `and`. So it is where only
those are left out whose value is missing: then `is known` says it. It is decided from the ranges and sets of values
that the conditions let through, and from what the catalog says of fields.

Bad:
    segment not_in_the_middle
        where age < 30
           or age >= 20
Good:
    segment in_the_middle
        where age < 30
          and age >= 20
Fix:
    None: what was meant has to be written.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql import plan
from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.extremes import Extreme
from segql.lint.reasons import reason
from segql.lint.rule import Rule
from segql.plan.explain import show


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each innermost condition that everybody meets."""
    for each in context.extremes:
        if each.met:
            yield _told(each, context)


def _told(found: Extreme, context: Context) -> Diagnostic:
    node = found.condition
    if not isinstance(node, plan.And | plan.Or):
        why = reason(node, found.rows, context.prover)
        return RULE.finding(node.span, "everybody meets this condition", f"{why}; write what was meant")
    somebody = context.prover.somebody([node], [], found.rows)
    example = f"{somebody} meets it, and so does everybody else" if somebody else ""
    if not found.if_known:
        hint = "an `and` may have been meant; for all of them, write `everyone`"
        return RULE.finding(node.span, "everybody meets one of these", hint, example=example)
    names = " and ".join(f"`{show(each)}`" for each in found.if_known)
    are = "is" if len(found.if_known) == 1 else "are"
    hint = f"an `and` may have been meant; else write `{show(found.if_known[0])} is known`"
    example = example.replace("everybody else", "everybody else of whom it is known")
    return RULE.finding(node.span, f"everybody of whom {names} {are} known meets one of these", hint, example=example)


RULE = Rule("L107", "always-true", find, needs_catalog=True)
