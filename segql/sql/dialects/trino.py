"""Trino."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from sqlglot import exp

from segql.plan import Part
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.items import kept, of_items, or_none
from segql.sql.errors import Unsupported
from segql.sql.literals import case, cast, number, text, wrapped
from segql.sql.patterns import spelled_out
from segql.types import Kind, Type

_MICROSECONDS = 1_000_000
# A plain `TIMESTAMP` has milliseconds.
_INSTANT = "timestamp(6)"
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_ZONE = r"(Z|[+-][0-9]{2}:[0-9]{2})\z"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
_EASY_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# The first letter of what a json value of each kind is as text.
_TEXT, _ARRAY, _NULL = '"', "[", "n"


class Trino(Dialect):
    """Trino. An instant is a `timestamp(6)`; one with a zone compares with it in the zone of the session, which is UTC.

    What a connector does with the collations of its database is not known here.
    """

    name = printer = "trino"

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def constant(self, value: int | Decimal) -> exp.Expr:
        # A number without a point has 64 bits.
        if isinstance(value, int) and abs(value) >= 2**63:
            return cast(text(str(value)), "decimal(38, 0)")
        return super().constant(value)

    def known_float(self, value: exp.Expr) -> exp.Expr:
        # Not a number is not equal to itself.
        return case(exp.Not(this=exp.IsNan(this=value)), value.copy())

    def double_quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return _divided(whole, exp.Nullif(this=part, expression=number(0)))

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        # Decimals are rounded, so only what divides without a rest is divided.
        whole, part = wrapped(whole), wrapped(part)
        rest = exp.Mod(this=whole.copy(), expression=part.copy())
        return _divided(exp.Paren(this=exp.Sub(this=whole, expression=rest)), part)

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        return cast(super().timestamp(moment).this, _INSTANT)

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        return cast(day, _INSTANT)

    def duration(self, microseconds: int) -> exp.Expr:
        if microseconds % 1_000:
            # Its lengths of time have milliseconds.
            raise Unsupported("a length of time with microseconds", None)
        if microseconds % _MICROSECONDS:
            seconds = format(Decimal(microseconds) / _MICROSECONDS, "f")
            return exp.Interval(this=text(seconds), unit=exp.Var(this="SECOND"))
        return super().duration(microseconds)

    def later(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        return _shifted(moment, duration, 1) or super().later(moment, duration)

    def earlier(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        return _shifted(moment, duration, -1) or super().earlier(moment, duration)

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        # No length of time: `later` moves a moment by such a number.
        return exp.Paren(this=cast(microseconds, "decimal(38, 0)"))

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        seconds = exp.DateDiff(this=_second(end), expression=_second(start), unit=text("second"))
        whole = exp.Mul(this=seconds, expression=number(_MICROSECONDS))
        made = exp.Add(this=whole, expression=_rest(end))
        return exp.Paren(this=exp.Sub(this=made, expression=_rest(start)))

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.DateDiff(this=end, expression=start, unit=text("day"))

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        unit = "DAY_OF_WEEK" if part is Part.WEEKDAY else part.value.upper()
        return exp.Extract(this=exp.Var(this=unit), expression=moment)

    def now(self) -> exp.Expr:
        # Without its size it has milliseconds.
        shown = exp.Anonymous(this="CURRENT_TIMESTAMP", expressions=[number(6)])
        return cast(exp.AtTimeZone(this=shown, zone=text("UTC")), _INSTANT)

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.StartsWith(this=value, expression=part)

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # In square brackets `&&` is a sign of its own.
        made = spelled_out(pattern, end=r"\z").replace("&&", r"&\&")
        return exp.RegexpLike(this=value, expression=text(made))

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        whole = exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text"))
        digest = exp.MD5Digest(this=exp.Encode(this=whole, charset=text("utf-8")))
        digits = exp.Substring(this=exp.Hex(this=digest), start=number(1), length=number(8))
        return exp.Mod(this=exp.FromBase(this=digits, expression=number(16)), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        found = exp.Anonymous(this="JSON_EXTRACT_SCALAR", expressions=[base.copy(), text(_path(steps))])
        is_text = self._is(base, steps, _TEXT)
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=_kind(base, steps), expression=text(_NULL))
            case Kind.TEXT:
                return case(is_text, found)
            case Kind.BOOLEAN:
                return case(self._is(base, steps, "t", "f"), cast(found, "boolean"))
            case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
                return case(self._is(base, steps, "-", *"0123456789"), _number(found, type_))
            case Kind.DATE:
                is_date = exp.RegexpLike(this=found, expression=text(_DATE))
                tried = exp.TryCast(this=found.copy(), to=exp.DataType.build("date"))
                return case(exp.And(this=is_text, expression=is_date), tried)
            case Kind.TIMESTAMP:
                is_plain = exp.RegexpLike(this=found, expression=text(rf"{_MOMENT}\z"))
                is_aware = exp.RegexpLike(this=found.copy(), expression=text(f"{_MOMENT} ?{_ZONE}"))
                plain = exp.TryCast(this=_with_space(found), to=exp.DataType.build(_INSTANT))
                zoned = exp.TryCast(
                    this=_with_space(found), to=exp.DataType.build("timestamp(6) with time zone", dialect="trino")
                )
                moved = cast(exp.AtTimeZone(this=zoned, zone=text("UTC")), _INSTANT)
                moment = exp.Case(ifs=[exp.If(this=is_plain, true=plain), exp.If(this=is_aware, true=moved)])
                return case(is_text, moment)
            case _:
                raise Unsupported(f"json as {type_}", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        listed = exp.Cast(this=_extracted(base, steps), to=exp.DataType.build("array(json)", dialect="trino"))
        return case(self._is(base, steps, _ARRAY), listed)

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        size = exp.Anonymous(this="JSON_ARRAY_LENGTH", expressions=[_extracted(base, steps)])
        return case(self._is(base, steps, _ARRAY), size)

    def count_items(self, items: exp.Expr, alias: str, item: Type | None, condition: exp.Expr | None) -> exp.Expr:
        # A subquery over the items of a row is refused in most places; a function of the list is not.
        if condition is None:
            return or_none(self.list_size(items))
        name = exp.to_identifier(alias)
        return or_none(self.list_size(kept(items, name, of_items(condition, alias, name))))

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.ArraySize(this=items)

    @staticmethod
    def _is(base: exp.Expr, steps: Sequence[str], *letters: str) -> exp.Expr:
        kind = _kind(base, steps)
        if len(letters) == 1:
            return exp.EQ(this=kind, expression=text(letters[0]))
        return exp.In(this=kind, expressions=[text(each) for each in letters])


def _divided(whole: exp.Expr, part: exp.Expr) -> exp.Expr:
    """Return a division as it stands: the types of both sides are right."""
    return exp.Div(this=wrapped(whole), expression=wrapped(part), typed=True, safe=False)


def _instant(moment: exp.Expr) -> exp.Expr:
    is_one = isinstance(moment, exp.Cast) and moment.to == exp.DataType.build(_INSTANT)
    return moment.copy() if is_one else cast(moment.copy(), _INSTANT)


def _second(moment: exp.Expr) -> exp.Expr:
    """Return the whole second of a moment: a difference has milliseconds at most."""
    return exp.TimestampTrunc(this=_instant(moment), unit=text("second"))


def _rest(moment: exp.Expr) -> exp.Expr:
    """Return the microseconds of a moment after its whole second: the last six digits of it as text."""
    digits = exp.Substring(this=cast(_instant(moment), "text"), start=number(-6))
    return cast(digits, "bigint")


def _shifted(moment: exp.Expr, duration: exp.Expr, sign: int) -> exp.Expr | None:
    """Return a moment moved by a number of microseconds, or None where the duration is a length of time."""
    if not (isinstance(duration, exp.Paren) and isinstance(duration.this, exp.Cast)):
        return None
    epoch = cast(text("1970-01-01 00:00:00"), _INSTANT)
    seconds = exp.DateDiff(this=_second(moment), expression=epoch, unit=text("second"))
    since = exp.Add(this=exp.Mul(this=seconds, expression=number(_MICROSECONDS)), expression=_rest(moment))
    made = (exp.Add if sign > 0 else exp.Sub)(this=since, expression=duration.this)
    nanoseconds = exp.Mul(this=exp.Paren(this=made), expression=number(1_000))
    aware = exp.Anonymous(this="FROM_UNIXTIME_NANOS", expressions=[nanoseconds])
    return cast(exp.AtTimeZone(this=aware, zone=text("UTC")), _INSTANT)


def _path(steps: Sequence[str]) -> str:
    def told(key: str) -> str:
        if _EASY_KEY.fullmatch(key):
            return f".{key}"
        escaped = key.replace("\\", "\\\\").replace('"', '\\"')
        return f'["{escaped}"]'

    return "$" + "".join(map(told, steps))


def _extracted(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    return exp.Anonymous(this="JSON_EXTRACT", expressions=[base.copy(), text(_path(steps))])


def _kind(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    """Return the first letter of a json value, which tells its kind."""
    written = exp.Anonymous(this="JSON_FORMAT", expressions=[_extracted(base, steps)])
    return exp.Substring(this=written, start=number(1), length=number(1))


def _with_space(found: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="REPLACE", expressions=[found.copy(), text("T"), text(" ")])


def _number(found: exp.Expr, type_: Type) -> exp.Expr:
    as_double = cast(found, "double")
    if type_.kind is Kind.FLOAT:
        return as_double
    # Only what is written with an exponent is no decimal yet.
    scale = type_.scale if type_.kind is Kind.DECIMAL else 9
    wide = exp.DataType.build(f"decimal(38, {scale})")
    tried = exp.TryCast(this=found.copy(), to=wide)
    made = exp.Coalesce(this=tried, expressions=[exp.Cast(this=as_double, to=wide.copy())])
    if type_.kind is Kind.DECIMAL:
        return made
    is_whole = exp.EQ(this=made, expression=exp.Floor(this=made.copy()))
    return case(is_whole, cast(made.copy(), "bigint"))
