"""One way to say what the plan still can say in several, so that plans which mean the same are found equal."""

from __future__ import annotations

from collections.abc import Iterable
from operator import is_
from typing import Any

from segql import plan
from segql.logic.connectives import joined, opposite, other
from segql.logic.tested import TURNED, merged
from segql.plan.windows import Relative, Unit
from segql.tree import replace, rewrite
from segql.types import BOOLEAN

# Whose parts count only as far as they are true: a boolean that is missing is not.
_TRUTHS = {
    plan.And: "operands",
    plan.Or: "operands",
    plan.Not: "operand",
    plan.CountTrue: "conditions",
    plan.Choice: "conditions",
    plan.Events: "where",
    plan.Related: "where",
    plan.Items: "where",
    plan.Segment: "condition",
}
# All others are said in one way already.
_CHANGING = frozenset({plan.OneOf, plan.Compare, *_TRUTHS})


def settled(each: Any) -> Any:
    """Return a node that means the same for every member: a rewrite of one node, as `segql.tree.rewrite` takes it.

    Values of a list stand once, and in one order; constants on the right; a boolean alone instead of compared with
    true, where only its truth counts; and counts are compared by `>=`.
    """
    kind = type(each)
    if kind not in _CHANGING:
        return each
    if kind is plan.OneOf:
        options = tuple(sorted(dict.fromkeys(each.options), key=repr))
        return each if options == each.options else replace(each, options=options)
    if kind in _TRUTHS:
        name = _TRUTHS[kind]
        value = getattr(each, name)
        if type(value) is not tuple:
            return each if (truth := _truth(value)) is value else replace(each, **{name: truth})
        truths = tuple(map(_truth, value))
        return each if all(map(is_, truths, value)) else replace(each, **{name: truths})
    if isinstance(each.left, plan.Literal) and not isinstance(each.right, plan.Literal):
        each = plan.Compare(TURNED[each.op], each.right, each.left, span=each.span)
    # What is never missing is as good as its truth everywhere.
    if isinstance(each.left, plan.Condition):
        return _truth(each)
    return _counted(each)


def form(condition: plan.Expr) -> plan.Expr:
    """Return a condition in a form that many ways to write it have in common: one for whoever compares, in no order.

    Example:
        >>> from segql.types import TEXT
        >>> country, vip = plan.Field(0, (), "country", TEXT), plan.Field(0, (), "vip", BOOLEAN)
        >>> here = plan.Compare(plan.Op.EQ, country, plan.Literal("DE", TEXT))
        >>> form(plan.And((here, vip))) == form(plan.Not(plan.Or((plan.Not(vip), plan.Not(here)))))
        True
    """
    made: plan.Expr = _truth(rewrite(condition, _formed))
    return made


def _formed(each: Any) -> Any:
    if type(each) not in _CHANGING:
        return each
    made = settled(each)
    match made:
        case plan.Not(plan.Not(inner)) if isinstance(inner, plan.Condition):
            return inner
        case plan.Not(plan.And(operands) | plan.Or(operands) as inner):
            return _ordered(joined(other(type(inner)), map(opposite, operands)))
        case plan.And() | plan.Or():
            return _ordered(joined(type(made), made.operands))
        case plan.CountTrue(conditions):
            return plan.CountTrue(_sorted(conditions))
        case plan.OneOf(value, (only,)):
            return plan.Compare(plan.Op.EQ, value, only)
        case plan.Events(stream, plan.Window(start, end), where):
            return plan.Events(stream, plan.Window(_in_days(start), _in_days(end)), where)
    return made


def _ordered(condition: plan.Expr) -> plan.Expr:
    if not isinstance(condition, plan.And | plan.Or):
        return condition
    made = merged(condition, lambda region, tests: True)  # noqa: ARG005 (whatever is shorter is wanted)
    if not isinstance(made, type(condition)):
        whole: plan.Expr = settled(made)
        return whole
    return replace(made, operands=_sorted(dict.fromkeys(map(settled, made.operands))))


def _sorted(conditions: Iterable[plan.Expr]) -> tuple[plan.Expr, ...]:
    return tuple(sorted(conditions, key=hash))


def _in_days(bound: plan.Bound | None) -> plan.Bound | None:
    """Return a bound with weeks counted in days."""
    if isinstance(bound, Relative) and bound.unit is Unit.WEEK:
        return Relative(7 * bound.count, Unit.DAY, bound.floor, bound.then)
    return bound


def _truth(each: Any) -> Any:
    """Return what is true exactly where a condition holds: a boolean alone instead of compared with true."""
    is_said = isinstance(each, plan.Compare) and each.op is plan.Op.EQ and each.left.type == BOOLEAN
    return each.left if is_said and each.right == plan.TRUE else each


def _counted(each: plan.Compare) -> plan.Expr:
    """Return a comparison of a count with a whole number by `>=`: of what is never missing, and has no halves."""
    if not isinstance(each.left, plan.Aggregate) or each.left.tally is not plan.Tally.COUNT:
        return each
    if not isinstance(each.right, plan.Literal) or type(each.right.value) is not int:
        return each

    def at_least(number: int) -> plan.Expr:
        assert isinstance(each.right, plan.Literal)
        return plan.Compare(plan.Op.GE, each.left, replace(each.right, value=number), span=each.span)

    number = each.right.value
    match each.op:
        case plan.Op.GT:
            return at_least(number + 1)
        case plan.Op.LT:
            return plan.Not(at_least(number), span=each.span)
        case plan.Op.LE:
            return plan.Not(at_least(number + 1), span=each.span)
        case plan.Op.EQ if number == 0:
            return plan.Not(at_least(1), span=each.span)
    return each
