"""Values and conditions of the plan as SQL, in one frame.

SQL's conditions have three values, the plan's two. `condition` gives what is true exactly where the plan's condition
holds, and false or null elsewhere: enough for `where` and `case`. `strict` gives what is never null: needed under `not`
and wherever a condition is a value.
"""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from segql import plan
from segql.plan import Op, Part, Side, TextTest
from segql.plan.expressions import FROM_ZERO
from segql.sql.clocks import Now
from segql.sql.dialects import Dialect
from segql.sql.frame import Frame
from segql.sql.lists import Lists
from segql.sql.literals import all_of, any_of, column, known, number, wrapped
from segql.sql.points import Point, Stretch
from segql.sql.values import Values
from segql.types import Kind, Type

_COMPARE = {Op.EQ: exp.EQ, Op.LT: exp.LT, Op.LE: exp.LTE, Op.GT: exp.GT, Op.GE: exp.GTE}


class Translator(Values):
    """Translates expressions about the rows of a frame. `flags` gives the columns of segments decided before."""

    def __init__(
        self, frame: Frame, clock: Now, dialect: Dialect, lists: Lists, flags: dict[str, str] | None = None
    ) -> None:
        super().__init__(frame, clock, dialect, lists)
        self.flags = flags or {}

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────

    def condition(self, expr: plan.Expr) -> exp.Expr:  # noqa: C901 (one case a node)
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
                return exp.In(this=self.operand(value), expressions=[self.dialect.literal(each) for each in options])
            case plan.IsMissing(value):
                return exp.Is(this=self.operand(value), expression=exp.null())
            case plan.TextMatch(test, value, other):
                return self._text_match(test, value, other)
            case plan.Matches(value, pattern):
                return self.dialect.matches(self.value(value), pattern)
            case plan.InWindow(value, window):
                return self._in_window(value, window)
            case plan.Near(value, side, duration, anchor):
                return self._near(value, side, duration, anchor)
            case plan.Anniversary(value, window):
                return self._anniversary(value, window)
            case plan.InSegment(name, level, path, _) if name not in self.flags or not expr.is_own:
                return self.frame.others.in_segment(expr, self.frame.key_of(level, path), self.clock)
            case plan.InSegment(name):
                return column(self.flags[name])
            case plan.InList(name, level):
                return self.lists.holds(name, self.frame.key_of(level, ()))
            case plan.AlsoWith(value):
                return self.frame.others.goes_with(expr, self.value(value), self.clock)
            case plan.Population():
                return self.population(expr)
            case plan.Course():
                return known(self.frame.made_columns(expr)[0])
            case _:
                return self.value(expr)

    def strict(self, expr: plan.Expr) -> exp.Expr:
        """Return a condition that is true or false, never null."""
        made = self.condition(expr)
        if isinstance(made, exp.Boolean) or isinstance(expr, plan.IsMissing | plan.Not | plan.Course):
            return made
        return self.dialect.given(made)

    def _not(self, operand: plan.Expr) -> exp.Expr:
        match operand:
            case plan.IsMissing(value):
                return known(self.operand(value))
            case plan.Not(inner):
                return self.condition(inner)
            case _:
                return exp.Not(this=wrapped(self.strict(operand)))

    def _compare(self, op: Op, left: plan.Expr, right: plan.Expr) -> exp.Expr:
        made = self.frame.made
        if made is not None and isinstance(left, plan.Aggregate) and made.levels.of(left):
            assert isinstance(right, plan.Literal)
            return made.levels.reached(op, left, right, self.made(left))
        ordered = left.type.kind is Kind.TEXT and op is not Op.EQ
        # A count or sum that has to reach a number above zero needs no zero for who has none: null is as good as false.
        if _is_from_zero(left) and _is_above_zero(right) and op in {Op.GE, Op.GT, Op.EQ}:
            assert isinstance(left, plan.Aggregate)
            return _COMPARE[op](this=self.made(left), expression=self.operand(right))
        first, second = self.operand(left), self.operand(right)
        if ordered:
            first, second = self.dialect.sortable(first, left.type), self.dialect.sortable(second, right.type)
        return _COMPARE[op](this=first, expression=second)

    def _text_match(self, test: TextTest, value: plan.Expr, other: plan.Expr) -> exp.Expr:
        first = self.value(value)
        match test:
            case TextTest.STARTS:
                return self.dialect.starts(first, self.value(other))
            case TextTest.ENDS:
                return self.dialect.ends(first, self.value(other))
            case TextTest.CONTAINS:
                return self.dialect.contains(first, self.value(other))
            case TextTest.LIKE:
                assert isinstance(other, plan.Literal)
                return self.dialect.like(first, _like(str(other.value)))

    def _in_window(self, value: plan.Expr, window: plan.Window) -> exp.Expr:
        return self.within(lambda: self.operand(value), value.type, self.clock.stretch(window))

    def within(self, made: object, type_: Type, stretch: Stretch) -> exp.Expr:
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

    def _bound(self, moment: Point, is_date: bool) -> exp.Expr:
        return self.clock.first_day(moment) if is_date else self.clock.timestamp(moment)

    def _near(self, value: plan.Expr, side: Side, duration: int, anchor: plan.Expr) -> exp.Expr:
        moment, start = self.operand(value), self.operand(anchor)
        before = self.dialect.earlier(start.copy(), self.dialect.duration(duration))
        after = self.dialect.later(start.copy(), self.dialect.duration(duration))
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
        def day_of_year() -> exp.Expr:
            month, day = self.part(Part.MONTH, value), self.part(Part.DAY, value)
            return exp.Add(this=exp.Mul(this=month, expression=number(100)), expression=day)

        return self.clock.recurs(window, lambda: self.operand(value), day_of_year)


def _is_from_zero(expr: plan.Expr) -> bool:
    return isinstance(expr, plan.Aggregate) and expr.tally in FROM_ZERO


def _is_above_zero(expr: plan.Expr) -> bool:
    return isinstance(expr, plan.Literal) and isinstance(expr.value, int | Decimal) and expr.value > 0


def _like(pattern: str) -> str:
    """Return a `like` pattern as SQL writes it: `*` is `%`, `?` is `_`, and theirs stand for themselves."""
    for sign in ("\\", "%", "_"):
        pattern = pattern.replace(sign, "\\" + sign)
    return pattern.replace("*", "%").replace("?", "_")
