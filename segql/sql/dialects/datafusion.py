"""DataFusion: a second engine that can be embedded."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from sqlglot import exp

from segql.plan import MICROSECONDS, Part, Unit
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.times import in_largest_unit
from segql.sql.errors import Unsupported
from segql.sql.literals import all_of, cast, column, identifier, named, number, text, wrapped
from segql.sql.patterns import spelled_out
from segql.types import DATE, FLOAT, Kind, Type

# Its own instants have nanoseconds and end in 2262.
_TIMESTAMP = "timestamp(6)"
_INTEGER_MOST = 2**63 - 1
# Intervals that are no days are counted in nanoseconds.
_INTERVAL_MOST = (2**63 - 1) // 1_000
# The engine's own words for what is read from json, as the type of the value.
_CASTS = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "decimal(38, 0)",
    Kind.DECIMAL: "decimal(38, 6)",
    Kind.FLOAT: "double",
    Kind.DATE: "date",
    Kind.TIMESTAMP: _TIMESTAMP,
}
# Letters whose upper form is longer by the full mapping of Unicode, which is the engine's: by the simple mapping some
# stay as they are, others have one letter.
_STAYING = "ßŉǰΐΰևẖẗẘẙẚὐὒὔὖᾈᾉᾊᾋᾌᾍᾎᾏᾘᾙᾚᾛᾜᾝᾞᾟᾨᾩᾪᾫᾬᾭᾮᾯᾲᾴᾶᾷᾼῂῄῆῇῌῒΐῖῗῢΰῤῦῧῲῴῶῷῼﬀﬁﬂﬃﬄﬅﬆﬓﬔﬕﬖﬗ"
_MOVING = "ᾀᾁᾂᾃᾄᾅᾆᾇᾐᾑᾒᾓᾔᾕᾖᾗᾠᾡᾢᾣᾤᾥᾦᾧᾳῃῳ"
_MOVED = "ᾈᾉᾊᾋᾌᾍᾎᾏᾘᾙᾚᾛᾜᾝᾞᾟᾨᾩᾪᾫᾬᾭᾮᾯᾼῌῼ"
# What stands for them meanwhile: letters at the end of Unicode that have no meaning.
_ASIDE = "".join(chr(0x10FF00 + place) for place, _ in enumerate(_STAYING + _MOVING))


class DataFusion(Dialect):
    """DataFusion 55.

    `json_read`, `json_items` and `json_size` are functions that the backend gives the engine, which has none for json.
    Questions about the items of a list are written with `->`, which the engine reads where its setting
    `datafusion.sql_parser.dialect` is `duckdb`.
    """

    name = "datafusion"
    # What it prints is closest to what this engine reads; the engine is unknown to sqlglot.
    printer = "postgres"
    keeps_ctes = False

    def finished(self, query: exp.Query) -> exp.Query:
        for literal in list(query.find_all(exp.Literal)):
            if not literal.is_string and not _is_integer(literal.name):
                literal.replace(_decimal(literal.name))
        for window in list(query.find_all(exp.Window)):
            # Places are unsigned here, and what is taken from one would be a decimal.
            if isinstance(window.this, exp.RowNumber) or window.this.name.lower() == "rank":
                window.replace(cast(window.copy(), "bigint"))
        numbers = itertools.count(1)
        for select in list(query.find_all(exp.Select)):
            _join_what_is_asked(select, numbers)
        return query

    def given(self, condition: exp.Expr) -> exp.Expr:
        # Without brackets `f(a = b)` would give `f` something called `a`.
        return super().given(wrapped(condition))

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def known_float(self, value: exp.Expr) -> exp.Expr:
        # Rows are put into order and into groups by their bits: there is but one zero, and no number stands for itself.
        sum_ = exp.Add(this=wrapped(value), expression=cast(text("0"), "double"))
        return exp.Anonymous(this="NANVL", expressions=[sum_, exp.null()])

    def rounded(self, value: exp.Expr, places: int, type_: Type) -> exp.Expr:
        made = super().rounded(value, places, type_)
        # Without the cast a rounded decimal keeps the places that it had wherever it is compared. A cast alone would
        # round, too, but is taken away where a constant stands on the other side.
        return self.known_float(made) if type_.kind is Kind.FLOAT else self.decimal(made, places)

    def exact(self, value: exp.Expr, type_: Type) -> exp.Expr:
        match type_.kind:
            case Kind.FLOAT:
                return self.known_float(value)
            case Kind.INTEGER if isinstance(value, exp.Binary):
                # Integers turn around in silence past their greatest; decimals say so.
                value.set("this", self.decimal(value.this, 0))
        return value

    def total(self, value: exp.Expr, type_: Type, over: Callable[[exp.Expr], exp.Expr] = lambda made: made) -> exp.Expr:
        if type_.kind is Kind.FLOAT:
            return super().total(value, type_, over)
        # A sum turns around in silence, too; it cannot where it is wider than what is made of it.
        return self.decimal(over(exp.Sum(this=_widest(value, type_.scale))), type_.scale)

    def double_quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return super().double_quotient(whole, self.known_float(part))

    def whole(self, value: exp.Expr) -> exp.Expr:
        # A quotient has four places more than its parts, and no place to give away.
        return _widest(value, 0)

    def sign(self, value: exp.Expr) -> exp.Expr:
        return cast(exp.Anonymous(this="SIGNUM", expressions=[value]), "bigint")

    def millionths(self, count: exp.Expr) -> exp.Expr:
        millionth = _widest(text("0.000001"), 6)
        return self.decimal(exp.Mul(this=self.whole(count), expression=millionth), 6)

    def integer(self, value: exp.Expr, scale: int, shift: int) -> exp.Expr:
        factor = 10 ** (scale + shift)
        if factor == 1:
            return self.whole(value)
        return self.whole(exp.Mul(this=_widest(value, scale), expression=number(factor)))

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        return cast(super().timestamp(moment).this, _TIMESTAMP)

    def duration(self, microseconds: int) -> exp.Expr:
        _, unit = in_largest_unit(microseconds)
        if unit == "DAY" or abs(microseconds) <= _INTERVAL_MOST:
            return super().duration(microseconds)
        return self.duration_of(number(microseconds))

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        given = cast(microseconds, "bigint")
        return exp.Anonymous(this="ARROW_CAST", expressions=[given, text("Duration(Microsecond)")])

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return cast(exp.Sub(this=wrapped(end), expression=wrapped(start)), "bigint")

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Paren(this=exp.Sub(this=wrapped(end), expression=wrapped(start)))

    def day_of(self, moment: exp.Expr) -> exp.Expr:
        # A cast keeps the name of its column, and two columns of one name cannot be aggregated in one `select`.
        return exp.Anonymous(this="TO_DATE", expressions=[moment])

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        return cast(day, _TIMESTAMP)

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        return cast(super().part(part, moment, type_), "bigint")

    def now(self) -> exp.Expr:
        # It shows nanoseconds.
        return cast(super().now(), _TIMESTAMP)

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        # Its `DATE_TRUNC` counts nanoseconds, and fails after 2262.
        day = self.day_of(moment)
        year, month, quarter, weekday = (
            self.part(each, day.copy(), DATE) for each in (Part.YEAR, Part.MONTH, Part.QUARTER, Part.WEEKDAY)
        )
        match unit:
            case Unit.MONTH:
                day = _first_of(year, month)
            case Unit.QUARTER:
                last = exp.Mul(this=quarter, expression=number(3))
                day = _first_of(year, exp.Sub(this=last, expression=number(2)))
            case Unit.YEAR:
                day = _first_of(year, number(1))
        start = self.midnight_of(day)
        if unit is not Unit.WEEK:
            return start
        since = exp.Paren(this=exp.Sub(this=weekday, expression=number(1)))
        length = exp.Mul(this=since, expression=number(MICROSECONDS[Unit.DAY]))
        return self.earlier(start, self.duration_of(length))

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="STARTS_WITH", expressions=[value, part])

    def ends(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="ENDS_WITH", expressions=[value, part])

    def contains(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="CONTAINS", expressions=[value, part])

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # Its own `\w` and `\d` know every script.
        return exp.RegexpLike(this=wrapped(value), expression=text(spelled_out(pattern)))

    def lower(self, value: exp.Expr) -> exp.Expr:
        # It makes two letters of one with a dot above, and another of a sigma that ends a word.
        return exp.Lower(this=_translated(value, "İΣ", "iσ"))

    def upper(self, value: exp.Expr) -> exp.Expr:
        aside = _translated(value, _STAYING + _MOVING, _ASIDE)
        return _translated(exp.Upper(this=aside), _ASIDE, _STAYING + _MOVED)

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        digest = exp.MD5(this=exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text")))
        # No function reads hexadecimal digits; the place of one among them is what it is worth.
        total: exp.Expr | None = None
        for place in range(8):
            digit = exp.Substring(this=digest.copy(), start=number(place + 1), length=number(1))
            worth = exp.Anonymous(this="STRPOS", expressions=[text("123456789abcdef"), digit])
            product = exp.Mul(this=cast(worth, "bigint"), expression=number(16 ** (7 - place) % 10_000))
            total = product if total is None else exp.Add(this=total, expression=product)
        assert total is not None
        return exp.Mod(this=exp.Paren(this=total), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        if type_.kind not in {*_CASTS, Kind.TEXT, Kind.JSON}:
            raise Unsupported(f"json as {type_}", None)
        found = exp.Anonymous(this="JSON_READ", expressions=[base.copy(), _path(steps), text(type_.kind.value)])
        made = cast(found, _CASTS[type_.kind]) if type_.kind in _CASTS else found
        return self.known_float(made) if type_ == FLOAT else made

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return exp.Anonymous(this="JSON_ITEMS", expressions=[base.copy(), _path(steps)])

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return exp.Anonymous(this="JSON_SIZE", expressions=[base.copy(), _path(steps)])

    def count_items(self, items: exp.Expr, alias: str, item: Type | None, condition: exp.Expr | None) -> exp.Expr:
        if condition is not None:
            if condition.find(exp.Select):
                raise Unsupported("who is in a segment or long list, asked of the items of a list", None)
            for each in list(condition.find_all(exp.Column)):
                if each.table == alias:
                    each.replace(exp.Column(this=identifier(alias)))
            kept = exp.Lambda(this=condition, expressions=[identifier(alias)])
            items = exp.Anonymous(this="ARRAY_FILTER", expressions=[items, kept])
        return exp.Coalesce(this=self.list_size(items), expressions=[number(0)])

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return cast(exp.Anonymous(this="ARRAY_LENGTH", expressions=[items]), "bigint")


def _is_integer(written: str) -> bool:
    return written.isdigit() and int(written) <= _INTEGER_MOST


def _decimal(written: str) -> exp.Expr:
    """Return a number that is no integer of 64 bits as a decimal; as it stands it would be a double."""
    _, digits, exponent = Decimal(written).as_tuple()
    assert isinstance(exponent, int)
    places = max(-exponent, 0)
    size = max(len(digits) + max(exponent, 0), places)
    return cast(text(written), f"decimal({max(size, 1)}, {places})")


def _widest(value: exp.Expr, scale: int) -> exp.Expr:
    return cast(value, f"decimal(76, {scale})")


def _first_of(year: exp.Expr, month: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="MAKE_DATE", expressions=[year, month, number(1)])


def _translated(value: exp.Expr, letters: str, others: str) -> exp.Expr:
    return exp.Anonymous(this="TRANSLATE", expressions=[value, text(letters), text(others)])


def _path(steps: Sequence[str]) -> exp.Expr:
    return text(json.dumps(list(steps), ensure_ascii=False))


def _join_what_is_asked(select: exp.Select, numbers: Iterator[int]) -> None:
    """Join the answers to `x in (select …)` that stand elsewhere than in `where`, the only place for them here."""
    for join in select.args.get("joins") or ():
        _narrow(join)
    joined: dict[str, exp.Column] = {}
    for asked in _questions(select):
        words = asked.sql()
        if words not in joined:
            joined[words] = _joined(select, asked, next(numbers))
        asked.replace(joined[words].copy())


def _questions(select: exp.Select) -> list[exp.In]:
    """Return the questions of a `select` that its engine cannot answer where they stand."""
    found = [each for each in select.find_all(exp.In) if each.args.get("query")]
    own = [each for each in found if each.find_ancestor(exp.Select) is select]
    return [each for each in own if not _is_answered(each, select)]


def _is_answered(asked: exp.In, select: exp.Select) -> bool:
    place = asked.parent
    while place is not None and place is not select:
        if isinstance(place, exp.Where):
            return True
        place = place.parent
    return False


def _joined(select: exp.Select, asked: exp.In, number_: int) -> exp.Column:
    """Join the values that a question is about, and return the column that is true where it is answered with yes."""
    alias, value, is_there = (f"{word}among {number_}" for word in ("", "of ", "is "))
    rows = asked.args["query"].this.copy()
    assert isinstance(rows, exp.Select)
    rows.set("expressions", [named(rows.expressions[0].unalias(), value), named(exp.true(), is_there)])
    answers = exp.Subquery(this=rows.distinct(copy=False), alias=exp.TableAlias(this=identifier(alias)))
    is_same = exp.EQ(this=wrapped(asked.this.copy()), expression=column(value, alias))
    select.join(answers, on=is_same, join_type="left", copy=False)
    return column(is_there, alias)


def _narrow(join: exp.Join) -> None:
    """Ask what a join asks of the joined rows alone before it joins them."""
    on = join.args.get("on")
    if on is None or not any(each.args.get("query") for each in on.find_all(exp.In)):
        return
    parts = list(on.flatten()) if isinstance(on, exp.And) else [on]
    asked = [each for each in parts if any(found.args.get("query") for found in each.find_all(exp.In))]
    rows = exp.select(exp.Star()).from_(join.this.copy()).where(all_of([each.copy() for each in asked]))
    join.set("this", exp.Subquery(this=rows, alias=exp.TableAlias(this=identifier(join.this.alias_or_name))))
    join.set("on", all_of([each.copy() for each in parts if each not in asked]))
