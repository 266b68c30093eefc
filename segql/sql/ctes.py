"""CTEs before the queries that read them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.sql.literals import identifier


def with_ctes(query: exp.Select, ctes: Sequence[tuple[str, exp.Expr]]) -> exp.Select:
    """Put before a query the CTEs that it reads, and those that they read; each reads only what stands before it."""
    wanted = {each.name for each in query.find_all(exp.Table)}
    needed: list[tuple[str, exp.Expr]] = []
    for name, cte in reversed(ctes):
        if name in wanted:
            needed.append((name, cte))
            wanted |= {each.name for each in cte.find_all(exp.Table)}
    for name, cte in reversed(needed):
        query = query.with_(identifier(name), as_=cte.copy(), copy=False)
    return query
