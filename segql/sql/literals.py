"""Constants and names as SQL nodes: a user's value is always a literal, a name always a quoted identifier."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from sqlglot import exp


def identifier(name: str) -> exp.Identifier:
    """Return a quoted identifier."""
    return exp.Identifier(this=name, quoted=True)


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a column, of a table where one is given."""
    return exp.Column(this=identifier(name), table=identifier(table) if table else None)


def number(value: int | Decimal) -> exp.Expr:
    """Return a number, written out in full."""
    literal = exp.Literal.number(str(abs(value)) if isinstance(value, int) else format(abs(value), "f"))
    return exp.Neg(this=literal) if value < 0 else literal


def text(value: str) -> exp.Expr:
    """Return a text."""
    return exp.Literal.string(value)


def cast(value: exp.Expr, type_: str) -> exp.Expr:
    """Return a conversion to a type, in sqlglot's own words for types."""
    return exp.Cast(this=value, to=_data_type(type_).copy())


def case(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr | None = None) -> exp.Case:
    """Return `then` where the condition holds, else `otherwise`, else null."""
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def named(value: exp.Expr, name: str) -> exp.Alias:
    """Return a value under a name."""
    return exp.Alias(this=value, alias=identifier(name))


def called(table: exp.Expr, name: str) -> exp.Expr:
    """Return a table, as it stands in a `from`, under another name."""
    table.set("alias", exp.TableAlias(this=identifier(name)))
    return table


def all_of(conditions: list[exp.Expr]) -> exp.Expr | None:
    """Join conditions with `and`; None where there are none."""
    return _joined(conditions, exp.And) if conditions else None


def any_of(conditions: list[exp.Expr]) -> exp.Expr:
    """Join conditions with `or`; there is at least one."""
    return _joined(conditions, exp.Or)


def known(value: exp.Expr) -> exp.Expr:
    """Return whether a value is not null."""
    return exp.Is(this=value, expression=exp.Not(this=exp.null()))


def wrapped(node: exp.Expr) -> exp.Expr:
    """Put brackets around what has operators in it."""
    return exp.Paren(this=node) if isinstance(node, exp.Binary | exp.Unary | exp.Between | exp.In | exp.Is) else node


def _joined(conditions: list[exp.Expr], kind: type[exp.And | exp.Or]) -> exp.Expr:
    """Join conditions; long lists are halved in brackets, since engines bound how deep an expression may stand."""
    parts: list[exp.Expr] = []
    for each in conditions:
        if isinstance(each, kind):
            parts.extend(each.flatten(unnest=False))
        else:
            parts.append(exp.Paren(this=each) if isinstance(each, exp.And | exp.Or) else each)
    if len(parts) > _LONG:
        half = len(parts) // 2
        both = [_joined(parts[:half], kind), _joined(parts[half:], kind)]
        return kind(this=exp.Paren(this=both[0]), expression=exp.Paren(this=both[1]))
    tree = parts[0]
    for each in parts[1:]:
        tree = kind(this=tree, expression=each)
    return tree


@cache
def _data_type(type_: str) -> exp.DataType:
    return exp.DataType.build(type_)


_LONG = 100
