"""What connectives are made of, and how they are put together again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from segql import plan
from segql.source import NOWHERE, Span

Connective: TypeAlias = plan.And | plan.Or


def joined(kind: type[Connective], operands: Iterable[plan.Expr], span: Span = NOWHERE) -> plan.Expr:
    """Return the conditions joined; a single one is itself, and none are true together, or false one by one.

    Example:
        >>> joined(plan.And, [plan.TRUE])
        Literal(value=True, type=Type(kind=<Kind.BOOLEAN: 'boolean'>, item=None, precision=0, scale=0))
    """
    flat: list[plan.Expr] = []
    for each in operands:
        flat += each.operands if isinstance(each, kind) else (each,)
    if not flat:
        return plan.TRUE if kind is plan.And else plan.FALSE
    return flat[0] if len(flat) == 1 else kind(tuple(flat), span=span)


def other(kind: type[Connective]) -> type[Connective]:
    """Return `or` for `and`, and the other way round."""
    return plan.Or if kind is plan.And else plan.And


def opposite(condition: plan.Expr) -> plan.Expr:
    """Return the condition that holds exactly where this one does not; of a negated one, what was negated.

    It stands where only its truth counts: below `and`, `or` and `not`.
    """
    return condition.operand if isinstance(condition, plan.Not) else plan.Not(condition, span=condition.span)


def settled(kind: type[Connective]) -> plan.Literal:
    """Return the truth that settles a connective whatever its other operands are: false for `and`, true for `or`."""
    return plan.FALSE if kind is plan.And else plan.TRUE


def needs(condition: plan.Expr) -> tuple[plan.Expr, ...]:
    """Return values that are known wherever the condition holds.

    Example:
        >>> from segql.types import INTEGER
        >>> age = plan.Field(0, (), "age", INTEGER)
        >>> needs(plan.Compare(plan.Op.LT, age, plan.Literal(30, INTEGER))) == (age, plan.Literal(30, INTEGER))
        True
    """
    match condition:
        case plan.Compare(_, left, right):
            return (left, right)
        case plan.TextMatch(_, left, right):
            return (left, right)
        case plan.OneOf(value) | plan.Matches(value) | plan.InWindow(value) | plan.Anniversary(value):
            return (value,)
        case plan.Near(value, _, _, anchor):
            return (value, anchor)
        case plan.Not(plan.IsMissing(value)):
            return (value,)
        case _:
            return ()
