"""Json in ClickHouse, which is a text, and the lists of the language, which travel as json."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.sql.errors import Unsupported
from segql.sql.literals import all_of, case, column, identifier, number, text
from segql.types import Kind, Type

_NUMBERS = ("Int64", "UInt64", "Double")
_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_HOUR = "([01][0-9]|2[0-3])"
_MOMENT = (
    rf"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{_HOUR}:[0-5][0-9](:[0-5][0-9](\.[0-9]{{1,6}})?)?"
    rf" ?(Z|z|[+-]{_HOUR}(:?[0-5][0-9])?)?$"
)
# From here on not every whole number is a double.
_EXACT_BELOW = 2**53


def value_in(base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
    """Return the value at a path of a json; null where it is missing or of another type than asked."""
    kind = _json_type(base, steps)
    is_text = exp.EQ(this=kind, expression=text("String"))
    found = call("JSONExtractString", *_at(base, steps))
    match type_.kind:
        case Kind.JSON:
            # Only whether it is there is asked of a json whose type is open.
            return exp.Nullif(this=call("toString", kind), expression=text("Null"))
        case Kind.TEXT:
            return case(is_text, found)
        case Kind.BOOLEAN:
            is_boolean = exp.EQ(this=kind, expression=text("Bool"))
            return case(is_boolean, call("JSONExtractBool", *_at(base, steps)))
        case Kind.INTEGER | Kind.DECIMAL | Kind.FLOAT:
            return _number_in_json(base, steps, type_)
        case Kind.DATE:
            tried = call("toDate32OrNull", found)
            return case(exp.And(this=is_text, expression=_is_day(found, _DATE)), tried)
        case Kind.TIMESTAMP:
            moment = call("parseDateTime64BestEffortOrNull", found, number(6), text("UTC"))
            return case(exp.And(this=is_text, expression=_is_day(found, _MOMENT)), moment)
        case _:
            raise Unsupported(f"json as {type_}", None)


def if_array(base: exp.Expr, steps: Sequence[str], function: str) -> exp.Expr:
    """Return what a function gives for the array at a path of a json; null where there is none."""
    is_array = exp.EQ(this=_json_type(base, steps), expression=text("Array"))
    return case(is_array, call(function, *_at(base, steps)))


def items_of(items: exp.Expr, item: Type | None) -> exp.Expr:
    """Return the items of a list that is a json in a text, as an array of values of a type; of json as texts."""
    known = exp.Coalesce(this=items, expressions=[text("[]")])
    if item is None or item.kind is Kind.JSON:
        return call("JSONExtractArrayRaw", known)
    texts = call("JSONExtract", known, text("Array(Nullable(String))"))
    value = column("text")
    match item.kind:
        case Kind.BOOLEAN:
            made: exp.Expr = exp.In(this=value, expressions=[text("true"), text("1")])
        case Kind.INTEGER:
            made = cast(value, "Nullable(Decimal(38, 0))")
        case Kind.DECIMAL:
            made = cast(value, f"Nullable(Decimal(38, {item.scale}))")
        case Kind.FLOAT:
            made = cast(value, "Nullable(Float64)")
        case Kind.DATE:
            made = cast(value, "Nullable(Date32)")
        case Kind.TIMESTAMP:
            made = call("parseDateTime64BestEffortOrNull", value, number(6), text("UTC"))
        case _:
            return texts
    return call("arrayMap", exp.Lambda(this=made, expressions=[identifier("text")]), texts)


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of one of its functions."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(value: exp.Expr, type_: str) -> exp.Expr:
    """Return a value as one of its types."""
    return exp.Cast(this=value, to=exp.DataType.build(type_, dialect="clickhouse"))


def _at(base: exp.Expr, steps: Sequence[str]) -> list[exp.Expr]:
    """Return a json as a text, which a column of type JSON is not, and a path."""
    return [cast(base.copy(), "Nullable(String)"), *map(text, steps)]


def _json_type(base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
    return call("JSONType", *_at(base, steps))


def _number_in_json(base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
    """Return a number in a json; a whole one that is too long to be kept exactly there is an error."""
    kind, size = _json_type(base, steps), call("JSONExtractFloat", *_at(base, steps))
    is_number = exp.In(this=kind, expressions=[text(each) for each in _NUMBERS])
    if type_.kind is Kind.FLOAT:
        return case(is_number, size)
    is_double = exp.EQ(this=kind.copy(), expression=text("Double"))
    is_long = exp.GTE(this=exp.Abs(this=size), expression=number(_EXACT_BELOW))
    # What `throwIf` sees of a null is anything.
    is_lost = exp.Coalesce(this=exp.And(this=is_double, expression=is_long), expressions=[exp.false()])
    lost = call("throwIf", is_lost, text("a number in json is too long"))
    asked: list[exp.Expr] = [is_number, exp.Not(this=lost)]
    raw = call("JSONExtractRaw", *_at(base, steps))
    if type_.kind is Kind.INTEGER:
        asked.append(exp.EQ(this=size.copy(), expression=call("floor", size.copy())))
        made = call("toDecimal128OrNull", raw, number(0))
    else:
        rounded = exp.Round(this=call("toDecimal256OrNull", raw, number(30)), decimals=number(type_.scale))
        made = cast(rounded, f"Nullable(Decimal(38, {type_.scale}))")
    is_so = all_of(asked)
    assert is_so is not None
    return case(is_so, made)


def _is_day(found: exp.Expr, pattern: str) -> exp.Expr:
    """Return whether a text has a form, and begins with a day that there is: 30 February becomes one in March."""
    day = call("substring", found.copy(), number(1), number(10))
    is_there = exp.EQ(this=call("toString", call("toDate32OrNull", day)), expression=day.copy())
    return exp.And(this=call("match", found.copy(), text(pattern)), expression=is_there)
