"""Segments, and the request: a set of segments over one entity, asked at once."""

from __future__ import annotations

from segql.plan.expressions import Expr
from segql.tree import Node, node


@node
class Segment(Node):
    """The members of `entity` for whom `condition` holds."""

    name: str
    entity: str
    condition: Expr


@node
class Value(Node):
    """What each member of `entity` gets: points, a tier, an arm; nobody who gets none is told of.

    `column` is what it is called in the answer.
    """

    name: str
    entity: str
    expr: Expr
    column: str


@node
class Filter(Node):
    """The condition that the declaration of `entity` puts on its table: only rows for which it holds exist.

    It reads nothing but fields of its own row.
    """

    entity: str
    where: Expr


@node
class Request(Node):
    """Many segments over one entity, or what its members get, answered in one pass.

    `segments` holds the ones that were asked for and the ones that they use, each after all that it uses; `asked`
    names the former, in the order asked. Where `values` are asked for, nothing else is. `filters` are those of the
    entity and of the entities that relations lead to.
    """

    entity: str
    asked: tuple[str, ...]
    segments: tuple[Segment, ...]
    filters: tuple[Filter, ...] = ()
    values: tuple[Value, ...] = ()

    def filter_of(self, entity: str) -> Expr | None:
        """Return the condition under which rows of an entity exist, None where all of them do."""
        return next((each.where for each in self.filters if each.entity == entity), None)

    def segment(self, name: str) -> Segment:
        """Return the segment of that name; raises KeyError for another."""
        for each in self.segments:
            if each.name == name:
                return each
        raise KeyError(name)
