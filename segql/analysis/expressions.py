"""Values and conditions: ast → plan, one `match`. What a node means stands in the room of its family."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import assert_never

from segql import plan
from segql.analysis import errors, sequences, texts
from segql.analysis.affinity import also_with
from segql.analysis.aggregates import did, quantified, within_bounds
from segql.analysis.comparisons import (
    check_values,
    compare,
    constant,
    fitted,
    is_text,
    lowered,
    two,
    written,
)
from segql.analysis.functions import call
from segql.analysis.operators import arithmetic, date_part, days_since, negative
from segql.analysis.paths import WINDOWED, resolve, windowed
from segql.analysis.population import in_extreme
from segql.analysis.references import any_segment, crossed, in_list, in_segment
from segql.analysis.rhythm import first_ever, in_periods, stopped
from segql.analysis.rows import need_condition
from segql.analysis.scope import Scope, as_json, choices, is_json, is_unknown
from segql.analysis.windows import moment, stretch, whole_days
from segql.diagnostics import Edit, Fix
from segql.plan import Op, Window
from segql.source import Span
from segql.syntax import ast
from segql.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    TEXT,
    TIMESTAMP,
    UNKNOWN,
    Kind,
    decimal,
)


def read(tree: ast.Condition, scope: Scope) -> plan.Expr:  # noqa: C901, PLR0915 (one case a node)
    """Return the value or condition that is written; mistakes are reported and leave an `Unknown`."""
    span = tree.span
    match tree:
        case ast.Hole():
            return plan.Unknown(UNKNOWN, span=span)
        case ast.Text(value):
            return plan.Literal(value, TEXT, span=span)
        case ast.Number(value) if isinstance(value, int):
            return plan.Literal(value, INTEGER, span=span)
        case ast.Number(value):
            return _decimal(Decimal(value), tree)
        case ast.Percent(value):
            return _decimal(value / 100, tree)
        case ast.Boolean(value):
            return plan.Literal(value, BOOLEAN, span=span)
        case ast.Date(day):
            return plan.Literal(day, DATE, span=span)
        case ast.Timestamp(instant) if instant.tzinfo is not None:
            return plan.Literal(instant.astimezone(dt.UTC), TIMESTAMP, span=span)
        case ast.Timestamp(instant):
            return plan.ClockTime(plan.Fixed(instant), TIMESTAMP, span=span)
        case ast.Duration():
            return _duration(tree, scope)
        case ast.Now():
            return plan.ClockTime(plan.NOW, TIMESTAMP, span=span)
        case ast.Today():
            return plan.ClockTime(plan.NOW, DATE, span=span)
        case ast.Path():
            return resolve(tree, scope)
        case ast.Group(inner):
            return read(inner, scope)
        case ast.Binary():
            return arithmetic(tree, scope)
        case ast.Negative(operand):
            return negative(read(operand, scope), tree, scope)
        case ast.Call():
            return call(tree, scope)
        case ast.DaysSince(operand):
            return days_since(read(operand, scope), tree, scope)
        case ast.PartOf(part, operand):
            return date_part(part, read(operand, scope), tree, scope)
        case ast.And(operands):
            return plan.And(tuple(condition(each, scope) for each in operands), span=span)
        case ast.Or(operands):
            return plan.Or(tuple(condition(each, scope) for each in operands), span=span)
        case ast.Not(operand):
            return plan.Not(condition(operand, scope), span=span)
        case ast.Comparison():
            return _comparison(tree, scope)
        case ast.Between():
            return _between(tree, scope)
        case ast.InValues():
            return _in_values(tree, scope)
        case ast.IsMissing(operand, known):
            return _is_missing(tree, operand, known, scope)
        case ast.TextMatch():
            return texts.text_match(tree, scope)
        case ast.Matches():
            return texts.matches(tree, scope)
        case ast.Has():
            return texts.has(tree, scope)
        case ast.InWindow():
            return _in_window(tree, scope)
        case ast.HasAnniversary():
            return _anniversary(tree, scope)
        case ast.InSegment():
            return in_segment(tree, scope)
        case ast.Crossed():
            return crossed(tree, scope)
        case ast.AlsoWith():
            return also_with(tree, scope)
        case ast.InAnySegment():
            return any_segment(tree, scope)
        case ast.InList():
            return in_list(tree, scope)
        case ast.Everyone():
            return plan.Literal(True, BOOLEAN, span=span)
        case ast.Nobody():
            return plan.Literal(False, BOOLEAN, span=span)
        case ast.KOfN():
            return _k_of_n(tree, scope)
        case ast.Quantified():
            return quantified(tree, scope)
        case ast.Did(ast.Occurrence(_, _, ast.Rhythm() as window)) if not (
            tree.occurrence.alias or tree.occurrence.first
        ):
            return in_periods(tree, window, scope)
        case ast.Did():
            return did(tree, scope)
        case ast.InExtreme():
            return in_extreme(tree, scope)
        case ast.Sequence():
            return sequences.sequence(tree, scope)
        case ast.AnyOrder():
            return sequences.any_order(tree, scope)
        case ast.Resumed():
            return sequences.resumed(tree, scope)
        case ast.FirstEver():
            return first_ever(tree, scope)
        case ast.Stopped():
            return stopped(tree, scope)
        case _:
            assert_never(tree)


def condition(tree: ast.Condition, scope: Scope) -> plan.Expr:
    """Return the condition that is written; a value in its place is reported."""
    return need_condition(read(tree, scope), scope, tree.span)


# ── literals ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _decimal(value: Decimal, tree: ast.Condition) -> plan.Expr:
    exponent = value.as_tuple().exponent
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    type_ = DECIMAL if scale <= 6 and abs(value) < 10**12 else decimal(38, max(scale, 6))
    return plan.Literal(value, type_, span=tree.span)


def _duration(tree: ast.Duration, scope: Scope) -> plan.Expr:
    unit = plan.Unit(tree.unit)
    if unit not in plan.MICROSECONDS:
        message = f"a {unit} has no fixed length"
        hint = "as a value, a length of time is in seconds, minutes, hours, days or weeks"
        return scope.report(errors.wrong_window(tree.span, message, hint), UNKNOWN)
    length = plan.microseconds(tree.count * plan.MICROSECONDS[unit])
    return plan.Literal(length.value, length.type, span=tree.span)


# ── comparisons ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _comparison(tree: ast.Comparison, scope: Scope) -> plan.Expr:
    left, right = two(tree.left, tree.right, scope)
    if tree.ignoring_case:
        first = is_text(left, "`ignoring case`", scope, tree.left.span)
        second = None if first is None else is_text(right, "`ignoring case`", scope, tree.right.span)
        if first is None or second is None:
            return plan.Unknown(BOOLEAN, span=tree.span)
        return compare(tree.op, lowered(first), lowered(second), tree.span, scope)
    if tree.op in {"=", "!="}:
        check_values(left, [right], scope)
        check_values(right, [left], scope)
    return compare(tree.op, left, right, tree.span, scope)


def _between(tree: ast.Between, scope: Scope) -> plan.Expr:
    operand = scope.read(tree.operand)
    low, high = scope.read(tree.low), scope.read(tree.high)
    if is_unknown(operand, low, high):
        return plan.Unknown(BOOLEAN, span=tree.span)
    if isinstance(low, plan.Literal) and isinstance(high, plan.Literal) and _is_above(low, high):
        first, second = tree.low.span, tree.high.span
        fix = Fix("swap them", (Edit(first, second.text), Edit(second, first.text)))
        hint = "the smaller value comes first"
        return scope.report(errors.impossible_count(tree.span, "no value lies between these", hint, fix))
    both = (
        compare(">=", operand, low, tree.span, scope),
        compare("<=", operand, high, tree.span, scope),
    )
    inside = plan.And(both, span=tree.span)
    return plan.Not(inside, span=tree.span) if tree.negated else inside


def _is_above(low: plan.Literal, high: plan.Literal) -> bool:
    if low.type.kind is not high.type.kind or isinstance(low.value, str):
        return False
    return low.value > high.value  # type: ignore[operator]


def _in_values(tree: ast.InValues, scope: Scope) -> plan.Expr:
    operand = scope.read(tree.operand)
    if not tree.values:
        return scope.report(errors.empty_list(_brackets(tree.span)))
    if operand.type.kind is Kind.LIST:
        ours = f"{tree.operand.span.text} {'not ' if tree.negated else ''}has any of {_brackets(tree.span).text}"
        hint, fix = "a list is asked with `has any of (…)`", written(tree.span, "" if tree.ignoring_case else ours)
        return scope.report(errors.wrong_type(tree.operand.span, "`in (…)`", "a single value", operand.type, hint, fix))
    if tree.ignoring_case:
        text = is_text(operand, "`ignoring case`", scope, tree.operand.span)
        if text is None:
            return plan.Unknown(BOOLEAN, span=tree.span)
        operand = lowered(text)
    values = [constant(each, operand.type, scope, choices(operand)) for each in tree.values]
    if is_unknown(operand, *values):
        return plan.Unknown(BOOLEAN, span=tree.span)
    if tree.ignoring_case:
        values = [texts.lowered_constant(each) for each in values]
    else:
        check_values(operand, values, scope)
    pairs = [fitted(operand, each, each.span, scope) for each in values]
    fitting = [pair for pair in pairs if pair is not None]
    if len(fitting) < len(pairs):
        return plan.Unknown(BOOLEAN, span=tree.span)
    inside = one_of(fitting, tree)
    return plan.Not(inside, span=tree.span) if tree.negated else inside


def _brackets(span: Span) -> Span:
    """Return the last brackets of a place, with what they hold."""
    start, end = span.text.rfind("("), span.text.rfind(")")
    return Span(span.source, span.start + start, span.start + end + 1) if 0 <= start < end else span


def one_of(pairs: list[tuple[plan.Expr, plan.Expr]], tree: ast.Condition) -> plan.Expr:
    """Return whether a value equals one of several that were made to fit it."""
    first = pairs[0][0]
    options = tuple(option for _, option in pairs if isinstance(option, plan.Literal))
    if len(options) == len(pairs) and all(value == first for value, _ in pairs):
        return plan.OneOf(first, options, span=tree.span)
    equal = tuple(plan.Compare(Op.EQ, *pair, span=tree.span) for pair in pairs)
    return equal[0] if len(equal) == 1 else plan.Or(equal, span=tree.span)


def _is_missing(tree: ast.IsMissing, operand: ast.Condition, known: bool, scope: Scope) -> plan.Expr:
    value = scope.read(operand)
    if is_unknown(value):
        return plan.Unknown(BOOLEAN, span=tree.span)
    missing = plan.IsMissing(value, span=tree.span)
    return plan.Not(missing, span=tree.span) if known else missing


# ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_window(tree: ast.InWindow, scope: Scope) -> plan.Expr:
    value = scope.read(tree.operand)
    if is_unknown(value):
        return plan.Unknown(BOOLEAN, span=tree.span)
    found = stretch(tree.window, scope)
    if found is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    if isinstance(value, plan.Aggregate) and not value.type.is_moment:
        window = found if isinstance(found, Window) else found(plan.Moment(scope.row.level + 1, span=tree.span))
        return windowed(value, window, tree.operand, scope)
    if is_json(value) and isinstance(found, Window):
        # Json has no dates: its texts may be days as well as times.
        both = (as_json(value, DATE), as_json(value, TIMESTAMP))
        return plan.Or(tuple(plan.InWindow(each, found, span=tree.span) for each in both), span=tree.span)
    value = as_json(value, TIMESTAMP)
    if not value.type.is_moment:
        hint = "windows are for dates, timestamps, events and traits that count them"
        if isinstance(tree.operand, ast.Path) and (scope.entity, tree.operand.text) in scope.names.traits:
            message = f"`{tree.operand.text}` cannot be given a window"
            return scope.report(errors.wrong_window(tree.operand.span, message, WINDOWED))
        return scope.report(errors.wrong_type(tree.operand.span, "a window", "a date or timestamp", value.type, hint))
    if isinstance(found, Window):
        return plan.InWindow(value, found, span=tree.span)
    return found(moment(value))


def _anniversary(tree: ast.HasAnniversary, scope: Scope) -> plan.Expr:
    value = as_json(scope.read(tree.operand), DATE)
    window = whole_days(tree.window, scope)
    if is_unknown(value) or window is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    if not value.type.is_moment:
        return scope.report(errors.wrong_type(tree.operand.span, "an anniversary", "a date", value.type))
    found = plan.Anniversary(value, window, span=tree.span)
    return plan.Not(found, span=tree.span) if tree.negated else found


# ── k of n ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _k_of_n(tree: ast.KOfN, scope: Scope) -> plan.Expr:
    conditions = tuple(condition(each, scope) for each in tree.conditions)
    low, high, count = tree.how_many.at_least, tree.how_many.at_most, len(conditions)
    if (low or 0) > count:
        message = f"there are only {count} conditions to choose from"
        return scope.report(errors.impossible_count(tree.how_many.span, message, f"ask for at most {count}"))
    if low is None and high is not None and high >= count:
        message = f"of {count} conditions there are always at most {high}"
        return scope.report(errors.impossible_count(tree.how_many.span, message, "ask for fewer"))
    if is_unknown(*conditions):
        return plan.Unknown(BOOLEAN, span=tree.span)
    return within_bounds(plan.CountTrue(conditions, span=tree.span), tree.how_many, scope)
