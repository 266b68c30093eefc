"""DuckDB: the embedded default."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.catalog import Table
from segql.sql import habits
from segql.sql.dialects.dialect import Dialect
from segql.sql.errors import Unsupported
from segql.sql.literals import any_of, case, cast, number, text, wrapped
from segql.types import Kind, Type

# A time with a zone of its own at its end: DuckDB's plain timestamps pass over it in silence.
_HAS_ZONE = r":\d{2}(\.\d+)? ?(Z|z|[+-]\d{2}(:?\d{2})?)$"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_MOMENT = rf"{_DATE}[T ]{_TIME} ?(Z|z|[+-]\d{{2}}(:?\d{{2}})?)?"
_TYPES = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.FLOAT: "double",
    Kind.TEXT: "text",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "timestamp",
    Kind.JSON: "json",
}
_NUMBERS = ("BIGINT", "UBIGINT", "HUGEINT", "DOUBLE", "DECIMAL")


class DuckDB(Dialect):
    """DuckDB 2."""

    name = printer = "duckdb"
    habits = habits.DUCKDB

    # Nothing of a CSV file is guessed: every column is read as text, and converted as declared.
    def file(self, table: Table) -> exp.Expr:
        path = text(table.parts[0])
        match table.parts[0].rpartition(".")[2].lower():
            case "csv":
                return exp.Anonymous(
                    this="read_csv",
                    expressions=[
                        path,
                        _option("header", exp.true()),
                        _option("all_varchar", exp.true()),
                        _option("delim", text(",")),
                        _option("quote", text('"')),
                        _option("escape", text('"')),
                        _option("nullstr", text("")),
                        _option("allow_quoted_nulls", exp.false()),
                    ],
                )
            case "parquet":
                return exp.Anonymous(this="read_parquet", expressions=[path])
            case _:
                raise Unsupported(f"the file `{table.parts[0]}`", table.span)

    def from_file(self, value: exp.Expr, table: Table, type_: Type | None) -> exp.Expr:
        if type_ is None or type_.kind in {Kind.TEXT, Kind.KEY} or not _is_csv(table):
            return value
        return _moment(value) if type_.kind is Kind.TIMESTAMP else _cast_type(value, type_)

    def kind_of_time(self, value: exp.Expr, table: Table) -> exp.Expr | None:
        if not _is_csv(table):
            return None
        aware = exp.Anonymous(this="regexp_matches", expressions=[value.copy(), text(_HAS_ZONE)])
        return exp.Case(
            ifs=[exp.If(this=_is(value, _DATE), true=text("day")), exp.If(this=aware, true=text("zone"))],
        )

    def broken(self, value: exp.Expr, type_: Type, *, or_day: bool) -> exp.Expr | None:
        tests = {
            Kind.BOOLEAN: "(?i)true|false|t|f|1|0",
            Kind.INTEGER: r"[+-]?\d{1,19}",
            Kind.FLOAT: r"(?i)[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?|nan|[+-]?inf(inity)?",
            Kind.DATE: _DATE,
            Kind.TIMESTAMP: rf"{_DATE}|{_MOMENT}" if or_day else _MOMENT,
        }
        if type_.kind is Kind.DECIMAL:
            whole = type_.precision - type_.scale
            # The declared digits must hold it: nothing is ever rounded.
            tests[Kind.DECIMAL] = rf"[+-]?0*\d{{0,{whole}}}(\.\d{{0,{type_.scale}}}0*)?"
        if type_.kind is Kind.JSON:
            return exp.Not(this=exp.Anonymous(this="json_valid", expressions=[value.copy()]))
        tried = exp.TryCast(this=value.copy(), to=_data_type(type_))
        if type_.kind is Kind.LIST:
            return exp.Is(this=tried, expression=exp.null())
        pattern = tests.get(type_.kind)
        if pattern is None:
            return None
        return any_of([exp.Not(this=_is(value, pattern)), exp.Is(this=tried, expression=exp.null())])

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        kind, found = self._json_type(base, steps), self._json_text(base, steps)
        is_text = exp.EQ(this=kind, expression=text("VARCHAR"))
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=kind, expression=text("NULL"))
            case Kind.TEXT:
                return case(is_text, found)
            case Kind.BOOLEAN:
                is_boolean = exp.EQ(this=kind, expression=text("BOOLEAN"))
                return case(is_boolean, cast(found, "boolean"))
            case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
                is_number = exp.In(this=kind, expressions=[text(each) for each in _NUMBERS])
                return case(is_number, exp.TryCast(this=found, to=_data_type(type_)))
            case Kind.DATE:
                tried = exp.TryCast(this=found, to=exp.DataType.build("date"))
                return case(exp.And(this=is_text, expression=_is(found, _DATE)), tried)
            case Kind.TIMESTAMP:
                is_moment = exp.And(this=is_text, expression=_is(found, _MOMENT))
                return case(is_moment, _moment(found))
            case _:
                raise Unsupported(f"json as {type_}", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        is_array = exp.EQ(this=self._json_type(base, steps), expression=text("ARRAY"))
        found = exp.Anonymous(this="json_extract", expressions=[base.copy(), text(_path(steps))])
        return case(is_array, cast(found, "json[]"))

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        is_array = exp.EQ(this=self._json_type(base, steps), expression=text("ARRAY"))
        size = exp.Anonymous(this="json_array_length", expressions=[base.copy(), text(_path(steps))])
        return case(is_array, cast(size, "bigint"))

    def items(self, items: exp.Expr, alias: str, item: Type | None) -> exp.Expr:
        name = exp.TableAlias(
            this=exp.to_identifier(alias, quoted=True),
            columns=[exp.to_identifier("value", quoted=True)],
        )
        return exp.Unnest(expressions=[items], alias=name)

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="len", expressions=[items])

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        return exp.Anonymous(this="regexp_matches", expressions=[value, text(pattern)])

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        digest = exp.MD5(this=exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text")))
        digits = exp.Substring(this=digest, start=number(1), length=number(8))
        as_number = cast(exp.DPipe(this=text("0x"), expression=digits), "bigint")
        return exp.Mod(this=as_number, expression=number(10_000))

    def upper(self, value: exp.Expr) -> exp.Expr:
        # Its upper letter of ß is ẞ, where the simple mapping has none; the two stand aside meanwhile.
        hidden = exp.Anonymous(this="replace", expressions=[value, text("ß"), text("\ue0df")])
        return exp.Anonymous(this="replace", expressions=[exp.Upper(this=hidden), text("\ue0df"), text("ß")])

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.StartsWith(this=value, expression=part)

    def ends(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.EndsWith(this=value, expression=part)

    def contains(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Contains(this=value, expression=part)

    def whole(self, value: exp.Expr) -> exp.Expr:
        # Its division of decimals gives doubles, that of wide integers is exact.
        return cast(value, "int128")

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.IntDiv(this=exp.Paren(this=whole), expression=exp.Paren(this=part))

    def millionths(self, count: exp.Expr) -> exp.Expr:
        return exp.Mul(this=cast(count, "decimal(38, 0)"), expression=exp.Literal.number("0.000001"))

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="to_microseconds", expressions=[microseconds])

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="date_diff", expressions=[text("microsecond"), start, end])

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        # DuckDB takes 1 month for the same interval as 30 days, and where both are added to one timestamp, it adds one
        # of them twice; so months are added to the day, to which nothing else ever is.
        moved = super().months_later(self.day_of(moment), count)
        begun = exp.Anonymous(this="DATE_TRUNC", expressions=[text("day"), moment.copy()])
        return exp.Add(this=moved, expression=exp.Paren(this=exp.Sub(this=wrapped(moment.copy()), expression=begun)))

    def outermost(self, values: Sequence[exp.Expr], *, is_latest: bool) -> exp.Expr:
        # It passes over what is missing; only where that is meant is it printed without a question about each value.
        made = super().outermost(values, is_latest=is_latest)
        made.set("ignore_nulls", True)
        return made

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="date_diff", expressions=[text("day"), start, end])

    def _json_type(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return exp.Anonymous(this="json_type", expressions=[base.copy(), text(_path(steps))])

    def _json_text(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return exp.Anonymous(this="json_extract_string", expressions=[base.copy(), text(_path(steps))])


def _path(steps: Sequence[str]) -> str:
    """Return a json path; keys with quotes or backslashes need a json pointer instead."""
    if any('"' in each or "\\" in each for each in steps):
        return "".join("/" + each.replace("~", "~0").replace("/", "~1") for each in steps)
    return "$" + "".join(f'."{each}"' for each in steps)


def _is_csv(table: Table) -> bool:
    return table.parts[0].lower().endswith(".csv")


def _option(name: str, value: exp.Expr) -> exp.Expr:
    return exp.PropertyEQ(this=exp.to_identifier(name), expression=value)


def _is(value: exp.Expr, pattern: str) -> exp.Expr:
    return exp.Anonymous(this="regexp_full_match", expressions=[value.copy(), text(pattern)])


def _moment(value: exp.Expr) -> exp.Expr:
    """Return the instant of a text that is a time; without a zone of its own it stands in UTC."""
    has_zone = exp.Anonymous(this="regexp_matches", expressions=[value.copy(), text(_HAS_ZONE)])
    aware = exp.TryCast(this=value.copy(), to=exp.DataType.build("timestamptz"))
    in_utc = exp.Anonymous(this="timezone", expressions=[text("UTC"), aware])
    plain = exp.TryCast(this=value.copy(), to=exp.DataType.build("timestamp"))
    return case(has_zone, in_utc, plain)


def _cast_type(value: exp.Expr, type_: Type) -> exp.Expr:
    return exp.Cast(this=value, to=_data_type(type_))


def _data_type(type_: Type) -> exp.DataType:
    if type_.kind is Kind.DECIMAL:
        return exp.DataType.build(f"decimal({type_.precision}, {type_.scale})")
    if type_.kind is Kind.LIST:
        assert type_.item is not None
        return exp.DataType.build(_data_type(type_.item).sql("duckdb") + "[]", dialect="duckdb")
    return exp.DataType.build(_TYPES[type_.kind])
