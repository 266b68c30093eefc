"""Negate what is inside rather than what is around, where the connectives then join or negations go away.

A comparison is never turned round: `not (age < 30)` holds for a missing age, and `age >= 30` does not.

before:  not (not age < 30)
after:   age < 30

before:  age < 30 and not (country = "DE" or plan = "pro")
after:   age < 30 and country != "DE" and plan != "pro"

before:  not (country != "DE" and plan != "pro")
after:   country = "DE" or plan = "pro"
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from segql import plan
from segql.logic.connectives import opposite, other
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, rewritten


def push_negation_inward(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request without negations of negations, and of an `or` in an `and`, or an `and` in an `or`."""
    del facts
    return rewritten(request, _RULES)


def _pushed(node: Any) -> Any:
    match node:
        case plan.Not(plan.Not(operand)):
            return operand
        case plan.Not(plan.And(operands) | plan.Or(operands) as inner):
            # As many negations at most as there were before.
            negated = sum(isinstance(each, plan.Not) for each in operands)
            if len(operands) - negated > 1:
                return node
            return other(type(inner))(tuple(map(opposite, operands)), span=node.span)
        case plan.And() | plan.Or() if any(_is_joining(each, type(node)) for each in node.operands):
            return type(node)(tuple(_spread(node)), span=node.span)
        case _:
            return node


def _is_joining(operand: plan.Expr, around: type[plan.And | plan.Or]) -> bool:
    """Say whether an operand becomes part of the connective around it once its negation is pushed inward."""
    return isinstance(operand, plan.Not) and type(operand.operand) is other(around)


def _spread(node: plan.And | plan.Or) -> Iterator[plan.Expr]:
    for each in node.operands:
        if isinstance(each, plan.Not) and isinstance(each.operand, other(type(node))):
            yield from map(opposite, each.operand.operands)
        else:
            yield each


_RULES = Rules({plan.And: _pushed, plan.Or: _pushed, plan.Not: _pushed})
