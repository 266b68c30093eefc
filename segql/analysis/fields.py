"""Field rows → fields of the catalog."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache

from segql.analysis import errors
from segql.catalog import Field
from segql.diagnostics import Diagnostic, nearest
from segql.syntax import ast
from segql.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DECLARABLE,
    INTEGER,
    KEY,
    TEXT,
    TIMESTAMP,
    UNKNOWN,
    Kind,
    Type,
    decimal,
    list_of,
)

_WORDS = ("optional", "pii", "column", "one of")
_OTHER_WORDS = {"nullable": "optional", "null": "optional", "sensitive": "pii", "private": "pii", "personal": "pii"}
# What a column may hold that is compared with a whole number.
_ANY_NUMBER = decimal(38, 6)

_OTHER_NAMES = {
    "int": "integer",
    "bigint": "integer",
    "number": "decimal",
    "numeric": "decimal",
    "double": "float",
    "real": "float",
    "string": "text",
    "varchar": "text",
    "bool": "boolean",
    "datetime": "timestamp",
    "time": "timestamp",
    "timestamptz": "timestamp",
    "jsonb": "json",
    "object": "json",
    "array": "list",
}


def fields_of(rows: Iterable[ast.FieldRow], found: list[Diagnostic]) -> dict[str, Field]:
    """Return the declared fields by name; mistakes go to `found`."""
    fields: dict[str, Field] = {}
    for row in rows:
        made = _field(row, found)
        if made.name in fields:
            found.append(errors.repeated_name(row.name.span, "field", made.name, fields[made.name].span))
            continue
        fields[made.name] = made
    return fields


def with_columns_of(
    where: ast.Condition | None, fields: dict[str, Field], known: Mapping[str, Type] | None = None
) -> dict[str, Field]:
    """Return the fields and the undeclared columns that a table's `where` reads.

    They are of the type they are compared with, but for `known` columns; a whole number may stand beside numbers
    with places.
    """
    if where is None:
        return fields
    added = dict(fields)
    for path, type_ in _compared(where):
        name = path.names[0].text
        if len(path.names) == 1 and name not in added:
            found = _ANY_NUMBER if type_.kind is Kind.INTEGER else type_
            added[name] = Field(name, (known or {}).get(name, found), name, optional=True, span=path.span)
    return added


def type_of(written: ast.TypeName, found: list[Diagnostic]) -> Type:
    """Return the type that was written; mistakes go to `found`."""
    if not written.name:
        return UNKNOWN
    if written.name == "list":
        if written.item is None or written.item == "list":
            found.append(errors.unknown_type(written.span, written.span.text, ["list of text"]))
            return UNKNOWN
        item = type_of(ast.TypeName(written.item, None, None, span=written.span), found)
        return list_of(item)
    known = DECLARABLE.get(written.name)
    if known is None:
        other = _OTHER_NAMES.get(written.name)
        near = [other] if other else nearest(written.name, [*DECLARABLE, "list of text"])
        found.append(errors.unknown_type(written.span, written.name, near))
        return UNKNOWN
    if written.size is None:
        return known
    precision, scale = written.size
    if known.kind is not Kind.DECIMAL:
        hint = "only a `decimal` has a number of digits"
        found.append(errors.wrong_field(written.span, f"{known} has no size", hint, written.name))
        return known
    if scale is None:
        hint, ours = "a decimal says how many digits it has, and how many after the point", f"decimal({precision}, 0)"
        found.append(errors.wrong_field(written.span, f"`{written.span.text}` is not whole", hint, ours))
        return known
    if not 1 <= precision <= 38 or scale > precision:
        hint = "a decimal has at most 38 digits, and no more after the point than it has: `decimal(18, 6)`"
        found.append(errors.wrong_field(written.span, f"`{written.span.text}` is no type", hint))
        return known
    return decimal(precision, scale)


def zone_of(written: ast.Text | None, found: list[Diagnostic]) -> str | None:
    """Return the name of the time zone, None for UTC; mistakes go to `found`."""
    if written is None or written.value == "UTC":
        return None
    if is_zone(written.value):
        return written.value
    found.append(errors.unknown_zone(written.span, written.value, nearest(written.value, _zones())))
    return None


def is_zone(name: str) -> bool:
    """Say whether the time zone database knows the name."""
    # A name is looked up as a file's; nothing but a zone's name goes there.
    if not re.fullmatch(r"[A-Za-z0-9_+\-/]+", name) or name.startswith("/"):
        return False
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(zoneinfo.available_timezones()))


def _field(row: ast.FieldRow, found: list[Diagnostic]) -> Field:
    name, type_ = row.name.text, type_of(row.type, found)
    if row.zone is not None and type_.kind not in {Kind.TIMESTAMP, Kind.UNKNOWN}:
        hint = "only a timestamp stands in a time zone"
        found.append(errors.wrong_field(row.zone.span, f"{type_} has no time zone", hint))
    column, description = name, ""
    values: tuple[object, ...] | None = None
    words: set[str] = set()
    for each in row.attributes:
        match each.word:
            case "column" if each.text:
                column = each.text.value
            case "text" if each.text:
                description = each.text.value
            case "values":
                values = _values(each, type_, found)
            case "optional" | "pii":
                words.add(each.word)
            case _:
                other = _OTHER_WORDS.get(each.word)
                found.append(
                    errors.unknown_attribute(each.span, each.word, [other] if other else nearest(each.word, _WORDS))
                )
    return Field(
        name,
        type_,
        column,
        optional="optional" in words,
        pii="pii" in words,
        values=values,
        zone=zone_of(row.zone, found),
        description=description,
        span=row.span,
    )


def _values(written: ast.Attribute, type_: Type, found: list[Diagnostic]) -> tuple[object, ...]:
    if not written.values:
        found.append(errors.empty_list(written.span))
    values: list[object] = []
    for each in written.values:
        if isinstance(each, ast.Text) and type_.kind in {Kind.TEXT, Kind.UNKNOWN}:
            values.append(each.value)
        elif isinstance(each, ast.Number) and type_.is_number:
            values.append(Decimal(each.value) if type_.kind is Kind.DECIMAL else each.value)
        else:
            hint, ours = "values stand as they are compared: text in quotes, numbers plain", ""
            if type_.kind is Kind.TEXT and "`" not in each.span.text:
                ours = f'"{each.span.text}"'
            elif isinstance(each, ast.Text) and re.fullmatch(r"-?\d+(\.\d+)?", each.value):
                ours = each.value
            found.append(errors.wrong_field(each.span, f"`{each.span.text}` is no {type_}", hint, ours))
    return tuple(values)


def _compared(where: ast.Condition) -> Iterable[tuple[ast.Path, Type]]:
    """Yield the paths of a condition with the type that each is used as."""
    match where:
        case ast.Group(inner):
            yield from _compared(inner)
        case ast.And(operands) | ast.Or(operands):
            for each in operands:
                yield from _compared(each)
        case ast.Not(operand):
            yield from _compared(operand)
        case ast.KOfN(_, conditions):
            for each in conditions:
                yield from _compared(each)
        case ast.Path():
            yield where, BOOLEAN
        case ast.Comparison(_, left, right, _):
            yield from _beside(left, (right,))
            yield from _beside(right, (left,))
        case ast.Between(operand, low, high, _):
            yield from _beside(operand, (low, high))
        case ast.InValues(operand, values, _, _):
            yield from _beside(operand, values)
        case ast.TextMatch(_, operand, _, _, _, _) | ast.Matches(operand, _, _, _):
            yield from _beside(operand, (ast.Text("", span=operand.span),))
        case ast.IsMissing(operand, _) if isinstance(operand, ast.Path):
            yield operand, KEY
        case ast.InWindow(operand, _) if isinstance(operand, ast.Path):
            yield operand, TIMESTAMP
        case _:
            return


def _beside(operand: ast.Condition, others: Iterable[ast.Condition]) -> Iterable[tuple[ast.Path, Type]]:
    for other in others:
        type_ = _literal_type(other)
        if isinstance(operand, ast.Path) and type_ is not None:
            yield operand, type_
            return


def _literal_type(literal: ast.Condition) -> Type | None:
    match literal:
        case ast.Text():
            return TEXT
        case ast.Number(value):
            return INTEGER if isinstance(value, int) else DECIMAL
        case ast.Boolean():
            return BOOLEAN
        case ast.Date() | ast.Today():
            return DATE
        case ast.Timestamp() | ast.Now():
            return TIMESTAMP
        case _:
            return None
