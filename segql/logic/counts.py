"""Counts of rows against a number: what one of them says about another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segql import plan
from segql.logic.bounds import is_inside
from segql.plan import Op, Tally
from segql.plan.conjuncts import conjuncts
from segql.types import Kind

# Among more counts of one kind nothing is looked for: each would be held against each.
_MOST = 50

# More rows never make less of these.
_GROWING = frozenset({Tally.COUNT, Tally.DISTINCT, Tally.ACTIVE_DAYS})


@dataclass(frozen=True, slots=True)
class Count:
    """That there are at least `least` of some rows, or, if not `is_there`, that there are fewer."""

    made: plan.Aggregate
    least: int
    is_there: bool

    def implies(self, other: Count) -> bool:
        """Say whether it makes the other certain, for every member at every T."""
        if self.is_there is not other.is_there:
            return False
        fewer, more = (self, other) if self.is_there else (other, self)
        # So many of some rows are so many of all rows of which they are a part.
        return more.least <= fewer.least and is_part(fewer.made, more.made)

    def opposite(self) -> Count:
        """Return that it is not so."""
        return Count(self.made, self.least, not self.is_there)


def counted(condition: plan.Expr) -> Count | None:
    """Return what a condition says about a count of rows, where it compares one with a number."""
    match condition:
        case plan.Not(operand):
            inner = counted(operand)
            return None if inner is None else inner.opposite()
        case plan.Compare(op, plan.Aggregate(tally) as made, plan.Literal(int() as number, type_)):
            if tally not in _GROWING or type_.kind is not Kind.INTEGER:
                return None
            match op:
                case Op.GE:
                    return Count(made, number, is_there=True)
                case Op.GT:
                    return Count(made, number + 1, is_there=True)
                case Op.LT:
                    return Count(made, number, is_there=False)
                case Op.LE:
                    return Count(made, number + 1, is_there=False)
                case _ if number == 0:
                    return Count(made, 1, is_there=False)
    return None


def alike(conditions: Sequence[plan.Expr]) -> Iterator[list[tuple[int, Count]]]:
    """Yield the counts of rows of one kind that stand beside each other, two or more, each with its place."""
    found: dict[object, list[tuple[int, Count]]] = {}
    for at, each in enumerate(conditions):
        count = counted(each)
        if count is not None:
            found.setdefault(_kind(count.made), []).append((at, count))
    yield from (each for each in found.values() if 1 < len(each) <= _MOST)


def _kind(made: plan.Aggregate) -> object:
    rows = made.rows
    if isinstance(rows, plan.Events):
        return rows.stream
    return rows.relation if isinstance(rows, plan.Related) else rows.of


def is_part(fewer: plan.Aggregate, more: plan.Aggregate) -> bool:
    """Say whether all that one aggregate counts is counted by the other too; never of what does not count."""
    if fewer.tally not in _GROWING or fewer.tally is not more.tally or fewer.value != more.value:
        return False
    match fewer.rows, more.rows:
        case plan.Events(stream, window, where), plan.Events(other, wider, looser):
            return stream == other and is_inside(window, wider) and _is_narrower(where, looser)
        case plan.Related(relation, where), plan.Related(other, looser):
            return relation == other and _is_narrower(where, looser)
        case plan.Items(of, where), plan.Items(other_list, looser):
            return of == other_list and _is_narrower(where, looser)
        case _:
            return False


def _is_narrower(where: plan.Expr | None, looser: plan.Expr | None) -> bool:
    """Say whether one condition holds only where the other does, because it asks for all of it."""
    if looser is None or where == looser:
        return True
    return where is not None and set(conjuncts(looser)) <= set(conjuncts(where))
