"""Constants and names as SQL nodes: a user's value is always a literal, a name always a quoted identifier."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache

from sqlglot import exp

from segql import plan
from segql.types import Kind


def identifier(name: str) -> exp.Identifier:
    """Return a quoted identifier."""
    return exp.to_identifier(name, quoted=True)


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


def timestamp(moment: dt.datetime) -> exp.Expr:
    """Return an instant as a timestamp without zone, in UTC."""
    naive = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return cast(text(naive.isoformat(sep=" ")), "timestamp")


def date(day: dt.date) -> exp.Expr:
    """Return a day."""
    return cast(text(day.isoformat()), "date")


def literal(value: plan.Literal) -> exp.Expr:
    """Return a constant of the plan."""
    match value.value:
        case bool(given):
            return exp.true() if given else exp.false()
        case int(given):
            return number(given)
        case Decimal() as given:
            return number(given)
        case float(given):
            return cast(text(repr(given)), "double")
        case str(given):
            return text(given)
        case dt.datetime() as given:
            return timestamp(given)
        case dt.date() as given:
            return date(given)
    raise AssertionError(value)


def interval(microseconds: int) -> exp.Expr:
    """Return a length of elapsed time, in the largest unit that divides it."""
    for unit, size in (
        ("DAY", 86_400_000_000),
        ("HOUR", 3_600_000_000),
        ("MINUTE", 60_000_000),
        ("SECOND", 1_000_000),
    ):
        if microseconds % size == 0:
            return exp.Interval(this=text(str(microseconds // size)), unit=exp.Var(this=unit))
    return exp.Interval(this=text(str(microseconds)), unit=exp.Var(this="MICROSECOND"))


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

KINDS = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.FLOAT: "double",
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp",
    Kind.JSON: "json",
}
