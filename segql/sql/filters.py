"""Which rows of an entity exist: what its declaration says of its table, asked wherever the table is read."""

from __future__ import annotations

from sqlglot import exp

from segql import plan
from segql.plan import Clock
from segql.sql.dialects import Dialect
from segql.sql.expressions import Translator
from segql.sql.frame import Frame
from segql.sql.lists import Lists
from segql.sql.sources import Sources


class Filters:
    """The filters of a request's entities as conditions on their tables."""

    def __init__(self, request: plan.Request, sources: Sources, clock: Clock, dialect: Dialect, lists: Lists) -> None:
        self.request, self.sources = request, sources
        self.clock, self.dialect, self.lists = clock, dialect, lists

    def condition(self, entity: str, alias: str) -> exp.Expr | None:
        """Return what holds for rows of an entity that exist, its table being called `alias`; None for all of them."""
        where = self.request.filter_of(entity)
        if where is None:
            return None
        home = self.sources.catalog.entities[entity]
        frame = Frame(home, 0, home, self.sources, None, self, alias)
        return Translator(frame, self.clock, self.dialect, self.lists).condition(where)
