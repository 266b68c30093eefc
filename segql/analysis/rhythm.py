"""How often in each period, the first ever, and who stopped: questions about one stream, made of plain counts."""

from __future__ import annotations

from segql import plan
from segql.analysis import errors
from segql.analysis.aggregates import within_bounds
from segql.analysis.rows import rows_in, stream_named
from segql.analysis.scope import Scope
from segql.analysis.windows import of_events
from segql.plan import Op, Relative, Tally, Unit, Window
from segql.source import Span
from segql.syntax import ast
from segql.types import INTEGER, TIMESTAMP

# Each period is a count of its own.
_PERIODS_MOST = 400

# Lengths of one group add up; those of different groups have no common measure.
_GROUPS = (
    {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3_600},
    {Unit.DAY: 1, Unit.WEEK: 7},
    {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12},
)


def in_periods(tree: ast.Did, window: ast.Rhythm, scope: Scope) -> plan.Expr:
    """Return whether the event happened as often as asked in every period, or in so many of them.

    Boundary k lies k lengths before T, each counted from T itself.
    """
    event, count, length = tree.occurrence, window.count, window.length
    wanted = count if window.at_least is None else window.at_least
    if not 0 < wanted <= count:
        hint = (
            "write a number of periods of at least 1" if count == 0 or wanted == 0 else f"at most {count} of them can"
        )
        return scope.report(errors.impossible_count(window.span, "there are not so many periods", hint))
    if count > _PERIODS_MOST:
        hint = f"at most {_PERIODS_MOST} periods can be asked for; take longer ones"
        return scope.report(errors.wrong_window(window.span, "so many periods cannot be asked for", hint))
    if length.count == 0:
        return scope.report(errors.empty_window(window.span, "write a length of at least 1"))
    rows = _events(event.event, event.where, tree.span, scope)
    if rows is None:
        return plan.Unknown(INTEGER, span=tree.span)
    how_many = event.how_many or ast.HowMany(1, None, span=event.span)
    conditions: list[plan.Expr] = []
    for number in range(count):
        start, end = (Relative(-each * length.count, Unit(length.unit)) for each in (number + 1, number))
        condition = within_bounds(_count(rows, Window(start, end if number else plan.NOW)), how_many, scope)
        if isinstance(condition, plan.Unknown):
            return condition
        conditions.append(condition)
    made: plan.Expr = conditions[0]
    if count > 1 and wanted == count:
        made = plan.And(tuple(conditions), span=tree.span)
    elif count > 1:
        times = plan.Literal(wanted, INTEGER, span=window.span)
        made = plan.Compare(Op.GE, plan.CountTrue(tuple(conditions), span=tree.span), times, span=tree.span)
    return plan.Not(made, span=tree.span) if tree.negated else made


def first_ever(tree: ast.FirstEver, scope: Scope) -> plan.Expr:
    """Return whether the earliest of all events that `where` leaves falls into the window."""
    rows = _events(tree.event, tree.where, tree.span, scope)
    if tree.window is None:
        name = tree.event.text
        hint = f"say when, as in `first {name} in last 7 days`; whether there was one is `did {name}`"
        return scope.report(errors.wrong_window(tree.span, "`first` needs a window", hint))
    window = of_events(tree.window, scope)
    if rows is None or window is None:
        return plan.Unknown(INTEGER, span=tree.span)
    first = plan.Aggregate(Tally.FIRST, rows, None, TIMESTAMP, span=tree.span)
    return plan.InWindow(first, window, span=tree.span) if isinstance(window, Window) else window(first)


def stopped(tree: ast.Stopped, scope: Scope) -> plan.Expr:
    """Return whether the event happened before, maybe within a time before, and not once since."""
    rows = _events(tree.event, tree.where, tree.span, scope)
    quiet, before = tree.quiet, tree.active_before
    for each in (quiet, before):
        if each is not None and each.count == 0:
            return scope.report(errors.empty_window(each.span, "write a length of at least 1"))
    turn, start = Relative(-quiet.count, Unit(quiet.unit)), None
    if before is not None:
        start = _sum(quiet, before)
        if start is None:
            hint = f"give both lengths in the same unit, as in `{quiet.count} {quiet.unit}s`"
            message = f"{quiet.unit}s and {before.unit}s do not add up"
            return scope.report(errors.wrong_window(before.span, message, hint))
    if rows is None:
        return plan.Unknown(INTEGER, span=tree.span)
    none = plan.Compare(Op.EQ, _count(rows, Window(turn, plan.NOW)), _number(0), span=tree.span)
    some = plan.Compare(Op.GE, _count(rows, Window(start, turn)), _number(1), span=tree.span)
    return plan.And((none, some), span=tree.span)


def _events(event: ast.Path, where: ast.Condition | None, span: Span, scope: Scope) -> plan.Events | None:
    source = stream_named(event, scope)
    rows = None if source is None else rows_in(source, None, where, scope, span)
    return rows if isinstance(rows, plan.Events) else None


def _count(rows: plan.Events, window: Window) -> plan.Aggregate:
    events = plan.Events(rows.stream, window, rows.where, span=rows.span)
    return plan.Aggregate(Tally.COUNT, events, None, INTEGER, span=rows.span)


def _number(value: int) -> plan.Literal:
    return plan.Literal(value, INTEGER)


def _sum(first: ast.Duration, second: ast.Duration) -> Relative | None:
    """Return the bound that lies both lengths before T, or None where they have no common measure."""
    for sizes in _GROUPS:
        if Unit(first.unit) in sizes and Unit(second.unit) in sizes:
            count = first.count * sizes[Unit(first.unit)] + second.count * sizes[Unit(second.unit)]
            return Relative(-count, next(iter(sizes)))
    return None
