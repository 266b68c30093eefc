"""Two values side by side: their types made to fit, and constants checked against what a field can be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from segql import plan
from segql.analysis import errors
from segql.analysis.paths import is_nameless
from segql.analysis.scope import Scope, as_json, choices, is_json, is_unknown
from segql.analysis.uses import Sort
from segql.diagnostics import Edit, Fix, nearest
from segql.plan import Function, Op
from segql.source import Span
from segql.syntax import ast
from segql.syntax.lookalikes import TURNING, latin
from segql.tree import replace
from segql.types import BOOLEAN, RESULT, TEXT, UNKNOWN, WEEKDAY, Kind, Type, comparable

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


# Codes of countries that are often written otherwise.
_CALLED = {"UK": "GB", "USA": "US", "EL": "GR", "ENGLAND": "GB", "GER": "DE"}


def compare(op: str, left: plan.Expr, right: plan.Expr, span: Span, scope: Scope) -> plan.Expr:
    """Return `left op right`; `!=` is the complement of `=`. Mistakes are reported."""
    pair = fitted(left, right, span, scope)
    if pair is None:
        return plan.Unknown(BOOLEAN, span=span)
    if op == "!=":
        return plan.Not(plan.Compare(Op.EQ, *pair, span=span), span=span)
    is_chosen = any(choices(each) is not None for each in pair)
    if op != "=" and (is_chosen or pair[0].type.kind in {Kind.BOOLEAN, Kind.WEEKDAY}):
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
        scope.report(errors.different_types(span, left.type, right.type, *_cure(left, right, span, scope)))
        return None
    if left.type.kind is not right.type.kind and left.type.is_moment:
        left, right = _instant(left), _instant(right)
    return left, right


def two(left: ast.Condition, right: ast.Condition, scope: Scope) -> tuple[plan.Expr, plan.Expr]:
    """Read two values; beside a weekday a bare word is the name of a day."""
    if isinstance(right, ast.Path):
        first = scope.read(left)
        if is_unknown(first) and isinstance(left, ast.Path) and left.names[-1].text in scope.names.outcomes:
            # Where a tier list is wrong, nobody can say whether this is one of its tiers.
            return first, plan.Unknown(UNKNOWN, span=right.span)
        return first, constant(right, first.type, scope, choices(first))
    second = scope.read(right)
    # Beside a text in quotes an unknown word is a misspelt field, not another text.
    is_said = isinstance(second, plan.Literal) and second.type.kind is Kind.TEXT
    return scope.read(left) if is_said else constant(left, second.type, scope, choices(second)), second


def constant(tree: ast.Condition, beside: Type, scope: Scope, known: tuple[str, ...] | None = None) -> plan.Expr:
    """Read a value that stands beside one of type `beside`, which can be `known` tiers or arms only."""
    if known is not None and isinstance(tree, ast.Path) and len(tree.names) == 1:
        word = tree.names[0].text
        if word in known or is_nameless(word, scope):
            return plan.Literal(word, TEXT, span=tree.span)
    if beside.kind is Kind.WEEKDAY and isinstance(tree, ast.Path) and len(tree.names) == 1:
        word = tree.names[0].text.lower()
        if word in _WEEKDAYS:
            return plan.Literal(_WEEKDAYS.index(word) + 1, WEEKDAY, span=tree.span)
        near = nearest(word, _WEEKDAYS)
        return scope.report(errors.unknown_name(tree.span, "weekday", word, near, known=_WEEKDAYS), UNKNOWN)
    if beside.kind is Kind.TEXT and isinstance(tree, ast.Path) and len(tree.names) == 1:
        word = tree.names[0].text
        if is_nameless(word, scope):
            hint, ours = "text stands in quotes", f'"{word}"'
            return scope.report(errors.unknown_name(tree.span, "field", word, [], hint, ours=ours), UNKNOWN)
    return scope.read(tree)


def check_values(expr: plan.Expr, values: Iterable[plan.Expr], scope: Scope) -> None:
    """Report constants that a field with `one of (…)` can never be."""
    field, names = scope.declared(expr), choices(expr)
    if names is not None:
        _use_parts(expr, names, values, scope)
        for each in values:
            if isinstance(each, plan.Literal) and each.value not in names:
                near = nearest(str(each.value), names)
                scope.report(errors.unknown_value(each.span, f"`{each.value}`", expr.span.text, near, names))
        return
    if field is None or field.values is None:
        return
    known = {str(each): _shown(each) for each in field.values}
    for each in values:
        if isinstance(each, plan.Literal) and not any(each.value == value for value in field.values):
            word = str(each.value)
            if not TURNING.isdisjoint(word):
                continue  # The turning character was pointed out already.
            meant = _CALLED.get(word.upper(), "")
            near = [meant] if meant in known else nearest(latin(word), known)
            shown = _shown(each.value)
            found = [known[name] for name in near]
            scope.report(errors.unknown_value(each.span, shown, field.name, found, list(known.values())))


def _use_parts(expr: plan.Expr, names: Sequence[str], values: Iterable[plan.Expr], scope: Scope) -> None:
    """Note the tiers or arms that a value is compared with."""
    own = next((name for (_, name), each in scope.project.traits.items() if each is expr), None)
    if own is None or own not in scope.names.outcomes:
        return
    sort = Sort.TIER if scope.names.sort_of(own) is Sort.TIERS else Sort.ARM
    for each in values:
        if isinstance(each, plan.Literal) and each.value in names:
            scope.uses.add(sort, f"{own}.{each.value}", each.span)


def lowered(expr: plan.Expr) -> plan.Expr:
    """Return a text in lower letters."""
    return plan.Call(Function.LOWER, (expr,), TEXT, span=expr.span)


def is_text(expr: plan.Expr, what: str, scope: Scope, place: Span | None = None) -> plan.Expr | None:
    """Return a text value, json read as text; None where it is something else, which is reported at `place`."""
    expr = as_json(expr, TEXT)
    if is_unknown(expr):
        return None
    if expr.type.kind is not Kind.TEXT:
        place, ours = place or expr.span, ""
        hint = "a list is asked with `has`" if expr.type.kind is Kind.LIST else "only texts are searched like this"
        if isinstance(expr, plan.Literal):
            hint, ours = "text stands in quotes", f'"{place.text}"'
        scope.report(errors.wrong_type(place, what, "a text", expr.type, hint, written(place, ours)))
        return None
    return expr


def is_number(expr: plan.Expr, what: str, scope: Scope, place: Span | None = None) -> plan.Expr | None:
    """Return a number, json read as decimal; None where it is something else, which is reported at `place`."""
    expr = as_json(expr, RESULT)
    if is_unknown(expr):
        return None
    if not expr.type.is_number:
        place, ours = place or expr.span, ""
        if isinstance(expr, plan.Literal) and _is_number(str(expr.value)):
            ours = str(expr.value)
        hint = "numbers are written without quotes" if ours else "arithmetic is for numbers"
        scope.report(errors.wrong_type(place, what, "a number", expr.type, hint, written(place, ours)))
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


def _cure(left: plan.Expr, right: plan.Expr, span: Span, scope: Scope) -> tuple[str, Fix | None]:
    """Return what to write instead where two values do not compare, and the fix if it is certain."""
    kinds = {left.type.kind, right.type.kind}
    literal = next((each for each in (right, left) if isinstance(each, plan.Literal)), None)
    if Kind.LIST in kinds:
        hint = "a list is asked with `has`, `has any of (…)`, `size(…)` or `any … where (…)`"
        is_plain = isinstance(right, plan.Literal) and right.span.start > left.span.end
        sign = span.source.text[left.span.end : right.span.start].strip() if is_plain else ""
        words = {"=": "has", "!=": "not has"}.get(sign, "")
        return hint, written(span, f"{left.span.text} {words} {right.span.text}" if words else "")
    if literal is not None and literal.type.kind is Kind.TEXT:
        return _unquoted(literal, kinds, scope)
    if literal is not None and Kind.TEXT in kinds:
        return "text stands in quotes", written(literal.span, f'"{literal.span.text}"')
    if Kind.KEY in kinds:
        return "list the key among the fields, with its type, to compare it", None
    if Kind.DURATION in kinds and kinds & {Kind.INTEGER, Kind.DECIMAL}:
        return _without_unit(left, right, literal)
    if kinds & {Kind.DATE, Kind.TIMESTAMP}:
        if Kind.DURATION in kinds:
            return "write a window such as `in last 30 days`, or `days since …`", None
        moment = left if left.type.is_moment else right
        if literal is not None and literal.type.kind is Kind.INTEGER and 1_000 < int(str(literal.value)) < 3_000:
            return "of a date, its year is a number", written(moment.span, f"year of {moment.span.text}")
        return "dates are written year, month, day: `2026-01-31`", written_date(right.span)
    if Kind.BOOLEAN in kinds and literal is not None and literal.value in {0, 1}:
        return "it is `true` or `false`", written(literal.span, "true" if literal.value else "false")
    return "only values of one kind compare", None


def _unquoted(literal: plan.Literal, kinds: set[Kind], scope: Scope) -> tuple[str, Fix | None]:
    """Return the cure for a text that should be something else."""
    text, place = str(literal.value), literal.span
    if scope.row.item is None and text in scope.names.catalog.fields_of(scope.row.owner):
        return "a field stands without quotes", written(place, text)
    if {Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT} & kinds:
        return "numbers are written without quotes", written(place, text if _is_number(text) else "")
    if {Kind.DATE, Kind.TIMESTAMP} & kinds:
        return "dates are written without quotes: `2026-01-31`", written_date(place)
    if Kind.BOOLEAN in kinds:
        return "`true` and `false` are written without quotes", written(place, _BOOLEANS.get(text.lower(), ""))
    if Kind.WEEKDAY in kinds:
        ours = text.lower() if text.lower() in _WEEKDAYS else ""
        return "weekdays are written without quotes, as in `saturday`", written(place, ours)
    return "only values of one kind compare", None


def _without_unit(left: plan.Expr, right: plan.Expr, literal: plan.Literal | None) -> tuple[str, Fix | None]:
    """Return the cure for a number beside a length of time."""
    if isinstance(literal, plan.Literal) and literal.type.kind is Kind.DURATION:
        other = left if literal is right else right
        found = re.fullmatch(r"(\d[\d_]*)\s*(?:days?|d)", literal.span.text)
        if isinstance(other, plan.DaysSince) and found:
            return "`days since` is a number of days", written(literal.span, found[1])
        return "this is a plain number, without a unit", None
    if literal is not None:
        return "a length of time has a unit", written(literal.span, f"{literal.span.text} days")
    return "a length of time is written like `30 days`", None


_BOOLEANS = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}


def written(place: Span, ours: str) -> Fix | None:
    """Return the fix that writes `ours` in a place, if there is anything to write."""
    return Fix(f"write `{ours}`", (Edit(place, ours),)) if ours else None


def written_date(place: Span) -> Fix | None:
    """Return the fix that writes a date as it is written here, where it can be told which day is meant.

    Example:
        >>> from segql.source import Source
        >>> written_date(Source.of("", "31.1.2026").span(0, 9)).title
        'write `2026-01-31`'
    """
    text = place.text.strip("\"'")
    iso = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
    other = re.fullmatch(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", text)
    if iso:
        year, month, day = int(iso[1]), int(iso[2]), int(iso[3])
    elif other and (other[2] == "." or int(other[1]) > 12):
        day, month, year = int(other[1]), int(other[3]), int(other[4])
    elif other and int(other[3]) > 12:
        month, day, year = int(other[1]), int(other[3]), int(other[4])
    else:
        return None
    try:
        return written(place, dt.date(year, month, day).isoformat())
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").replace(".", "", 1).isdigit()


def _shown(value: object) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.isoformat() if isinstance(value, dt.date) else str(value)


__all__ = [
    "check_values",
    "compare",
    "constant",
    "fitted",
    "is_number",
    "is_text",
    "lowered",
    "two",
    "written",
    "written_date",
]
