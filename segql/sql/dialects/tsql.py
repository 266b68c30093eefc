"""SQL Server 2022 and Azure SQL, in the words of Transact-SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sqlglot import exp

from segql.plan import Part
from segql.sql.dialects.bits import bit, in_bits, outside_of_totals
from segql.sql.dialects.counted import Counted, known_length
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.narrow import Narrow
from segql.sql.dialects.parted import Parted
from segql.sql.errors import Unsupported
from segql.sql.literals import any_of, case, cast, column, identifier, known, number, text, wrapped
from segql.types import Kind, Type

# The one collation that tells all texts apart and puts them in order by their code points.
_BYTES = "Latin1_General_100_BIN2_UTF8"
# One that counts a letter as one, however many bytes it has.
_LETTERS = "Latin1_General_100_CI_AS_SC_UTF8"
_DAY, _SECOND = 86_400_000_000, 1_000_000
# In a literal, a backslash and the line feed after it are nothing.
_CONTINUED = re.compile(r"(?<=\\)(?=[\r\n])")
_TEXT, _NUMBER, _BOOLEAN, _ARRAY = 1, 2, 3, 4


class TSQL(Parted, Counted, Narrow, Dialect):
    """SQL Server.

    Blanks at the end of a text do not count when it is compared, in no collation. So each text has a mark behind it,
    the letter with the number 1, from where it is read until it is shown; and a key has to say whether it is a text.
    """

    name = printer = "tsql"

    def finished(self, query: exp.Query) -> exp.Query:
        for count in query.find_all(exp.Count):
            count.set("big_int", True)
        made = outside_of_totals(in_bits(query))
        for each in list(made.find_all(exp.Literal)):
            if each.is_string and each.name.isascii() and _CONTINUED.search(each.name):
                each.replace(_whole(each.name, text))
            elif each.is_string and not each.name.isascii():
                each.replace(_whole(each.name, _national))
        return made

    def text(self, value: str) -> exp.Expr:
        return _marked(_utf8(value))

    def given(self, condition: exp.Expr) -> exp.Expr:
        return exp.EQ(this=bit(condition), expression=number(1))

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def converts(self, type_: Type) -> bool:
        return type_.kind in {Kind.TEXT, Kind.KEY, Kind.LIST}

    def stored(self, value: exp.Expr, type_: Type) -> exp.Expr:
        match type_.kind:
            case Kind.TEXT:
                return _stored_text(value)
            case Kind.KEY:
                name = value.name
                raise Unsupported(
                    f"a key of no declared type (say what `{name}` is: `{name} text`, for instance)", None
                )
            case Kind.LIST:
                raise Unsupported("lists in a column", None)
            case _:
                return value

    def shown(self, value: exp.Expr, type_: Type | None) -> exp.Expr:
        return value if type_ is None or type_.kind is not Kind.TEXT else _plain(value)

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def known_float(self, value: exp.Expr) -> exp.Expr:
        # There is nothing that is no number.
        return value

    def exact(self, value: exp.Expr, type_: Type) -> exp.Expr:
        # Of decimals as wide as there are, a sum loses places to make room for digits that it may never have.
        if type_.kind is Kind.DECIMAL and isinstance(value, exp.Add | exp.Sub):
            first, second = (self.decimal(each, type_.scale) for each in (value.this, value.expression))
            return type(value)(this=first, expression=second)
        return value

    def total(self, value: exp.Expr, type_: Type, over: Callable[[exp.Expr], exp.Expr] = lambda made: made) -> exp.Expr:
        # A sum of integers has the width of each.
        return super().total(self.whole(value) if type_.kind is Kind.INTEGER else value, type_, over)

    def double_quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return _divided(whole, exp.Nullif(this=part, expression=number(0)))

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        whole, part = wrapped(whole), wrapped(part)
        rest = exp.Mod(this=whole.copy(), expression=part.copy())
        return _divided(exp.Paren(this=exp.Sub(this=whole, expression=rest)), part)

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def moved(self, moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
        length = known_length(count)
        if unit != "MICROSECOND" and (length is None or abs(length) < 2**31):
            return _moved(moment, count, unit)
        # A moment moves by no more than 2147483647 units at once.
        if length is None:
            many = cast(count, "bigint")
            seconds = _divided(many, number(_SECOND))
            moment = _moved(moment, _divided(many.copy(), cast(number(_DAY), "bigint")), "DAY")
            moment = _moved(moment, exp.Mod(this=exp.Paren(this=seconds), expression=number(86_400)), "SECOND")
            return _moved(moment, exp.Mod(this=many.copy(), expression=number(_SECOND)), "MICROSECOND")
        sign, rest = (1 if length > 0 else -1), abs(length) * (_SECOND if unit == "SECOND" else 1)
        for size, name in ((_DAY, "DAY"), (_SECOND, "SECOND"), (1, "MICROSECOND")):
            times, rest = divmod(rest, size)
            moment = _moved(moment, number(sign * times), name) if times else moment
        return moment

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="MICROSECOND"), big_int=True)

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="DAY"))

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        if part is not Part.WEEKDAY:
            return super().part(part, moment, type_)
        # Its own number of a weekday hangs on the session; 1 January 1900 was a Monday.
        since = self.days_between(cast(text("1900-01-01"), "date"), moment)
        rest = exp.Add(this=exp.Mod(this=since, expression=number(7)), expression=number(7))
        return exp.Add(this=exp.Mod(this=exp.Paren(this=rest), expression=number(7)), expression=number(1))

    def now(self) -> exp.Expr:
        # It shows tenths of microseconds.
        shown = exp.Anonymous(this="SYSUTCDATETIME")
        return exp.Cast(this=shown, to=exp.DataType.build("datetime2(6)", dialect="tsql"))

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        return _moved(moment, number(count), "MONTH")

    def back(self, moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
        return _moved(moment, exp.Neg(this=exp.Paren(this=count)), unit)

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def sortable(self, value: exp.Expr, type_: Type | None) -> exp.Expr:
        return _collated(value) if type_ is not None and type_.kind is Kind.TEXT else value

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        # Nothing is never found, so both begin with a mark, too.
        first, second = (exp.Add(this=_mark(), expression=wrapped(each)) for each in (_plain(part), value))
        return exp.EQ(this=exp.StrPosition(this=second, substr=first), expression=number(1))

    def ends(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        first, second = (exp.Anonymous(this="REVERSE", expressions=[each]) for each in (part, value))
        return exp.EQ(this=exp.StrPosition(this=second, substr=first), expression=number(1))

    def contains(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        found = exp.GT(this=exp.StrPosition(this=value, substr=_plain(part)), expression=number(0))
        is_nothing = exp.And(
            this=exp.EQ(this=wrapped(part.copy()), expression=_mark()), expression=known(wrapped(value.copy()))
        )
        return exp.Paren(this=any_of([found, is_nothing]))

    def like(self, value: exp.Expr, pattern: str) -> exp.Expr:
        whole = _marked(_utf8(pattern.replace("[", "\\[")))
        made = exp.Like(this=wrapped(value), expression=whole)
        return exp.Escape(this=made, expression=text("\\"))

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        raise Unsupported("regular expressions (`matches`)", None)

    def length(self, value: exp.Expr) -> exp.Expr:
        size = exp.Length(this=exp.Collate(this=wrapped(value), expression=exp.Var(this=_LETTERS)))
        return exp.Paren(this=exp.Sub(this=size, expression=number(1)))

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        # A key is a text with its mark, or an integer without.
        bare = exp.Anonymous(this="REPLACE", expressions=[cast(key, "text"), _mark(), text("")])
        whole = exp.Add(this=_utf8(f"{seed}:"), expression=bare)
        digest = exp.Anonymous(this="HASHBYTES", expressions=[text("MD5"), whole])
        first = exp.Substring(this=digest, start=number(1), length=number(4))
        return exp.Mod(this=cast(first, "bigint"), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        if not steps:
            raise Unsupported("a json that is a value by itself", None)
        value = column("value")
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return _asked(base, steps, exp.Nullif(this=column("type"), expression=number(0)))
            case Kind.TEXT:
                return _asked(base, steps, _stored_text(value), _TEXT)
            case Kind.BOOLEAN:
                return _asked(base, steps, bit(exp.EQ(this=value, expression=text("true"))), _BOOLEAN)
            case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
                return _asked(base, steps, _number(value, type_), _NUMBER)
            case Kind.DATE:
                digits = text("-".join("[0-9]" * each for each in (4, 2, 2)))
                tried = exp.TryCast(this=value.copy(), to=exp.DataType.build("date"))
                return _asked(base, steps, case(exp.Like(this=value, expression=digits), tried), _TEXT)
            case _:
                raise Unsupported(f"a {type_} inside of json", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        raise Unsupported("questions about the items of a list", None)

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        counted = exp.select(exp.Count(this=exp.Star())).from_(_opened(base, steps))
        if not steps:
            trimmed = exp.Anonymous(this="LTRIM", expressions=[base.copy()])
            return case(exp.Like(this=trimmed, expression=text("[[]%")), exp.Subquery(this=counted))
        is_array = exp.EQ(this=_asked(base, steps, column("type")), expression=number(_ARRAY))
        return case(is_array, exp.Subquery(this=counted))

    def list_size(self, items: exp.Expr) -> exp.Expr:
        raise Unsupported("lists in a column", None)


def _mark() -> exp.Expr:
    return exp.Chr(expressions=[number(1)])


def _marked(value: exp.Expr) -> exp.Expr:
    return exp.Add(this=value, expression=_mark())


def _plain(value: exp.Expr) -> exp.Expr:
    """Return a text without its mark; its length counts no blanks at its end, but the mark is none."""
    if isinstance(value, exp.Add) and value.expression == _mark():
        bare: exp.Expr = value.this
        return bare.copy()
    size = exp.Sub(this=exp.Length(this=value.copy()), expression=number(1))
    return exp.Left(this=value.copy(), expression=size)


def _collated(value: exp.Expr) -> exp.Expr:
    return exp.Collate(this=wrapped(value), expression=exp.Var(this=_BYTES))


def _utf8(value: str) -> exp.Expr:
    """Return a text as bytes of UTF-8, whatever the database takes letters for."""
    return text(value) if value.isascii() else cast(_collated(text(value)), "text")


def _stored_text(value: exp.Expr) -> exp.Expr:
    return _marked(cast(_collated(value), "text"))


def _national(value: str) -> exp.Expr:
    return exp.National(this=value)


def _whole(value: str, literal: Callable[[str], exp.Expr]) -> exp.Expr:
    """Return a text as literals, none of which has a backslash before a line feed."""
    first, *others = _CONTINUED.split(value)
    made = literal(first)
    for each in others:
        made = exp.Add(this=made, expression=literal(each))
    return exp.Paren(this=made) if others else made


def _divided(whole: exp.Expr, part: exp.Expr) -> exp.Expr:
    """Return a division as it stands: the types of both sides are right."""
    return exp.Div(this=wrapped(whole), expression=wrapped(part), typed=True, safe=False)


def _moved(moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
    return exp.DateAdd(this=moment, expression=count, unit=exp.Var(this=unit))


def _path(steps: Sequence[str]) -> exp.Expr:
    escaped = (each.replace("\\", "\\\\").replace('"', '\\"') for each in steps)
    return text("$" + "".join(f'."{each}"' for each in escaped))


def _opened(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    """Return what a json holds at a path as rows: `key`, `value` and the number of the `type`."""
    opened = exp.OpenJSON(this=base.copy(), path=_path(steps))
    return exp.Table(this=opened, alias=exp.TableAlias(this=identifier("item")))


def _asked(base: exp.Expr, steps: Sequence[str], wanted: exp.Expr, kind: int | None = None) -> exp.Expr:
    """Return something of the json value at a path, null where there is none or it is of another kind."""
    *path, last = steps
    is_it = exp.EQ(this=_marked(column("key")), expression=_marked(text(last)))
    query = exp.select(wanted).from_(_opened(base, path)).where(is_it).limit(1)
    if kind is not None:
        query = query.where(exp.EQ(this=column("type"), expression=number(kind)))
    return exp.Subquery(this=query)


def _number(value: exp.Expr, type_: Type) -> exp.Expr:
    as_double = cast(value, "double")
    if type_.kind is Kind.FLOAT:
        return as_double
    # Only what is written with an exponent is no decimal yet.
    wide = exp.DataType.build(f"decimal(38, {type_.scale if type_.kind is Kind.DECIMAL else 9})")
    tried = exp.TryCast(this=value.copy(), to=wide)
    made = exp.Coalesce(this=tried, expressions=[exp.Cast(this=as_double, to=wide.copy())])
    if type_.kind is Kind.DECIMAL:
        return made
    is_whole = exp.EQ(this=made, expression=exp.Floor(this=made.copy()))
    return case(is_whole, cast(made.copy(), "bigint"))
