"""Several tests of one value against literals, made one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from segql import plan
from segql.logic import regions
from segql.logic.connectives import Connective, joined, opposite
from segql.logic.regions import Region
from segql.plan import Op
from segql.source import NOWHERE, Span

# Sets of more are left as they are: to merge them takes longer than an engine needs to ask twice.
_LITERALS_MOST = 20_000

# What a comparison is with its sides changed.
TURNED = {Op.EQ: Op.EQ, Op.LT: Op.GT, Op.LE: Op.GE, Op.GT: Op.LT, Op.GE: Op.LE}


def subject(condition: plan.Expr) -> plan.Expr | None:
    """Return the value that a condition tests, where it does nothing but compare that one with literals.

    Example:
        >>> from segql.types import INTEGER
        >>> age = plan.Field(0, (), "age", INTEGER)
        >>> subject(plan.Not(plan.IsMissing(age))) == age
        True
    """
    match condition:
        case plan.Compare(_, left, right):
            if isinstance(right, plan.Literal):
                return None if isinstance(left, plan.Literal) else left
            return right if isinstance(left, plan.Literal) else None
        case plan.OneOf(value) | plan.IsMissing(value):
            return None if isinstance(value, plan.Literal) else value
        case plan.Not(operand):
            return subject(operand)
        case plan.And(operands) | plan.Or(operands):
            first = subject(operands[0])
            is_one = first is not None and all(subject(each) == first for each in operands[1:])
            return first if is_one else None
        case _:
            return None


@dataclass(slots=True)
class Tests:
    """The tests of one value that stand in a connective, as one region.

    `literals` are those that were written, by what they are among the values; `atoms` how many tests there are,
    `options` how many literals they hold.
    """

    value: plan.Expr
    literals: dict[Any, plan.Literal] = field(default_factory=dict)
    atoms: int = 0
    options: int = 0
    is_ordered: bool = False

    def region(self, condition: plan.Expr) -> Region | None:
        """Return the region of one test; None where it is not certain."""
        match condition:
            case plan.Compare(op, left, right):
                is_turned = isinstance(left, plan.Literal)
                key = self._key(left if is_turned else right)
                self.atoms += 1
                self.is_ordered |= op is not Op.EQ
                return None if key is None else regions.of_comparison(TURNED[op] if is_turned else op, key)
            case plan.OneOf(_, options):
                keys = [self._key(each) for each in options]
                self.atoms += 1
                return None if None in keys else regions.of_points(keys)
            case plan.IsMissing():
                self.atoms += 1
                return regions.MISSING
            case plan.Not(operand):
                inner = self.region(operand)
                return None if inner is None else inner.opposite()
            case plan.And(operands) | plan.Or(operands):
                return self.joined(type(condition), operands)
            case _:
                return None

    def joined(self, kind: type[Connective], conditions: Sequence[plan.Expr]) -> Region | None:
        """Return the region of several tests together; None where it is not certain."""
        found = [self.region(each) for each in conditions]
        if None in found:
            return None
        join = regions.common if kind is plan.And else regions.together
        return join(found)  # type: ignore[arg-type]

    def written(self, region: Region, span: Span) -> plan.Expr:
        """Return the shortest condition that holds for the values of a region."""
        if region.is_empty or region.opposite().is_empty:
            return plan.FALSE if region.is_empty else plan.TRUE
        if region.is_punctured:
            # Nothing is said of higher and lower ones where nobody asked for them.
            others = list(self._alternatives(Region(first=False, cuts=region.cuts, missing=False), span))
            left_out = opposite(joined(plan.Or, others, span))
            known = plan.Not(plan.IsMissing(self.value, span=span), span=span)
            return left_out if region.missing else plan.And((known, left_out), span=span)
        here = list(self._alternatives(region, span))
        there = list(self._alternatives(region.opposite(), span))
        is_longer = _size(there) + 1 < _size(here)
        return opposite(joined(plan.Or, there, span)) if is_longer else joined(plan.Or, here, span)

    def _key(self, literal: plan.Expr) -> Any:
        assert isinstance(literal, plan.Literal)
        key = regions.key_of(literal, self.value.type)
        self.options += 1
        if key is not None:
            self.literals.setdefault(key, literal)
        return key

    def _alternatives(self, region: Region, span: Span) -> Iterator[plan.Expr]:
        points: set[Any] = set()
        ranges: list[plan.Expr] = []
        for start, end in region.stretches():
            if start is None and end is None:
                ranges.append(plan.Not(plan.IsMissing(self.value, span=span), span=span))
            elif start is not None and end is not None and start[0] == end[0]:
                points.add(start[0])
            else:
                ranges.append(joined(plan.And, self._sides(start, end, span), span))
        if points:
            # In the order in which they were written.
            options = tuple(literal for key, literal in self.literals.items() if key in points)
            is_one = len(options) == 1
            yield (
                plan.Compare(Op.EQ, self.value, options[0], span=span)
                if is_one
                else plan.OneOf(self.value, options, span=span)
            )
        yield from ranges
        if region.missing:
            yield plan.IsMissing(self.value, span=span)

    def _sides(self, start: regions.Cut | None, end: regions.Cut | None, span: Span) -> Iterator[plan.Expr]:
        if start is not None:
            op = Op.GT if start[1] else Op.GE
            yield plan.Compare(op, self.value, self.literals[start[0]], span=span)
        if end is not None:
            op = Op.LE if end[1] else Op.LT
            yield plan.Compare(op, self.value, self.literals[end[0]], span=span)


def merged(connective: Connective, is_wanted: Callable[[Region, Tests], bool]) -> plan.Expr:
    """Return a connective in which the tests of one value became one, where that is shorter and the region is wanted.

    What was merged stands in the place of the first of them, and is said to be written there.
    """
    kind = type(connective)
    operands: list[plan.Expr | None] = list(connective.operands)
    is_changed = False
    for value, places in _by_subject(connective).items():
        together = [connective.operands[at] for at in places]
        if sum(map(_literals, together)) > _LITERALS_MOST:
            continue
        tests = Tests(value)
        region = tests.joined(kind, together)
        if region is None or not is_wanted(region, tests):
            continue
        made = tests.written(region, _span(together))
        after = Tests(value)
        if not isinstance(made, plan.Literal):
            after.region(made)
        if (after.atoms, after.options) < (tests.atoms, tests.options):
            is_changed = True
            for at in places:
                operands[at] = None
            operands[places[0]] = made
    if not is_changed:
        return connective
    return joined(kind, (each for each in operands if each is not None), connective.span)


def _by_subject(connective: Connective) -> dict[plan.Expr, list[int]]:
    """Return the places of the tests of each value that is tested more than once."""
    found: dict[plan.Expr, list[int]] = {}
    for at, each in enumerate(connective.operands):
        value = subject(each)
        if value is not None:
            found.setdefault(value, []).append(at)
    return {value: places for value, places in found.items() if len(places) > 1}


def _literals(condition: plan.Expr) -> int:
    """Return how many literals a test holds."""
    match condition:
        case plan.OneOf(_, options):
            return len(options)
        case plan.Not(operand):
            return _literals(operand)
        case plan.And(operands) | plan.Or(operands):
            return sum(map(_literals, operands))
        case _:
            return 1


def _size(alternatives: Sequence[plan.Expr]) -> int:
    """Return how much there is to ask: comparisons, and negations."""
    return sum(
        len(each.operands) if isinstance(each, plan.And) else 2 if isinstance(each, plan.Not) else 1
        for each in alternatives
    )


def _span(conditions: Sequence[plan.Expr]) -> Span:
    return next((each.span for each in conditions if each.span is not NOWHERE), NOWHERE)
