"""SQLite 3.38 and newer.

It has five kinds of values and no types of columns, so what a table holds is made plain first: an instant is a whole
number of microseconds since 1970, a day the text of its date, a list the text of a json array. Decimals are doubles of
15 digits, rounded to their places after every step. Letters beyond ASCII, regular expressions and md5 are functions
that a connection brings: `LOWER`, `UPPER`, `REGEXP` and `MD5_BUCKET(text)`; `segql run` brings them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlglot import exp

from segql.catalog import Table
from segql.plan import Part, Unit
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.kept import with_kept_rows
from segql.sql.errors import Unsupported
from segql.sql.literals import all_of, any_of, case, cast, column, identifier, known, named, number, text, wrapped
from segql.sql.patterns import spelled_out
from segql.types import TIMESTAMP, Kind, Type

_SECOND = 1_000_000
_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_MINUTE = f"{_DAY}[T ][0-9][0-9]:[0-9][0-9]"
_PARTS = {
    Part.YEAR: "%Y",
    Part.MONTH: "%m",
    Part.DAY: "%d",
    Part.HOUR: "%H",
}


class SQLite(Dialect):
    """SQLite, whose columns may hold anything, in any form."""

    name = printer = "sqlite"
    checks_values = True

    def finished(self, query: exp.Query) -> exp.Query:
        return with_kept_rows(query)

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def converts(self, type_: Type) -> bool:
        # A column can have a collation that takes `A` for `a`, whatever its type is called.
        return type_.kind in {Kind.TEXT, Kind.KEY, Kind.TIMESTAMP}

    def stored(self, value: exp.Expr, type_: Type) -> exp.Expr:
        match type_.kind:
            case Kind.TEXT | Kind.KEY:
                return exp.Collate(this=value, expression=exp.Var(this="BINARY"))
            case Kind.TIMESTAMP:
                return _moment(value)
            case _:
                return value

    def kind_of_time(self, value: exp.Expr, table: Table) -> exp.Expr | None:
        is_day = exp.EQ(this=_length(value), expression=number(10))
        return exp.Case(
            ifs=[exp.If(this=is_day, true=text("day")), exp.If(this=_has_zone(value), true=text("zone"))],
        )

    def broken(self, value: exp.Expr, type_: Type, *, or_day: bool) -> exp.Expr | None:
        match type_.kind:
            case Kind.BOOLEAN:
                return exp.Not(this=exp.In(this=value, expressions=[number(0), number(1)]))
            case Kind.INTEGER:
                return _is_no(value, "integer")
            case Kind.DECIMAL:
                is_longer = exp.NEQ(this=value.copy(), expression=exp.Round(this=value, decimals=number(type_.scale)))
                return any_of([_is_no(value, "integer", "real"), is_longer])
            case Kind.FLOAT:
                return _is_no(value, "integer", "real")
            case Kind.TEXT:
                return _is_no(value, "text")
            case Kind.DATE:
                return exp.Not(this=exp.Paren(this=_is_date(value)))
            case Kind.TIMESTAMP:
                forms = [_is_moment(value), *([_is_date(value)] if or_day else [])]
                return exp.Not(this=exp.Paren(this=any_of(forms)))
            case Kind.JSON | Kind.LIST:
                return exp.Not(this=exp.Anonymous(this="JSON_VALID", expressions=[value.copy()]))
            case _:
                return None

    def lent(self, name: str, type_: Type | None) -> exp.Select:
        query = super().lent(name, type_)
        if type_ is not None and type_.kind is Kind.DECIMAL:
            query.set("expressions", [cast(column("key"), "double")])
        return query

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def known_float(self, value: exp.Expr) -> exp.Expr:
        # What is no number cannot be kept: it is null already.
        return value

    def decimal(self, value: exp.Expr, scale: int) -> exp.Expr:
        return value

    def whole(self, value: exp.Expr) -> exp.Expr:
        return cast(exp.Round(this=value), "bigint")

    def exact(self, value: exp.Expr, type_: Type) -> exp.Expr:
        # The double next to a decimal of 15 digits is found again by rounding.
        return exp.Round(this=value, decimals=number(type_.scale)) if type_.kind is Kind.DECIMAL else value

    def remainder(self, whole: exp.Expr, part: exp.Expr, type_: Type) -> exp.Expr:
        if type_.kind is not Kind.DECIMAL:
            return super().remainder(whole, part, type_)
        # Its own `%` leaves out what follows the point.
        size = number(10**type_.scale)
        first, second = (self.whole(exp.Mul(this=wrapped(each), expression=size.copy())) for each in (whole, part))
        rest = super().remainder(first, second, type_)
        return self.exact(exp.Div(this=cast(rest, "double"), expression=size.copy()), type_)

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Div(this=exp.Paren(this=whole), expression=exp.Paren(this=part), typed=True)

    def millionths(self, count: exp.Expr) -> exp.Expr:
        return exp.Div(this=wrapped(count), expression=exp.Literal.number("1000000.0"))

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return number((aware - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1))

    def date(self, day: dt.date) -> exp.Expr:
        return text(day.isoformat())

    def duration(self, microseconds: int) -> exp.Expr:
        return number(microseconds)

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        return microseconds

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Paren(this=exp.Sub(this=wrapped(end), expression=wrapped(start)))

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        first, last = (exp.Anonymous(this="JULIANDAY", expressions=[each]) for each in (start, end))
        return cast(exp.Paren(this=exp.Sub(this=last, expression=first)), "bigint")

    def day_of(self, moment: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="DATE", expressions=[_seconds(moment), text("unixepoch")])

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        seconds = exp.Anonymous(this="UNIXEPOCH", expressions=[day])
        return exp.Paren(this=exp.Mul(this=seconds, expression=number(_SECOND)))

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        given = [moment] if type_.kind is Kind.DATE else [_seconds(moment), text("unixepoch")]

        def told(form: str) -> exp.Expr:
            return cast(exp.Anonymous(this="STRFTIME", expressions=[text(form), *given]), "bigint")

        if part is Part.WEEKDAY:
            # Its own weekday is 0 for Sunday.
            moved = exp.Paren(this=exp.Add(this=told("%w"), expression=number(6)))
            return exp.Paren(this=exp.Add(this=exp.Mod(this=moved, expression=number(7)), expression=number(1)))
        if part is Part.QUARTER:
            months = exp.Paren(this=exp.Add(this=told("%m"), expression=number(2)))
            return exp.Div(this=months, expression=number(3), typed=True)
        return told(_PARTS[part])

    def now(self) -> exp.Expr:
        # Its clock has milliseconds, and shows one instant until the statement has its first row.
        second = cast(exp.Anonymous(this="STRFTIME", expressions=[text("%s"), text("now")]), "bigint")
        shown = exp.Anonymous(this="STRFTIME", expressions=[text("%f"), text("now")])
        thousandths = cast(_part(shown, 4), "bigint")
        return exp.Add(
            this=exp.Mul(this=second, expression=number(_SECOND)),
            expression=exp.Mul(this=thousandths, expression=number(1_000)),
        )

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        # It goes on into the month after where a month lacks the day, so the last day of the month is the most.
        seconds, first = _seconds(moment), text("start of month")

        def moved(months: int, days: exp.Expr) -> exp.Expr:
            change = text(f"{months:+} months")
            return exp.Anonymous(
                this="DATE", expressions=[seconds.copy(), text("unixepoch"), first.copy(), change, days]
            )

        before = exp.Paren(this=exp.Sub(this=self.part(Part.DAY, moment.copy(), TIMESTAMP), expression=number(1)))
        same = moved(count, exp.DPipe(this=before, expression=text(" days")))
        day = self.outermost([same, moved(count + 1, text("-1 days"))], is_latest=False)
        time_of_day = exp.Sub(this=wrapped(moment.copy()), expression=self.midnight_of(self.day_of(moment.copy())))
        return exp.Add(this=self.midnight_of(day), expression=exp.Paren(this=time_of_day))

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        day = self.day_of(moment)
        match unit:
            case Unit.WEEK:
                day.append("expressions", text("-6 days"))
                # The next Monday, unless it is one.
                day.append("expressions", text("weekday 1"))
            case Unit.MONTH | Unit.YEAR:
                day.append("expressions", text(f"start of {unit}"))
            case Unit.QUARTER:
                month = self.part(Part.MONTH, moment.copy(), TIMESTAMP)
                above = exp.Mod(this=exp.Paren(this=exp.Sub(this=month, expression=number(1))), expression=number(3))
                back = exp.DPipe(this=wrapped(exp.Neg(this=exp.Paren(this=above))), expression=text(" months"))
                day.append("expressions", text("start of month"))
                day.append("expressions", back)
        return self.midnight_of(day)

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def like(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # `LIKE` takes `A` for `a`; `GLOB` does not.
        return exp.Glob(this=wrapped(value), expression=text(_glob(pattern)))

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        return exp.RegexpLike(this=wrapped(value), expression=text(spelled_out(pattern, end=r"\Z")))

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        seeded = exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text"))
        return exp.Anonymous(this="MD5_BUCKET", expressions=[seeded])

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        kind, found = _json_type(base, steps), _json(base, steps)
        is_text = exp.EQ(this=kind, expression=text("text"))
        is_whole = exp.EQ(this=kind.copy(), expression=text("integer"))
        is_number = exp.In(this=kind.copy(), expressions=[text("integer"), text("real")])
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=kind, expression=text("null"))
            case Kind.TEXT:
                return case(is_text, found)
            case Kind.BOOLEAN:
                is_true = exp.EQ(this=kind, expression=text("true"))
                is_false = exp.EQ(this=kind.copy(), expression=text("false"))
                return exp.Case(ifs=[exp.If(this=is_true, true=exp.true()), exp.If(this=is_false, true=exp.false())])
            case Kind.INTEGER:
                whole = cast(found.copy(), "bigint")
                is_even = exp.EQ(this=found.copy(), expression=whole)
                return exp.Case(
                    ifs=[
                        exp.If(this=is_whole, true=found),
                        exp.If(this=exp.And(this=is_number, expression=is_even), true=whole.copy()),
                    ]
                )
            case Kind.DECIMAL:
                return case(is_number, self.exact(found, type_))
            case Kind.FLOAT:
                return case(is_number, cast(found, "double"))
            case Kind.DATE:
                return case(exp.And(this=is_text, expression=_is_date(found)), found.copy())
            case Kind.TIMESTAMP:
                forms = exp.And(this=is_text, expression=exp.Paren(this=_is_moment(found)))
                return case(forms, _moment(found))
            case _:
                raise Unsupported(f"json as {type_}", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        is_array = exp.EQ(this=_json_type(base, steps), expression=text("array"))
        return case(is_array, _json(base, steps))

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        is_array = exp.EQ(this=_json_type(base, steps), expression=text("array"))
        size = exp.Anonymous(this="JSON_ARRAY_LENGTH", expressions=[base.copy(), text(_path(steps))])
        return case(is_array, size)

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="JSON_ARRAY_LENGTH", expressions=[items])

    def items(self, items: exp.Expr, alias: str, item: Type | None) -> exp.Expr:
        value: exp.Expr = column("value", "each")
        if item is None:
            # What `->` gives is json again, texts in quotes; `value` has lost them.
            value = exp.JSONExtract(this=column("json", "each"), expression=column("fullkey", "each"))
        elif self.converts(item):
            value = self.stored(value, item)
        rows = exp.Anonymous(this="JSON_EACH", expressions=[items])
        each = exp.Table(this=rows, alias=exp.TableAlias(this=identifier("each")))
        query = exp.select(named(value, "value")).from_(each)
        return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))


def _length(value: exp.Expr) -> exp.Expr:
    return exp.Length(this=value.copy())


def _part(value: exp.Expr, start: int, length: int | None = None) -> exp.Expr:
    size = None if length is None else number(length)
    return exp.Substring(this=value.copy(), start=number(start), length=size)


def _is_no(value: exp.Expr, *kinds: str) -> exp.Expr:
    kind = exp.Anonymous(this="TYPEOF", expressions=[value.copy()])
    return exp.Not(this=exp.In(this=kind, expressions=[text(each) for each in kinds]))


def _fits(value: exp.Expr, form: str) -> exp.Expr:
    return exp.Glob(this=value.copy(), expression=text(form))


def _is_date(value: exp.Expr) -> exp.Expr:
    # `DATE` moves the thirtieth of February on; what it leaves as it is is a day.
    day = exp.Anonymous(this="DATE", expressions=[value.copy()])
    is_day = exp.And(this=_fits(value, _DAY), expression=exp.EQ(this=day, expression=value.copy()))
    return exp.Coalesce(this=is_day, expressions=[exp.false()])


def _has_zone(value: exp.Expr) -> exp.Expr:
    return any_of([_fits(value, "*Z"), _fits(value, f"{_MINUTE}*[+-][0-9][0-9]:[0-9][0-9]")])


def _zone(value: exp.Expr) -> exp.Expr:
    offset = _fits(value, f"{_MINUTE}*[+-][0-9][0-9]:[0-9][0-9]")
    return case(offset, _part(value, -6), text(""))


def _is_moment(value: exp.Expr) -> exp.Expr:
    """Return whether a text is a time: `2025-12-01 10:00`, with seconds, with a fraction, with `Z` or an offset."""
    rest = _part(value, 17)
    size = exp.Sub(this=_length(rest), expression=_length(_zone(value)))
    ending = exp.Substring(this=rest.copy(), start=number(1), length=size)
    seconds = exp.Trim(this=ending, expression=text("Z"), position="TRAILING")
    forms = ["", ":[0-5][0-9]", *(":[0-5][0-9]." + "[0-9]" * count for count in range(1, 7))]
    is_form = any_of([_fits(seconds, each) for each in forms])
    day = exp.Anonymous(this="DATE", expressions=[_part(value, 1, 10)])
    is_day = exp.EQ(this=day, expression=_part(value, 1, 10))
    made = all_of([_fits(value, f"{_MINUTE}*"), is_day, exp.Paren(this=is_form), known(_moment(value))])
    return exp.Coalesce(this=made, expressions=[exp.false()])


def _moment(value: exp.Expr) -> exp.Expr:
    """Return the microseconds since 1970 of a text that is a time; without a zone of its own it stands in UTC."""
    has_seconds = exp.EQ(this=_part(value, 17, 1), expression=text(":"))
    start = exp.DPipe(this=case(has_seconds, _part(value, 1, 19), _part(value, 1, 16)), expression=_zone(value))
    seconds = exp.Anonymous(this="UNIXEPOCH", expressions=[start])
    # Read as a number, `0.25+02:00` ends before its offset.
    fraction = cast(exp.Paren(this=exp.DPipe(this=text("0"), expression=_part(value, 20))), "double")
    micros = cast(exp.Round(this=exp.Mul(this=fraction, expression=number(_SECOND))), "bigint")
    return exp.Add(this=exp.Mul(this=seconds, expression=number(_SECOND)), expression=micros)


def _seconds(moment: exp.Expr) -> exp.Expr:
    """Return the whole seconds of an instant, down also before 1970."""
    value = wrapped(moment)
    rest = exp.Paren(this=exp.Mod(this=value, expression=number(_SECOND)))
    above = exp.Mod(this=exp.Paren(this=exp.Add(this=rest, expression=number(_SECOND))), expression=number(_SECOND))
    down = exp.Paren(this=exp.Sub(this=value.copy(), expression=exp.Paren(this=above)))
    return exp.Div(this=down, expression=number(_SECOND), typed=True)


def _glob(pattern: str) -> str:
    """Return a `like` pattern as `GLOB` writes it."""
    made: list[str] = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "\\":
            letter = next(letters)  # noqa: PLW2901 (what it takes the meaning from)
        elif letter in "%_":
            made.append("*" if letter == "%" else "?")
            continue
        made.append(f"[{letter}]" if letter in "*?[" else letter)
    return "".join(made)


def _path(steps: Sequence[str]) -> str:
    if any('"' in each for each in steps):
        raise Unsupported('a name in json that holds `"`', None)
    return "$" + "".join(f'."{each}"' for each in steps)


def _json(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    return exp.Anonymous(this="JSON_EXTRACT", expressions=[base.copy(), text(_path(steps))])


def _json_type(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    return exp.Anonymous(this="JSON_TYPE", expressions=[base.copy(), text(_path(steps))])
