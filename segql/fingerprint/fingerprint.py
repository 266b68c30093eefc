"""Segments, scores, tier lists, splits and traits → fingerprints of what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import is_
from typing import Any, TypeVar

from segql import plan
from segql.analysis import Analyzed
from segql.fingerprint.digest import Digests, digest
from segql.optimizer import PASSES, Facts, optimize
from segql.optimizer.passes.ask_for_latest import ask_for_latest
from segql.optimizer.passes.ask_whether import ask_whether
from segql.optimizer.passes.inline_segments import inline_segments
from segql.optimizer.passes.order_conditions import order_conditions
from segql.plan.rows import Rows, parts
from segql.tree import Node, replace, walk

N = TypeVar("N", bound=Node)

# What a digest is made of; another number makes all of them others.
_SCHEME = 1
_LETTERS = 12
# They decide how a question is asked, not what it is.
_PASSES = tuple(each for each in PASSES if each not in {ask_for_latest, ask_whether, order_conditions})
# A segment that is larger is known by its own digest where others use it, not written out.
_WRITTEN_OUT_MOST = 400


class Fingerprints:
    r"""The fingerprints of a project, each worked out when it is first asked for, after those of what it uses.

    `zone` and `week_starts` are those of the project's clock: they decide where days and weeks begin.

    Example:
        >>> from segql.compiler import check
        >>> from segql.source import Source
        >>> catalog = Source.of("shop.seg", "entity c from t key id\n    age integer\n    vip boolean\n")
        >>> one = check([catalog, Source.of("one.seg", "age < 30 and vip")])
        >>> other = check([catalog, Source.of("other.seg", "vip and not (age >= 30 or age is missing)")])
        >>> Fingerprints(one).of("one") == Fingerprints(other).of("other")
        True
    """

    def __init__(self, analyzed: Analyzed, zone: str = "UTC", week_starts: int = 1) -> None:
        self.analyzed, self.clock = analyzed, (zone, week_starts)
        self._digests = Digests(analyzed.catalog, self._own, self._with_entity, self._filter)
        self._bodies: dict[str, plan.Expr] = {}
        self._found: dict[str, str] = {}
        self._filters: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Return the fingerprint of a segment, a score, a tier list or a split; raises KeyError for another name."""
        return self.whole(name)[:_LETTERS]

    def whole(self, name: str) -> str:
        """Return all of the digest behind a fingerprint."""
        outcome = self.analyzed.outcomes.get(name)
        told = self._with_entity(name) if outcome is None else self._value(outcome.entity, outcome.expr, outcome.uses)
        return digest(_SCHEME, told, *self.clock)

    def of_trait(self, entity: str, name: str) -> str:
        r"""Return the fingerprint of a trait of an entity; raises KeyError for another name.

        Example:
            >>> from segql.compiler import check
            >>> from segql.source import Source
            >>> text = "entity c from t key id\n    age integer\ntrait {} = {}\n"
            >>> one = check([Source.of("a.seg", text.format("young", "age < 30"))])
            >>> other = check([Source.of("a.seg", text.format("under_30", "30 > age"))])
            >>> Fingerprints(one).of_trait("c", "young") == Fingerprints(other).of_trait("c", "under_30")
            True
        """
        expr = self.analyzed.traits[entity, name]
        uses = dict.fromkeys(each.name for each in walk(expr) if isinstance(each, plan.InSegment))
        return digest(_SCHEME, self._value(entity, expr, tuple(uses)), *self.clock)[:_LETTERS]

    def _value(self, entity: str, expr: plan.Expr, uses: Sequence[str]) -> str:
        self._collect(uses)
        made = self._normal(entity, plan.Value("value", entity, expr, "value"), uses)
        return digest("value", self._digests.entity(entity), self._digests.of(made, (entity,)))

    def _own(self, name: str) -> str:
        self._collect([name])
        return self._found[name]

    def _with_entity(self, name: str) -> str:
        entity = self.analyzed.definitions[name].entity
        return digest("segment", self._digests.entity(entity), self._own(name))

    def _filter(self, entity: str) -> str:
        written = self.analyzed.filters.get(entity)
        if written is None:
            return ""
        if entity not in self._filters:
            made = self._normal(entity, plan.Segment("filter", entity, written), ())
            self._filters[entity] = self._digests.of(made, (entity,))
        return self._filters[entity]

    def _collect(self, names: Sequence[str]) -> None:
        """Work out the digests of segments and of all that they use; long chains of uses need no recursion."""
        definitions, pending = self.analyzed.definitions, list(names)
        while pending:
            name = pending.pop()
            if name in self._found:
                continue
            uses = definitions[name].uses
            missing = [each for each in uses if each not in self._found]
            if missing:
                pending += [name, *missing]
                continue
            entity = definitions[name].entity
            body = self._normal(entity, plan.Segment(name, entity, definitions[name].condition), uses)
            self._bodies[name] = body
            self._found[name] = self._digests.of(body, (entity,))

    def _normal(self, entity: str, wanted: plan.Segment | plan.Value, uses: Sequence[str]) -> plan.Expr:
        """Return what is asked in the one form in which all ways of writing it end, as far as the optimizer sees."""
        known = (self._used(each) for each in uses)
        segments = tuple(each for each in known if each is not None)
        if isinstance(wanted, plan.Segment):
            request = plan.Request(entity, (wanted.name,), (*segments, wanted))
        else:
            request = plan.Request(entity, (), segments, (), (wanted,))
        written_out = _of(inline_segments(request, Facts()), wanted)
        alone = self._request(entity, wanted, self._arranged(written_out, (entity,)))
        return _of(optimize(alone, passes=_PASSES), wanted)

    def _request(self, entity: str, wanted: plan.Segment | plan.Value, expr: plan.Expr) -> plan.Request:
        if isinstance(wanted, plan.Segment):
            return plan.Request(entity, (wanted.name,), (replace(wanted, condition=expr),))
        return plan.Request(entity, (), (), (), (replace(wanted, expr=expr),))

    def _used(self, name: str) -> plan.Segment | None:
        """Return a segment that another uses, None where it is too large to stand in its place."""
        definition, body = self.analyzed.definitions[name], self._bodies[name]
        size = sum(1 for _ in walk(body))
        return plan.Segment(name, definition.entity, body) if size <= _WRITTEN_OUT_MOST else None

    def _arranged(self, node: Any, rows: Rows) -> Any:
        """Return a tree with connectives flat and their operands in an order that only depends on what they ask."""
        changes: dict[str, Any] = {}
        for name, value, inside in parts(node, rows):
            if isinstance(value, Node):
                made: Any = self._arranged(value, inside[0])
            elif type(value) is tuple and value and isinstance(value[0], Node):
                each = tuple(self._arranged(one, read) for one, read in zip(value, inside, strict=True))
                made = value if all(map(is_, each, value)) else each
            else:
                continue
            if made is not value:
                changes[name] = made
        made = replace(node, **changes) if changes else node
        if not isinstance(made, plan.And | plan.Or):
            return made
        flat = [one for each in made.operands for one in (each.operands if type(each) is type(made) else (each,))]
        ordered = tuple(sorted(dict.fromkeys(flat), key=partial(self._digests.of, rows=rows)))
        return ordered[0] if len(ordered) == 1 else replace(made, operands=ordered)


def _of(request: plan.Request, wanted: plan.Segment | plan.Value) -> plan.Expr:
    return request.segment(wanted.name).condition if isinstance(wanted, plan.Segment) else request.values[0].expr
