"""Work out what needs no row: constants in connectives, choices, comparisons and whole-number arithmetic.

Arithmetic is left alone where engines have their own ways of it: divisions, fractions, what no 64 bits hold.

before:  age < 30 and everyone
after:   age < 30

before:  age < 30 or 1 + 2 < 4
after:   everyone

before:  not everyone or "a" in ("a", "b") and age < 30
after:   age < 30

before:  age < 10 + 2 * 10
after:   age < 30

before:  did purchase where (everyone)
after:   did purchase
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from segql import plan
from segql.logic.connectives import joined, settled
from segql.logic.regions import key_of
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, rewritten
from segql.plan import Op, Sign, TextTest
from segql.tree import replace
from segql.types import INTEGER

_COMPARED = {Op.EQ: operator.eq, Op.LT: operator.lt, Op.LE: operator.le, Op.GT: operator.gt, Op.GE: operator.ge}
_COMPUTED = {Sign.ADD: operator.add, Sign.SUB: operator.sub, Sign.MUL: operator.mul}
_TESTED: Mapping[TextTest, Callable[[str, str], bool]] = {
    TextTest.STARTS: str.startswith,
    TextTest.ENDS: str.endswith,
    TextTest.CONTAINS: operator.contains,
}
_INTEGER_MOST = 2**63 - 1


def fold_constants(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request with constants in the place of what is the same for every row."""
    del facts
    return rewritten(request, _RULES)


def _negation(node: plan.Not) -> plan.Expr:
    return _truth(node.operand == plan.FALSE) if isinstance(node.operand, plan.Literal) else node


def _number(node: plan.CountTrue) -> plan.Expr:
    if plan.FALSE not in node.conditions:
        return node
    left = tuple(each for each in node.conditions if each != plan.FALSE)
    return replace(node, conditions=left) if left else plan.Literal(0, INTEGER, span=node.span)


def _comparison(node: plan.Compare) -> plan.Expr:
    left, right = node.left, node.right
    if not isinstance(left, plan.Literal) or not isinstance(right, plan.Literal):
        return node
    a, b = key_of(left, left.type), key_of(right, left.type)
    return node if a is None or b is None else _truth(_COMPARED[node.op](a, b))


def _set(node: plan.OneOf) -> plan.Expr:
    if not isinstance(node.value, plan.Literal):
        return node
    keys = [key_of(each, node.value.type) for each in node.options]
    known = key_of(node.value, node.value.type)
    return node if known is None or None in keys else _truth(known in keys)


def _missing(node: plan.IsMissing) -> plan.Expr:
    return plan.FALSE if isinstance(node.value, plan.Literal) else node


def _text(node: plan.TextMatch) -> plan.Expr:
    match node:
        case plan.TextMatch(test, plan.Literal(str() as text), plan.Literal(str() as other)) if test in _TESTED:
            return _truth(_TESTED[test](text, other))
        case _:
            return node


def _rows(node: plan.Rows) -> plan.Rows:
    return replace(node, where=None) if node.where == plan.TRUE else node


def _truth(holds: bool) -> plan.Literal:
    return plan.TRUE if holds else plan.FALSE


def _connective(node: plan.And | plan.Or) -> plan.Expr:
    kind = type(node)
    constants = [each for each in node.operands if isinstance(each, plan.Literal)]
    if not constants:
        return node
    if settled(kind) in constants:
        return settled(kind)
    return joined(kind, (each for each in node.operands if not isinstance(each, plan.Literal)), node.span)


def _choice(node: plan.Choice) -> plan.Expr:
    """Leave out what is never chosen, and what comes after a value that always is."""
    if not any(isinstance(each, plan.Literal) for each in node.conditions):
        return node
    otherwise = node.otherwise
    chosen: list[tuple[plan.Expr, plan.Expr]] = []
    for condition, value in zip(node.conditions, node.values, strict=True):
        if condition == plan.TRUE:
            otherwise = value
            break
        if condition != plan.FALSE:
            chosen.append((condition, value))
    if chosen:
        conditions, values = zip(*chosen, strict=True)
        return replace(node, conditions=conditions, values=values, otherwise=otherwise)
    # A value of another type would not be the same: points may be whole where the sum of all is not.
    return otherwise if otherwise is not None and otherwise.type == node.type else node


def _arithmetic(node: plan.Arithmetic) -> plan.Expr:
    match node:
        case plan.Arithmetic(sign, plan.Literal(int() as left), plan.Literal(int() as right)) if sign in _COMPUTED:
            if not (node.type == node.left.type == node.right.type == INTEGER):
                return node
            made = _COMPUTED[sign](left, right)
            return plan.Literal(made, INTEGER, span=node.span) if abs(made) <= _INTEGER_MOST else node
        case _:
            return node


_RULES = Rules(
    {
        plan.And: _connective,
        plan.Or: _connective,
        plan.Not: _negation,
        plan.CountTrue: _number,
        plan.Choice: _choice,
        plan.Compare: _comparison,
        plan.OneOf: _set,
        plan.IsMissing: _missing,
        plan.TextMatch: _text,
        plan.Arithmetic: _arithmetic,
        plan.Events: _rows,
        plan.Related: _rows,
        plan.Items: _rows,
    }
)
