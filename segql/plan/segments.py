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
class Request(Node):
    """Many segments over one entity, answered in one pass.

    `segments` holds the ones that were asked for and the ones that they use, each after all that it uses; `asked`
    names the former, in the order asked. `where`, if there is one, is the condition that the declaration of the entity
    puts on its table: only members for whom it holds exist.
    """

    entity: str
    asked: tuple[str, ...]
    segments: tuple[Segment, ...]
    where: Expr | None = None

    def segment(self, name: str) -> Segment:
        """Return the segment of that name; raises KeyError for another."""
        for each in self.segments:
            if each.name == name:
                return each
        raise KeyError(name)
