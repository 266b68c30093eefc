"""Why a condition about one value comes out the same for everybody, in words."""

from __future__ import annotations

from segql import plan
from segql.lint.proving import Prover
from segql.logic.tested import subject
from segql.plan.rows import Rows


def reason(condition: plan.Expr, rows: Rows, prover: Prover) -> str:
    """Return what is certain of the value that a condition is about."""
    value = subject(condition)
    if value is None:
        return "one of its sides leaves no choice"
    if isinstance(value, plan.CountTrue):
        return "its conditions leave no choice to each other"
    domain = prover.domain(value, rows)
    while isinstance(condition, plan.Not):
        condition = condition.operand
    if isinstance(condition, plan.IsMissing):
        return "the catalog says that it is never missing" if isinstance(value, plan.Field) else "it is never missing"
    if domain.options is not None:
        return "the catalog allows other values only"
    ends = [f"at least {domain.least}"] if domain.least is not None else []
    ends += [f"at most {domain.most}"] if domain.most is not None else []
    return f"it is always {' and '.join(ends)}" if ends else "no other value is left"
