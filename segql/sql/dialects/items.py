"""Items of lists as values of their own, for engines that have no row around them."""

from __future__ import annotations

from sqlglot import exp

from segql.sql.errors import Unsupported
from segql.sql.literals import number


def of_items(condition: exp.Expr, alias: str, value: exp.Expr) -> exp.Expr:
    """Return a condition in which what was the column `value` of an alias is another expression."""

    def named(node: exp.Expr) -> exp.Expr:
        is_item = isinstance(node, exp.Column) and node.table == alias and node.name == "value"
        return value.copy() if is_item else node

    return condition.transform(named)


def kept(items: exp.Expr, name: exp.Identifier, condition: exp.Expr) -> exp.Expr:
    """Return the items of a list that fulfil a condition, by a function of the list that asks each item by a name."""
    if condition.find(exp.Query):
        raise Unsupported("other rows in a question about the items of a list", None)
    return exp.ArrayFilter(this=items, expression=exp.Lambda(this=condition, expressions=[name]))


def or_none(size: exp.Expr) -> exp.Expr:
    """Return a number of items, zero where there is no list."""
    return exp.Coalesce(this=size, expressions=[number(0)])
