"""Arithmetic, and values made of moments."""

from __future__ import annotations

from decimal import Decimal

from segql import plan
from segql.analysis import errors
from segql.analysis.comparisons import is_number, written
from segql.analysis.paths import near_names
from segql.analysis.scope import Scope, as_json, is_unknown
from segql.analysis.windows import moment
from segql.diagnostics import Diagnostic
from segql.plan import Part, Sign
from segql.syntax import ast
from segql.types import (
    DATE,
    DURATION,
    FLOAT,
    INTEGER,
    RESULT,
    TIMESTAMP,
    UNKNOWN,
    Kind,
    Type,
    decimal,
)

_SCALE_MAX = 18


def arithmetic(tree: ast.Binary, scope: Scope) -> plan.Expr:
    """Return two values made into one; mistakes are reported."""
    hyphened = _hyphened(tree, scope)
    if hyphened is not None:
        return scope.report(hyphened, UNKNOWN)
    left, right = scope.read(tree.left), scope.read(tree.right)
    if is_unknown(left, right):
        return plan.Unknown(UNKNOWN, span=tree.span)
    sign = Sign(tree.sign)
    if left.type.is_moment or right.type.is_moment or Kind.DURATION in {left.type.kind, right.type.kind}:
        return _of_time(tree, sign, left, right, scope)
    what = f"`{tree.sign}`"
    first = is_number(left, what, scope, tree.left.span)
    second = is_number(right, what, scope, tree.right.span)
    if first is None or second is None:
        return plan.Unknown(UNKNOWN, span=tree.span)
    type_ = _number(sign, first.type, second.type)
    return plan.Arithmetic(sign, first, second, type_, span=tree.span)


def _hyphened(tree: ast.Binary, scope: Scope) -> Diagnostic | None:
    """Say that `birth-date` is meant as one name, where that is known and its parts are not."""
    if tree.sign != "-" or not isinstance(tree.left, ast.Path) or not isinstance(tree.right, ast.Path):
        return None
    if "-" not in tree.span.text or " " in tree.span.text or tree.left.text in near_names(scope):
        return None
    known = near_names(scope)
    ours = next((each for each in (tree.span.text, tree.span.text.replace("-", "_")) if each in known), None)
    if ours is None:
        return None
    ours = ours if "-" not in ours else f"`{ours}`"
    hint = f"it is written {ours if '`' in ours else f'`{ours}`'}; `-` takes one number from another"
    return errors.unknown_name(tree.span, "field", tree.span.text, [], hint, ours=ours)


def _number(sign: Sign, left: Type, right: Type) -> Type:
    """Return the type of a computation: exact, but for floats; of a quotient, six places."""
    if Kind.FLOAT in {left.kind, right.kind}:
        return FLOAT
    if sign is Sign.DIV:
        return RESULT
    if Kind.DECIMAL not in {left.kind, right.kind}:
        return INTEGER
    first, second = left.scale, right.scale
    scale = first + second if sign is Sign.MUL else max(first, second)
    return decimal(38, min(scale, _SCALE_MAX))


def _of_time(tree: ast.Binary, sign: Sign, left: plan.Expr, right: plan.Expr, scope: Scope) -> plan.Expr:
    kinds = (left.type.kind, right.type.kind)
    adds = sign in {Sign.ADD, Sign.SUB}
    if adds and left.type.is_moment and kinds[1] is Kind.DURATION:
        return plan.Arithmetic(sign, moment(left), right, TIMESTAMP, span=tree.span)
    if sign is Sign.ADD and kinds[0] is Kind.DURATION and right.type.is_moment:
        return plan.Arithmetic(sign, moment(right), left, TIMESTAMP, span=tree.span)
    if sign is Sign.SUB and left.type.is_moment and right.type.is_moment:
        return plan.Arithmetic(sign, moment(left), moment(right), DURATION, span=tree.span)
    if adds and kinds == (Kind.DURATION, Kind.DURATION):
        return plan.Arithmetic(sign, left, right, DURATION, span=tree.span)
    hint = "a date takes `+` or `-` a length of time such as `7 days`; two dates take `-`"
    fix = None
    if adds and isinstance(right, plan.Literal) and right.type == INTEGER:
        fix = written(right.span, f"{right.span.text} days")
    return scope.report(errors.different_types(tree.span, left.type, right.type, hint, fix, tree.sign), UNKNOWN)


def negative(operand: plan.Expr, tree: ast.Negative, scope: Scope) -> plan.Expr:
    """Return the number with its sign turned."""
    number = is_number(operand, "`-`", scope, tree.operand.span)
    if number is None:
        return plan.Unknown(UNKNOWN, span=tree.span)
    if isinstance(number, plan.Literal) and isinstance(number.value, int | Decimal | float):
        return plan.Literal(-number.value, number.type, span=tree.span)
    zero = plan.Literal(0, INTEGER, span=tree.span)
    return plan.Arithmetic(Sign.SUB, zero, number, number.type, span=tree.span)


def days_since(operand: plan.Expr, tree: ast.DaysSince, scope: Scope) -> plan.Expr:
    """Return `days since x`."""
    value = as_json(operand, TIMESTAMP)
    if is_unknown(value):
        return plan.Unknown(INTEGER, span=tree.span)
    if not value.type.is_moment:
        return scope.report(errors.wrong_type(tree.span, "`days since`", "a date or timestamp", value.type), INTEGER)
    return plan.DaysSince(value, span=tree.span)


def date_part(part: str, operand: plan.Expr, tree: ast.PartOf, scope: Scope) -> plan.Expr:
    """Return `month of x`, `weekday of x` and their like."""
    value = as_json(operand, DATE)
    if is_unknown(value):
        return plan.Unknown(INTEGER, span=tree.span)
    if not value.type.is_moment:
        needed = "a date or timestamp"
        return scope.report(errors.wrong_type(tree.span, f"`{part} of`", needed, value.type), UNKNOWN)
    if part == "hour" and value.type.kind is Kind.DATE:
        return scope.report(errors.wrong_type(tree.span, "`hour of`", "a timestamp", value.type), UNKNOWN)
    return plan.DatePart(Part(part), value, span=tree.span)
