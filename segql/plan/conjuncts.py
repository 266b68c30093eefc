"""What a condition asks for, taken apart."""

from __future__ import annotations

from segql.plan.expressions import And, Expr


def conjuncts(where: Expr | None) -> tuple[Expr, ...]:
    """Return the conditions that a condition joins with `and`; none of None.

    Example:
        >>> from segql.plan.expressions import FALSE, TRUE
        >>> len(conjuncts(And((TRUE, And((FALSE, TRUE))))))
        3
    """
    match where:
        case None:
            return ()
        case And(operands):
            return tuple(part for each in operands for part in conjuncts(each))
        case _:
            return (where,)
