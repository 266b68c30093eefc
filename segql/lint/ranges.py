"""Segments that cut the same value into ranges, side by side in one file, and tiers that do."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from segql import plan
from segql.analysis import Analyzed
from segql.lint.params import params_in
from segql.lint.proving import Prover
from segql.logic.regions import Cut, Region, common
from segql.logic.tested import Tests, subject
from segql.plan.conjuncts import conjuncts
from segql.plan.rows import Rows
from segql.source import Span
from segql.types import Kind

_DENSE = frozenset({Kind.DECIMAL, Kind.FLOAT})


@dataclass(frozen=True, slots=True)
class Range:
    """The values that a segment or tier lets through, its whole condition, and where the range was written."""

    name: str
    region: Region
    condition: plan.Expr
    span: Span

    def begins_or_ends_at(self, cut: Cut) -> bool:
        """Say whether a cut is an end of the range."""
        return cut in self.region.cuts

    @property
    def is_single(self) -> bool:
        """Whether it holds single values only."""
        return all(
            start is not None and end is not None and start[0] == end[0] for start, end in self.region.stretches()
        )


@dataclass(frozen=True, slots=True)
class Family:
    """Ranges of one value, in the order in which they are written; `rest` is what all of them ask for besides.

    `is_first_wins`: whoever is in an earlier one is in no later one, as with tiers.
    """

    value: plan.Expr
    rest: frozenset[plan.Expr]
    ranges: tuple[Range, ...]
    rows: Rows
    is_first_wins: bool

    def is_slip(self, start: Cut, end: Cut) -> bool:
        """Say whether so little lies between two cuts that nobody can have meant it: one value, or less than one."""
        kind = self.value.type.kind
        if start[0] == end[0]:
            return True
        if kind is Kind.INTEGER:
            return bool(math.floor(start[0]) + start[1] == math.ceil(end[0]) - 1 + end[1])
        low, high = start[0], end[0]
        return kind in _DENSE and high - low == 1 and low == int(low)

    def somebody(self, start: Cut, end: Cut, prover: Prover, *, met: Sequence[Range]) -> str | None:
        """Return in words somebody whose value lies between two cuts, in these ranges and in no other."""
        least = plan.Literal(start[0], self.value.type)
        most = plan.Literal(end[0], self.value.type)
        inside = [
            plan.Compare(plan.Op.GT if start[1] else plan.Op.GE, self.value, least),
            plan.Compare(plan.Op.LE if end[1] else plan.Op.LT, self.value, most),
        ]
        others = [each.condition for each in self.ranges if each not in met]
        return prover.somebody([*inside, *self.rest, *(each.condition for each in met)], others, self.rows)


def families(analyzed: Analyzed) -> Iterator[Family]:
    """Yield the ranges side by side: segments of one file that ask for the same otherwise, and tiers of a list."""
    made = {name for outcome in analyzed.outcomes.values() for name in outcome.segments}
    by_file: dict[tuple[str, str], list[tuple[str, plan.Expr]]] = defaultdict(list)
    for name, each in analyzed.definitions.items():
        if name not in made:
            by_file[each.span.source.name, each.entity].append((name, each.condition))
    for (_, entity), named in by_file.items():
        yield from _families(named, (entity,), analyzed.params, is_first_wins=False)
    for outcome in analyzed.outcomes.values():
        if outcome.kind == "tiers" and isinstance(outcome.expr, plan.Choice):
            named = [
                (value.span.text, each)
                for value, each in zip(outcome.expr.values, outcome.expr.conditions, strict=True)
            ]
            yield from _families(named, (outcome.entity,), analyzed.params, is_first_wins=True)


def _families(
    named: Iterable[tuple[str, plan.Expr]], rows: Rows, params: Mapping[str, object], *, is_first_wins: bool
) -> Iterator[Family]:
    found: dict[tuple[plan.Expr, frozenset[plan.Expr]], list[Range]] = defaultdict(list)
    for name, condition in named:
        for value, rest, region, span in _ranges(condition, params):
            found[value, rest].append(Range(name, region, condition, span))
    for (value, rest), ranges in found.items():
        if len(ranges) > 1:
            yield Family(value, rest, tuple(ranges), rows, is_first_wins)


def _ranges(
    condition: plan.Expr, params: Mapping[str, object]
) -> Iterator[tuple[plan.Expr, frozenset[plan.Expr], Region, Span]]:
    """Yield each value that a condition keeps in a range, with what else it asks for, and where that is written."""
    # With another value of a parameter they would be other ranges.
    if params_in(condition, params):
        return
    parts = conjuncts(condition)
    tested: dict[plan.Expr, list[plan.Expr]] = defaultdict(list)
    for each in parts:
        value = subject(each)
        if value is not None and _is_range(each):
            tested[value].append(each)
    for value, tests in tested.items():
        regions = [Tests(value).region(each) for each in tests]
        sure = [each for each in regions if each is not None]
        if len(sure) == len(regions):
            yield value, frozenset(each for each in parts if each not in tests), common(sure), _around(tests)


def _is_range(condition: plan.Expr) -> bool:
    """Say whether a condition compares with values that it names."""
    match condition:
        case plan.Not(operand):
            return _is_range(operand)
        case plan.And(operands):
            return all(map(_is_range, operands))
    return isinstance(condition, plan.Compare | plan.OneOf)


def _around(tests: Sequence[plan.Expr]) -> Span:
    first = tests[0].span
    spans = [each.span for each in tests if each.span.source is first.source]
    return first.source.span(min(each.start for each in spans), max(each.end for each in spans))
