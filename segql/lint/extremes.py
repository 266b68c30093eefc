"""Conditions that nobody meets, and conditions that everybody meets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from segql import plan
from segql.lint.proving import Place, Prover
from segql.logic.connectives import Connective, needs, opposite
from segql.logic.tested import subject
from segql.plan.rows import Rows, parts
from segql.tree import Node, children


@dataclass(frozen=True, slots=True)
class Extreme:
    """A condition that comes out the same for everybody; `met` says how. `rows` own the row that is read at each level.

    No part of it does so itself. `if_known` are values that have to be known for it.
    """

    condition: plan.Expr
    rows: Rows
    met: bool
    if_known: tuple[plan.Expr, ...] = ()


def extremes(prover: Prover) -> Iterator[Extreme]:
    """Yield the innermost conditions of a project that nobody meets, or everybody, as far as that is certain."""
    search = _Search(prover)
    for each in prover.wholes():
        search.look(each)
    yield from search.found.values()


def meets(condition: plan.Expr) -> Iterator[object]:
    """Yield what a condition asks about, so that conditions that ask about nothing in common are left alone.

    Counts of the same rows are one thing, however they are counted.
    """
    match condition:
        case plan.And(operands) | plan.Or(operands):
            for each in operands:
                yield from meets(each)
            return
        case plan.Not(operand):
            yield from meets(operand)
            return
    value = subject(condition)
    for each in (value or condition, *needs(condition)):
        if not isinstance(each, plan.Literal):
            yield _rows(each.rows) if isinstance(each, plan.Aggregate) else each


def _rows(rows: plan.Rows) -> object:
    match rows:
        case plan.Events(stream):
            return stream
        case plan.Related(relation):
            return relation
    return rows


class _Search:
    def __init__(self, prover: Prover) -> None:
        self.found: dict[object, Extreme] = {}
        self._prover = prover
        self._seen: dict[object, bool] = {}

    def look(self, place: Place) -> bool:
        """Look at a condition and all below it; say whether any of it comes out the same for everybody."""
        # What is written twice is told twice: equal conditions are one only where they stand in one place.
        span = place.condition.span
        key = (span.source.name, span.start, span.end, place.condition, place.rows)
        if key not in self._seen:
            self._seen[key] = self._look(place.condition, place.rows)
        return self._seen[key]

    def _look(self, node: plan.Expr, rows: Rows) -> bool:
        # Who writes `everyone` or `nobody` knows it.
        is_found = isinstance(node, plan.And | plan.Or | plan.Not) and any(
            isinstance(each, plan.Literal) for each in children(node)
        )
        # Of a `between` no side is said alone.
        if isinstance(node, plan.And) and all(each.span == node.span for each in node.operands):
            return self._is_extreme(node, rows)
        for _, value, inside in parts(node, rows):
            below = value if type(value) is tuple else (value,)
            for each, read in zip(below, inside, strict=False):
                if isinstance(each, Node):
                    is_found |= self.look(Place(each, read))  # type: ignore[arg-type]
        if is_found or not self._is_worth_it(node):
            return is_found
        return self._is_extreme(node, rows)

    def _is_extreme(self, node: plan.Expr, rows: Rows) -> bool:
        found = self._extreme(node, rows)
        if found is None:
            return False
        # A trait is written out where it is used: what is wrong in it is told once.
        self.found.setdefault((node.span.source.name, node.span.start, node.span.end), found)
        return True

    def _extreme(self, node: plan.Expr, rows: Rows) -> Extreme | None:
        if self._prover.impossible([node], rows):
            return Extreme(node, rows, met=False)
        if self._prover.impossible([opposite(node)], rows):
            return Extreme(node, rows, met=True)
        if isinstance(node, plan.Or):
            asked = dict.fromkeys(each for each in map(subject, node.operands) if each is not None)
            known = [plan.Not(plan.IsMissing(each)) for each in asked]
            if known and self._prover.impossible([*known, opposite(node)], rows):
                return Extreme(node, rows, met=True, if_known=tuple(asked))
        return None

    def _is_worth_it(self, node: Node) -> bool:
        if isinstance(node, plan.Compare | plan.OneOf | plan.IsMissing):
            return True
        return isinstance(node, plan.And | plan.Or) and shares(node, self._prover)


def shares(node: Connective, prover: Prover) -> bool:
    """Say whether two operands ask about the same."""
    every = [set(meets(prover.opened(each))) for each in node.operands]
    return sum(map(len, every)) > len(set().union(*every))
