"""A comment silences a rule that has nothing to say there.

What was wrong is mended, or the comment stands in the wrong place; or the snooze is over. It would silence the next
mistake unseen. Only rules that are on are judged.

Bad:
    segment young
        where age < 30  # segql: ignore[self-comparison] it was needed once
Good:
    segment young
        where age < 30
Fix:
    Safe: takes the comment away, or the one name out of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic, Edit
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.lint.suppressions import Suppression, without


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each name in a comment that has silenced nothing."""
    for each in context.suppressions:
        idle = [name for name in each.names if not each.wrong and _is_idle(name, each, context)]
        if not idle:
            continue
        left = [name for name in each.names if name not in idle]
        told = ", ".join(f"`{name}`" for name in idle)
        over = f"; it ended on {each.until}" if each.is_over(context.today) else ""
        message = f"this comment silences {told}, and there is nothing to silence{over}"
        edits: list[Edit] = without(each, left)
        yield RULE.finding(each.span, message, "take it away", fix=("take it away", edits))


def _is_idle(name: str, suppression: Suppression, context: Context) -> bool:
    codes = suppression.codes[name]
    # One that is unknown, or not asked, cannot be judged; nor one whose snooze has ended, while there is a finding.
    return bool(codes) and codes <= context.rules_on and not codes & (suppression.used | suppression.outlived)


RULE = Rule("L701", "unused-suppression", find, Applicability.SAFE)
