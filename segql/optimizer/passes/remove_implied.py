"""Leave out what other conditions say already: duplicates, what is absorbed, common factors, smaller counts.

before:  age < 30 and is_vip and age < 30
after:   age < 30 and is_vip

before:  is_vip and (is_vip or age < 30)
after:   is_vip

before:  is_vip and (not is_vip or age < 30)
after:   is_vip and age < 30

before:  is_vip and age < 30 or is_vip and country = "DE"
after:   is_vip and (age < 30 or country = "DE")

before:  country contains "a" and country is known
after:   country contains "a"

before:  count(purchase in last 30 days) >= 3 and count(purchase in last 30 days) >= 1
after:   count(purchase in last 30 days) >= 3

before:  count(purchase in last 30 days) >= 1 and count(purchase in last 60 days) >= 1
after:   count(purchase in last 30 days) >= 1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from segql import plan
from segql.logic.connectives import Connective, joined, needs, opposite, other
from segql.logic.counts import alike
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, rewritten


def remove_implied(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request without conditions that say nothing beside those they stand with."""
    del facts
    return rewritten(request, _RULES)


def _said_once(node: Any) -> Any:
    kind, operands = type(node), node.operands
    left = _with_implied_left_out(kind, _with_absorbed_left_out(kind, dict.fromkeys(operands)))
    if len(left) == len(operands) and all(one is other_ for one, other_ in zip(left, operands, strict=True)):
        return _factored(node)
    made = joined(kind, left, node.span)
    return _factored(made) if isinstance(made, kind) else made


def _with_absorbed_left_out(kind: type[Connective], operands: dict[plan.Expr, None]) -> list[plan.Expr]:
    """Return the operands without those that hold another, and those without what another rules out."""
    inner = other(kind)
    if not any(isinstance(each, inner) for each in operands):
        return list(operands)
    ruled_out = {opposite(each) for each in operands}
    left: list[plan.Expr] = []
    for each in operands:
        if not isinstance(each, inner):
            left.append(each)
        elif not any(part in operands for part in each.operands):
            parts = [part for part in each.operands if part not in ruled_out]
            left.append(each if len(parts) == len(each.operands) else joined(inner, parts, each.span))
    return left


def _with_implied_left_out(kind: type[Connective], operands: Sequence[plan.Expr]) -> list[plan.Expr]:
    dropped = {*_known_anyway(kind, operands), *_counted_anyway(kind, operands)}
    return [each for at, each in enumerate(operands) if at not in dropped]


def _known_anyway(kind: type[Connective], operands: Sequence[plan.Expr]) -> Iterator[int]:
    """Yield the places of tests that a value is known, beside one that only known values pass; so under `or`."""
    if not any(isinstance(each, plan.Not | plan.IsMissing) for each in operands):
        return
    asked = [each if kind is plan.And else opposite(each) for each in operands]
    known = {at: each.operand.value for at, each in enumerate(asked) if _is_known(each)}  # type: ignore[union-attr]
    if known:
        needed = {value for at, each in enumerate(asked) if at not in known for value in needs(each)}
        yield from (at for at, value in known.items() if value in needed)


def _is_known(condition: plan.Expr) -> bool:
    return isinstance(condition, plan.Not) and isinstance(condition.operand, plan.IsMissing)


def _counted_anyway(kind: type[Connective], operands: Sequence[plan.Expr]) -> Iterator[int]:
    """Yield the places of counts that another makes certain; under `or`, of those that make another certain."""
    for group in alike(operands):
        gone: set[int] = set()
        for at, one in group:
            for place, count in group:
                if at != place and not gone & {at, place}:
                    strong, weak = (count, one) if kind is plan.And else (one, count)
                    if strong.implies(weak):
                        gone.add(at)
        yield from gone


def _factored(node: Connective) -> plan.Expr:
    """Take what all alternatives ask for out of them; and so of conditions that allow the same."""
    kind, inner = type(node), other(type(node))
    if not all(isinstance(each, inner) for each in node.operands):
        return node
    sides: list[tuple[plan.Expr, ...]] = [each.operands for each in node.operands]  # type: ignore[union-attr]
    shared = set(sides[0]).intersection(*sides[1:])
    if not shared:
        return node
    common = [each for each in sides[0] if each in shared]
    rests = [joined(inner, [each for each in side if each not in shared], node.span) for side in sides]
    return joined(inner, [*common, joined(kind, rests, node.span)], node.span)


_RULES = Rules({plan.And: _said_once, plan.Or: _said_once})
