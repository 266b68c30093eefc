"""The functions of the language, written down."""

from __future__ import annotations

from segql import plan
from segql.analysis import errors
from segql.analysis.aggregates import TALLIES, aggregate
from segql.analysis.comparisons import is_number, is_text, written
from segql.analysis.population import MEASURES, is_of_everyone, of_everyone
from segql.analysis.scope import Scope, is_unknown
from segql.diagnostics import Diagnostic, nearest
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

_EXAMPLES = {Function.SIZE: "tags", Function.ABS: "balance", Function.LENGTH: "name"}

# What other languages call them.
_OTHER_NAMES = {
    "len": "length",
    "char_length": "length",
    "strlen": "length",
    "mean": "avg",
    "average": "avg",
    "lcase": "lower",
    "ucase": "upper",
    "tolower": "lower",
    "toupper": "upper",
    "cardinality": "size",
    "array_length": "size",
    "mode": "most common",
}
# Functions that are words between their values here.
_BETWEEN = {
    "contains": "contains",
    "includes": "contains",
    "startswith": "starts with",
    "starts_with": "starts with",
    "endswith": "ends with",
    "ends_with": "ends with",
    "like": "like",
    "has": "has",
    "array_contains": "has",
    "equals": "=",
    "eq": "=",
    "mod": "mod",
}
# Functions that are words around their one value.
_AROUND = {
    "isnull": "{} is missing",
    "isblank": "{} is missing",
    "isempty": "{} is missing",
    "is_null": "{} is missing",
    "year": "year of {}",
    "quarter": "quarter of {}",
    "month": "month of {}",
    "day": "day of {}",
    "weekday": "weekday of {}",
    "dayofweek": "weekday of {}",
    "hour": "hour of {}",
    "did": "did {}",
    "everyone": "everyone",
}
_CURES = {
    "coalesce": "a missing value makes a comparison false; ask for it with `is missing`",
    "ifnull": "a missing value makes a comparison false; ask for it with `is missing`",
    "nvl": "a missing value makes a comparison false; ask for it with `is missing`",
    "datediff": "the days from a date to now are `days since …`",
    "dateadd": "dates take lengths of time: `signed_up_at + 30 days`",
    "date": "dates are written without quotes: `2026-01-31`",
    "cast": "a field has the type that its declaration gives it",
    "to_date": "dates are written without quotes: `2026-01-31`",
    "if": "write the condition itself; several outcomes are declared with `tiers`",
    "exists": "rows are asked with `any … where (…)`, events with `did … where (…)`",
    "countif": "write `count(purchase where …)`",
    "sumif": "write `sum(purchase.amount where …)`",
    "any": "write `any subscription where (…)`",
    "count_distinct": "write `count(distinct purchase.category)`",
    "countdistinct": "write `count(distinct purchase.category)`",
}


def call(tree: ast.Call, scope: Scope) -> plan.Expr:
    """Return what a function or aggregate gives; mistakes are reported."""
    name = tree.function.text.lower()
    if is_of_everyone(tree, scope):
        return of_everyone(tree, scope)
    among = next((each.among for each in tree.arguments if each.among), None)
    if among is not None and name in {*FUNCTIONS, *TALLIES}:
        hint = f"values of everyone have it, as in `rank(spend among segment {among.text})`"
        return scope.report(
            errors.rows_needed(among.span, f"`{name}` is of one member and takes no `among`", hint), UNKNOWN
        )
    if name in FUNCTIONS:
        return _value_call(FUNCTIONS[name], tree, scope)
    if name in TALLIES:
        return aggregate(tree, scope)
    return scope.report(_unknown(tree, name), UNKNOWN)


def _unknown(tree: ast.Call, name: str) -> Diagnostic:
    shown, values = tree.function.text, [each.span.text for each in tree.arguments]
    if name in _BETWEEN and len(values) == 2:
        ours = f" {_BETWEEN[name]} ".join(values)
        hint = f"`{_BETWEEN[name]}` stands between its two values"
        return errors.unknown_name(tree.span, "function", shown, [], hint, ours=ours)
    if name in _AROUND and len(values) == 1:
        ours = _AROUND[name].format(values[0])
        return errors.unknown_name(tree.span, "function", shown, [], "it is said in words", ours=ours)
    if name in _CURES:
        return errors.unknown_name(tree.function.span, "function", shown, [], _CURES[name])
    known = [*FUNCTIONS, *TALLIES, *MEASURES]
    other = _OTHER_NAMES.get(name)
    hint = f"it is called `{other}` here" if other else ""
    near = [other] if other else nearest(name, known)
    return errors.unknown_name(tree.function.span, "function", shown, near, hint, known=[*FUNCTIONS, *TALLIES])


def _value_call(function: Function, tree: ast.Call, scope: Scope) -> plan.Expr:
    needed = "one value" + (" and maybe a number of places" if function is Function.ROUND else "")
    most = 2 if function is Function.ROUND else 1
    plain = all(not (each.distinct or each.read_as or each.window or each.where) for each in tree.arguments)
    if not 1 <= len(tree.arguments) <= most or not plain:
        example = (
            "round(spend, 2)" if function is Function.ROUND else f"{function}({_EXAMPLES.get(function, 'country')})"
        )
        return scope.report(errors.wrong_arguments(tree.span, tree.function.text, needed, example), UNKNOWN)
    value, place = scope.read(tree.arguments[0].value), tree.arguments[0].span
    if is_unknown(value):
        return plan.Unknown(UNKNOWN, span=tree.span)
    match function:
        case Function.LOWER | Function.UPPER:
            return _made(function, is_text(value, f"`{function}`", scope, place), TEXT, tree)
        case Function.LENGTH:
            if value.type.kind is Kind.LIST:
                hint, fix = "the number of items of a list is its `size`", written(tree.function.span, "size")
                return scope.report(errors.wrong_type(place, "`length`", "a text", value.type, hint, fix), UNKNOWN)
            return _made(function, is_text(value, "`length`", scope, place), INTEGER, tree)
        case Function.SIZE:
            if value.type.kind not in {Kind.LIST, Kind.JSON}:
                is_text_value = value.type.kind is Kind.TEXT
                hint = "the number of letters of a text is its `length`" if is_text_value else "only lists have a size"
                fix = written(tree.function.span, "length" if is_text_value else "")
                return scope.report(errors.wrong_type(place, "`size`", "a list", value.type, hint, fix), UNKNOWN)
            return _made(function, value, INTEGER, tree)
        case Function.ABS:
            number = is_number(value, "`abs`", scope, place)
            return _made(function, number, number.type if number else UNKNOWN, tree)
        case Function.ROUND:
            return _round(value, tree, scope)


def _round(value: plan.Expr, tree: ast.Call, scope: Scope) -> plan.Expr:
    number = is_number(value, "`round`", scope, tree.arguments[0].span)
    places = scope.read(tree.arguments[1].value) if len(tree.arguments) == 2 else plan.Literal(0, INTEGER)
    if number is None or is_unknown(places):
        return plan.Unknown(UNKNOWN, span=tree.span)
    is_places = isinstance(places, plan.Literal) and places.type == INTEGER and 0 <= int(str(places.value)) <= 6
    if not is_places:
        needed = "a whole number of places from 0 to 6"
        return scope.report(errors.wrong_arguments(tree.span, "round", needed, "round(spend, 2)"), UNKNOWN)
    if number.type.kind is Kind.INTEGER:
        return number
    type_ = number.type if number.type.kind is Kind.FLOAT else RESULT
    return plan.Call(Function.ROUND, (number, places), type_, span=tree.span)


def _made(function: Function, value: plan.Expr | None, type_: Type, tree: ast.Call) -> plan.Expr:
    if value is None:
        return plan.Unknown(UNKNOWN, span=tree.span)
    return plan.Call(function, (value,), type_, span=tree.span)
