"""The value of a param: as declared, or as given from outside."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation

from segql.analysis import errors
from segql.diagnostics import Diagnostic
from segql.plan import Constant, Literal
from segql.syntax import ast
from segql.types import Kind, Type


def param_value(written: ast.Param, type_: Type, given: str | None, found: list[Diagnostic]) -> Literal:
    """Return the param's value as a literal of its type; `given` is text from the command line."""
    declared = _declared(written.value, type_)
    if declared is None and type_.kind is not Kind.UNKNOWN and not isinstance(written.value, ast.Hole):
        shown = written.value.span.text
        found.append(errors.wrong_param(written.value.span, written.name.text, type_, shown))
    if given is None:
        return Literal(0 if declared is None else declared, type_, span=written.value.span)
    read = _read(given, type_)
    if read is None:
        found.append(errors.wrong_param(None, written.name.text, type_, given))
    return Literal(0 if read is None else read, type_, span=written.value.span)


def _declared(value: ast.Condition, type_: Type) -> Constant | None:
    match value, type_.kind:
        case ast.Boolean(found), Kind.BOOLEAN:
            return found
        case ast.Number(found), Kind.INTEGER if isinstance(found, int):
            return found
        case ast.Number(found), Kind.DECIMAL:
            return Decimal(found)
        case ast.Percent(found), Kind.DECIMAL:
            return found / 100
        case ast.Number(found), Kind.FLOAT:
            return float(found)
        case ast.Text(found), Kind.TEXT:
            return found
        case ast.Date(found), Kind.DATE:
            return found
        case ast.Timestamp(found), Kind.TIMESTAMP if found.tzinfo is not None:
            return found.astimezone(dt.UTC)
        case _:
            return None


def _read(text: str, type_: Type) -> Constant | None:
    try:
        match type_.kind:
            case Kind.BOOLEAN:
                return {"true": True, "false": False}.get(text.lower())
            case Kind.INTEGER:
                return int(text.replace("_", "")) if len(text) <= 38 else None
            case Kind.DECIMAL:
                number = Decimal(text.replace("_", "")) if len(text) <= 40 else Decimal("NaN")
                return number if number.is_finite() and "e" not in text.lower() else None
            case Kind.FLOAT:
                number = Decimal(text)
                return float(number) if number.is_finite() else None
            case Kind.TEXT:
                return text
            case Kind.DATE:
                return dt.date.fromisoformat(text)
            case Kind.TIMESTAMP:
                instant = dt.datetime.fromisoformat(text)
                return instant.astimezone(dt.UTC) if instant.tzinfo else None
            case _:
                return None
    except (ValueError, InvalidOperation, OverflowError):
        return None
