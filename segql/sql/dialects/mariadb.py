"""MariaDB 10.11 and newer."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlglot import exp

from segql.sql.dialects.mysql import MySQL, path
from segql.sql.literals import column, identifier, named, text
from segql.sql.names import Names

_WINDOWS_MOST = 2
_CTES_MOST = 64


class MariaDB(MySQL):
    """MariaDB: as MySQL, with collations of its own, and json that stays the text that was stored."""

    name = "mariadb"
    keeps_ctes = False
    collation = "utf8mb4_nopad_bin"
    casing = "utf8mb4_uca1400_as_cs"

    def finished(self, query: exp.Query) -> exp.Query:
        query = super().finished(query)
        for select in list(query.find_all(exp.Select)):
            _ask_before_counting(select)
        return _with_fewer_ctes(query)

    def steps(self, columns: Sequence[exp.Expr]) -> list[Sequence[exp.Expr]]:
        # Of three windows or more, of which one begins as another, it sorts for one and reads the others in that order.
        made: list[Sequence[exp.Expr]] = []
        rows: list[exp.Expr] = []
        kinds: set[str] = set()
        for each in columns:
            own = {_kind(window) for window in each.find_all(exp.Window)}
            if len(kinds | own) > _WINDOWS_MOST:
                made.append(rows)
                rows, kinds = [], set()
            rows.append(each)
            kinds |= own
        return [*made, rows]

    def at(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        found = super().at(base, steps)
        # A key is sought as it was written, maybe with escapes.
        written = {path(steps), path(steps).replace("/", "\\/"), _escaped(steps), _escaped(steps).replace("/", "\\/")}
        others = [exp.Anonymous(this="JSON_EXTRACT", expressions=[base.copy(), text(each)]) for each in sorted(written)]
        return exp.Coalesce(this=found, expressions=others) if len(written) > 1 else found


def _ask_before_counting(select: exp.Select) -> None:
    """Put what aggregates count into columns of a table of its own, where a query stands in it.

    What stands inside of such a query would be taken for an aggregate inside of an aggregate.
    """
    if not any(_counts_answers(each) for each in select.expressions) or select.find(exp.Window) is not None:
        return
    inner = exp.Select(**{part: select.args.pop(part) for part in ("from_", "joins", "where") if part in select.args})
    keys = select.args["group"].expressions if "group" in select.args else []
    columns = {each.name: each for key in keys for each in key.find_all(exp.Column)}
    names = Names(columns)
    for aggregate in [each for shown in select.expressions for each in shown.find_all(exp.AggFunc)]:
        given = aggregate.this
        for value in given.expressions if isinstance(given, exp.Distinct) else [given]:
            if not isinstance(value, exp.Star):
                name = names.new("value")
                inner.select(named(value.copy(), name), copy=False)
                value.replace(column(name))
    inner.select(*(each.copy() for each in columns.values()), copy=False)
    for each in [*select.expressions, *keys]:
        for own in each.find_all(exp.Column):
            own.set("table", None)
    select.from_(exp.Subquery(this=inner, alias=exp.TableAlias(this=identifier("counted"))), copy=False)


def _counts_answers(shown: exp.Expr) -> bool:
    return any(each.find(exp.Select) is not None for each in shown.find_all(exp.AggFunc))


def _with_fewer_ctes(query: exp.Query) -> exp.Query:
    """Put CTEs that are read once where they are read, while there are more of them than can be."""
    left = len(query.ctes)
    for cte in query.ctes:
        if left <= _CTES_MOST:
            break
        readers = [each for each in query.find_all(exp.Table) if each.name == cte.alias and not each.db]
        if len(readers) == 1:
            (reader,) = readers
            alias = exp.TableAlias(this=identifier(reader.alias or cte.alias))
            reader.replace(exp.Subquery(this=cte.this, alias=alias))
            cte.pop()
            left -= 1
    return query


def _kind(window: exp.Window) -> str:
    """Return what the order of the rows of a window depends on."""
    parts = [*window.args["partition_by"], window.args.get("order")]
    return "; ".join(each.sql("mysql") for each in parts if each is not None)


def _escaped(steps: Sequence[str]) -> str:
    return "$" + "".join(f".{json.dumps(each)}" for each in steps)
