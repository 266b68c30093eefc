"""CTEs before the queries that read them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.sql.literals import identifier


def with_ctes(query: exp.Select, ctes: Sequence[tuple[str, exp.Expr]], *, copy: bool = True) -> exp.Select:
    """Put before a query the CTEs that it reads, and those that they read; each reads only what stands before it.

    Without `copy` they belong to the query from now on.
    """
    wanted = {each.name for each in query.find_all(exp.Table)}
    needed: list[tuple[str, exp.Expr]] = []
    for name, cte in reversed(ctes):
        if name in wanted:
            needed.append((name, cte))
            wanted |= {each.name for each in cte.find_all(exp.Table)}
    if needed:
        made = [exp.CTE(this=cte.copy() if copy else cte, alias=identifier(name)) for name, cte in reversed(needed)]
        query.set("with_", exp.With(expressions=made))
    return query
