"""The conditions of a project as those rules see them that decide who can meet what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segql import plan
from segql.analysis import Analyzed
from segql.lint.params import params_in
from segql.logic.connectives import opposite
from segql.logic.domains import Domain, domain_of
from segql.logic.solver import Known, UndecidedError, both, core, example, outline
from segql.plan.rows import Rows, parts
from segql.tree import Node, replace

# A segment that uses others is looked into as far as this.
_PARTS_MOST = 50
_DEPTH_MOST = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A condition, and the owner of the row that it reads at each level."""

    condition: plan.Expr
    rows: Rows


class Prover:
    """Decides who can meet the conditions of a project; what it cannot decide it says nothing about."""

    def __init__(self, analyzed: Analyzed, clock: plan.Clock) -> None:
        self._analyzed = analyzed
        self._clock = clock
        self._written_out: dict[str, plan.Expr | None] = {}
        self._depth = 0

    def wholes(self) -> Iterator[Place]:
        """Yield the whole conditions of segments, scores, tier lists and tables."""
        analyzed = self._analyzed
        made = {name for outcome in analyzed.outcomes.values() for name in outcome.segments}
        for name, each in analyzed.definitions.items():
            if name not in made:
                yield Place(each.condition, (each.entity,))
        for outcome in analyzed.outcomes.values():
            yield Place(outcome.expr, (outcome.entity,))
        for entity, condition in analyzed.filters.items():
            yield Place(condition, (entity,))

    def connectives(self) -> Iterator[tuple[plan.And | plan.Or, Rows]]:
        """Yield whatever is joined by `and` or `or`, each place once, with the owners of the rows that it reads."""
        seen: set[tuple[str, int, int]] = set()
        pending: list[tuple[Node, Rows]] = [(each.condition, each.rows) for each in self.wholes()]
        while pending:
            node, rows = pending.pop()
            place = (node.span.source.name, node.span.start, node.span.end)
            if isinstance(node, plan.And | plan.Or) and place not in seen:
                # A trait is written out wherever it is used.
                seen.add(place)
                yield node, rows
            for _, value, inside in parts(node, rows):
                below = value if type(value) is tuple else (value,)
                pending += [(each, read) for each, read in zip(below, inside, strict=False) if isinstance(each, Node)]

    def impossible(self, conditions: Sequence[plan.Expr], rows: Rows, *, by_catalog: bool = True) -> bool:
        """Say whether certainly nobody meets all of these; with what the catalog says of fields, or without."""
        try:
            return example(self.opened(both(conditions)), self._known(rows, by_catalog=by_catalog)) is None
        except UndecidedError:
            return False

    def core(self, conditions: Sequence[plan.Expr], rows: Rows) -> list[int]:
        """Return the places of as few conditions as nobody can meet together."""
        try:
            return core([self.opened(each) for each in conditions], self._known(rows, by_catalog=True))
        except UndecidedError:
            return list(range(len(conditions)))

    def outline(self, condition: plan.Expr, rows: Rows) -> object:
        """Return what conditions have in common that mean the same and say nothing in vain."""
        try:
            return outline(self.opened(condition), self._known(rows, by_catalog=True))
        except UndecidedError:
            # It is like itself alone.
            return condition

    def somebody(self, met: Sequence[plan.Expr], not_met: Sequence[plan.Expr], rows: Rows) -> str | None:
        """Return in words somebody who meets some conditions and none of the others; None if nobody sure was found.

        The reference has confirmed it.
        """
        from segql.lint.witness import Witness  # noqa: PLC0415 (the reference is loaded where something was found)

        opened = [self.opened(each) for each in met]
        refused = [self.opened(each) for each in not_met]
        wanted = both([*opened, *map(opposite, refused)])
        witness = Witness(self._analyzed.catalog, self._clock, lambda below: self._known(below, by_catalog=True))
        try:
            return witness.told(wanted, rows)
        except UndecidedError:
            return None

    def domain(self, value: plan.Expr, rows: Rows) -> Domain:
        """Return what a value can be at all."""
        return domain_of(value, self._known(rows, by_catalog=True).fields)

    def _known(self, rows: Rows, *, by_catalog: bool) -> Known:
        def domain(field: plan.Field) -> Domain:
            return self._domain(field, rows) if by_catalog else Domain()

        return Known(domain, self.params_in)

    def params_in(self, value: plan.Expr) -> tuple[str, ...]:
        """Return the parameters that stand in a value, in the places of literals."""
        return params_in(value, self._analyzed.params)

    def _domain(self, read: plan.Field, rows: Rows) -> Domain:
        owner, catalog = rows[read.level], self._analyzed.catalog
        # Of the items of a list the catalog says nothing.
        if not owner:
            return Domain()
        fields = catalog.fields_of(owner)
        for hop in read.path:
            one = catalog.one(owner, hop)
            if one is None:
                return Domain()
            owner = one.entity or hop
            fields = catalog.entities[one.entity].fields if one.entity else one.fields
        field = fields.get(read.name)
        if field is None:
            return Domain()
        # Behind a relation there may be no row.
        return Domain(may_miss=field.optional or bool(read.path), options=field.values)

    def opened(self, condition: plan.Expr) -> plan.Expr:
        """Return a condition with the segments that it asks about written out."""
        match condition:
            case plan.And(operands) | plan.Or(operands):
                return replace(condition, operands=tuple(map(self.opened, operands)))
            case plan.Not(operand):
                return replace(condition, operand=self.opened(operand))
            case plan.InSegment(name) if condition.is_own and name in self._analyzed.definitions:
                return self._segment(name) or condition
        return condition

    def _segment(self, name: str) -> plan.Expr | None:
        """Return the condition of a segment, with those that it uses written out; None where that is long or deep."""
        if name not in self._written_out:
            if self._depth > _DEPTH_MOST:
                return None
            self._depth += 1
            made = self.opened(self._analyzed.definitions[name].condition)
            self._depth -= 1
            self._written_out[name] = made if _parts_of(made) <= _PARTS_MOST else None
        return self._written_out[name]


def _parts_of(condition: plan.Expr) -> int:
    match condition:
        case plan.And(operands) | plan.Or(operands):
            return sum(map(_parts_of, operands))
        case plan.Not(operand):
            return _parts_of(operand)
    return 1
