"""PostgreSQL 17 and newer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.plan import Part
from segql.sql import habits
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.kept import with_kept_rows
from segql.sql.errors import Unsupported
from segql.sql.literals import case, cast, column, identifier, number, text, wrapped
from segql.sql.patterns import spelled_out
from segql.types import Kind, Type

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_ZONE = r"(Z|z|[+-]\d{2}(:?\d{2})?)$"
_MOMENT = rf"^\d{{4}}-\d{{2}}-\d{{2}}[T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,6}})?)? ?{_ZONE[:-1]}?$"
_DAY = 86_400_000_000


class Postgres(Dialect):
    """PostgreSQL. Texts are equal byte for byte under every usual collation; only their order needs `COLLATE "C"`."""

    name = printer = "postgres"
    habits = habits.POSTGRES

    def finished(self, query: exp.Query) -> exp.Query:
        return with_kept_rows(query)

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def rounded(self, value: exp.Expr, places: int, type_: Type) -> exp.Expr:
        # Doubles can be rounded to whole numbers only.
        made = exp.Round(this=cast(value, "decimal"), decimals=number(places))
        return cast(made, "double") if type_.kind is Kind.FLOAT else made

    def decimal(self, value: exp.Expr, scale: int) -> exp.Expr:
        # A numeric without a size holds every digit; with one it refuses what is longer.
        return cast(value, "decimal")

    def whole(self, value: exp.Expr) -> exp.Expr:
        return cast(value, "decimal")

    def remainder(self, whole: exp.Expr, part: exp.Expr, type_: Type) -> exp.Expr:
        if type_.kind is not Kind.FLOAT:
            return super().remainder(whole, part, type_)
        # Doubles have no `%`.
        return cast(super().remainder(cast(whole, "decimal"), cast(part, "decimal"), type_), "double")

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="DIV", expressions=[whole, part])

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        # Seconds are a double here: with days apart, every microsecond is exact.
        value = wrapped(microseconds)
        days = exp.Div(this=value, expression=number(_DAY))
        seconds = exp.Div(
            this=exp.Paren(this=exp.Mod(this=value.copy(), expression=number(_DAY))),
            expression=exp.Literal.number("1000000.0"),
        )
        return exp.Anonymous(
            this="MAKE_INTERVAL",
            expressions=[_option("days", cast(days, "int")), _option("secs", seconds)],
        )

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        elapsed = exp.Paren(this=exp.Sub(this=wrapped(end), expression=wrapped(start)))
        seconds = exp.Extract(this=exp.Var(this="EPOCH"), expression=elapsed)
        return cast(exp.Mul(this=seconds, expression=number(1_000_000)), "bigint")

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Paren(this=exp.Sub(this=wrapped(end), expression=wrapped(start)))

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        return cast(super().part(part, moment, type_), "int")

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def listed(self, value: exp.Expr) -> exp.Expr:
        # An enum refuses to be compared with any other text, and has an order of its own.
        return cast(value, "text")

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def sortable(self, value: exp.Expr, type_: Type | None) -> exp.Expr:
        if type_ is None or type_.kind is not Kind.TEXT:
            return value
        return exp.Collate(this=wrapped(value), expression=identifier("C"))

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.StartsWith(this=value, expression=part)

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # Its own `\w` knows the letters of a locale, and its `.` is a line feed, too.
        return exp.RegexpLike(this=wrapped(value), expression=text(spelled_out(pattern)))

    def lower(self, value: exp.Expr) -> exp.Expr:
        return exp.Lower(this=_by_unicode(value))

    def upper(self, value: exp.Expr) -> exp.Expr:
        return exp.Upper(this=_by_unicode(value))

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        digest = exp.MD5(this=exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text")))
        digits = exp.Substring(this=digest, start=number(1), length=number(8))
        bits = exp.Cast(
            this=exp.Paren(this=exp.DPipe(this=text("x"), expression=digits)),
            to=exp.DataType.build("bit(32)", dialect="postgres"),
        )
        return exp.Mod(this=cast(bits, "bigint"), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        kind, found = _json_type(base, steps), _json_text(base, steps)
        is_text = exp.EQ(this=kind, expression=text("string"))
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=kind, expression=text("null"))
            case Kind.TEXT:
                return case(is_text, found)
            case Kind.BOOLEAN:
                return case(exp.EQ(this=kind, expression=text("boolean")), cast(found, "boolean"))
            case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
                is_number = exp.EQ(this=kind, expression=text("number"))
                return case(is_number, _number(found, type_))
            case Kind.DATE:
                return case(exp.And(this=is_text, expression=_is(found, _DATE, "date")), cast(found, "date"))
            case Kind.TIMESTAMP:
                aware = exp.AtTimeZone(this=cast(found, "timestamptz"), zone=text("UTC"))
                has_zone = exp.RegexpLike(this=found.copy(), expression=text(r":\d{2}(\.\d+)? ?" + _ZONE))
                moment = case(has_zone, aware, cast(found.copy(), "timestamp"))
                return case(exp.And(this=is_text, expression=_is(found, _MOMENT, "timestamptz")), moment)
            case _:
                raise Unsupported(f"json as {type_}", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        is_array = exp.EQ(this=_json_type(base, steps), expression=text("array"))
        found = exp.Anonymous(this="JSONB_ARRAY_ELEMENTS", expressions=[_at(base, steps)])
        alias = exp.TableAlias(this=identifier("each"), columns=[identifier("value")])
        rows = exp.Table(this=found, alias=alias)
        listed = exp.select(exp.Anonymous(this="ARRAY_AGG", expressions=[column("value", "each")])).from_(rows)
        return case(is_array, exp.Subquery(this=listed))

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        is_array = exp.EQ(this=_json_type(base, steps), expression=text("array"))
        return case(is_array, exp.Anonymous(this="JSONB_ARRAY_LENGTH", expressions=[_at(base, steps)]))

    def items(self, items: exp.Expr, alias: str, item: Type | None) -> exp.Expr:
        name = exp.TableAlias(this=identifier(alias), columns=[identifier("value")])
        return exp.Unnest(expressions=[items], alias=name)

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="CARDINALITY", expressions=[items])


def _option(name: str, value: exp.Expr) -> exp.Expr:
    return exp.Kwarg(this=exp.Var(this=name), expression=value)


def _by_unicode(value: exp.Expr) -> exp.Expr:
    """Return a text whose letters are mapped one for one, whatever the locale of the database."""
    return exp.Collate(this=wrapped(value), expression=identifier("pg_c_utf8"))


def _at(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    made = exp.Cast(this=base.copy(), to=exp.DataType.build("jsonb"))
    return exp.Anonymous(this="JSONB_EXTRACT_PATH", expressions=[made, *map(text, steps)]) if steps else made


def _json_type(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    return exp.Anonymous(this="JSONB_TYPEOF", expressions=[_at(base, steps)])


def _json_text(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    # Without a path, `#>>` gives what the json is as a text.
    made = exp.Cast(this=base.copy(), to=exp.DataType.build("jsonb"))
    texts = exp.DataType.build("text[]", dialect="postgres")
    path = exp.Cast(this=exp.Array(expressions=[text(each) for each in steps]), to=texts)
    return exp.JSONBExtractScalar(this=made, expression=path)


def _is(value: exp.Expr, pattern: str, type_: str) -> exp.Expr:
    """Return whether a text has a form, and is a value of a type."""
    valid = exp.Anonymous(this="PG_INPUT_IS_VALID", expressions=[value.copy(), text(type_)])
    return exp.And(this=exp.RegexpLike(this=value.copy(), expression=text(pattern)), expression=valid)


def _number(found: exp.Expr, type_: Type) -> exp.Expr:
    match type_.kind:
        case Kind.INTEGER:
            made = cast(found, "decimal")
            is_whole = exp.EQ(this=made, expression=exp.Anonymous(this="TRUNC", expressions=[made.copy()]))
            return case(is_whole, cast(made.copy(), "bigint"))
        case Kind.DECIMAL:
            return exp.Round(this=cast(found, "decimal"), decimals=number(type_.scale))
        case _:
            return cast(found, "double")
