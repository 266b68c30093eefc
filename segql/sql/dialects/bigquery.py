"""BigQuery."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal

from sqlglot import exp

from segql.plan import Part, Unit
from segql.sql.dialects.counted import Counted
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.items import of_items
from segql.sql.dialects.letters import Letters
from segql.sql.errors import Unsupported
from segql.sql.literals import case, cast, identifier, known, number, text, wrapped
from segql.sql.names import Names
from segql.types import Kind, Type

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_MOMENT = rf"{_DATE[:-1]}[T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,6}})?)? ?(Z|z|[+-]\d{{2}}(:?\d{{2}})?)?$"
# What no name of a column has, and no other name that is no path.
_REFUSED = re.compile(r"[!\"$()*,./;?@\[\\\]^`{}~]")


class BigQuery(Letters, Counted, Dialect):
    """BigQuery. An instant is a `TIMESTAMP`; a `DATETIME` has no zone, and is one where the catalog gives it its zone.

    Its own zone is UTC unless a project has another, so `@@time_zone` must not be set to one.
    """

    name = printer = "bigquery"

    def finished(self, query: exp.Query) -> exp.Query:
        # A name of ours can hold anything, as `value_tier.gold`, which would be a path here.
        ctes = {each.alias for each in query.find_all(exp.CTE)}
        taken = Names(each.name for each in query.find_all(exp.Identifier) if not _REFUSED.search(each.name))
        made: dict[str, str] = {}
        for each in query.find_all(exp.Identifier):
            table = each.parent if isinstance(each.parent, exp.Table) else None
            is_of_user = table is not None and (table.name not in ctes or table.args.get("db") is not None)
            if _REFUSED.search(each.name) and not is_of_user:
                if each.name not in made:
                    made[each.name] = taken.new(_REFUSED.sub("_", each.name))
                each.set("this", made[each.name])
        return query

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def constant(self, value: int | Decimal) -> exp.Expr:
        # A number with a point is a double here, and one without has 64 bits.
        whole = int(value)
        if value == whole and abs(whole) < 2**63:
            return number(whole)
        return cast(text(format(value, "f")), "decimal(38, 38)")

    def known_float(self, value: exp.Expr) -> exp.Expr:
        # Not a number is not equal to itself.
        return case(exp.Not(this=exp.IsNan(this=value)), value.copy())

    def decimal(self, value: exp.Expr, scale: int) -> exp.Expr:
        return cast(value, "decimal(38, 38)")

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.IntDiv(this=whole, expression=part)

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        return cast(text(f"{super().timestamp(moment).this.name}+00"), "timestamptz")

    def wall_clock(self, value: exp.Expr) -> exp.Expr:
        return cast(value, "timestamptz")

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        return cast(day, "timestamptz")

    def moved(self, moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
        return exp.TimestampAdd(this=moment, expression=wrapped(count), unit=exp.Var(this=unit))

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.TimestampDiff(this=end, expression=start, unit=exp.Var(this="MICROSECOND"))

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.DateDiff(this=end, expression=start, unit=exp.Var(this="DAY"))

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        if part is not Part.WEEKDAY:
            return super().part(part, moment, type_)
        # Its weeks begin on Sunday, with 1.
        day = exp.Extract(this=exp.Var(this="DAYOFWEEK"), expression=moment)
        since_monday = exp.Mod(this=exp.Add(this=day, expression=number(5)), expression=number(7))
        return exp.Add(this=since_monday, expression=number(1))

    def now(self) -> exp.Expr:
        return exp.CurrentTimestamp()

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        # Only what has no zone moves by months.
        count_ = wrapped(number(count))
        plain = exp.DatetimeAdd(this=cast(moment, "datetime"), expression=count_, unit=exp.Var(this="MONTH"))
        return cast(plain, "timestamptz")

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        # Its own `WEEK` begins on Sunday.
        name = "ISOWEEK" if unit is Unit.WEEK else unit.value.upper()
        return exp.TimestampTrunc(this=moment, unit=exp.Var(this=name))

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.StartsWith(this=value, expression=part)

    def ends(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.EndsWith(this=value, expression=part)

    def like(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # A backslash takes away a meaning, and there is no `escape` to say so.
        return exp.Like(this=wrapped(value), expression=text(pattern))

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # Its classes are those of ASCII, its `$` is the very end.
        return exp.RegexpLike(this=value, expression=text(pattern))

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        digest = exp.MD5(this=exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text")))
        digits = exp.Substring(this=digest, start=number(1), length=number(8))
        as_number = cast(exp.DPipe(this=text("0x"), expression=digits), "bigint")
        return exp.Mod(this=as_number, expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        found = _at(base, steps)
        kind = exp.JSONType(this=found)
        is_text = exp.EQ(this=kind, expression=text("string"))
        said = exp.Anonymous(this="LAX_STRING", expressions=[found.copy()])
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=kind, expression=text("null"))
            case Kind.TEXT:
                return case(is_text, said)
            case Kind.BOOLEAN:
                is_boolean = exp.EQ(this=kind, expression=text("boolean"))
                return case(is_boolean, exp.Anonymous(this="LAX_BOOL", expressions=[found.copy()]))
            case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
                is_number = exp.EQ(this=kind, expression=text("number"))
                return case(is_number, _number(found, type_))
            case Kind.DATE:
                tried = exp.TryCast(this=said.copy(), to=exp.DataType.build("date"))
                return case(exp.And(this=is_text, expression=self.matches(said, _DATE)), tried)
            case Kind.TIMESTAMP:
                tried = exp.TryCast(this=said.copy(), to=exp.DataType.build("timestamptz"))
                return case(exp.And(this=is_text, expression=self.matches(said, _MOMENT)), tried)
            case _:
                raise Unsupported(f"json as {type_}", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        found = _at(base, steps)
        is_array = exp.EQ(this=exp.JSONType(this=found), expression=text("array"))
        return case(is_array, exp.Anonymous(this="JSON_QUERY_ARRAY", expressions=[found.copy(), text("$")]))

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return self.list_size(self.json_items(base, steps))

    def items(self, items: exp.Expr, alias: str, item: Type | None) -> exp.Expr:
        # The rows of a list are its items, with no column around them.
        return exp.Unnest(expressions=[items], alias=exp.TableAlias(columns=[identifier(alias)]))

    def count_items(self, items: exp.Expr, alias: str, item: Type | None, condition: exp.Expr | None) -> exp.Expr:
        value = exp.Column(this=identifier(alias))
        made = condition if condition is None else of_items(condition, alias, value)
        return super().count_items(items, alias, item, made)

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.ArraySize(this=items)


def _at(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    made = base.copy()
    for each in steps:
        made = exp.Bracket(this=made, expressions=[text(each)])
    return made


def _number(found: exp.Expr, type_: Type) -> exp.Expr:
    if type_.kind is Kind.FLOAT:
        return exp.Anonymous(this="LAX_FLOAT64", expressions=[found.copy()])
    written = cast(exp.Anonymous(this="TO_JSON_STRING", expressions=[found.copy()]), "decimal(38, 38)")
    if type_.kind is Kind.DECIMAL:
        return exp.Round(this=written, decimals=number(type_.scale))
    is_whole = exp.EQ(this=written, expression=exp.Trunc(this=written.copy()))
    return case(exp.And(this=is_whole, expression=known(found.copy())), cast(written.copy(), "bigint"))
