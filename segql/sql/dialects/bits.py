"""Conditions for an engine without boolean values.

As a value, a condition is 1 or 0; as a condition, a value is `= 1`.
"""

from __future__ import annotations

from sqlglot import exp

from segql.sql.literals import case, identifier, number, wrapped
from segql.sql.names import Names

_TESTS = (
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.Is,
    exp.In,
    exp.Between,
    exp.Like,
    exp.Escape,
    exp.Exists,
)
_WORDS = (exp.And, exp.Or, exp.Not, exp.Boolean)


def in_bits(query: exp.Query) -> exp.Query:
    """Return a query in which no condition stands as a value, and no value as a condition."""
    made = _value(query)
    assert isinstance(made, exp.Query)
    return made


def bit(condition: exp.Expr) -> exp.Expr:
    """Return 1 where a condition holds, else 0."""
    return case(condition, number(1), number(0))


def outside_of_totals(query: exp.Query) -> exp.Query:
    """Return a query whose aggregates have no subquery in them: it is asked before, once for each row."""
    for select in list(query.find_all(exp.Select)):
        asking = [each for each in _totals(select) if each.find(exp.Query)]
        # One name for the rows and their column: what has no table's name before it must not be seen twice.
        names = Names(each.name for each in select.find_all(exp.Identifier))
        for total in asking:
            name = names.new("asked")
            (asked,) = total.this.expressions if isinstance(total.this, exp.Distinct) else (total.this,)
            asked.replace(exp.Column(this=identifier(name), table=identifier(name)))
            rows = exp.Subquery(this=exp.select(exp.Alias(this=asked, alias=identifier(name))))
            alias = exp.TableAlias(this=identifier(name))
            select.append("joins", exp.Join(this=exp.Lateral(this=rows, alias=alias, cross_apply=True)))
    return query


def _totals(select: exp.Select) -> list[exp.AggFunc]:
    """Return the aggregates of a `select`, but for those of windows and of what stands inside it."""
    found: list[exp.AggFunc] = []
    pending = [*select.expressions, select.args.get("having")]
    while pending:
        each = pending.pop()
        if isinstance(each, exp.AggFunc):
            found.append(each)
        elif each is not None and not isinstance(each, exp.Window | exp.Query):
            pending.extend(each.iter_expressions())
    return found


def _condition(node: exp.Expr) -> exp.Expr:
    """Return a node as a condition."""
    match node:
        case exp.Paren():
            return exp.Paren(this=_condition(node.this))
        case exp.And() | exp.Or():
            return type(node)(this=_condition(node.this), expression=_condition(node.expression))
        case exp.Not():
            return exp.Not(this=_condition(node.this))
        case exp.Boolean():
            return exp.EQ(this=number(1), expression=number(1 if node.this else 0))
    if isinstance(node, exp.Escape):
        # The two of them are one test.
        return exp.Escape(this=_inside(node.this), expression=node.expression)
    if isinstance(node, _TESTS):
        return _inside(node)
    return exp.EQ(this=wrapped(_value(node)), expression=number(1))


def _value(node: exp.Expr) -> exp.Expr:
    """Return a node as a value."""
    match node:
        case exp.Boolean():
            return number(1 if node.this else 0)
        case exp.Paren(this=exp.Boolean() | exp.Paren()):
            return _value(node.this)
        case exp.EQ(this=exp.Case(), expression=exp.Literal(this="1", is_string=False)) if _is_bit(node.this):
            return _value(node.this)
        case exp.Case():
            made = [exp.If(this=_condition(each.this), true=_value(each.args["true"])) for each in node.args["ifs"]]
            default = node.args.get("default")
            return exp.Case(ifs=made, default=None if default is None else _value(default))
        case exp.Paren() if isinstance(node.this, (*_TESTS, *_WORDS)):
            return _value(node.this)
        # `is not null` has a word in it that is no condition.
        case exp.Not(this=exp.Null()):
            return node
    return bit(_condition(node)) if isinstance(node, (*_TESTS, *_WORDS)) else _inside(node)


def _inside(node: exp.Expr) -> exp.Expr:
    """Return a node with all that stands in it as a value, or as a condition where one is asked for."""
    for key, child in list(node.args.items()):
        made = _condition if _asks(node, key) else _value
        if isinstance(child, exp.Expr):
            node.set(key, made(child))
        elif isinstance(child, list):
            node.set(key, [made(each) if isinstance(each, exp.Expr) else each for each in child])
    return node


def _asks(node: exp.Expr, key: str) -> bool:
    """Say whether an engine asks for a condition at a place in a node."""
    return (isinstance(node, exp.Where | exp.Having) and key == "this") or (isinstance(node, exp.Join) and key == "on")


def _is_bit(node: exp.Case) -> bool:
    made = [*(each.args["true"] for each in node.args["ifs"]), node.args.get("default")]
    return all(isinstance(each, exp.Literal) and each.name in {"0", "1"} and not each.is_string for each in made)
