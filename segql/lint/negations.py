"""Negations that let somebody in only because a value is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from segql import plan
from segql.lint.fields import place
from segql.lint.proving import Prover
from segql.logic.connectives import needs, opposite
from segql.plan import Op, Tally
from segql.plan.expressions import FROM_ZERO
from segql.plan.rows import Rows, parts
from segql.tree import Node, children, replace
from segql.types import BOOLEAN, INTEGER


@dataclass(frozen=True, slots=True)
class Passed:
    """A negation, and a value in it that lets somebody in where it is missing."""

    negation: plan.Not
    value: plan.Expr


@dataclass(frozen=True, slots=True)
class _Whole:
    """A condition that decides alone on the row that it reads, and what is certain of whoever is asked."""

    condition: plan.Expr
    rows: Rows
    given: tuple[plan.Expr, ...] = ()


# Below these nothing is asked.
_LEAVES = frozenset({plan.Literal, plan.Field, plan.ClockTime, plan.Moment, plan.MemberKey})

# The way down to a part of a condition: which operand, and which of its operands.
_Way: TypeAlias = tuple[int, ...]


def passed(prover: Prover, every: Collection[tuple[str, int, int]]) -> Iterator[Passed]:
    """Yield each negation once, with the first value that lets somebody in where it is missing.

    That is so where the whole condition around would keep somebody out if the negation asked for the value, too.
    `every` are the places of conditions that all rows must meet: the plan asks whether one does not.
    """
    found: set[tuple[str, int, int]] = set()
    for whole in _wholes(prover, every):
        for value, negations in _negated(whole.condition).items():
            if not _may_miss(value, whole.rows, prover):
                continue
            for negation in _passed(value, list(negations.values()), whole, prover):
                at = place(negation.span)
                # A trait is written out wherever it is used.
                if at not in found:
                    found.add(at)
                    yield Passed(negation, value)


@dataclass(slots=True)
class _Negated:
    """A negation, and the ways down to the tests below it that do not hold without some value."""

    negation: plan.Not
    ways: list[_Way]


def _passed(value: plan.Expr, negations: Sequence[_Negated], whole: _Whole, prover: Prover) -> Iterator[plan.Not]:
    """Yield the negations that let somebody in who lacks a value; of several that do so together the first."""
    if _matter(value, [way for each in negations for way in each.ways], whole, prover):
        alone = [each for each in negations if _matter(value, each.ways, whole, prover)]
        yield from (each.negation for each in alone or negations[:1])


def _matter(value: plan.Expr, ways: Iterable[_Way], whole: _Whole, prover: Prover) -> bool:
    """Say whether somebody is let in who would not be if these tests also held where the value is missing."""
    asking = whole.condition
    for way in ways:
        asking = _asking(asking, way, value)
    asked = [*whole.given, *_certain(value, whole, prover), whole.condition, opposite(asking)]
    return not prover.impossible(asked, whole.rows)


def _asking(node: plan.Expr, way: _Way, value: plan.Expr) -> plan.Expr:
    """Return a condition with the test at the end of a way also true where the value is missing."""
    if not way:
        return plan.Or((node, plan.IsMissing(value)))
    at, rest = way[0], way[1:]
    if isinstance(node, plan.Not):
        return replace(node, operand=_asking(node.operand, rest, value))
    assert isinstance(node, plan.And | plan.Or)
    operands = list(node.operands)
    operands[at] = _asking(operands[at], rest, value)
    return replace(node, operands=tuple(operands))


def _certain(value: plan.Expr, whole: _Whole, prover: Prover) -> Iterator[plan.Expr]:
    """Yield what is certain of values made of rows: one that is known has rows, and mostly the other way round."""
    made = dict.fromkeys(each for part in (whole.condition, *whole.given) for each in _aggregates(prover.opened(part)))
    for each in made if isinstance(value, plan.Aggregate) else ():
        yield plan.Or((plan.IsMissing(each), _enough(each)))
    if isinstance(value, plan.Aggregate) and _is_always_known(value, whole.rows, prover):
        yield plan.Or((plan.Not(_enough(value)), plan.Not(plan.IsMissing(value))))


def _aggregates(condition: plan.Expr) -> Iterator[plan.Aggregate]:
    """Yield the values made of rows of whoever is asked that may be missing."""
    pending: list[Node] = [condition]
    while pending:
        node = pending.pop()
        if not isinstance(node, plan.Aggregate):
            pending += children(node)
        elif node.tally not in FROM_ZERO and not isinstance(node.rows, plan.Items):
            yield node


def _enough(made: plan.Aggregate) -> plan.Expr:
    """Return the condition that there are as many rows as a value needs."""
    counted = plan.Aggregate(Tally.COUNT, made.rows, None, INTEGER)
    return plan.Compare(Op.GE, counted, plan.Literal(2 if made.tally is Tally.GAP else 1, INTEGER))


def _is_always_known(made: plan.Aggregate, rows: Rows, prover: Prover) -> bool:
    """Say whether a value made of rows is known wherever there are enough."""
    match made:
        case plan.Aggregate(tally, _, value) if tally is Tally.GAP or value is None:
            return True
        case plan.Aggregate(_, plan.Events(owner) | plan.Related(owner), plan.Field(_, ()) as field):
            return not prover.domain(field, (*rows, owner)).may_miss
    return False


# ── what is looked at ────────────────────────────────────────────────────────────────────────────────────────────────


def _wholes(prover: Prover, every: Collection[tuple[str, int, int]]) -> Iterator[_Whole]:
    """Yield the conditions that decide on a member, or on one of its rows, without those joined in others."""
    pending: list[tuple[Node, Rows, tuple[plan.Expr, ...]]] = [
        (each.condition, each.rows, ()) for each in reversed(list(prover.wholes()))
    ]
    while pending:
        node, rows, given = pending.pop()
        if isinstance(node, plan.And | plan.Or | plan.Not):
            # All rows meet it, if none does not.
            is_turned = isinstance(node, plan.Not) and place(node.span) in every
            yield _Whole(node.operand if isinstance(node, plan.Not) and is_turned else node, rows, given)
        asked = node.conditions if isinstance(node, plan.Choice) else ()
        # A condition of a choice is asked where those before it do not hold.
        earlier = {id(each): tuple(map(opposite, asked[:at])) for at, each in enumerate(asked)}
        found = [(each, read, earlier.get(id(each), ())) for each, read in _below(node, rows)]
        pending += reversed(found)


def _below(node: Node, rows: Rows) -> Iterator[tuple[Node, Rows]]:
    """Yield what stands below a condition and is not joined with it."""
    for _, value, inside in parts(node, rows):
        for each, read in zip(value if type(value) is tuple else (value,), inside, strict=False):
            if isinstance(each, plan.And | plan.Or | plan.Not) and isinstance(node, plan.And | plan.Or | plan.Not):
                yield from _below(each, read)
            elif isinstance(each, Node) and type(each) not in _LEAVES:
                yield each, read


def _negated(condition: plan.Expr) -> Mapping[plan.Expr, Mapping[int, _Negated]]:
    """Return, by value, the negations over tests that do not hold without it: of two of them only one negates."""
    found: dict[plan.Expr, dict[int, _Negated]] = {}
    pending: list[tuple[plan.Expr, _Way, plan.Not | None, bool]] = [(condition, (), None, False)]
    while pending:
        node, way, negation, is_negated = pending.pop()
        match node:
            case plan.Not(operand):
                pending.append((operand, (*way, 0), node, not is_negated))
            case plan.And(operands) | plan.Or(operands):
                below = [(each, (*way, at), negation, is_negated) for at, each in enumerate(operands)]
                pending += reversed(below)
            case _ if is_negated and negation is not None:
                for value in dict.fromkeys(_values(node)):
                    of_value = found.setdefault(value, {})
                    of_value.setdefault(id(negation), _Negated(negation, [])).ways.append(way)
    return found


def _values(test: plan.Expr) -> Iterator[plan.Expr]:
    """Yield values without which a test does not hold, down to those that can be missing by themselves."""
    if isinstance(test, plan.Field) and test.type == BOOLEAN:
        yield test
    for each in needs(test):
        yield from _leaves(each)


def _leaves(value: plan.Expr) -> Iterator[plan.Expr]:
    match value:
        case plan.Arithmetic(_, left, right):
            yield from (*_leaves(left), *_leaves(right))
        case plan.Call(_, arguments):
            yield from _leaves(arguments[0])
        case plan.DatePart(_, inner) | plan.DaysSince(inner) | plan.Instant(inner):
            yield from _leaves(inner)
        case plan.Aggregate(rows=plan.Items(of=inner)):
            yield from _leaves(inner)
        case plan.Field() | plan.JsonValue() | plan.Aggregate():
            yield value


def _may_miss(value: plan.Expr, rows: Rows, prover: Prover) -> bool:
    match value:
        case plan.Aggregate(tally):
            return tally not in FROM_ZERO
        case plan.Field(_, path):
            # Whether there is a row behind a relation is another question.
            return not path and prover.domain(value, rows).may_miss
    return isinstance(value, plan.JsonValue)
