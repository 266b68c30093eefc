"""Apache Spark 4."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from sqlglot import exp

from segql.plan import Part, Unit
from segql.sql.dialects.dialect import Dialect
from segql.sql.errors import Unsupported
from segql.sql.literals import case, cast, column, identifier, number, text, wrapped
from segql.sql.patterns import spelled_out
from segql.types import Kind, Type

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?\z"
# A time of hours and minutes, and the zone that follows it at once.
_NO_SECONDS = "([T ][0-9]{2}:[0-9]{2})(Z|[+-])"
_NUMBER = r"^(BIGINT|DOUBLE|FLOAT|DECIMAL)"

# The letters of which more than one become when they are capitals, what stands for them meanwhile, and what the simple
# mapping makes of them.
_SPECIAL = "".join(chr(each) for each in range(0xFB18) if len(chr(each).upper()) > 1)
_HIDDEN = "".join(chr(0xF0000 + place) for place in range(len(_SPECIAL)))
_SIMPLE = "".join(each.title() if len(each.title()) == 1 else each for each in _SPECIAL)


class Spark(Dialect):
    """Spark in the way that the backend sets it up.

    It stands in UTC, fails where a number is too large (`spark.sql.ansi.enabled`), and never drops places to make room
    (`spark.sql.decimalOperations.allowPrecisionLoss = false`).
    """

    name = printer = "spark"

    def finished(self, query: exp.Query) -> exp.Query:
        # Places are small integers, which do not hold their own multiples.
        for each in list(query.find_all(exp.Window)):
            if isinstance(each.this, exp.RowNumber) or each.this.name.lower() == "rank":
                each.replace(cast(each.copy(), "bigint"))
        return query

    # ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def exact(self, value: exp.Expr, type_: Type) -> exp.Expr:
        # Two integers of a size make one of that size, so the first is made a large one.
        if type_.kind is Kind.INTEGER and isinstance(value, exp.Binary) and not isinstance(value.this, exp.Cast):
            value.set("this", cast(value.this, "bigint"))
        return value

    def sign(self, value: exp.Expr) -> exp.Expr:
        # Its sign is a double.
        return cast(exp.Sign(this=value), "int")

    def quotient(self, whole: exp.Expr, part: exp.Expr) -> exp.Expr:
        # `div` makes a small integer of what is none, without a word. `/` of decimals is exact where nothing is left
        # over, and the fewer digits the divisor may have, the more the quotient has.
        whole, part = wrapped(whole), wrapped(part)
        even = exp.Sub(this=whole, expression=exp.Mod(this=whole.copy(), expression=part))
        divisor = part.copy() if isinstance(part, exp.Literal) else cast(part.copy(), "decimal(20, 0)")
        return cast(exp.Div(this=cast(even, "decimal(38, 0)"), expression=divisor), "decimal(38, 0)")

    # ── times ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def timestamp(self, moment: dt.datetime) -> exp.Expr:
        # A plain one can be compared with both kinds; a column is then never converted.
        naive = moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
        return _plain_timestamp(text(naive.isoformat(sep=" ")))

    def midnight_of(self, day: exp.Expr) -> exp.Expr:
        return _plain_timestamp(day)

    def duration_of(self, microseconds: exp.Expr) -> exp.Expr:
        return exp.Mul(this=wrapped(microseconds), expression=self.duration(1))

    def microseconds_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="TIMESTAMPDIFF", expressions=[exp.Var(this="MICROSECOND"), start, end])

    def days_between(self, start: exp.Expr, end: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="DATEDIFF", expressions=[end, start])

    def part(self, part: Part, moment: exp.Expr, type_: Type) -> exp.Expr:
        if part is Part.WEEKDAY:
            return exp.Extract(this=exp.Var(this="DAYOFWEEK_ISO"), expression=moment)
        return super().part(part, moment, type_)

    def now(self) -> exp.Expr:
        # The microseconds since 1970, since what a plain timestamp is made of it shows hangs on the session's zone.
        shown = exp.Anonymous(this="UNIX_MICROS", expressions=[exp.CurrentTimestamp()])
        return self.later(self.timestamp(dt.datetime(1970, 1, 1, tzinfo=dt.UTC)), self.duration_of(shown))

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        day = self.day_of(moment)
        # `DATE_TRUNC` gives a timestamp that has a zone, and `TRUNC` knows no days.
        begun = day if unit is Unit.DAY else exp.Anonymous(this="TRUNC", expressions=[day, text(unit.value.upper())])
        return self.midnight_of(begun)

    # ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def starts(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.StartsWith(this=value, expression=part)

    def ends(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.EndsWith(this=value, expression=part)

    def contains(self, value: exp.Expr, part: exp.Expr) -> exp.Expr:
        return exp.Contains(this=value, expression=part)

    def matches(self, value: exp.Expr, pattern: str) -> exp.Expr:
        # `$` would do before a last line feed, too, and `&&` in brackets be what two classes share.
        made = re.sub(r"(?<!\\)&", r"\\&", spelled_out(pattern, end=r"\z"))
        return exp.RegexpLike(this=wrapped(value), expression=text(made))

    def lower(self, value: exp.Expr) -> exp.Expr:
        # It knows a Σ at the end of a word, two letters for İ, and the letters I of Turkish where that is spoken.
        return exp.Lower(this=_translated(value, "İΣI", "iσi"))

    def upper(self, value: exp.Expr) -> exp.Expr:
        raised = exp.Upper(this=_translated(value, _SPECIAL + "i", _HIDDEN + "I"))
        return _translated(raised, _HIDDEN, _SIMPLE)

    def bucket(self, seed: str, key: exp.Expr) -> exp.Expr:
        digest = exp.MD5(this=exp.DPipe(this=text(f"{seed}:"), expression=cast(key, "text")))
        digits = exp.Substring(this=digest, start=number(1), length=number(8))
        as_number = exp.Anonymous(this="CONV", expressions=[digits, number(16), number(10)])
        return exp.Mod(this=cast(as_number, "bigint"), expression=number(10_000))

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    # A json is a text for all who ask, be its column a text or a variant: no variant can be grouped.
    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        kind = _json_type(base, steps)
        is_text = exp.EQ(this=kind, expression=text("STRING"))
        found = _json_as(base, steps, "STRING")
        match type_.kind:
            case Kind.JSON:
                # Only whether it is there is asked of a json whose type is open.
                return exp.Nullif(this=kind, expression=text("VOID"))
            case Kind.TEXT:
                return case(is_text, found)
            case Kind.BOOLEAN:
                return case(exp.EQ(this=kind, expression=text("BOOLEAN")), _json_as(base, steps, "BOOLEAN"))
            case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
                is_number = exp.RegexpLike(this=kind, expression=text(_NUMBER))
                return case(is_number, _json_number(base, steps, type_))
            case Kind.DATE:
                is_date = exp.RegexpLike(this=found, expression=text(_DATE))
                return case(exp.And(this=is_text, expression=is_date), _tried(found.copy(), "date"))
            case Kind.TIMESTAMP:
                is_moment = exp.RegexpLike(this=found, expression=text(_MOMENT))
                # It reads no zone behind minutes.
                whole = [found.copy(), text(_NO_SECONDS), text("$1:00$2")]
                moment = _tried(exp.Anonymous(this="REGEXP_REPLACE", expressions=whole), "timestamp")
                return case(exp.And(this=is_text, expression=is_moment), _plain_timestamp(moment))
            case _:
                raise Unsupported(f"json as {type_}", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        item = identifier("each")
        as_text = exp.Lambda(this=exp.Anonymous(this="TO_JSON", expressions=[item.copy()]), expressions=[item])
        return exp.Anonymous(this="TRANSFORM", expressions=[_json_as(base, steps, "ARRAY<VARIANT>"), as_text])

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        return self.list_size(_json_as(base, steps, "ARRAY<VARIANT>"))

    def items(self, items: exp.Expr, alias: str, item: Type | None) -> exp.Expr:
        name = exp.TableAlias(this=identifier(alias), columns=[identifier("value")])
        return exp.Table(this=exp.Anonymous(this="EXPLODE", expressions=[items]), alias=name)

    def count_items(self, items: exp.Expr, alias: str, item: Type | None, condition: exp.Expr | None) -> exp.Expr:
        # A subquery would be joined to all rows; a function goes over the list in place, but has no room for another
        # subquery.
        if condition is not None and condition.find(exp.Query):
            return super().count_items(items, alias, item, condition)
        if condition is not None:
            test = exp.Lambda(this=_of_items(condition, alias), expressions=[identifier(alias)])
            items = exp.Anonymous(this="FILTER", expressions=[items, test])
        return exp.Coalesce(this=self.list_size(items), expressions=[number(0)])

    def list_size(self, items: exp.Expr) -> exp.Expr:
        return exp.Anonymous(this="ARRAY_SIZE", expressions=[items])


def _plain_timestamp(value: exp.Expr) -> exp.Expr:
    return cast(value, "timestampntz")


def _translated(value: exp.Expr, letters: str, others: str) -> exp.Expr:
    return exp.Anonymous(this="TRANSLATE", expressions=[value, text(letters), text(others)])


def _tried(value: exp.Expr, type_: str) -> exp.Expr:
    # Without the word `safe` it is printed as a cast that fails.
    return exp.TryCast(this=value, to=exp.DataType.build(type_), safe=True)


def _of_items(condition: exp.Expr, alias: str) -> exp.Expr:
    """Return a condition in which the item is a name of its own, no column of a table."""
    return condition.transform(
        lambda node: column(alias) if isinstance(node, exp.Column) and node.table == alias else node
    )


def _json_as(base: exp.Expr, steps: Sequence[str], type_: str) -> exp.Expr:
    """Return what stands in a json at a path, as a type in the engine's words."""
    parsed = exp.Anonymous(this="TRY_PARSE_JSON", expressions=[cast(base.copy(), "text")])
    return exp.Anonymous(this="TRY_VARIANT_GET", expressions=[parsed, text(_path(steps)), text(type_)])


def _json_type(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    return exp.Anonymous(this="SCHEMA_OF_VARIANT", expressions=[_json_as(base, steps, "VARIANT")])


def _json_number(base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
    match type_.kind:
        case Kind.INTEGER:
            found = _json_as(base, steps, "DECIMAL(38, 18)")
            made = _tried(found, "bigint")
            return case(exp.EQ(this=made, expression=found.copy()), made.copy())
        case Kind.DECIMAL:
            return _json_as(base, steps, f"DECIMAL(38, {type_.scale})")
        case _:
            return _json_as(base, steps, "DOUBLE")


def _path(steps: Sequence[str]) -> str:
    """Return the path of a variant; a key stands in quotes that it does not hold."""
    if any("'" in each and '"' in each for each in steps):
        raise Unsupported("a key in json that holds both kinds of quotes", None)
    return "$" + "".join(f"['{each}']" if '"' in each else f'["{each}"]' for each in steps)
