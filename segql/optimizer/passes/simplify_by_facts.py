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

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from segql import plan
from segql.optimizer.facts import NONE, Facts
from segql.optimizer.rewriting import Rules, of_each, rewritten, within
from segql.plan import Op, Sign, Tally
from segql.tree import Node, children, replace
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
    """Return what is done with the nodes of rows of these owners."""
    rules: dict[type[Node], Callable[..., Any]] = {
        plan.IsMissing: _missing,
        plan.Not: _negated,
        plan.Compare: _compared,
    }
    if facts:
        rules |= {plan.OneOf: _listed, plan.Aggregate: _aggregated}
    made = {kind: partial(rule, facts=facts, owners=owners) for kind, rule in rules.items()}
    return Rules(made, is_kept=not facts)


def _missing(node: plan.IsMissing, facts: Facts, owners: _Owners) -> plan.Expr:
    return plan.FALSE if _is_known(node.value, facts, owners) else node


def _negated(node: plan.Not, facts: Facts, owners: _Owners) -> plan.Expr:
    match node.operand:
        case plan.Compare(op, left, right) as inner if op in _OPPOSITE:
            is_known = _is_known(left, facts, owners) and _is_known(right, facts, owners)
            return replace(inner, op=_OPPOSITE[op]) if is_known else node
        case _:
            return node


def _compared(node: plan.Compare, facts: Facts, owners: _Owners) -> plan.Expr:
    match node.left, node.right:
        case plan.Aggregate(tally), plan.Literal(int() as number) if number <= 0 and tally in _COUNTS:
            return _of_no_count(node, node.op, number)
        case plan.Field() as field, plan.Literal(text) if facts and node.op is Op.EQ:
            values = _values(field, facts, owners)
            return node if values is None or text in values else plan.FALSE
        case _:
            return node


def _aggregated(node: plan.Aggregate, facts: Facts, owners: _Owners) -> plan.Aggregate:
    """Simplify the condition on an aggregate's rows, which stand at the level after the member's."""
    match node.rows:
        case plan.Events(owner) | plan.Related(owner) if _is_plain(node.rows.where):
            where = within(node.rows.where, _rules(facts, {0: owners[0], 1: owner}))  # type: ignore[type-var]
            return node if where is node.rows.where else replace(node, rows=replace(node.rows, where=where))
        case _:
            return node


def _of_no_count(node: plan.Compare, op: Op, number: int) -> plan.Expr:
    """Return how a count compares with zero, or with less: there is no lower one."""
    if op is Op.GE or (op is Op.GT and number < 0):
        return plan.TRUE
    if op is Op.LT or number < 0:
        return plan.FALSE
    return node


def _listed(node: plan.OneOf, facts: Facts, owners: _Owners) -> plan.Expr:
    """Return a set without what the column cannot hold; one with all that it can says that it is known."""
    values = _values(node.value, facts, owners) if isinstance(node.value, plan.Field) else None
    if values is None:
        return node
    left = tuple(each for each in node.options if each.value in values)
    if {each.value for each in left} == values:
        return plan.Not(plan.IsMissing(node.value, span=node.span), span=node.span)
    if len(left) == len(node.options):
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
_RULES = _rules(NONE, {})
