"""Names that tell tables apart, for an engine where one hides another of its name."""

from __future__ import annotations

from sqlglot import exp

from segql.sql.literals import identifier
from segql.sql.names import Names


def tell_apart(query: exp.Query) -> None:
    """Give names of their own to tables that are called as another one in sight is called there.

    A name in a `from` is that of what is called so beside it or around it, before it is that of a table.
    """
    hidden: dict[str, list[exp.Table]] = {}
    for table in query.find_all(exp.Table):
        if not table.db and table.name in _beside(table):
            hidden.setdefault(table.name, []).append(table)
    names = Names([each.name for each in query.find_all(exp.Table, exp.TableAlias)])
    if hidden and not query.args.get("with_"):
        query.set("with_", exp.With(expressions=[]))
    for name, tables in hidden.items():
        new = names.new(name)
        for table in tables:
            table.replace(exp.Table(this=identifier(new), alias=exp.TableAlias(this=identifier(table.alias_or_name))))
        made = exp.CTE(
            this=exp.select("*").from_(exp.Table(this=identifier(name))), alias=exp.TableAlias(this=identifier(new))
        )
        # After the CTE of that name, which it reads, or before all where it is that of a table.
        ctes = query.args["with_"].expressions
        place = next((place + 1 for place, each in enumerate(ctes) if each.alias == name), 0)
        query.args["with_"].set("expressions", [*ctes[:place], made, *ctes[place:]])


def _beside(table: exp.Table) -> set[str]:
    """Return what the other tables in sight are called, up to the CTE around."""
    found: set[str] = set()
    node: exp.Expr | None = table
    while node is not None and not isinstance(node, exp.CTE):
        if isinstance(node, exp.Select):
            joined = [each.this for each in node.args.get("joins") or ()]
            tables = [each for each in (node.args["from_"].this, *joined) if each is not table]
            found.update(each.alias for each in tables if each.alias)
        node = node.parent
    return found
