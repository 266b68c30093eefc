"""Ask what costs least first: a member's own attributes before what needs a join, and that before rows and others.

before:  did purchase and age < 30
after:   age < 30 and did purchase

before:  did purchase and account.tier = "gold" and age < 30
after:   age < 30 and account.tier = "gold" and did purchase
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from segql import plan
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, rewritten
from segql.tree import children

_OWN, _JOINED, _ROWS = range(3)


def order_conditions(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request with the operands of each `and` by what they cost, otherwise in their order."""
    del facts
    return rewritten(request, _RULES)


def _ordered(node: Any) -> Any:
    costs = [_cost(each) for each in node.operands]
    if all(one <= other for one, other in pairwise(costs)):
        return node
    pairs = sorted(zip(costs, node.operands, strict=True), key=lambda pair: pair[0])
    return plan.And(tuple(each for _, each in pairs), span=node.span)


def _cost(expr: Any) -> int:
    match expr:
        case plan.Field(_, path, _, _):
            return _JOINED if path else _OWN
        case plan.Literal() | plan.ClockTime() | plan.Moment() | plan.MemberKey():
            return _OWN
        case plan.Compare(_, left, right):
            return max(_cost(left), _cost(right))
        case plan.OneOf(value):
            return _cost(value)
        case plan.Aggregate() | plan.Population() | plan.Course() | plan.InSegment() | plan.InList() | plan.AlsoWith():
            return _ROWS
        case _:
            return max(map(_cost, children(expr)), default=_OWN)


_RULES = Rules({plan.And: _ordered})
