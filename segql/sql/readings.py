"""How a statement reads rows: each pass over a table, with the query that asks for it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from segql import plan
from segql.sql.literals import column, identifier
from segql.tree import walk


@dataclass(frozen=True, slots=True)
class Pass:
    """What is made of the rows of a stream or relation, its `source`, in one reading; `query` returns one row."""

    name: str
    source: str
    made: tuple[plan.Aggregate | plan.Course | plan.AlsoWith, ...]
    query: exp.Select

    @classmethod
    def of_cte(
        cls,
        cte: str,
        source: str,
        made: tuple[plan.Aggregate | plan.Course | plan.AlsoWith, ...],
        columns: Sequence[str],
    ) -> Pass:
        """Return a pass that is a CTE. Each of its columns is asked for: an engine leaves out what nobody reads."""
        counted = [exp.Count(this=column(each)) for each in columns]
        return cls(cte, source, made, exp.select(*counted).from_(exp.Table(this=identifier(cte))))

    @classmethod
    def of_query(cls, name: str, source: str, made: tuple[plan.Aggregate, ...], query: exp.Select) -> Pass:
        """Return a pass that is a query inside of a condition."""
        rows = exp.Subquery(this=query, alias=exp.TableAlias(this=identifier("rows_of_pass")))
        return cls(name, source, made, exp.select(exp.Count(this=exp.Star())).from_(rows))


def first_source(made: plan.Aggregate | plan.Course) -> str:
    """Return the stream or relation whose rows are read first for what is made."""
    rows = made.rows if isinstance(made, plan.Aggregate) else made
    for each in walk(rows):
        if isinstance(each, plan.Events):
            return each.stream
        if isinstance(each, plan.Related):
            return each.relation
    raise AssertionError("items are counted in place")
