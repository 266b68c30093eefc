"""A negation over an optional field also holds for those in whom the value is missing.

A comparison with a missing value is false, so its opposite is true: `age != 30` holds for everyone whose age is not
known. That is often forgotten, and whoever is meant to be left out is in. Say which of the two is meant: add
`age is known`, or `or age is missing`. Both silence the rule, and so does whatever else keeps those people out, such as
`age >= 18`. `not marketing_ok`, of an optional field, is the same, and so is `last(purchase.coupon) != "X"`, which also
holds for whoever never bought.

Bad:
    segment not_thirty
        where age != 30
Good:
    segment not_thirty
        where age != 30 and age is known

    segment not_thirty_or_unknown
        where (age != 30 or age is missing)

    segment grown_up_and_not_thirty
        where age >= 18 and age != 30
Fix:
    None: which of the two is meant nobody else knows. The hint shows both.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.fields import place
from segql.lint.negations import Passed, passed
from segql.lint.reading import bare, is_inside
from segql.lint.rule import Rule
from segql.plan.explain import show
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each negation that a missing value passes unnoticed."""
    every = {
        place(each.span)
        for seen in context.each(ast.Quantified)
        if seen.node.how == "every" and seen.node.where is not None
        for each in (seen.node.where, bare(seen.node.where))
    }
    for each in passed(context.prover, every):
        yield _told(each)


def _told(found: Passed) -> Diagnostic:
    span, value = found.negation.span, found.value
    is_written = value.span == span or is_inside(value.span, span)
    name = value.span.text if is_written else show(value)
    shown = span.text if "\n" not in span.text else "…"
    hint = f"write `{shown} and {name} is known` to leave them out, or `({shown} or {name} is missing)` to keep them"
    return RULE.finding(span, f"this also holds where `{name}` is missing", hint)


RULE = Rule("L301", "missing-passes-negation", find, needs_catalog=True)
