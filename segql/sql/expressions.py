"""Values and conditions of the plan as SQL, in one frame.

SQL's conditions have three values, the plan's two. `condition` gives what is true exactly where the plan's condition
holds, and false or null elsewhere: enough for `where` and `case`. `strict` gives what is never null: needed under `not`
and wherever a condition is a value.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import assert_never

from sqlglot import exp

from segql import plan
from segql.plan import Clock, Function, Op, Part, Side, Sign, Tally, TextTest
from segql.plan.instants import Interval, days, first_day, instant, midnight, resolve
from segql.sql.dialects import Dialect
from segql.sql.frame import Frame
from segql.sql.lists import Lists
from segql.sql.literals import (
    all_of,
    any_of,
    case,
    cast,
    column,
    date,
    interval,
    known,
    literal,
    number,
    text,
    timestamp,
    wrapped,
)
from segql.sql.shifts import instant_of_date, wall_of_instant
from segql.types import Kind, Type

_COMPARE = {Op.EQ: exp.EQ, Op.LT: exp.LT, Op.LE: exp.LTE, Op.GT: exp.GT, Op.GE: exp.GTE}
# Aggregates that are 0 where there is nothing; their column is null for members without any row.
_FROM_ZERO = {Tally.COUNT, Tally.DISTINCT, Tally.SUM, Tally.ACTIVE_DAYS}
_COUNTS = {Tally.COUNT, Tally.DISTINCT, Tally.ACTIVE_DAYS}


class Translator:
    """Translates expressions about the rows of a frame. `flags` gives the columns of segments decided before."""

    def __init__(
        self,
        frame: Frame,
        clock: Clock,
        dialect: Dialect,
        lists: Lists,
        flags: dict[str, str] | None = None,
    ) -> None:
        self.frame, self.clock, self.dialect, self.lists = frame, clock, dialect, lists
        self.flags = flags or {}

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

    def condition(self, expr: plan.Expr) -> exp.Expr:
        """Return what is true exactly where the condition holds."""
        match expr:
            case plan.And(operands):
                joined = all_of([self.condition(each) for each in operands])
                assert joined is not None
                return joined
            case plan.Or(operands):
                return any_of([self.condition(each) for each in operands])
            case plan.Not(operand):
                return self._not(operand)
            case plan.Compare(op, left, right):
                return self._compare(op, left, right)
            case plan.OneOf(value, options):
                return exp.In(this=self.operand(value), expressions=[literal(each) for each in options])
            case plan.IsMissing(value):
                return exp.Is(this=self.operand(value), expression=exp.null())
            case plan.TextMatch(test, value, other):
                return self._text_match(test, value, other)
            case plan.Matches(value, pattern, ignoring_case):
                return self.dialect.matches(self.value(value), pattern, ignoring_case)
            case plan.InWindow(value, window):
                return self._in_window(value, window)
            case plan.Near(value, side, duration, anchor):
                return self._near(value, side, duration, anchor)
            case plan.Anniversary(value, window):
                return self._anniversary(value, window)
            case plan.InSegment(name):
                return column(self.flags[name])
            case plan.InList(name):
                return self.lists.holds(name, self.frame.key())
            case _:
                return self.value(expr)

    def strict(self, expr: plan.Expr) -> exp.Expr:
        """Return a condition that is true or false, never null."""
        made = self.condition(expr)
        if isinstance(made, exp.Boolean) or isinstance(expr, plan.IsMissing | plan.Not):
            return made
        return exp.Coalesce(this=made, expressions=[exp.false()])

    def _not(self, operand: plan.Expr) -> exp.Expr:
        match operand:
            case plan.IsMissing(value):
                return known(self.operand(value))
            case plan.Not(inner):
                return self.condition(inner)
            case _:
                return exp.Not(this=wrapped(self.strict(operand)))

    def _compare(self, op: Op, left: plan.Expr, right: plan.Expr) -> exp.Expr:
        # A count compared with a number above zero needs no zero for those who have none: null is as good as false.
        if _is_count(left) and _is_above_zero(right) and op in {Op.GE, Op.GT, Op.EQ}:
            assert isinstance(left, plan.Aggregate)
            return _COMPARE[op](this=self._made(left), expression=self.operand(right))
        return _COMPARE[op](this=self.operand(left), expression=self.operand(right))

    def _text_match(self, test: TextTest, value: plan.Expr, other: plan.Expr) -> exp.Expr:
        first = self.value(value)
        match test:
            case TextTest.STARTS:
                return exp.StartsWith(this=first, expression=self.value(other))
            case TextTest.ENDS:
                return exp.EndsWith(this=first, expression=self.value(other))
            case TextTest.CONTAINS:
                return exp.Contains(this=first, expression=self.value(other))
            case TextTest.LIKE:
                assert isinstance(other, plan.Literal)
                like = exp.Like(this=wrapped(first), expression=text(_like(str(other.value))))
                return exp.Escape(this=like, expression=text("\\"))

    def _in_window(self, value: plan.Expr, window: plan.Window) -> exp.Expr:
        return self.within(lambda: self.operand(value), value.type, resolve(window, self.clock))

    def within(self, made: object, type_: Type, stretch: Interval) -> exp.Expr:
        """Return whether a moment, made anew by each call of `made`, lies in an interval."""
        assert callable(made)
        if stretch.is_empty:
            return exp.false()
        is_date = type_.kind is Kind.DATE
        bounds: list[exp.Expr] = []
        if stretch.start is not None:
            bounds.append(exp.GTE(this=made(), expression=self._bound(stretch.start, is_date)))
        if stretch.end is not None:
            bounds.append(exp.LT(this=made(), expression=self._bound(stretch.end, is_date)))
        return all_of(bounds) or known(made())

    def _bound(self, moment: dt.datetime, is_date: bool) -> exp.Expr:
        return date(first_day(moment, self.clock.zone)) if is_date else timestamp(moment)

    def _near(self, value: plan.Expr, side: Side, duration: int, anchor: plan.Expr) -> exp.Expr:
        moment, start = self.operand(value), self.operand(anchor)
        before = exp.Sub(this=start.copy(), expression=interval(duration))
        after = exp.Add(this=start.copy(), expression=interval(duration))
        bounds: list[exp.Expr]
        match side:
            case Side.AFTER:
                bounds = [
                    exp.GT(this=moment, expression=start),
                    exp.LTE(this=moment.copy(), expression=after),
                ]
            case Side.BEFORE:
                bounds = [
                    exp.GTE(this=moment, expression=before),
                    exp.LT(this=moment.copy(), expression=start),
                ]
            case Side.OF:
                bounds = [
                    exp.GTE(this=moment, expression=before),
                    exp.LTE(this=moment.copy(), expression=after),
                ]
        joined = all_of(bounds)
        assert joined is not None
        return joined

    def _anniversary(self, value: plan.Expr, window: plan.Window) -> exp.Expr:
        first, end = days(resolve(window, self.clock), self.clock.zone)
        found = sorted(_days_of_year(first, end))
        if len(found) > 365:
            return known(self.operand(value))
        if not found:
            return exp.false()
        month, day = self._part(Part.MONTH, value), self._part(Part.DAY, value)
        number_of_day = exp.Add(this=exp.Mul(this=month, expression=number(100)), expression=day)
        return exp.In(this=exp.Paren(this=number_of_day), expressions=[number(each) for each in found])

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def operand(self, expr: plan.Expr) -> exp.Expr:
        """Return a value with brackets around it where operators stand in it."""
        return wrapped(self.value(expr))

    def value(self, expr: plan.Expr) -> exp.Expr:  # noqa: C901
        """Return a value, null where it is missing."""
        match expr:
            case plan.Literal():
                return literal(expr)
            case plan.ClockTime(bound, type_):
                moment = instant(bound, self.clock)
                if type_.kind is Kind.DATE:
                    return date(moment.astimezone(self.clock.zone).date())
                return timestamp(moment)
            case plan.Field(_, _, _, type_):
                found = self.frame.field(expr)
                return self.dialect.known_float(found) if type_.kind is Kind.FLOAT else found
            case plan.Moment():
                return self._moment()
            case plan.JsonValue(base, steps, type_):
                return self.dialect.json_value(self.value(base), steps, type_)
            case plan.Arithmetic(sign, left, right, type_):
                return self._arithmetic(sign, left, right, type_)
            case plan.Call():
                return self._call(expr)
            case plan.DatePart(part, value):
                return self._part(part, value)
            case plan.Instant(value):
                return self._instant(value)
            case plan.DaysSince(value):
                return self._days_since(value)
            case plan.CountTrue(conditions):
                return self._count_true(conditions)
            case plan.Aggregate():
                return self._aggregate(expr)
            case (
                plan.And()
                | plan.Or()
                | plan.Not()
                | plan.Compare()
                | plan.OneOf()
                | plan.IsMissing()
                | plan.TextMatch()
                | plan.Matches()
                | plan.InWindow()
                | plan.Near()
                | plan.Anniversary()
                | plan.InSegment()
                | plan.InList()
            ):
                return self.strict(expr)
            case plan.Unknown():
                raise AssertionError("a plan that runs has nothing unknown in it")
            case _:
                assert_never(expr)

    def _moment(self) -> exp.Expr:
        found = self.frame.moment()
        is_date = getattr(self.frame.owner, "at_type", None)
        return instant_of_date(found, self.clock) if is_date and is_date.kind is Kind.DATE else found

    def _instant(self, value: plan.Expr) -> exp.Expr:
        match value:
            case plan.Literal(day, _) if isinstance(day, dt.date):
                return timestamp(midnight(day, self.clock.zone))
            case plan.ClockTime():
                return timestamp(midnight(self.clock.today, self.clock.zone))
            case _:
                return instant_of_date(self.value(value), self.clock)

    def _arithmetic(self, sign: Sign, left: plan.Expr, right: plan.Expr, type_: Type) -> exp.Expr:
        first, second = self.operand(left), self.operand(right)
        if type_.kind is Kind.DURATION and left.type.is_moment:
            return self.dialect.microseconds_between(second, first)
        if type_.kind is Kind.TIMESTAMP:
            kind = exp.Add if sign is Sign.ADD else exp.Sub
            if isinstance(right, plan.Literal):
                return kind(this=first, expression=interval(int(str(right.value))))
            length = exp.Anonymous(this="to_microseconds", expressions=[second])
            return kind(this=first, expression=length)
        match sign:
            case Sign.ADD:
                return exp.Add(this=first, expression=second)
            case Sign.SUB:
                return exp.Sub(this=first, expression=second)
            case Sign.MUL:
                return self._product(left, right, first, second, type_)
            case Sign.DIV:
                return self._quotient(left, right, type_)
            case Sign.MOD:
                divisor = exp.Nullif(this=second, expression=number(0))
                return exp.Mod(this=first, expression=divisor)

    def _product(
        self,
        left: plan.Expr,
        right: plan.Expr,
        first: exp.Expr,
        second: exp.Expr,
        type_: Type,
    ) -> exp.Expr:
        # Small constants need no room; others are widened first, since engines keep the width of the factors.
        if type_.kind is not Kind.FLOAT and not isinstance(left, plan.Literal) and not isinstance(right, plan.Literal):
            first = cast(first, f"decimal(38, {left.type.scale})")
        elif type_.kind is Kind.DECIMAL:
            wide, other = (second, first) if isinstance(left, plan.Literal) else (first, second)
            scale = (right if isinstance(left, plan.Literal) else left).type.scale
            return exp.Mul(this=cast(wide, f"decimal(38, {scale})"), expression=other)
        return exp.Mul(this=first, expression=second)

    def _quotient(self, left: plan.Expr, right: plan.Expr, type_: Type) -> exp.Expr:
        if type_.kind is Kind.FLOAT:
            whole = cast(self.value(left), "double")
            part = exp.Nullif(this=cast(self.value(right), "double"), expression=number(0))
            return exp.Round(this=exp.Div(this=whole, expression=part), decimals=number(6))
        scales = (left.type.scale, right.type.scale)
        if isinstance(right, plan.Literal) and right.value:
            # Of a constant divisor sign and size are known at once.
            return self.dialect.divided_by(self.value(left), left.type.scale, Decimal(str(right.value)))
        return self.dialect.divided(self.value(left), self.value(right), scales)

    def _call(self, call: plan.Call) -> exp.Expr:
        value = call.arguments[0]
        match call.function:
            case Function.LOWER:
                return exp.Lower(this=self.value(value))
            case Function.UPPER:
                return self.dialect.upper(self.value(value))
            case Function.LENGTH:
                return exp.Length(this=self.value(value))
            case Function.ABS:
                return exp.Abs(this=self.value(value))
            case Function.ROUND:
                places = call.arguments[1]
                assert isinstance(places, plan.Literal)
                return exp.Round(this=self.value(value), decimals=literal(places))
            case Function.SIZE:
                if value.type.kind is Kind.JSON:
                    base, steps = _json_place(value)
                    return self.dialect.json_size(self.value(base), steps)
                return self.dialect.list_size(self.value(value))

    def _part(self, part: Part, value: plan.Expr) -> exp.Expr:
        moment = self.value(value)
        if value.type.kind is Kind.TIMESTAMP:
            moment = wall_of_instant(moment, self.clock)
        unit = "isodow" if part is Part.WEEKDAY else part.value
        return exp.Extract(this=exp.Var(this=unit.upper()), expression=moment)

    def _days_since(self, value: plan.Expr) -> exp.Expr:
        if value.type.kind is Kind.DATE:
            return self.dialect.days_between(self.value(value), date(self.clock.today))
        elapsed = self.dialect.microseconds_between(self.value(value), timestamp(self.clock.as_of))
        return self.dialect.quotient(elapsed, number(86_400_000_000))

    def _count_true(self, conditions: tuple[plan.Expr, ...]) -> exp.Expr:
        ones = [case(self.condition(each), number(1), number(0)) for each in conditions]
        total: exp.Expr = ones[0]
        for each in ones[1:]:
            total = exp.Add(this=total, expression=each)
        return total

    # ── aggregates ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _aggregate(self, aggregate: plan.Aggregate) -> exp.Expr:
        if isinstance(aggregate.rows, plan.Items):
            return self._of_items(aggregate, aggregate.rows)
        made = self._made(aggregate)
        if aggregate.tally in _FROM_ZERO:
            return exp.Coalesce(this=made, expressions=[number(0)])
        return made

    def _made(self, aggregate: plan.Aggregate) -> exp.Expr:
        """Return the aggregate from the columns that were made for it."""
        if isinstance(aggregate.rows, plan.Items):
            return self._of_items(aggregate, aggregate.rows)
        found = self.frame.made_columns(aggregate)
        match aggregate.tally:
            case Tally.AVG | Tally.MEDIAN if aggregate.type.kind is Kind.FLOAT:
                total, count = found
                part = exp.Nullif(this=cast(count, "double"), expression=number(0))
                return exp.Round(this=exp.Div(this=total, expression=part), decimals=number(6))
            case Tally.AVG | Tally.MEDIAN:
                total, count = found
                assert aggregate.value is not None
                return self.dialect.divided(total, count, (aggregate.value.type.scale, 0))
            case Tally.GAP:
                return self._gap(*found)
            case Tally.FIRST | Tally.LAST if aggregate.value is None:
                at_type = self._at_type(aggregate)
                if at_type is not None and at_type.kind is Kind.DATE:
                    return instant_of_date(found[0], self.clock)
                return found[0]
            case _:
                return found[0]

    def _at_type(self, aggregate: plan.Aggregate) -> Type | None:
        assert isinstance(aggregate.rows, plan.Events)
        return self.frame.catalog.streams[aggregate.rows.stream].at_type

    def _gap(self, first: exp.Expr, last: exp.Expr, count: exp.Expr) -> exp.Expr:
        """Return (last − first) / (count − 1) in microseconds, rounded half up; missing below two events."""
        gaps = exp.Nullif(this=exp.Sub(this=count, expression=number(1)), expression=number(0))
        doubled = exp.Mul(this=number(2), expression=self.dialect.microseconds_between(first, last))
        whole = exp.Add(this=doubled, expression=gaps)
        return self.dialect.quotient(whole, exp.Mul(this=number(2), expression=gaps.copy()))

    def _of_items(self, aggregate: plan.Aggregate, rows: plan.Items) -> exp.Expr:
        """Return the number of items of a list for which a condition holds."""
        frame = self.frame
        frame.has_items = True
        level = max([frame.start, *frame.items]) + 1
        if rows.of.type.kind is Kind.JSON:
            base, steps = _json_place(rows.of)
            items = self.dialect.json_items(self.value(base), steps)
        else:
            items = self.value(rows.of)
        alias = frame.names.new("item")
        frame.items[level] = alias
        query = exp.select(exp.Count(this=exp.Star())).from_(self.dialect.unnested(items, alias))
        if rows.where is not None:
            query = query.where(self.condition(rows.where), copy=False)
        del frame.items[level]
        assert aggregate.tally is Tally.COUNT
        return exp.Subquery(this=query)


def _json_place(expr: plan.Expr) -> tuple[plan.Expr, tuple[str, ...]]:
    return (expr.base, expr.steps) if isinstance(expr, plan.JsonValue) else (expr, ())


def _is_count(expr: plan.Expr) -> bool:
    return isinstance(expr, plan.Aggregate) and expr.tally in _COUNTS


def _is_above_zero(expr: plan.Expr) -> bool:
    return isinstance(expr, plan.Literal) and isinstance(expr.value, int) and expr.value > 0


def _like(pattern: str) -> str:
    """Return a `like` pattern as SQL writes it: `*` is `%`, `?` is `_`, and theirs stand for themselves."""
    for sign in ("\\", "%", "_"):
        pattern = pattern.replace(sign, "\\" + sign)
    return pattern.replace("*", "%").replace("?", "_")


def _days_of_year(first: dt.date, end: dt.date) -> set[int]:
    """Return the days, as month × 100 + day, whose anniversary falls from `first` up to `end`."""
    found: set[int] = set()
    for step in range(min((end - first).days, 366)):
        day = first + dt.timedelta(days=step)
        found.add(day.month * 100 + day.day)
        # 29 February is kept on the 28th in other years.
        if (day.month, day.day) == (2, 28) and (day + dt.timedelta(days=1)).month == 3:
            found.add(229)
    return found
