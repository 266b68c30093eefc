"""Say `nobody` of what cannot be, and `everyone` of what cannot but be.

before:  age < 30 and age > 40
after:   nobody

before:  is_vip or not is_vip
after:   everyone

before:  age < 30 or age >= 30
after:   age is known

before:  age < 30 or age >= 30 or age is missing
after:   everyone

before:  country is missing and country contains "a"
after:   nobody

before:  count(purchase in last 30 days) >= 2 and count(purchase in last 60 days) < 2
after:   nobody
"""

from __future__ import annotations

from typing import Any

from segql import plan
from segql.logic import bounds
from segql.logic.connectives import Connective, needs, opposite, settled
from segql.logic.counts import alike
from segql.logic.regions import Region
from segql.logic.tested import Tests, merged
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, rewritten

# More windows are left as they are: each would be held against each.
_WINDOWS_MOST = 50


def remove_contradictions(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request with a constant in the place of connectives whose operands leave no choice."""
    del facts
    return rewritten(request, _RULES)


def _settled(node: Any) -> Any:
    kinds = {type(each) for each in node.operands}
    if plan.Not in kinds and _has_opposites(node):
        return settled(type(node))
    if kinds & {plan.Not, plan.IsMissing} and _has_missing_and_known(node):
        return settled(type(node))
    if plan.Compare in kinds and _has_impossible_count(node):
        return settled(type(node))
    if plan.InWindow in kinds and _has_no_time(node):
        return settled(type(node))
    return merged(node, _is_extreme)


def _is_extreme(region: Region, tests: Tests) -> bool:
    del tests
    return region.is_all_or_none


def _has_opposites(node: Connective) -> bool:
    every = set(node.operands)
    return any(isinstance(each, plan.Not) and each.operand in every for each in node.operands)


def _has_missing_and_known(node: Connective) -> bool:
    """Say whether a value is to be missing and, by something else, known; under `or`, whether neither can be false."""
    operands = [_asked(node, each) for each in node.operands]
    missing = {each.value for each in operands if isinstance(each, plan.IsMissing)}
    return bool(missing) and any(value in missing for each in operands for value in needs(each))


def _asked(node: Connective, operand: plan.Expr) -> plan.Expr:
    """Return what must hold together so that a connective is settled: under `or` it is the opposites."""
    return operand if isinstance(node, plan.And) else opposite(operand)


def _has_impossible_count(node: Connective) -> bool:
    """Say whether there must be so many of some rows, and fewer of rows that hold them all."""
    operands = [_asked(node, each) for each in node.operands]
    return any(
        one.is_there and not other.is_there and one.implies(other.opposite())
        for group in alike(operands)
        for _, one in group
        for _, other in group
    )


def _has_no_time(node: Connective) -> bool:
    """Say whether a value is to lie in two windows that have nothing in common at any T."""
    if not isinstance(node, plan.And):
        return False
    inside = [each for each in node.operands if isinstance(each, plan.InWindow)]
    if len(inside) > _WINDOWS_MOST:
        return False
    return any(one.value == two.value and bounds.is_apart(one.window, two.window) for one in inside for two in inside)


_RULES = Rules({plan.And: _settled, plan.Or: _settled})
