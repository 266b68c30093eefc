"""The rules, one a file, in the order of their codes."""

from segql.lint.rule import Rule
from segql.lint.rules import (
    duplicate_condition,
    duplicate_value,
    huge_list,
    missing_passes_negation,
    mixed_and_or,
    self_comparison,
    suppression_without_reason,
    unknown_suppression,
    unused_suppression,
)

RULES: tuple[Rule, ...] = (
    # Of correctness.
    duplicate_condition.RULE,
    duplicate_value.RULE,
    self_comparison.RULE,
    # Of suspicious.
    mixed_and_or.RULE,
    # Of missing values.
    missing_passes_negation.RULE,
    # Of performance.
    huge_list.RULE,
    # Of suppressions, which are judged when all others have spoken.
    unused_suppression.RULE,
    unknown_suppression.RULE,
    suppression_without_reason.RULE,
)
