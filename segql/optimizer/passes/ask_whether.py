"""Ask whether there is such an event instead of comparing the highest or lowest of its values.

Of a value whose extreme stands against fewer numbers than windows, each number makes a condition on the event. An event
that was found for one window is found for the others, which the extreme of one window says nothing about.

before:  max(purchase.amount in last 30 days) >= 150
after:   count(purchase in last 30 days where amount >= 150) >= 1

before:  age < 30 or not min(purchase.amount in last 30 days) < 5
after:   age < 30 or not count(purchase in last 30 days where amount < 5) >= 1
"""

from __future__ import annotations

from typing import Any, TypeAlias

from segql import plan
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, found, rewritten
from segql.plan import Op, Tally
from segql.plan.conjuncts import conjuncts
from segql.tree import replace
from segql.types import INTEGER

_UPWARD, _DOWNWARD = {Op.GE, Op.GT}, {Op.LE, Op.LT}
_ONE = plan.Literal(1, INTEGER)

# An extreme without its window.
_Kind: TypeAlias = tuple[Tally, object, plan.Expr | None, plan.Expr | None]


def ask_whether(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request with conditions on events where the extreme of their values was compared."""
    del facts
    windows: dict[_Kind, set[object]] = {}
    limits: dict[_Kind, set[object]] = {}
    tested: dict[_Kind, int] = {}
    asked: dict[_Kind, int] = {}
    for extreme in found(request, plan.Aggregate):
        if extreme.tally in {Tally.MIN, Tally.MAX}:
            asked[_kind(extreme)] = asked.get(_kind(extreme), 0) + 1
    if not asked:
        return request
    for each in found(request, plan.Compare):
        if _is_extreme(each):
            made: Any = each.left
            kind = _kind(made)
            tested[kind] = tested.get(kind, 0) + 1
            windows.setdefault(kind, set()).add(getattr(made.rows, "window", None))
            limits.setdefault(kind, set()).add((each.op, each.right))
    # What is wanted for its own sake is made anyway, and then is there to be compared.
    chosen = {each for each in windows if tested[each] == asked[each] and len(limits[each]) <= len(windows[each])}
    if not chosen:
        return request

    def changed(node: plan.Compare) -> plan.Expr:
        return _whether(node) if _is_extreme(node) and _kind(node.left) in chosen else node

    return rewritten(request, Rules({plan.Compare: changed}, is_kept=False))


def _is_extreme(node: plan.Compare) -> bool:
    """Say whether a comparison holds exactly where some event passes it."""
    match node:
        case plan.Compare(op, plan.Aggregate(Tally.MAX, plan.Events() | plan.Related()), plan.Literal()):
            return op in _UPWARD
        case plan.Compare(op, plan.Aggregate(Tally.MIN, plan.Events() | plan.Related()), plan.Literal()):
            return op in _DOWNWARD
        case _:
            return False


def _kind(made: Any) -> _Kind:
    rows = made.rows
    return made.tally, getattr(rows, "stream", None) or rows, getattr(rows, "where", None), made.value


def _whether(node: Any) -> plan.Expr:
    made = node.left
    passes = replace(node, left=made.value)
    asked = conjuncts(made.rows.where)
    where = plan.And((*asked, passes), span=node.span) if asked else passes
    counted = plan.Aggregate(Tally.COUNT, replace(made.rows, where=where), None, INTEGER, span=made.span)
    return plan.Compare(Op.GE, counted, _ONE, span=node.span)
