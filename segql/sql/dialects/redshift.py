"""Amazon Redshift."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.plan import Part
from segql.sql.dialects.counted import Counted
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.letters import Letters
from segql.sql.dialects.narrow import Narrow
from segql.sql.errors import Unsupported
from segql.sql.literals import case, cast, identifier, number, text, wrapped
from segql.sql.patterns import spelled_out
from segql.types import Kind, Type

_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class Redshift(Letters, Counted, Narrow, Dialect):
    """Amazon Redshift. Texts compare by their bytes, unless a database or column ignores case; its zone is UTC.

    A json is a `SUPER`, whose keys keep their case only where `enable_case_sensitive_super_attribute` is on.
    """

    name = printer = "redshift"

    def finished(self, query: exp.Query) -> exp.Query:
        for each in list(query.find_all(exp.Window)):
            order = each.args.get("order")
            if isinstance(each.this, exp.Count) and order is not None and each.args.get("spec") is None:
                each.replace(_reached(each, order))
        return query

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def known_float(self, value: exp.Expr) -> exp.Expr:
        # Right whether or not what is no number is equal to itself.
        is_number = exp.NEQ(this=value.copy(), expression=cast(text("NaN"), "double"))
        return case(exp.And(this=exp.EQ(this=value, expression=value.copy()), expression=is_number), value.copy())

    def double_quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return _even(whole, exp.Nullif(this=part, expression=number(0)))

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return _even(*_without_rest(whole, part))

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def moved(self, moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
        return exp.DateAdd(this=moment, expression=count, unit=exp.Var(this=unit))

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="MICROSECOND"))

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="DAY"))

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        if part is not Part.WEEKDAY:
            return super().part(part, moment, type_)
        # Its weeks begin on Sunday, with 0.
        day = exp.Extract(this=exp.Var(this="DOW"), expression=moment)
        shifted = exp.Paren(this=exp.Add(this=day, expression=number(6)))
        return exp.Add(this=exp.Mod(this=shifted, expression=number(7)), expression=number(1))

    def now(self) -> exp.Expr:
        # `GETDATE()` has no fraction of a second, and `CURRENT_TIMESTAMP` is not for tables.
        shown = cast(exp.CurrentTimestamp(sysdate=True), "timestamptz")
        return exp.AtTimeZone(this=shown, zone=text("UTC"))

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        # `ADD_MONTHS` would make the last day of one month the last of the other.
        return self.moved(moment, number(count), "MONTH")

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # Of its two kinds of patterns those of Perl know the very end.
        one = number(1)
        found = exp.RegexpInstr(
            this=value,
            expression=text(spelled_out(pattern, end=r"\z")),
            position=one,
            occurrence=one.copy(),
            option=number(0),
            parameters=text("p"),
        )
        return exp.GT(this=found, expression=number(0))

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        digest = exp.MD5(this=exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text")))
        digits = exp.Substring(this=digest, start=number(1), length=number(8))
        return exp.Mod(this=exp.FromBase(this=digits, expression=number(16)), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        found = _at(base, steps)
        kind = exp.Anonymous(this="JSON_TYPEOF", expressions=[found])
        is_text = exp.EQ(this=kind, expression=text("string"))
        is_number = exp.EQ(this=kind.copy(), expression=text("number"))
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=kind, expression=text("null"))
            case Kind.TEXT:
                return case(is_text, cast(found.copy(), "text"))
            case Kind.BOOLEAN:
                is_boolean = exp.EQ(this=kind.copy(), expression=text("boolean"))
                return case(is_boolean, cast(found.copy(), "boolean"))
            case Kind.INTEGER:
                as_double = cast(found.copy(), "double")
                is_whole = exp.EQ(this=as_double, expression=exp.Floor(this=as_double.copy()))
                return case(exp.And(this=is_number, expression=is_whole), cast(found.copy(), "bigint"))
            case Kind.DECIMAL:
                return case(is_number, cast(found.copy(), f"decimal(38, {type_.scale})"))
            case Kind.FLOAT:
                return case(is_number, cast(found.copy(), "double"))
            case Kind.DATE:
                said = cast(found.copy(), "text")
                is_date = exp.RegexpLike(this=said, expression=text(_DATE))
                return case(exp.And(this=is_text, expression=is_date), cast(said.copy(), "date"))
            case _:
                raise Unsupported(f"a {type_} inside of json", None)

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        found = _at(base, steps)
        kind = exp.Anonymous(this="JSON_TYPEOF", expressions=[found])
        is_array = exp.EQ(this=kind, expression=text("array"))
        return case(is_array, self.list_size(found.copy()))

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        raise Unsupported("questions about the items of a list", None)

    def count_items(self, items: exp.Expr, alias: str, item: Type | None, condition: exp.Expr | None) -> exp.Expr:
        # Items are rows only in a `from`, and there not of a row around a subquery.
        raise Unsupported("questions about the items of a list", None)

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="GET_ARRAY_LENGTH", expressions=[items])


def _at(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    made = base.copy()
    for each in steps:
        made = exp.Dot(this=made, expression=identifier(each))
    return made


def _even(whole: exp.Expr, part: exp.Expr) -> exp.Expr:
    """Return a division as it stands: the types of both sides are right."""
    return exp.Div(this=wrapped(whole), expression=wrapped(part), typed=True, safe=False)


def _without_rest(whole: exp.Expr, part: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    whole, part = wrapped(whole), wrapped(part)
    rest = exp.Mod(this=whole.copy(), expression=part.copy())
    return exp.Paren(this=exp.Sub(this=whole, expression=rest)), part


def _reached(window: exp.Window, order: exp.Order) -> exp.Expr:
    """Return how many values are at or below each: all but those that rank before it from the other end.

    With an order, a count has only frames of rows here, which tell equal values apart.
    """
    counted = window.copy()
    counted.set("order", None)
    (ordered,) = order.expressions
    other = exp.Ordered(this=ordered.this.copy(), desc=True, nulls_first=False)
    rank = window.copy()
    rank.set("this", exp.Anonymous(this="rank"))
    rank.set("order", exp.Order(expressions=[other]))
    return exp.Paren(this=exp.Add(this=exp.Sub(this=counted, expression=rank), expression=number(1)))
