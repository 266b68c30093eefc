"""Use what is certain about values: a key and a count are never missing, nor is a column that its engine keeps full.

Where a value is known, the opposite of `<` is `>=`. Of a column with an engine's own list of values, others are left
out. What the catalog alone says of a field is not certain: see `Facts`.

before:  count(purchase) is missing or is_vip
after:   nobody or is_vip

before:  not (count(purchase) >= 2)
after:   count(purchase) < 2

before:  count(purchase in last 30 days) >= 0
after:   everyone
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from segql import plan
from segql.optimizer.facts import NONE, Facts
from segql.optimizer.rewriting import Rules, of_each, rewritten, within
from segql.plan import Op, Sign, Tally
from segql.tree import children, replace
from segql.types import Kind

_COUNTS = frozenset({Tally.COUNT, Tally.DISTINCT, Tally.ACTIVE_DAYS})
_OPPOSITE = {Op.LT: Op.GE, Op.LE: Op.GT, Op.GT: Op.LE, Op.GE: Op.LT}

# The owners of the rows in sight, by level; of another level nothing is known.
_Owners = Mapping[int, str]


def simplify_by_facts(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request without tests of which it is certain how they end."""
    if not facts:
        return rewritten(request, _RULES)
    rules = {entity: _rules(facts, {0: entity}) for entity in {each.entity for each in _whole(request)}}
    return of_each(request, lambda part: within(part, rules[part.entity]))


def _whole(request: plan.Request) -> Iterator[plan.Segment | plan.Filter | plan.Value]:
    yield from request.segments
    yield from request.filters
    yield from request.values


def _rules(facts: Facts, owners: _Owners) -> Rules:
    kinds = (plan.IsMissing, plan.Not, plan.Compare, plan.OneOf, plan.Aggregate)
    return Rules(dict.fromkeys(kinds, partial(_certain, facts, owners)), is_kept=False)


def _certain(facts: Facts, owners: _Owners, node: Any) -> Any:
    match node:
        case plan.IsMissing(value) if _is_known(value, facts, owners):
            return plan.FALSE
        case plan.Not(plan.Compare(op, left, right) as inner) if op in _OPPOSITE:
            if _is_known(left, facts, owners) and _is_known(right, facts, owners):
                return replace(inner, op=_OPPOSITE[op])
        case plan.Compare(op, plan.Aggregate(tally), plan.Literal(int() as number)) if tally in _COUNTS:
            if number <= 0:
                return _of_no_count(node, op, number)
        case plan.Compare(Op.EQ, plan.Field() as field, plan.Literal(text)):
            values = _values(field, facts, owners)
            if values is not None and text not in values:
                return plan.FALSE
        case plan.OneOf(plan.Field() as field, options):
            return _of_listed(node, options, _values(field, facts, owners))
        case plan.Aggregate(rows=plan.Events(stream, _, where)) if facts and _is_plain(where):
            return _in_rows(node, stream, facts, owners)
        case plan.Aggregate(rows=plan.Related(relation, where)) if facts and _is_plain(where):
            return _in_rows(node, relation, facts, owners)
    return node


def _of_no_count(node: plan.Compare, op: Op, number: int) -> plan.Expr:
    """Return how a count compares with zero, or with less: there is no lower one."""
    if op is Op.GE or (op is Op.GT and number < 0):
        return plan.TRUE
    if op is Op.LT or number < 0:
        return plan.FALSE
    return node


def _of_listed(node: plan.OneOf, options: tuple[plan.Literal, ...], values: frozenset[str] | None) -> plan.Expr:
    """Return a set without what the column cannot hold; one with all that it can says that it is known."""
    if values is None:
        return node
    left = tuple(each for each in options if each.value in values)
    if {each.value for each in left} == values:
        return plan.Not(plan.IsMissing(node.value, span=node.span), span=node.span)
    if len(left) == len(options):
        return node
    return replace(node, options=left) if left else plan.FALSE


def _is_plain(where: plan.Expr | None) -> bool:
    """Say whether a condition reads no rows but those it is about: of others, the same level means another owner."""
    if where is None:
        return False
    pending: list[Any] = [where]
    while pending:
        each = pending.pop()
        if isinstance(each, plan.Aggregate | plan.Course | plan.Population | plan.AlsoWith):
            return False
        pending.extend((each.value,) if isinstance(each, plan.OneOf) else children(each))
    return True


def _in_rows(node: plan.Aggregate, owner: str, facts: Facts, owners: _Owners) -> plan.Aggregate:
    """Simplify the condition on an aggregate's rows, which stand at the level after the member's."""
    where = within(node.rows.where, _rules(facts, {0: owners[0], 1: owner}))  # type: ignore[type-var]
    return node if where is node.rows.where else replace(node, rows=replace(node.rows, where=where))


def _is_known(value: plan.Expr, facts: Facts, owners: _Owners) -> bool:
    match value:
        case plan.Field(level, (), name, _):
            return (owners.get(level, ""), name) in facts.never_missing
        case plan.Aggregate(tally):
            return tally in _COUNTS or (tally is Tally.SUM and value.type.kind in {Kind.INTEGER, Kind.DECIMAL})
        case plan.Arithmetic(sign, left, right) if sign in {Sign.ADD, Sign.SUB, Sign.MUL}:
            is_exact = value.type.kind in {Kind.INTEGER, Kind.DECIMAL}
            return is_exact and _is_known(left, facts, owners) and _is_known(right, facts, owners)
        case plan.Literal() | plan.ClockTime() | plan.MemberKey() | plan.CountTrue() | plan.Moment():
            return True
        case _:
            return False


def _values(field: plan.Field, facts: Facts, owners: _Owners) -> frozenset[str] | None:
    return None if field.path else facts.values.get((owners.get(field.level, ""), field.name))


# What is certain whatever the engine.
_RULES = Rules(dict.fromkeys((plan.IsMissing, plan.Not, plan.Compare), partial(_certain, NONE, {})))
