"""Lists of keys for readers who may make no table: they stand in front of a statement, as a table of its own."""

from __future__ import annotations

from collections.abc import Mapping


def with_lists(sql: str, lists: Mapping[str, str]) -> str:
    r"""Return a statement with those of the lists that it names, given by name in the quotes of the engine.

    Example:
        >>> with_lists('-- segment vip\nSELECT 1 IN (SELECT "key" FROM "vip")', {'"vip"': "SELECT 7 AS key"})
        '-- segment vip\nWITH "vip" AS (SELECT 7 AS key) SELECT 1 IN (SELECT "key" FROM "vip")'
    """
    used = [f"{name} AS ({query})" for name, query in lists.items() if name in sql]
    if not used:
        return sql
    comment, line_feed, body = sql.partition("\n") if sql.startswith("--") else ("", "", sql)
    rest = body.removeprefix("WITH ")
    return f"{comment}{line_feed}WITH {', '.join(used)}{' ' if rest == body else ', '}{rest}"
