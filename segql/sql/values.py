"""Values of the plan as SQL, null where they are missing."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import assert_never

from sqlglot import exp

from segql import plan
from segql.plan import NOW, Fixed, Function, Part, Relative, Sign, Tally, Unit
from segql.plan.expressions import FROM_ZERO
from segql.sql.clocks import Now
from segql.sql.dialects import Dialect
from segql.sql.frame import Frame
from segql.sql.lists import Lists
from segql.sql.literals import case, cast, number, wrapped
from segql.sql.shifts import instant_of_date, wall_of_instant
from segql.types import FLOAT, Kind, Type


class Values:
    """Translates values of the rows of a frame; conditions, which are values too, are translated by its heir."""

    def __init__(self, frame: Frame, clock: Now, dialect: Dialect, lists: Lists) -> None:
        self.frame, self.clock, self.dialect, self.lists = frame, clock, dialect, lists

    @abstractmethod
    def condition(self, expr: plan.Expr) -> exp.Expr:
        """Return what is true exactly where the condition holds."""

    @abstractmethod
    def strict(self, expr: plan.Expr) -> exp.Expr:
        """Return a condition that is true or false, never null."""

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def operand(self, expr: plan.Expr) -> exp.Expr:
        """Return a value with brackets around it where operators stand in it."""
        return wrapped(self.value(expr))

    def value(self, expr: plan.Expr) -> exp.Expr:  # noqa: C901
        """Return a value, null where it is missing."""
        match expr:
            case plan.Literal():
                return self.dialect.literal(expr)
            case plan.ClockTime(bound, type_):
                moment = self.clock.at(bound)
                return self.clock.day(moment) if type_.kind is Kind.DATE else self.clock.timestamp(moment)
            case plan.Field(level, _, _, type_):
                found: exp.Expr = self.frame.field(expr)
                if level in self.frame.items:
                    found = self.dialect.item(found, type_)
                return self.dialect.known_float(found) if type_.kind is Kind.FLOAT else found
            case plan.Moment():
                return self._moment()
            case plan.JsonValue(base, steps, type_):
                return self.dialect.json_value(self.value(base), steps, type_)
            case plan.Arithmetic(sign, left, right, type_):
                return self._arithmetic(sign, left, right, type_)
            case plan.Call():
                return self._call(expr)
            case plan.Choice(conditions, values, otherwise):
                pairs = zip(conditions, values, strict=True)
                asked = [exp.If(this=self.condition(each), true=self.value(value)) for each, value in pairs]
                return exp.Case(ifs=asked, default=None if otherwise is None else self.value(otherwise))
            case plan.MemberKey():
                return self.frame.key()
            case plan.Bucket(seed, value):
                return self.dialect.bucket(seed, self.value(value))
            case plan.DatePart(part, value):
                return self.part(part, value)
            case plan.Instant(value):
                return self._instant(value)
            case plan.DaysSince(value):
                return self._days_since(value)
            case plan.CountTrue(conditions):
                return self._count_true(conditions)
            case plan.Aggregate():
                return self._aggregate(expr)
            case plan.Population() if expr.type.kind is not Kind.BOOLEAN:
                return self.population(expr)
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
                | plan.AlsoWith()
                | plan.Population()
                | plan.Course()
            ):
                return self.strict(expr)
            case plan.Unknown():
                raise AssertionError("a plan that runs has nothing unknown in it")
            case _:
                assert_never(expr)

    def _moment(self) -> exp.Expr:
        found = self.frame.moment()
        is_date = getattr(self.frame.owner, "at_type", None)
        return instant_of_date(found, self.clock, self.dialect) if is_date and is_date.kind is Kind.DATE else found

    def _instant(self, value: plan.Expr) -> exp.Expr:
        match value:
            case plan.Literal(day, _) if isinstance(day, dt.date):
                return self.clock.timestamp(self.clock.at(Fixed(day)))
            case plan.ClockTime():
                return self.clock.timestamp(self.clock.at(Relative(0, Unit.DAY, Unit.DAY)))
            case _:
                return instant_of_date(self.value(value), self.clock, self.dialect)

    def _arithmetic(self, sign: Sign, left: plan.Expr, right: plan.Expr, type_: Type) -> exp.Expr:
        first, second = self.operand(left), self.operand(right)
        if type_.kind is Kind.DURATION and left.type.is_moment:
            return self.dialect.microseconds_between(second, first)
        if type_.kind is Kind.TIMESTAMP:
            moved = self.dialect.later if sign is Sign.ADD else self.dialect.earlier
            if isinstance(right, plan.Literal):
                return moved(first, self.dialect.duration(int(str(right.value))))
            return moved(first, self.dialect.duration_of(second))
        match sign:
            case Sign.ADD:
                return self.dialect.exact(exp.Add(this=first, expression=second), type_)
            case Sign.SUB:
                return self.dialect.exact(exp.Sub(this=first, expression=second), type_)
            case Sign.MUL:
                return self.dialect.exact(self._product(left, right, type_), type_)
            case Sign.DIV:
                return self._quotient(left, right, type_)
            case Sign.MOD:
                return self.dialect.remainder(first, second, type_)

    def _product(self, left: plan.Expr, right: plan.Expr, type_: Type) -> exp.Expr:
        if type_.kind is Kind.DECIMAL:
            for value, constant in ((left, right), (right, left)):
                if isinstance(constant, plan.Literal) and isinstance(constant.value, int | Decimal):
                    return self.dialect.product_by(self.operand(value), value.type, constant.value)
        first, second = self.operand(left), self.operand(right)
        # Small constants need no room.
        if isinstance(left, plan.Literal) or isinstance(right, plan.Literal):
            return exp.Mul(this=first, expression=second)
        return self.dialect.product(first, left.type, second, right.type, type_)

    def _quotient(self, left: plan.Expr, right: plan.Expr, type_: Type) -> exp.Expr:
        if type_.kind is Kind.FLOAT:
            whole, part = cast(self.value(left), "double"), cast(self.value(right), "double")
            return self.dialect.rounded(self.dialect.double_quotient(whole, part), 6, FLOAT)
        scales = (left.type.scale, right.type.scale)
        if isinstance(right, plan.Literal) and right.value:
            # Of a constant divisor sign and size are known at once.
            return self.dialect.divided_by(self.value(left), left.type.scale, Decimal(str(right.value)))
        return self.dialect.divided(self.value(left), self.value(right), scales)

    def _call(self, call: plan.Call) -> exp.Expr:
        value = call.arguments[0]
        match call.function:
            case Function.LOWER:
                return self.dialect.lower(self.value(value))
            case Function.UPPER:
                return self.dialect.upper(self.value(value))
            case Function.LENGTH:
                return self.dialect.length(self.value(value))
            case Function.ABS:
                return exp.Abs(this=self.value(value))
            case Function.ROUND:
                places = call.arguments[1]
                assert isinstance(places, plan.Literal)
                return self.dialect.rounded(self.value(value), int(str(places.value)), value.type)
            case Function.SIZE:
                if value.type.kind is Kind.JSON:
                    base, steps = _json_place(value)
                    return self.dialect.json_size(self.value(base), steps)
                return self.dialect.list_size(self.value(value))

    def part(self, part: Part, value: plan.Expr) -> exp.Expr:
        """Return a part of a date, or of a timestamp on the project's wall clock."""
        moment = self.value(value)
        if value.type.kind is Kind.TIMESTAMP:
            moment = wall_of_instant(moment, self.clock, self.dialect)
        return self.dialect.part(part, moment, value.type)

    def _days_since(self, value: plan.Expr) -> exp.Expr:
        if value.type.kind is Kind.DATE:
            return self.dialect.days_between(self.value(value), self.clock.day(self.clock.at(NOW)))
        as_of = self.clock.timestamp(self.clock.at(NOW))
        elapsed = self.dialect.microseconds_between(self.value(value), as_of)
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
        made = self.made(aggregate)
        if aggregate.tally in FROM_ZERO:
            # Their column is null for members without any row.
            return exp.Coalesce(this=made, expressions=[number(0)])
        return made

    def made(self, aggregate: plan.Aggregate) -> exp.Expr:
        """Return the aggregate from the columns that were made for it."""
        if isinstance(aggregate.rows, plan.Items):
            return self._of_items(aggregate, aggregate.rows)
        found = self.columns_of(aggregate)
        match aggregate.tally:
            case Tally.AVG | Tally.MEDIAN:
                total, count = found
                assert aggregate.value is not None
                return self.mean(total, count, aggregate.type, aggregate.value.type.scale)
            case Tally.GAP:
                return self._gap(*found)
            case Tally.FIRST | Tally.LAST if aggregate.value is None:
                at_type = self._at_type(aggregate)
                if at_type is not None and at_type.kind is Kind.DATE:
                    return instant_of_date(found[0], self.clock, self.dialect)
                return found[0]
            case _:
                return found[0]

    def columns_of(self, aggregate: plan.Aggregate) -> Sequence[exp.Expr]:
        """Return what an aggregate is made of."""
        return self.frame.made_columns(aggregate)

    def mean(self, total: exp.Expr, count: exp.Expr, type_: Type, scale: int) -> exp.Expr:
        """Return a total of values of `scale` places by their count, to six places; missing where there are none."""
        if type_.kind is Kind.FLOAT:
            return self.dialect.rounded(self.dialect.double_quotient(total, cast(count, "double")), 6, type_)
        return self.dialect.divided(total, count, (scale, 0))

    def population(self, expr: plan.Population) -> exp.Expr:
        """Return what a measure finds among everyone, which stands in columns of the members by then."""
        raise AssertionError(f"members are compared a step later: {expr}")

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
        condition = None if rows.where is None else self.condition(rows.where)
        del frame.items[level]
        assert aggregate.tally is Tally.COUNT
        return self.dialect.count_items(items, alias, rows.of.type.item, condition)


def _json_place(expr: plan.Expr) -> tuple[plan.Expr, tuple[str, ...]]:
    return (expr.base, expr.steps) if isinstance(expr, plan.JsonValue) else (expr, ())
