"""One way to say what the plan still can say in several, so that plans which mean the same are found equal."""

from __future__ import annotations

from segql import plan
from segql.tree import Node, replace
from segql.types import BOOLEAN

_TURNED = {
    plan.Op.EQ: plan.Op.EQ,
    plan.Op.LT: plan.Op.GT,
    plan.Op.LE: plan.Op.GE,
    plan.Op.GT: plan.Op.LT,
    plan.Op.GE: plan.Op.LE,
}


def settled(each: Node) -> Node:
    """Return a node that means the same for every member: a rewrite of one node, as `segql.tree.rewrite` takes it.

    Values of a list stand once, and in one order; constants on the right; a boolean alone instead of compared with
    true; and counts are compared by `>=`.
    """
    if isinstance(each, plan.OneOf):
        options = tuple(sorted(dict.fromkeys(each.options), key=repr))
        return each if options == each.options else replace(each, options=options)
    if not isinstance(each, plan.Compare):
        return each
    if isinstance(each.left, plan.Literal) and not isinstance(each.right, plan.Literal):
        each = plan.Compare(_TURNED[each.op], each.right, each.left, span=each.span)
    if each.op is plan.Op.EQ and each.left.type == BOOLEAN and each.right == plan.TRUE:
        return each.left
    return _counted(each)


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
