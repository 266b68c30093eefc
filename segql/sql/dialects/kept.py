"""Engines that put a CTE where it is read, so that a column of it is worked out as often as it is used."""

from __future__ import annotations

from sqlglot import exp


def with_kept_rows(query: exp.Query) -> exp.Query:
    """Return a query whose CTEs are kept once they are made, where they hold but the boundaries of a moving clock.

    Each step of those reads the one before it many times, so what is put in place of it grows with every step. They
    have a row or a few, whose keeping costs nothing; they are known by it that they read no table.
    """
    made: set[str] = set()
    for cte in query.ctes:
        if {each.name for each in cte.this.find_all(exp.Table)} <= made:
            cte.set("materialized", True)
            made.add(cte.alias)
    return query
