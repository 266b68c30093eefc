"""MySQL 8 and newer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from segql.plan import Part
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.parted import Parted
from segql.sql.dialects.times import in_largest_unit
from segql.sql.errors import Unsupported
from segql.sql.literals import case, cast, column, identifier, number, text, wrapped
from segql.sql.patterns import spelled_out
from segql.types import Kind, Type

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_OFFSET = "[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?"
_ZONE = rf" ?(Z|z|{_OFFSET})\z"
_MOMENT = (
    rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?( ?(Z|z|{_OFFSET}))?\z"
)
# No name has one, so no table does: those that a statement makes get another in place of it.
_LATE_LETTERS = re.compile("[\U00010000-\U0010ffff]")
_NUMBERS = ("INTEGER", "UNSIGNED INTEGER", "DECIMAL", "DOUBLE")
_NUMBER = r"^ *[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)? *\z"


class MySQL(Parted, Dialect):
    r"""MySQL. Its collations say which texts are equal, so each text is given one that compares byte for byte.

    It needs a session whose own collation is that one, and that reads `\` in a text as the beginning of an escape.
    """

    name = printer = "mysql"
    # Compares code points, trailing blanks too; and one whose letters are mapped by Unicode.
    collation = "utf8mb4_0900_bin"
    casing = "utf8mb4_0900_as_cs"

    def finished(self, query: exp.Query) -> exp.Query:
        for window in query.find_all(exp.Window):
            if window.args.get("spec") is not None:
                # Its nulls come first; the rows of a window that ends with its own row are put in order by instants,
                # none of which is missing.
                for each in window.args["order"].find_all(exp.Ordered):
                    each.set("nulls_first", not each.args.get("desc"))
        for name in query.find_all(exp.Identifier):
            name.set("this", _LATE_LETTERS.sub(lambda letter: chr(0xE000 + ord(letter[0]) % 0x1900), name.this))
        return query

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def converts(self, type_: Type) -> bool:
        return type_.kind in {Kind.TEXT, Kind.BOOLEAN, Kind.LIST}

    def stored(self, value: exp.Expr, type_: Type) -> exp.Expr:
        match type_.kind:
            case Kind.TEXT:
                return self._collated(_in_unicode(value))
            case Kind.BOOLEAN:
                # A boolean is a small number here, and any but 0 is true.
                return exp.NEQ(this=value, expression=number(0))
            case Kind.LIST:
                # There are no arrays: a list is an array of json.
                return _if_array(value, lambda found: found)
            case _:
                return value

    def is_lent(self, key: exp.Expr, name: str, type_: Type | None) -> exp.Expr:
        # What a key is the backend finds out.
        return exp.In(this=key, query=exp.Subquery(this=self.lent(name, type_)))

    def lent(self, name: str, type_: Type | None) -> exp.Select:
        # A reader may have no right to make a table, and one of the session's own can be read only once: the keys come
        # as an array of json in a variable.
        key = self._text_of(column("key"))
        if type_ is not None and type_.is_number:
            # As a number every text is 0, or what it begins with.
            key = case(_is(key, _NUMBER), _number(key, type_))
        return exp.select(key).from_(_rows(exp.Parameter(this=identifier(name)), "key", name))

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def known_float(self, value: exp.Expr) -> exp.Expr:
        # It cannot hold what is no number.
        return value

    def rounded(self, value: exp.Expr, places: int, type_: Type) -> exp.Expr:
        if type_.kind is not Kind.FLOAT:
            return super().rounded(value, places, type_)
        # Doubles are rounded half to even.
        factor = exp.Literal.number(f"1e{places}")
        raised = exp.Mul(this=exp.Abs(this=value), expression=factor)
        whole = exp.Floor(this=exp.Add(this=raised, expression=exp.Literal.number("0.5")))
        signed = exp.Mul(this=exp.Sign(this=value.copy()), expression=whole)
        return exp.Div(this=signed, expression=factor.copy())

    def decimal(self, value: exp.Expr, scale: int) -> exp.Expr:
        # Sums of decimals refuse what is too long; a cast would cut it in silence.
        return exp.Paren(this=exp.Add(this=wrapped(value), expression=exp.Literal.number("0.0")))

    def integer(self, value: exp.Expr, scale: int, shift: int) -> exp.Expr:
        return exp.Mul(this=self.decimal(value, scale), expression=number(10 ** (scale + shift)))

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        # It has no rest, but four places.
        return exp.Round(this=super().quotient(whole, part), decimals=number(0))

    def millionths(self, count: exp.Expr) -> exp.Expr:
        # Every product has more places than its factors, up to a most.
        made = exp.Mul(this=wrapped(count), expression=exp.Literal.number("0.000001"))
        return exp.Round(this=made, decimals=number(6))

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        naive = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
        return _instant(text(naive.isoformat(sep=" ")))

    # A length of time is no value here, but a part of a sum; so it is a number of microseconds until it is added.
    def duration(self, microseconds: int) -> exp.Expr:
        return number(microseconds)

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        return microseconds

    def later(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        return exp.Add(this=moment, expression=_interval(duration))

    def earlier(self, moment: exp.Expr, duration: exp.Expr) -> exp.Expr:
        return exp.Sub(this=moment, expression=_interval(duration))

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="TIMESTAMPDIFF", expressions=[exp.Var(this="MICROSECOND"), start, end])

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="DATEDIFF", expressions=[end, start])

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        return _instant(day)

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        if part is Part.WEEKDAY:
            from_zero = exp.Anonymous(this="WEEKDAY", expressions=[moment])
            return exp.Paren(this=exp.Add(this=from_zero, expression=number(1)))
        return super().part(part, moment, type_)

    def now(self) -> exp.Expr:
        # Without its size it would have no microseconds.
        return exp.Anonymous(this="UTC_TIMESTAMP", expressions=[number(6)])

    def back(self, moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
        return exp.Sub(this=moment, expression=exp.Interval(this=exp.Paren(this=count), unit=exp.Var(this=unit)))

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # Its `$` stands before a line feed at the end, too.
        found = exp.Anonymous(this="REGEXP_INSTR", expressions=[value, text(spelled_out(pattern, end=r"\z"))])
        return exp.GT(this=found, expression=number(0))

    def lower(self, value: exp.Expr) -> exp.Expr:
        return self._collated(exp.Lower(this=self._by_unicode(value)))

    def upper(self, value: exp.Expr) -> exp.Expr:
        return self._collated(exp.Upper(this=self._by_unicode(value)))

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        told = exp.Anonymous(this="CONCAT", expressions=[text(f"{seed}:"), _in_unicode(key)])
        digits = exp.Substring(this=exp.MD5(this=told), start=number(1), length=number(8))
        read = exp.Anonymous(this="CONV", expressions=[digits, number(16), number(10)])
        return exp.Mod(this=cast(read, "bigint"), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        place = self.at(base, steps)
        kind, found = _json_type(place), self._text_of(place)
        is_text = exp.EQ(this=kind, expression=text("STRING"))
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=kind, expression=text("NULL"))
            case Kind.TEXT:
                return case(is_text, found)
            case Kind.BOOLEAN:
                is_boolean = exp.EQ(this=kind, expression=text("BOOLEAN"))
                return case(is_boolean, exp.EQ(this=found, expression=text("true")))
            case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
                is_number = exp.In(this=kind, expressions=[text(each) for each in _NUMBERS])
                return case(is_number, _number(found, type_))
            case Kind.DATE:
                return case(exp.And(this=is_text, expression=_is(found, _DATE)), cast(found.copy(), "date"))
            case Kind.TIMESTAMP:
                return case(exp.And(this=is_text, expression=_is(found, _MOMENT)), _moment(found))
            case _:
                raise Unsupported(f"json as {type_}", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return _if_array(self.at(base, steps), lambda found: found)

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return _if_array(self.at(base, steps), self.list_size)

    def items(self, items: exp.Expr, alias: str, item: Type | None) -> exp.Expr:
        return _rows(items, "value", alias)

    def item(self, value: exp.Expr, type_: Type) -> exp.Expr:
        # A column of another type would take what is of none of its values for one.
        return value if type_.kind is Kind.JSON else self.json_value(value, (), type_)

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="JSON_LENGTH", expressions=[items])

    def at(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        """Return what stands in a json at a path, as json."""
        if not steps:
            return base.copy()
        return exp.Anonymous(this="JSON_EXTRACT", expressions=[base.copy(), text(path(steps))])

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _collated(self, value: exp.Expr) -> exp.Expr:
        return exp.Collate(this=wrapped(value), expression=exp.Var(this=self.collation))

    def _by_unicode(self, value: exp.Expr) -> exp.Expr:
        return exp.Collate(this=wrapped(value), expression=exp.Var(this=self.casing))

    def _text_of(self, json: exp.Expr) -> exp.Expr:
        return self._collated(exp.Anonymous(this="JSON_UNQUOTE", expressions=[json.copy()]))


def path(steps: Sequence[str]) -> str:
    r"""Return a path in a json.

    Example:
        >>> print(path(["utm", 'a"b']))
        $."utm"."a\"b"
    """
    quoted = (each.replace("\\", "\\\\").replace('"', '\\"') for each in steps)
    return "$" + "".join(f'."{each}"' for each in quoted)


def _in_unicode(value: exp.Expr) -> exp.Expr:
    characters = exp.DataType(this=exp.DType.CHARACTER_SET, kind=exp.Var(this="utf8mb4"))
    return exp.Cast(this=value, to=characters)


def _instant(value: exp.Expr) -> exp.Expr:
    # Without its size a time would have no microseconds.
    return exp.Cast(this=value, to=exp.DataType.build("datetime(6)", dialect="mysql"))


def _interval(duration: exp.Expr) -> exp.Expr:
    if isinstance(duration, exp.Literal):
        count, unit = in_largest_unit(int(duration.this))
        return exp.Interval(this=number(count), unit=exp.Var(this=unit))
    return exp.Interval(this=exp.Paren(this=duration), unit=exp.Var(this="MICROSECOND"))


def _rows(items: exp.Expr, name: str, alias: str) -> exp.Expr:
    """Return an array of json as rows with one column."""
    made = exp.JSONColumnDef(this=identifier(name), kind="JSON", path=text("$"))
    table = exp.JSONTable(this=items, path=text("$[*]"), schema=exp.JSONSchema(expressions=[made]))
    return exp.Table(this=table, alias=exp.TableAlias(this=identifier(alias)))


def _json_type(json: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="JSON_TYPE", expressions=[json.copy()])


def _if_array(json: exp.Expr, then: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    return case(exp.EQ(this=_json_type(json), expression=text("ARRAY")), then(json))


def _is(value: exp.Expr, pattern: str) -> exp.Expr:
    found = exp.Anonymous(this="REGEXP_INSTR", expressions=[value.copy(), text(pattern)])
    return exp.GT(this=found, expression=number(0))


def _number(found: exp.Expr, type_: Type) -> exp.Expr:
    """Return the number that a text is; null where it is none of the type, or longer than any that is kept."""
    if type_.kind is Kind.FLOAT:
        return cast(found.copy(), "double")
    # What is too long becomes the longest there is.
    made = cast(found.copy(), "decimal(65, 25)")
    size = exp.Abs(this=made.copy())
    if type_.kind is Kind.DECIMAL:
        return case(exp.LT(this=size, expression=number(10**32)), exp.Round(this=made, decimals=number(type_.scale)))
    is_whole = exp.EQ(this=made, expression=exp.Round(this=made.copy(), decimals=number(0)))
    is_short = exp.LT(this=size, expression=number(2**63))
    return case(exp.And(this=is_short, expression=is_whole), cast(made.copy(), "bigint"))


def _moment(found: exp.Expr) -> exp.Expr:
    """Return the instant of a text that is a time; without a zone of its own it stands in UTC."""
    wall = _instant(exp.Anonymous(this="REGEXP_REPLACE", expressions=[found.copy(), text(_ZONE), text("")]))
    offset = exp.Anonymous(this="REGEXP_SUBSTR", expressions=[found.copy(), text(rf"{_OFFSET}\z")])
    digits = exp.Anonymous(this="REPLACE", expressions=[offset, text(":"), text("")])
    hundreds = cast(exp.Anonymous(this="RPAD", expressions=[digits, number(5), text("0")]), "bigint")
    # `+05:30` is 530 by now, and an hour has 60 minutes, not 100.
    hours = exp.IntDiv(this=hundreds, expression=number(100))
    minutes = exp.Sub(this=hundreds.copy(), expression=exp.Mul(this=number(40), expression=exp.Paren(this=hours)))
    shift = exp.Interval(this=exp.Paren(this=minutes), unit=exp.Var(this="MINUTE"))
    return case(_is(found, rf"{_OFFSET}\z"), exp.Sub(this=wall, expression=shift), wall.copy())
