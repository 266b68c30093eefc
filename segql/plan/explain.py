"""A plan as indented text: what `segql compile --explain` shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, assert_never

from segql.plan import expressions as plan
from segql.plan.population import Average, Extreme, Median, Percentile, Quantile, Rank
from segql.plan.segments import Request
from segql.plan.sequences import Absence, AnyOrder, Burst, Resumed, Sequence, Step
from segql.plan.windows import MICROSECONDS, Bound, Fixed, Relative, Window
from segql.tree import replace, rewrite
from segql.types import Kind

_SIDES = {plan.Side.AFTER: "after", plan.Side.BEFORE: "before", plan.Side.OF: "of"}


def explain(request: Request) -> str:
    """Return a request as text, a condition a line, what belongs to it indented below it."""
    asked = [*request.asked, *(each.name for each in request.values)]
    lines = [f"{request.entity}: {', '.join(asked)}"]
    for only in request.filters:
        lines += [f"  only {only.entity}", *("    " + each for each in _tree(only.where))]
    for value in request.values:
        lines += [f"  value {value.name}", "    " + show(value.expr)]
    for segment in request.segments:
        lines += [f"  segment {segment.name}", *("    " + each for each in _tree(segment.condition))]
    return "\n".join(lines)


def _tree(expr: plan.Expr) -> Iterator[str]:
    """Yield the lines of a condition; connectives have a line of their own."""
    match expr:
        case plan.And(operands) | plan.Or(operands):
            yield "all of" if isinstance(expr, plan.And) else "any of"
            for each in operands:
                yield from ("  " + line for line in _tree(each))
        case plan.Not(plan.And() | plan.Or() as operand):
            yield "not"
            yield from ("  " + line for line in _tree(operand))
        case _:
            yield show(expr)


def show(expr: plan.Expr) -> str:  # noqa: C901
    """Return an expression in one line.

    Example:
        >>> from segql.types import INTEGER
        >>> age = plan.Field(0, (), "age", INTEGER)
        >>> show(plan.Compare(plan.Op.LT, age, plan.Literal(30, INTEGER)))
        'age < 30'
    """
    match expr:
        case plan.Literal():
            return _constant(expr)
        case plan.ClockTime(bound, type_):
            return f"day of {_bound(bound)}" if type_.kind is Kind.DATE else _bound(bound)
        case plan.Choice(conditions, values, otherwise, _):
            pairs = [f"{show(value)} when {show(each)}" for each, value in zip(conditions, values, strict=True)]
            return f"({'; '.join([*pairs, *([f'{show(otherwise)} otherwise'] if otherwise else [])])})"
        case plan.MemberKey():
            return "key"
        case plan.Bucket(seed, value):
            return f'bucket("{seed}", {show(value)})'
        case plan.Field(_, path, name, _):
            return ".".join([*path, name])
        case plan.Moment():
            return "its time"
        case plan.JsonValue(base, steps, type_):
            return ".".join([show(base), *steps]) + f" as {type_}"
        case plan.Compare(op, left, right):
            return f"{show(left)} {op} {show(right)}"
        case plan.OneOf(value, options):
            return f"{show(value)} in ({', '.join(map(show, options))})"
        case plan.IsMissing(value):
            return f"{show(value)} is missing"
        case plan.TextMatch(test, value, other):
            return f"{show(value)} {test} {show(other)}"
        case plan.Matches(value, pattern):
            return f"{show(value)} matches /{pattern}/"
        case plan.And(operands):
            return "(" + " and ".join(map(show, operands)) + ")"
        case plan.Or(operands):
            return "(" + " or ".join(map(show, operands)) + ")"
        case plan.Not(operand):
            return f"not {show(operand)}"
        case plan.CountTrue(conditions):
            return f"how many of ({', '.join(map(show, conditions))})"
        case plan.Arithmetic(sign, left, right, _):
            return f"({show(left)} {sign} {show(right)})"
        case plan.Call(function, arguments, _):
            return f"{function}({', '.join(map(show, arguments))})"
        case plan.DatePart(part, value):
            return f"{part} of {show(value)}"
        case plan.Instant(value):
            return f"midnight of {show(value)}"
        case plan.DaysSince(value):
            return f"days since {show(value)}"
        case plan.InWindow(value, window):
            return f"{show(value)} in {_window(window)}"
        case plan.Anniversary(value, window):
            return f"anniversary of {show(value)} in {_window(window)}"
        case plan.Near(value, side, duration, anchor):
            return f"{show(value)} within {_length(duration)} {_SIDES[side]} {show(anchor)}"
        case plan.InSegment(name, _, path, as_of):
            told = f"{'.'.join(path)} in segment {name}".strip()
            return told if as_of is None else f"{told} as of {_bound(as_of)}"
        case plan.InList(name):
            return f"in list {name}"
        case plan.AlsoWith(value, stream, _, _, given, lift, support, top):
            most = "" if top is None else f" top {top}"
            least = f"min lift {lift} min support {support}{most}"
            return f"{show(value)} of {stream} goes with {show(given)} {least}"
        case plan.Aggregate(tally, rows, value, _):
            made = _rows(rows) if value is None else f"{show(value)} of {_rows(rows)}"
            return f"{tally}({made})"
        case plan.Population():
            return _population(expr)
        case plan.Course():
            return _course(expr)
        case plan.Unknown():
            return "?"
        case _:
            assert_never(expr)


def _course(course: plan.Course) -> str:
    match course:
        case Sequence(steps, within):
            told = " then ".join(_step(each, level) for each, level in zip(steps, _levels(steps), strict=True))
            return f"({told})" if within is None else f"({told}, all within {_length(within)})"
        case AnyOrder(events, within):
            return f"({' and '.join(map(_rows, events))}, within {_length(within)})"
        case Burst(events, count, within):
            return f"{count} times ({_rows(events)}) in less than {_length(within)}"
        case Resumed(events, when, gap):
            return f"({_rows(events)}) where {show(when)}, {_length(gap)} or more after the one before"
        case _:
            raise AssertionError(course)


def _levels(steps: Iterable[Step | Absence]) -> Iterator[int]:
    """Yield the level at which each step is read; an absence takes no place."""
    level = 1
    for step in steps:
        yield level
        level += isinstance(step, Step)


def _step(step: Step | Absence, level: int) -> str:
    def named(part: Any) -> Any:
        is_earlier = isinstance(part, plan.Field) and 0 < part.level < level
        return replace(part, path=(f"step {part.level}", *part.path)) if is_earlier else part

    step = rewrite(step, named)
    if isinstance(step, Absence):
        return f"no {_rows(step.events)} within {_length(step.within)}"
    told = ("first " if step.is_first else "") + _rows(step.events)
    told += "" if step.when is None else f", {show(step.when)}"
    told += "" if step.after is None else f" after {_length(step.after)}"
    told += "" if step.within is None else f" within {_length(step.within)}"
    return f"no ({', '.join(map(_rows, step.without))}) then {told}" if step.without else told


def _rows(rows: plan.Rows) -> str:
    match rows:
        case plan.Events(stream, window, where):
            told = stream if window is None else f"{stream} in {_window(window)}"
        case plan.Related(relation, where):
            told = relation
        case plan.Items(of, where):
            told = f"items of {show(of)}"
        case _:
            assert_never(rows)
    return told if where is None else f"{told} where {show(where)}"


def _population(expr: plan.Population) -> str:
    value, among = show(expr.value), f" among segment {expr.among.name}" if expr.among else ""
    among = (f" within {show(expr.within)}" if expr.within else "") + among
    match expr.measure:
        case Extreme(end, percent):
            return f"{value} in {end} {percent}%{among}"
        case Quantile(parts):
            return f"quantile({value}{among}, {parts})"
        case Percentile(percent):
            return f"percentile({value}{among}, {percent})"
        case Rank() | Average() | Median() as measure:
            return f"{type(measure).__name__.lower()}({value}{among})"


def _window(window: Window) -> str:
    start = "(…" if window.start is None else "[" + _bound(window.start)
    end = "…)" if window.end is None else _bound(window.end) + ")"
    return f"{start}, {end}"


def _bound(bound: Bound) -> str:
    match bound:
        case Fixed(value):
            return value.isoformat()
        case Relative(count, unit, floor, then):
            sign = "-" if count < 0 else "+"
            told = f"T {sign} {abs(count)} {unit}{'s' if abs(count) > 1 else ''}" if count else "T"
            if floor is None:
                return told
            moved = f" {'-' if then < 0 else '+'} {abs(then)}" if then else ""
            return f"start of {floor} of {told}{moved}"


def _constant(literal: plan.Literal) -> str:
    match literal.value:
        case bool(value):
            return "everyone" if value else "nobody"
        case str(value):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        case dt.date() as value:
            return value.isoformat().replace("+00:00", "Z")
        case int(value) if literal.type.kind is Kind.DURATION:
            return _length(value)
        case value:
            return str(value)


def _length(microseconds: int) -> str:
    for unit, size in reversed(MICROSECONDS.items()):
        if microseconds % size == 0:
            count = microseconds // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return f"{microseconds} microseconds"
