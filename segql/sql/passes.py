"""One pass over events in order: the pieces of SQL that courses are made of.

Their rows have a `key`, the instant `at`, and a `kind` where several kinds stand in one table.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.sql.dialects import Dialect
from segql.sql.literals import called, case, column, identifier, number

KEY, AT, KIND = "key", "at", "kind"


def is_within(at: exp.Expr, before: exp.Expr, within: int, dialect: Dialect) -> exp.Expr:
    """Return whether an instant lies at most so many microseconds after another, or before it."""
    return exp.LTE(this=at, expression=later(before, within, dialect))


def later(at: exp.Expr, microseconds: int, dialect: Dialect) -> exp.Expr:
    """Return the instant that lies so many microseconds after another."""
    return dialect.later(at, dialect.duration(microseconds))


def only(kind: int, name: str) -> exp.Expr:
    """Return a column where a row is of a kind, else null."""
    return case(exp.EQ(this=column(KIND), expression=number(kind)), column(name))


def looking(
    function: type[exp.Max | exp.Min],
    value: exp.Expr,
    partition: Sequence[str],
    order: Sequence[str],
    *,
    is_ahead: bool = False,
) -> exp.Expr:
    """Return the greatest or least of what stands before a row in an order: of time, ahead of it or back."""
    first, *rest = order
    ordered = [exp.Ordered(this=column(first), desc=is_ahead, nulls_first=False), *map(column, rest)]
    spec = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    return over(function(this=value), partition, ordered, spec)


def over(
    function: exp.Expr, partition: Sequence[str], order: Sequence[exp.Expr], spec: exp.WindowSpec | None = None
) -> exp.Expr:
    """Return a window function over the rows with the same values in some columns, in an order."""
    by = [column(each) for each in partition]
    return exp.Window(this=function, partition_by=by, order=exp.Order(expressions=list(order)), spec=spec)


def union(parts: Sequence[exp.Select]) -> exp.Query:
    """Return the rows of all parts."""
    return exp.union(*parts, distinct=False, copy=False) if len(parts) > 1 else parts[0]


def subquery(query: exp.Query, alias: str) -> exp.Subquery:
    """Return a query as it stands in a `from`."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))


def table(cte: str, alias: str | None = None) -> exp.Expr:
    """Return a CTE as it stands in a `from`."""
    found = exp.Table(this=identifier(cte))
    return called(found, alias) if alias else found
