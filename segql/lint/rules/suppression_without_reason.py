"""A comment silences a rule and does not say why.

Whoever reads it next year cannot tell whether it is still right. A few words behind the bracket are enough.

Bad:
    segment everyone_known
        where age = age  # segql: ignore[self-comparison]
Good:
    segment everyone_known
        where age = age  # segql: ignore[self-comparison] shorter than `is known` for our readers
Fix:
    None: the reason has to be given.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.rule import Rule


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each comment that silences a rule without a reason."""
    for each in context.suppressions:
        if not each.wrong and not each.reason:
            yield RULE.finding(each.span, "this comment does not say why", "write the reason behind the bracket")


RULE = Rule("L703", "suppression-without-reason", find)
