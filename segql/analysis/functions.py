"""The functions of the language, written down."""

from __future__ import annotations

from segql import plan
from segql.analysis import errors
from segql.analysis.aggregates import TALLIES, aggregate
from segql.analysis.comparisons import is_number, is_text
from segql.analysis.scope import Scope, is_unknown
from segql.diagnostics import nearest
from segql.plan import Function
from segql.syntax import ast
from segql.types import INTEGER, RESULT, TEXT, UNKNOWN, Kind, Type

# Functions of one value, by their names; what each is given and gives stands in `_value_call`.
FUNCTIONS: dict[str, Function] = {
    "lower": Function.LOWER,
    "upper": Function.UPPER,
    "length": Function.LENGTH,
    "size": Function.SIZE,
    "abs": Function.ABS,
    "round": Function.ROUND,
}

# Values made of everyone's values; they come with a later version.
POPULATION = ("average", "percentile", "quantile", "rank")

# What other languages call them.
_OTHER_NAMES = {
    "len": "length",
    "mean": "avg",
    "lcase": "lower",
    "ucase": "upper",
    "tolower": "lower",
    "toupper": "upper",
    "cardinality": "size",
    "mode": "most common",
    "countif": "count(… where …)",
    "sumif": "sum(… where …)",
    "countdistinct": "count(distinct …)",
}
_CURES = {
    "coalesce": "a missing value makes a comparison false; ask with `is missing`",
    "ifnull": "a missing value makes a comparison false; ask with `is missing`",
    "isnull": "write `is missing`",
    "isblank": "write `is missing`",
    "datediff": "write `days since …`",
    "year": "write `year of …`",
    "month": "write `month of …`",
    "weekday": "write `weekday of …`",
    "not": "write `not` before the condition",
    "and": "write `and` between the conditions",
    "or": "write `or` between the conditions",
    "if": "write the condition itself",
    "did": "write `did purchase`",
}


def call(tree: ast.Call, scope: Scope) -> plan.Expr:
    """Return what a function or aggregate gives; mistakes are reported."""
    name = tree.function.text.lower()
    if name in FUNCTIONS:
        return _value_call(FUNCTIONS[name], tree, scope)
    if name in POPULATION or (name == "median" and _is_of_everyone(tree, scope)):
        return scope.report(errors.not_yet(tree.span, f"`{name}`, a value made of everyone's,"), UNKNOWN)
    if name in TALLIES:
        return aggregate(tree, scope)
    other = _OTHER_NAMES.get(name)
    near = [other] if other else nearest(name, [*FUNCTIONS, *TALLIES, *POPULATION])
    hint = _CURES.get(name, "" if near else "known are " + ", ".join([*FUNCTIONS, *TALLIES]))
    near = [] if hint else near
    return scope.report(errors.unknown_name(tree.function.span, "function", tree.function.text, near, hint), UNKNOWN)


def _is_of_everyone(tree: ast.Call, scope: Scope) -> bool:
    """Say whether `median(x)` asks about all members: x is then a trait or field, not a stream."""
    value = tree.arguments[0].value if tree.arguments else None
    if not isinstance(value, ast.Path):
        return False
    first = value.names[0].text
    return (scope.entity, first) in scope.names.traits or first in scope.names.catalog.fields_of(scope.row.owner)


def _value_call(function: Function, tree: ast.Call, scope: Scope) -> plan.Expr:
    needed = "one value" + (" and maybe a number of places" if function is Function.ROUND else "")
    most = 2 if function is Function.ROUND else 1
    plain = all(not (each.distinct or each.read_as or each.window or each.where) for each in tree.arguments)
    if not 1 <= len(tree.arguments) <= most or not plain:
        return scope.report(errors.wrong_arguments(tree.span, tree.function.text, needed), UNKNOWN)
    value = scope.read(tree.arguments[0].value)
    if is_unknown(value):
        return plan.Unknown(UNKNOWN, span=tree.span)
    match function:
        case Function.LOWER | Function.UPPER:
            return _made(function, is_text(value, f"`{function}`", scope), TEXT, tree)
        case Function.LENGTH:
            return _made(function, is_text(value, "`length`", scope), INTEGER, tree)
        case Function.SIZE:
            if value.type.kind not in {Kind.LIST, Kind.JSON}:
                hint = "of a text, write `length`" if value.type.kind is Kind.TEXT else ""
                problem = errors.wrong_type(value.span, "`size`", "a list", value.type, hint)
                return scope.report(problem, UNKNOWN)
            return _made(function, value, INTEGER, tree)
        case Function.ABS:
            number = is_number(value, "`abs`", scope)
            return _made(function, number, number.type if number else UNKNOWN, tree)
        case Function.ROUND:
            return _round(value, tree, scope)


def _round(value: plan.Expr, tree: ast.Call, scope: Scope) -> plan.Expr:
    number = is_number(value, "`round`", scope)
    places = scope.read(tree.arguments[1].value) if len(tree.arguments) == 2 else plan.Literal(0, INTEGER)
    if number is None or is_unknown(places):
        return plan.Unknown(UNKNOWN, span=tree.span)
    is_places = isinstance(places, plan.Literal) and places.type == INTEGER and 0 <= int(str(places.value)) <= 6
    if not is_places:
        needed = "a whole number of places from 0 to 6"
        return scope.report(errors.wrong_arguments(tree.span, "round", needed), UNKNOWN)
    if number.type.kind is Kind.INTEGER:
        return number
    type_ = number.type if number.type.kind is Kind.FLOAT else RESULT
    return plan.Call(Function.ROUND, (number, places), type_, span=tree.span)


def _made(function: Function, value: plan.Expr | None, type_: Type, tree: ast.Call) -> plan.Expr:
    if value is None:
        return plan.Unknown(UNKNOWN, span=tree.span)
    return plan.Call(function, (value,), type_, span=tree.span)
