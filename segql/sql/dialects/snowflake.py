"""Snowflake."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from sqlglot import exp

from segql.plan import Part, Unit
from segql.sql.dialects.counted import Counted
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.items import kept, of_items, or_none
from segql.sql.dialects.letters import Letters
from segql.sql.dialects.narrow import Narrow, places_of
from segql.sql.errors import Unsupported
from segql.sql.literals import any_of, case, cast, number, text
from segql.sql.patterns import spelled_out
from segql.types import TIMESTAMP, Kind, Type

# A name that needs no quotes where tables are made; Snowflake keeps it in upper case.
_FOLDED = re.compile(r"[a-z_][a-z0-9_$]*")
# A product keeps as many places, unless a factor has more.
_PLACES_MOST = 12
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ZONE = r"(Z|z|[+-][0-9]{2}(:?[0-9]{2})?)"
_TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
_MOMENT = f"{_DATE}[T ]{_TIME} ?{_ZONE}?"
_TYPES = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.FLOAT: "double",
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestampntz",
}


class Snowflake(Letters, Counted, Narrow, Dialect):
    """Snowflake. Texts compare by their bytes, unless a column has a collation; an instant is a `TIMESTAMP_NTZ`.

    A name in a catalog that needs no quotes means what it means there without quotes: the name in upper case. Every
    other name is meant as it is written.
    """

    name = printer = "snowflake"

    def finished(self, query: exp.Query) -> exp.Query:
        for each in query.find_all(exp.Identifier):
            if each.quoted and _FOLDED.fullmatch(each.name):
                each.set("this", each.name.upper())
        return query

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def product(self, first: exp.Expr, first_type: Type, second: exp.Expr, second_type: Type, type_: Type) -> exp.Expr:
        if type_.kind is Kind.FLOAT or first_type.scale + second_type.scale > _PLACES_MOST:
            return super().product(first, first_type, second, second_type, type_)
        return exp.Mul(this=self.decimal(first, first_type.scale), expression=second)

    def product_by(self, value: exp.Expr, type_: Type, constant: int | Decimal) -> exp.Expr:
        if type_.scale + places_of(constant) > _PLACES_MOST:
            return super().product_by(value, type_, constant)
        return exp.Mul(this=self.decimal(value, type_.scale), expression=self.constant(constant))

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        # What a plain `TIMESTAMP` is hangs on the session.
        return _plain(super().timestamp(moment).this)

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        return _plain(day)

    def moved(self, moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
        return exp.DateAdd(this=moment, expression=count, unit=exp.Var(this=unit))

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="MICROSECOND"))

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="DAY"))

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        unit = "DAYOFWEEKISO" if part is Part.WEEKDAY else part.value.upper()
        return exp.Extract(this=exp.Var(this=unit), expression=moment)

    def now(self) -> exp.Expr:
        # It shows nanoseconds, in the zone of the session.
        shown = exp.CurrentTimestamp(this=number(6))
        return _plain(exp.ConvertTimezone(target_tz=text("UTC"), timestamp=shown))

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        return self.moved(moment, number(count), "MONTH")

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        if unit is not Unit.WEEK:
            return super().start_of(unit, moment)
        # The day with which its weeks begin hangs on the session.
        since = exp.Sub(this=number(1), expression=self.part(Part.WEEKDAY, moment, TIMESTAMP))
        return self.moved(super().start_of(Unit.DAY, moment.copy()), since, "DAY")

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.StartsWith(this=value, expression=part)

    def ends(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.EndsWith(this=value, expression=part)

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        return _covers(value, f".*({spelled_out(pattern)}).*")

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        digest = exp.MD5(this=exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text")))
        digits = exp.Substring(this=digest, start=number(1), length=number(8))
        return exp.Mod(this=exp.ToNumber(this=digits, format=text("XXXXXXXX")), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        found = _at(base, steps)
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=exp.Typeof(this=found), expression=text("NULL_VALUE"))
            case Kind.TEXT:
                return case(_is(found, "VARCHAR"), cast(found.copy(), "text"))
            case Kind.BOOLEAN:
                return case(_is(found, "BOOLEAN"), cast(found.copy(), "boolean"))
            case Kind.INTEGER:
                as_double = cast(found.copy(), "double")
                is_even = exp.EQ(this=as_double, expression=exp.Floor(this=as_double.copy()))
                even = exp.And(this=_is(found, "DECIMAL", "DOUBLE"), expression=is_even)
                is_whole = any_of([_is(found, "INTEGER"), even])
                return case(is_whole, cast(found.copy(), "bigint"))
            case Kind.DECIMAL:
                is_number = _is(found, "INTEGER", "DECIMAL", "DOUBLE")
                return case(is_number, cast(found.copy(), f"decimal(38, {type_.scale})"))
            case Kind.FLOAT:
                return case(_is(found, "INTEGER", "DECIMAL", "DOUBLE"), cast(found.copy(), "double"))
            case Kind.DATE:
                return self._moment(found, _DATE, exp.DataType.build("date"))
            case Kind.TIMESTAMP:
                # What has a zone of its own is moved to UTC; the rest stands there already.
                said = cast(found.copy(), "text")
                plain = exp.TryCast(this=said, to=exp.DataType.build("timestampntz"))
                aware = exp.TryCast(this=said.copy(), to=exp.DataType.build("timestamptz"))
                in_utc = exp.Anonymous(this="CONVERT_TIMEZONE", expressions=[text("UTC"), aware])
                has_zone = _covers(said.copy(), f".*:[0-9]{{2}}([.][0-9]+)? ?{_ZONE}")
                is_moment = exp.And(this=_is(found, "VARCHAR"), expression=_covers(said.copy(), _MOMENT))
                return case(is_moment, case(has_zone, _plain(in_utc), plain))
            case _:
                raise Unsupported(f"json as {type_}", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return exp.Anonymous(this="AS_ARRAY", expressions=[_at(base, steps)])

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return self.list_size(self.json_items(base, steps))

    def count_items(self, items: exp.Expr, alias: str, item: Type | None, condition: exp.Expr | None) -> exp.Expr:
        # A subquery over the items of a row is refused in most places; a function of the list is not.
        if condition is None:
            return or_none(self.list_size(items))
        name = exp.to_identifier(alias)
        value = name if item is None else exp.Cast(this=name, to=exp.DataType.build(_TYPES.get(item.kind, "variant")))
        return or_none(self.list_size(kept(items, name, of_items(condition, alias, value))))

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.ArraySize(this=items)

    def _moment(self, found: exp.Expr, form: str, type_: exp.DataType) -> exp.Expr:
        said = cast(found.copy(), "text")
        is_moment = exp.And(this=_is(found, "VARCHAR"), expression=_covers(said, form))
        return case(is_moment, exp.TryCast(this=said.copy(), to=type_))


def _plain(value: exp.Expr) -> exp.Expr:
    return cast(value, "timestampntz")


def _covers(value: exp.Expr, pattern: str) -> exp.Expr:
    """Return whether a pattern covers a whole text; its dots mean every letter."""
    return exp.RegexpLike(this=value, expression=text(pattern), flag=text("s"), full_match=True)


def _at(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    made = base.copy()
    for each in steps:
        made = exp.GetExtract(this=made, expression=text(each))
    return made


def _is(value: exp.Expr, *kinds: str) -> exp.Expr:
    kind = exp.Typeof(this=value.copy())
    if len(kinds) == 1:
        return exp.EQ(this=kind, expression=text(kinds[0]))
    return exp.In(this=kind, expressions=[text(each) for each in kinds])
