"""Two values side by side: their types made to fit, and constants checked against what a field can be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from segql import plan
from segql.analysis import errors
from segql.analysis.scope import Scope, as_json, is_json, is_unknown
from segql.diagnostics import nearest
from segql.plan import Function, Op
from segql.source import Span
from segql.syntax import ast
from segql.tree import replace
from segql.types import BOOLEAN, RESULT, TEXT, UNKNOWN, WEEKDAY, Kind, Type, comparable

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def compare(op: str, left: plan.Expr, right: plan.Expr, span: Span, scope: Scope) -> plan.Expr:
    """Return `left op right`; `!=` is the complement of `=`. Mistakes are reported."""
    pair = fitted(left, right, span, scope)
    if pair is None:
        return plan.Unknown(BOOLEAN, span=span)
    if op == "!=":
        return plan.Not(plan.Compare(Op.EQ, *pair, span=span), span=span)
    if op != "=" and pair[0].type.kind in {Kind.BOOLEAN, Kind.WEEKDAY}:
        hint = "it is asked with `=`, `!=` or `in`"
        return scope.report(errors.wrong_type(span, f"`{op}`", "values that have an order", pair[0].type, hint))
    return plan.Compare(Op(op), *pair, span=span)


def fitted(left: plan.Expr, right: plan.Expr, span: Span, scope: Scope) -> tuple[plan.Expr, plan.Expr] | None:
    """Return both values with types that compare, or None where a mistake was reported, here or before."""
    if is_unknown(left, right):
        return None
    if is_json(left) and is_json(right):
        hint = "compare each with a plain value"
        scope.report(errors.different_types(span, left.type, right.type, hint))
        return None
    left, right = _typed(left, right.type), _typed(right, left.type)
    if not comparable(left.type, right.type):
        scope.report(errors.different_types(span, left.type, right.type, _hint(left, right)))
        return None
    if left.type.kind is not right.type.kind and left.type.is_moment:
        left, right = _instant(left), _instant(right)
    return left, right


def two(left: ast.Condition, right: ast.Condition, scope: Scope) -> tuple[plan.Expr, plan.Expr]:
    """Read two values; beside a weekday a bare word is the name of a day."""
    if isinstance(right, ast.Path):
        first = scope.read(left)
        return first, constant(right, first.type, scope)
    second = scope.read(right)
    return constant(left, second.type, scope), second


def constant(tree: ast.Condition, beside: Type, scope: Scope) -> plan.Expr:
    """Read a value that stands beside one of type `beside`."""
    if beside.kind is Kind.WEEKDAY and isinstance(tree, ast.Path) and len(tree.names) == 1:
        word = tree.names[0].text.lower()
        if word in _WEEKDAYS:
            return plan.Literal(_WEEKDAYS.index(word) + 1, WEEKDAY, span=tree.span)
        near = nearest(word, _WEEKDAYS)
        return scope.report(errors.unknown_name(tree.span, "weekday", word, near, "" if near else _days()), UNKNOWN)
    return scope.read(tree)


def check_values(expr: plan.Expr, values: Iterable[plan.Expr], scope: Scope) -> None:
    """Report constants that a field with `one of (…)` can never be."""
    field = scope.declared(expr)
    if field is None or field.values is None:
        return
    known = {str(each): _shown(each) for each in field.values}
    for each in values:
        if isinstance(each, plan.Literal) and not any(each.value == value for value in field.values):
            near = [known[name] for name in nearest(str(each.value), known)]
            shown = _shown(each.value)
            scope.report(errors.unknown_value(each.span, shown, field.name, near, list(known.values())))


def lowered(expr: plan.Expr) -> plan.Expr:
    """Return a text in lower letters."""
    return plan.Call(Function.LOWER, (expr,), TEXT, span=expr.span)


def is_text(expr: plan.Expr, what: str, scope: Scope) -> plan.Expr | None:
    """Return a text value, json read as text; None where it is something else, which is reported."""
    expr = as_json(expr, TEXT)
    if is_unknown(expr):
        return None
    if expr.type.kind is not Kind.TEXT:
        hint = "a list is asked with `has`" if expr.type.kind is Kind.LIST else ""
        scope.report(errors.wrong_type(expr.span, what, "a text", expr.type, hint))
        return None
    return expr


def is_number(expr: plan.Expr, what: str, scope: Scope) -> plan.Expr | None:
    """Return a number, json read as decimal; None where it is something else, which is reported."""
    expr = as_json(expr, RESULT)
    if is_unknown(expr):
        return None
    if not expr.type.is_number:
        scope.report(errors.wrong_type(expr.span, what, "a number", expr.type))
        return None
    return expr


def _typed(expr: plan.Expr, other: Type) -> plan.Expr:
    if not is_json(expr):
        # A decimal constant beside a float is a float, so that both are read alike.
        if isinstance(expr, plan.Literal) and other.kind is Kind.FLOAT and expr.type.is_number:
            return replace(expr, value=float(expr.value), type=other)  # type: ignore[arg-type]
        return expr
    return as_json(expr, RESULT if other.is_number else other)


def _instant(expr: plan.Expr) -> plan.Expr:
    return plan.Instant(expr, span=expr.span) if expr.type.kind is Kind.DATE else expr


def _hint(left: plan.Expr, right: plan.Expr) -> str:
    kinds = {left.type.kind, right.type.kind}
    literal = next((each for each in (right, left) if isinstance(each, plan.Literal)), None)
    if literal is not None and literal.type.kind is Kind.TEXT:
        text = str(literal.value)
        if {Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT} & kinds:
            return f"numbers are written without quotes: `{text}`" if _is_number(text) else "write a number"
        if {Kind.DATE, Kind.TIMESTAMP} & kinds:
            return "dates are written without quotes: `2026-01-31`"
        if Kind.BOOLEAN in kinds:
            return "write `true` or `false` without quotes"
        if Kind.WEEKDAY in kinds:
            return "weekdays are written without quotes: `saturday`"
    if literal is not None and Kind.TEXT in kinds:
        return f'text stands in quotes: `"{literal.span.text}"`'
    if Kind.LIST in kinds:
        return "a list is asked with `has`, `has any of (…)`, `size(…)` or `any … where (…)`"
    if Kind.KEY in kinds:
        return "list the key among the fields, with its type, to compare it"
    if Kind.DURATION in kinds and kinds & {Kind.INTEGER, Kind.DECIMAL}:
        return "write a length of time such as `30 days`"
    if kinds & {Kind.DATE, Kind.TIMESTAMP} and Kind.DURATION in kinds:
        return "write a window such as `in last 30 days`, or `days since …`"
    return "compare values of one type"


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _shown(value: object) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _days() -> str:
    return "days are " + ", ".join(_WEEKDAYS)


__all__ = [
    "check_values",
    "compare",
    "constant",
    "fitted",
    "is_number",
    "is_text",
    "lowered",
    "two",
]
