"""Stretches of time as written → windows of the plan, or conditions that tie an event to another moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TypeAlias, assert_never

from segql import plan
from segql.analysis import errors
from segql.analysis.comparisons import written_date
from segql.analysis.scope import Scope, as_json, is_unknown
from segql.plan import Fixed, Relative, Side, Unit, Window
from segql.syntax import ast
from segql.types import TIMESTAMP, Kind

# A moment is tied to other values of the row by a condition that is made once the moment is known.
Tie: TypeAlias = Callable[[plan.Expr], plan.Expr]

_DAYS = {
    Unit.DAY: (1, 1),
    Unit.WEEK: (7, 7),
    Unit.MONTH: (28, 31),
    Unit.QUARTER: (89, 92),
    Unit.YEAR: (365, 366),
}
_CALENDAR = (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR)


def stretch(written: ast.Window, scope: Scope) -> Window | Tie | None:  # noqa: C901 (one case a form)
    """Return the window or tie that is written; None where a mistake was reported."""
    match written:
        case ast.Last(length):
            return _relative(written, length, -1, scope)
        case ast.Next(length):
            return _relative(written, length, 1, scope)
        case ast.Calendar(unit, offset, count):
            return _calendar(written, unit, offset, count, scope)
        case ast.Day(offset):
            return Window(Relative(0, Unit.DAY, Unit.DAY, offset), Relative(0, Unit.DAY, Unit.DAY, offset + 1))
        case ast.BetweenAgo(far, near):
            return _between_ago(written, far, near, scope)
        case ast.MoreThan(length, ahead):
            step = Relative(length.count if ahead else -length.count, Unit(length.unit))
            return Window(step, None) if ahead else Window(None, step)
        case ast.Exactly(length, ahead):
            return _exactly(written, length, ahead, scope)
        case ast.Since(start):
            return _side(start, scope, is_start=True)
        case ast.Before(end):
            return _side(end, scope, is_start=False)
        case ast.FromTo(start, end):
            return _from_to(written, start, end, scope)
        case ast.Within():
            return _within(written, scope)
        case ast.Apart(least, _):
            said = " ".join(least.span.text.split())
            hint = f"after the step before it is meant in a sequence; of now, write `more than {said} ago`"
            scope.report(errors.wrong_window(written.span, "`after` needs a step before it", hint))
            return None
        case ast.Sliding(length):
            said = " ".join(length.span.text.split())
            message = "`in any` asks how often, and needs a `did` that says so"
            hint = f"write `did … at least 2 times in any {said}`"
            scope.report(errors.wrong_window(written.span, message, hint))
            return None
        case ast.Rhythm():
            message = "a rhythm asks how often in each period, and needs a `did`"
            said = " ".join(written.span.text.split())
            scope.report(errors.wrong_window(written.span, message, f"write `did … {said}`"))
            return None
        case ast.RankArgument():
            hint = "only a rank is counted within groups, as in `rank(spend within country)`"
            scope.report(errors.wrong_window(written.span, "`within` a group is no window of time", hint))
            return None
        case _:
            assert_never(written)


def of_events(written: ast.Window, scope: Scope) -> Window | Tie | None:
    """Return a stretch of time for events, which lie before the instant of the run."""
    ahead = (
        isinstance(written, ast.Next)
        or (isinstance(written, ast.MoreThan | ast.Exactly) and written.ahead)
        or (isinstance(written, ast.Day | ast.Calendar) and written.offset > 0)
    )
    if ahead:
        message = "events lie in the past, this window lies ahead"
        hint = "write `in last …`; only dates may lie ahead"
        scope.report(errors.wrong_window(written.span, message, hint))
        return None
    return stretch(written, scope)


def elapsed(length: ast.Duration, scope: Scope) -> int | None:
    """Return a length that is measured from an event or a value, in microseconds; None where a mistake was reported."""
    unit = Unit(length.unit)
    if unit not in plan.MICROSECONDS:
        message = f"a {unit} has no fixed length"
        hint = "measured from an event or a field's value, lengths are in seconds, minutes, hours, days or weeks"
        scope.report(errors.wrong_window(length.span, message, hint))
        return None
    if length.count == 0:
        scope.report(errors.empty_window(length.span, "write a length of at least 1"))
        return None
    return length.count * plan.MICROSECONDS[unit]


def whole_days(written: ast.Window, scope: Scope) -> Window | None:
    """Return a window of whole calendar days around today, for anniversaries."""
    today = Relative(0, Unit.DAY, Unit.DAY, 0)
    tomorrow = Relative(0, Unit.DAY, Unit.DAY, 1)
    match written:
        case ast.Next(length) if Unit(length.unit) in _CALENDAR and length.count:
            return Window(today, Relative(length.count, Unit(length.unit), Unit.DAY, 0))
        case ast.Last(length) if Unit(length.unit) in _CALENDAR and length.count:
            return Window(Relative(-length.count, Unit(length.unit), Unit.DAY, 1), tomorrow)
        case ast.Day() | ast.Calendar() | ast.Exactly():
            window = stretch(written, scope)
            return window if isinstance(window, Window) else None
        case _:
            message = "an anniversary cannot be asked so"
            hint = "write `today`, `in next 7 days`, `in last 7 days`, `in this month` or `exactly 3 days from now`"
            scope.report(errors.wrong_window(written.span, message, hint))
            return None


def moment(expr: plan.Expr) -> plan.Expr:
    """Return a timestamp: a date becomes the instant of its midnight, json is read as a timestamp."""
    expr = as_json(expr, TIMESTAMP)
    return plan.Instant(expr, span=expr.span) if expr.type.kind is Kind.DATE else expr


# ── each form ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _relative(written: ast.Window, length: ast.Duration, sign: int, scope: Scope) -> Window | None:
    if length.count == 0:
        scope.report(errors.empty_window(written.span, "write a length of at least 1"))
        return None
    step = Relative(sign * length.count, Unit(length.unit))
    return Window(step, plan.NOW) if sign < 0 else Window(plan.NOW, step)


def _calendar(written: ast.Window, unit: str, offset: int, count: int, scope: Scope) -> Window | None:
    floor = Unit(unit)
    if floor not in _CALENDAR:
        message = f"`in previous` asks for whole days and longer, not for {unit}s"
        scope.report(errors.wrong_window(written.span, message, "up to now is `in last`", f"in last {count} {unit}s"))
        return None
    if count == 0:
        scope.report(errors.empty_window(written.span, "write a length of at least 1"))
        return None
    return Window(Relative(0, Unit.DAY, floor, offset), Relative(0, Unit.DAY, floor, offset + count))


def _between_ago(written: ast.Window, far: ast.Duration, near: ast.Duration, scope: Scope) -> Window | None:
    if _longest(far) <= _shortest(near):
        hint, ours = "the one longer ago comes first", f"between {_length(near)} and {_length(far)} ago"
        if _longest(far) == _shortest(near):
            hint, ours = "the two lengths must differ", ""
        scope.report(errors.empty_window(written.span, hint, ours))
        return None
    return Window(Relative(-far.count, Unit(far.unit)), Relative(-near.count, Unit(near.unit)))


def _length(length: ast.Duration) -> str:
    return f"{length.count} {length.unit}{'' if length.count == 1 else 's'}"


def _exactly(written: ast.Window, length: ast.Duration, ahead: bool, scope: Scope) -> Window | None:
    unit = Unit(length.unit)
    if unit not in _CALENDAR:
        message = f"`exactly` names a calendar day, not a {unit}"
        scope.report(errors.wrong_window(written.span, message, "give it days, weeks, months, quarters or years"))
        return None
    count = length.count if ahead else -length.count
    return Window(Relative(count, unit, Unit.DAY, 0), Relative(count, unit, Unit.DAY, 1))


def _side(written: ast.Condition, scope: Scope, *, is_start: bool) -> Window | Tie | None:
    expr = scope.read(written)
    if is_unknown(expr):
        return None
    if not (expr.type.is_moment or expr.type.kind is Kind.JSON):
        fix = written_date(written.span)
        hint = "dates are written year, month, day, without quotes: `2026-01-31`"
        scope.report(errors.wrong_type(written.span, "this window", "a date or timestamp", expr.type, hint, fix))
        return None
    bound = bound_of(expr)
    if bound is not None:
        return Window(bound, None) if is_start else Window(None, bound)
    op = plan.Op.GE if is_start else plan.Op.LT
    return lambda each: plan.Compare(op, moment(each), moment(expr), span=written.span)


def _from_to(written: ast.FromTo, start: ast.Condition, end: ast.Condition, scope: Scope) -> Window | None:
    first, last = bound_of(scope.read(start)), scope.read(end)
    final = bound_of(last)
    if is_unknown(last):
        return None
    if first is None or final is None:
        message = "`from … to …` runs between two days that are written out"
        scope.report(errors.wrong_window(written.span, message, "write dates such as `from 2026-01-01 to 2026-03-31`"))
        return None
    if isinstance(final, Fixed) and not isinstance(final.value, dt.datetime):
        # The last day is in: the window ends with the midnight after it.
        if final.value == dt.date.max:
            scope.report(errors.empty_window(written.span, "write an earlier day"))
            return None
        final = Fixed(final.value + dt.timedelta(days=1))
    elif isinstance(final, Relative):
        final = Relative(final.count, final.unit, Unit.DAY, 1) if last.type.kind is Kind.DATE else final
    if _is_reversed(first, final):
        ours = f"from {written.end.span.text} to {written.start.span.text}"
        scope.report(errors.empty_window(written.span, "the earlier day comes first", ours))
        return None
    return Window(first, final)


def _within(written: ast.Within, scope: Scope) -> Tie | None:
    length = elapsed(written.duration, scope)
    if length is None:
        return None
    if written.anchor is None:
        message = "`within` needs to know of what"
        said = " ".join(written.duration.span.text.split())
        hint = f"of now, write `in last {said}`; of something else, `within {said} after …`"
        scope.report(errors.wrong_window(written.span, message, hint))
        return None
    anchor = scope.read(written.anchor)
    if is_unknown(anchor):
        return None
    if not (anchor.type.is_moment or anchor.type.kind is Kind.JSON):
        what = "the moment after `after`, `before` or `of`"
        scope.report(errors.wrong_type(written.anchor.span, what, "a date or timestamp", anchor.type))
        return None
    side, start = Side(written.side), moment(anchor)
    return lambda each: plan.Near(moment(each), side, length, start, span=written.span)


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def bound_of(expr: plan.Expr) -> plan.Bound | None:
    """Return the bound that a constant moment is, None for what differs from row to row."""
    match expr:
        case plan.Literal(value, _) if isinstance(value, dt.date):
            return Fixed(value)
        case plan.ClockTime(bound, type_):
            return Relative(0, Unit.DAY, Unit.DAY, 0) if type_.kind is Kind.DATE else bound
        case _:
            return None


def _is_reversed(first: plan.Bound, final: plan.Bound) -> bool:
    if not (isinstance(first, Fixed) and isinstance(final, Fixed)):
        return False
    return _roughly(first.value) >= _roughly(final.value)


def _roughly(value: dt.date) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value.tzinfo else value
    return dt.datetime.combine(value, dt.time())


def _longest(length: ast.Duration) -> float:
    unit = Unit(length.unit)
    return length.count * (_DAYS[unit][1] * 86_400_000_000 if unit in _DAYS else plan.MICROSECONDS[unit])


def _shortest(length: ast.Duration) -> float:
    unit = Unit(length.unit)
    return length.count * (_DAYS[unit][0] * 86_400_000_000 if unit in _DAYS else plan.MICROSECONDS[unit])
