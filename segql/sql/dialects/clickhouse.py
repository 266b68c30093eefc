"""ClickHouse 26.8 and newer: the first whose days and instants reach from year 1 to 9999, as those of the language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from sqlglot import exp

from segql.plan import Part, Unit
from segql.sql.dialects.apart import tell_apart
from segql.sql.dialects.clickhouse_json import call, cast, if_array, items_of, value_in
from segql.sql.dialects.dialect import Dialect
from segql.sql.errors import Unsupported
from segql.sql.literals import any_of, case, column, identifier, named, number, text, wrapped
from segql.sql.patterns import spelled_out
from segql.types import Kind, Type

# What a server or user may have set otherwise, and the meaning of the statement needs; it says so itself.
_SETTINGS: dict[str, int | str] = {
    # A row that finds nothing to join has nulls, not zeros and empty texts.
    "join_use_nulls": 1,
    # Null is in no list.
    "transform_null_in": 0,
    # A name is that of a column before it is that of a result.
    "prefer_column_name_to_alias": 1,
    "decimal_check_overflow": 1,
    "short_circuit_function_evaluation": "enable",
}
# Lists travel as json: every number in it has to keep all of its digits, every instant its zone.
_JSON_SETTINGS: dict[str, int | str] = {
    # This reader takes a number of more digits than an integer has for a text.
    "allow_simdjson": 0,
    "output_format_json_quote_decimals": 1,
    "output_format_json_quote_denormals": 1,
    "date_time_output_format": "iso",
}
_UINT64_MOST = 2**64 - 1
# Products and quotients are made with 76 digits; a dividend of 38 leaves room for so many more.
_SHIFT_MOST = 36
_PARTS = {
    Part.YEAR: "toYear",
    Part.QUARTER: "toQuarter",
    Part.MONTH: "toMonth",
    Part.DAY: "toDayOfMonth",
    Part.WEEKDAY: "toDayOfWeek",
    Part.HOUR: "toHour",
}

# Letters whose full upper form, the only one that it knows, has several letters, and the simple form of each.
_LONG_UPPER = "ßŉǰΐΰևẖẗẘẙẚὐὒὔὖᾀᾁᾂᾃᾄᾅᾆᾇᾈᾉᾊᾋᾌᾍᾎᾏᾐᾑᾒᾓᾔᾕᾖᾗᾘᾙᾚᾛᾜᾝᾞᾟᾠᾡᾢᾣᾤᾥᾦᾧᾨᾩᾪᾫᾬᾭᾮᾯᾲᾳᾴᾶᾷᾼῂῃῄῆῇῌῒΐῖῗῢΰῤῦῧῲῳῴῶῷῼﬀﬁﬂﬃﬄﬅﬆﬓﬔﬕﬖﬗ"
_THEIR_UPPER = "".join(each if len(each.title()) > 1 else each.title() for each in _LONG_UPPER)


class ClickHouse(Dialect):
    """ClickHouse. A number with a point is a double there, so each decimal is a cast of a text."""

    name = printer = "clickhouse"
    # Each is run as often as it is named.
    keeps_ctes = False

    def finished(self, query: exp.Query) -> exp.Query:
        for each in list(query.find_all(exp.In)):
            # What is looked for has to be of the type of where: no decimal is found among integers.
            if any(map(_is_decimal, (part for option in each.expressions for part in option.find_all(exp.Literal)))):
                asked = [exp.EQ(this=each.this.copy(), expression=option) for option in each.expressions]
                each.replace(exp.Paren(this=any_of(list(asked))))
        for literal in list(query.find_all(exp.Literal)):
            if _is_decimal(literal):
                literal.replace(_decimal_literal(literal.name))
        for lag in query.find_all(exp.Lag):
            # Of a column that cannot be null, what lies before the first row is 1970 or 0.
            lag.set("this", call("toNullable", lag.this))
        for select in query.find_all(exp.Select):
            for each in select.expressions:
                if isinstance(each, exp.Column) and each.table and isinstance(each.this, exp.Identifier):
                    # Where another table has a column of that name, its own would be `table.column`.
                    each.replace(named(each.copy(), each.name))
        tell_apart(query)
        called = {each.name for each in query.find_all(exp.Anonymous)}
        settings = _SETTINGS | (_JSON_SETTINGS if any("JSON" in each for each in called) else {})
        query.set("settings", [_setting(name, value) for name, value in settings.items()])
        return query

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def converts(self, type_: Type) -> bool:
        # A list is never null there, not even of a row that was not found. As a json in a text it can be.
        return type_.kind is Kind.LIST

    def stored(self, value: exp.Expr, type_: Type) -> exp.Expr:
        return call("toJSONString", value) if type_.kind is Kind.LIST else value

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def double(self, value: float) -> exp.Expr:
        return cast(text(repr(value)), "Float64")

    def known_float(self, value: exp.Expr) -> exp.Expr:
        # What is no number equals nothing, not even itself.
        return exp.Case(ifs=[exp.If(this=exp.Not(this=call("isNaN", value)), true=value.copy())])

    def rounded(self, value: exp.Expr, places: int, type_: Type) -> exp.Expr:
        if type_.kind is not Kind.FLOAT:
            return super().rounded(value, places, type_)
        # Of doubles its own rounds halves to even.
        factor = self.double(10.0**places)
        size = exp.Mul(this=exp.Abs(this=value), expression=factor)
        whole = call("floor", exp.Add(this=size, expression=self.double(0.5)))
        made = exp.Div(this=whole, expression=factor.copy())
        return exp.Mul(this=call("sign", value.copy()), expression=exp.Paren(this=made))

    def decimal(self, value: exp.Expr, scale: int) -> exp.Expr:
        return cast(value, f"Nullable(Decimal(38, {scale}))")

    def whole(self, value: exp.Expr) -> exp.Expr:
        return cast(value, "Nullable(Decimal(76, 0))")

    def exact(self, value: exp.Expr, type_: Type) -> exp.Expr:
        # Integers wrap around in silence, and a decimal is as narrow as its column; 38 digits are checked.
        assert isinstance(value, exp.Binary)
        if type_.kind is Kind.FLOAT:
            self._each_side(value, lambda side: cast(side, "Nullable(Float64)"))
        elif isinstance(value, exp.Mul) and type_.kind is Kind.DECIMAL:
            # The product has the places of both sides, so each keeps its own; one of them is wide already.
            return value
        else:
            self._each_side(value, lambda side: self.decimal(side, type_.scale))
        return value

    def total(self, value: exp.Expr, type_: Type, over: Callable[[exp.Expr], exp.Expr] = lambda made: made) -> exp.Expr:
        if type_.kind is Kind.FLOAT:
            return super().total(value, type_, over)
        # No sum is checked; one with 76 digits needs no check, and what it gives is.
        wide = cast(value, f"Nullable(Decimal(76, {type_.scale}))")
        return self.decimal(over(exp.Sum(this=wide)), type_.scale)

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        # By zero it fails, even what is null.
        is_safe = isinstance(part, exp.Literal) or part.find(exp.Nullif) is not None
        return call("intDiv", whole, part if is_safe else exp.Nullif(this=part, expression=number(0)))

    def millionths(self, count: exp.Expr) -> exp.Expr:
        # A wide integer cannot be made a decimal, but times one it is.
        made = exp.Mul(this=wrapped(count), expression=cast(text("0.000001"), "Decimal(76, 6)"))
        return self.decimal(made, 6)

    def integer(self, value: exp.Expr, scale: int, shift: int) -> exp.Expr:
        if shift > _SHIFT_MOST:
            raise Unsupported("a quotient of numbers with so many places", None)
        wide = exp.Mul(this=cast(value, f"Nullable(Decimal(76, {scale}))"), expression=number(10**scale))
        whole = self.whole(wide if scale else value)
        return exp.Mul(this=whole, expression=number(10**shift)) if shift else whole

    def _each_side(self, value: exp.Binary, made: Callable[[exp.Expr], exp.Expr]) -> None:
        value.set("this", made(value.this))
        value.set("expression", made(value.expression))

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────
    # Columns of any kind of time are compared as instants. A length of time is a number of microseconds: a day that is
    # added to a column with a zone would be one of its wall clock.

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        naive = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
        return cast(text(naive.isoformat(sep=" ")), "DateTime64(6, 'UTC')")

    def date(self, day: dt.date) -> exp.Expr:
        return cast(text(day.isoformat()), "Date32")

    def duration(self, microseconds: int) -> exp.Expr:
        return number(microseconds)

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        return cast(self.decimal(microseconds, 0), "Nullable(Int64)")

    def later(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        return call("addMicroseconds", moment, duration)

    def earlier(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        return call("subtractMicroseconds", moment, duration)

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return call("dateDiff", text("microsecond"), start, end)

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return call("dateDiff", text("day"), start, end)

    def day_of(self, moment: exp.Expr) -> exp.Expr:
        return call("toDate32", moment, text("UTC"))

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        return _in_utc(day)

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        return call(_PARTS[part], _in_utc(moment))

    def now(self) -> exp.Expr:
        return call("now64", number(6), text("UTC"))

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        return call("addMonths", moment, number(count))

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        # What begins a week or longer is a day.
        return _in_utc(call("date_trunc", text(unit.value), moment))

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return call("startsWith", value, part)

    def ends(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return call("endsWith", value, part)

    def contains(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.GT(this=call("position", value, part), expression=number(0))

    def like(self, value: exp.Expr, pattern: str) -> exp.Expr:
        return exp.Like(this=wrapped(value), expression=text(pattern))

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # Its `.` is a line feed, too.
        return call("match", value, text(spelled_out(pattern)))

    def lower(self, value: exp.Expr) -> exp.Expr:
        # Of İ it makes two letters, of a Σ at the end of a word ς.
        return call("lowerUTF8", call("translateUTF8", value, text("İΣ"), text("iσ")))

    def upper(self, value: exp.Expr) -> exp.Expr:
        part = column("part")
        is_long = call("match", part, text(f"^[{_LONG_UPPER}]"))
        long = call("translateUTF8", part.copy(), text(_LONG_UPPER), text(_THEIR_UPPER))
        made = exp.Lambda(this=case(is_long, long, call("upperUTF8", part.copy())), expressions=[identifier("part")])
        # Runs of such letters stand apart from runs of others. An array is never null, a text may be.
        known = exp.Coalesce(this=value, expressions=[text("")])
        parts = call("extractAll", known, text(f"[{_LONG_UPPER}]+|[^{_LONG_UPPER}]+"))
        joined = call("arrayStringConcat", call("arrayMap", made, parts))
        return case(exp.Not(this=exp.Is(this=value.copy(), expression=exp.null())), joined)

    def length(self, value: exp.Expr) -> exp.Expr:
        return call("lengthUTF8", value)

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        digest = call("MD5", exp.DPipe(this=text(f"{seed}:"), expression=call("toString", key)))
        # The first byte is the last one of a number there.
        first = call("reverse", call("substring", digest, number(1), number(4)))
        return exp.Mod(this=call("reinterpretAsUInt32", first), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        return value_in(base, steps, type_)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return if_array(base, steps, "JSONExtractRaw")

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return if_array(base, steps, "JSONLength")

    def count_items(self, items: exp.Expr, alias: str, item: Type | None, condition: exp.Expr | None) -> exp.Expr:
        made = items_of(items, item)
        if condition is None:
            return call("length", made)
        for each in list(condition.find_all(exp.Column)):
            if each.table == alias:
                each.replace(column(alias))
        holds = exp.Lambda(this=self.given(condition), expressions=[identifier(alias)])
        return call("arrayCount", holds, made)

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return call("JSONLength", items)


def _is_decimal(literal: exp.Literal) -> bool:
    """Say whether a literal is a number that would be a double."""
    return not literal.is_string and ("." in literal.name or int(literal.name) > _UINT64_MOST)


def _in_utc(value: exp.Expr) -> exp.Expr:
    return cast(value, "Nullable(DateTime64(6, 'UTC'))")


def _setting(name: str, value: int | str) -> exp.Expr:
    made = text(value) if isinstance(value, str) else number(value)
    return exp.EQ(this=exp.Var(this=name), expression=made)


def _decimal_literal(digits: str) -> exp.Expr:
    places = len(digits.partition(".")[2])
    return cast(text(digits), f"Decimal({38 if len(digits) <= 38 else 76}, {places})")
