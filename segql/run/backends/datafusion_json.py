"""What DataFusion has no functions for: json, read as the dialect asks for it."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import pyarrow as pa
from datafusion import ScalarUDF, udf

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)? ?(Z|z|[+-]\d{2}(:?\d{2})?)?",
    re.ASCII,
)
# A number with more digits before its point fits no type; that is for the engine to say.
_DIGITS_MOST = 40
_MILLIONTH, _EXACT = Decimal("0.000001"), Context(prec=1_000, rounding=ROUND_HALF_UP)
# Several questions about a document come right after each other.
_DOCUMENTS_KEPT = 20_000


def functions() -> list[ScalarUDF]:
    """Return the functions that statements of the dialect use; each is given many documents at once.

    `json_read(document, path, kind)` is the text of a value, null where none of that kind stands at the path;
    `json_items(document, path)` are the items of an array, each a document, and `json_size` is their number.
    """
    text, items = pa.string(), pa.list_(pa.string())
    return [
        udf(_read, [text, text, text], text, "immutable", "json_read"),
        udf(_items, [text, text], items, "immutable", "json_items"),
        udf(_size, [text, text], pa.int64(), "immutable", "json_size"),
    ]


def _read(documents: pa.Array, paths: pa.Array, kinds: pa.Array) -> pa.Array:
    found = _found(documents, paths)
    return pa.array((None if each is None else _READ[kinds[0].as_py()](each) for each in found), pa.string())


def _items(documents: pa.Array, paths: pa.Array) -> pa.Array:
    found = _found(documents, paths)
    lists = (list(map(_written, each)) if isinstance(each, list) else None for each in found)
    return pa.array(lists, pa.list_(pa.string()))


def _size(documents: pa.Array, paths: pa.Array) -> pa.Array:
    found = _found(documents, paths)
    return pa.array((len(each) if isinstance(each, list) else None for each in found), pa.int64())


def _found(documents: pa.Array, paths: pa.Array) -> Iterator[Any]:
    """Yield what stands at a path in each document; the path is a constant of the statement."""
    steps: list[str] = json.loads(paths[0].as_py()) if len(documents) else []
    for document in documents.to_pylist():
        value = None if document is None else _parsed(document)
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        yield value


@functools.lru_cache(_DOCUMENTS_KEPT)
def _parsed(document: str) -> Any:
    return json.loads(document, parse_float=Decimal, parse_constant=_refused)


def _refused(word: str) -> None:
    raise ValueError(f"`{word}` is no json")


def _written(value: object) -> str:
    """Return a json as text, its numbers with every digit."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(name)}: {_written(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
        case Decimal():
            return str(value)
        case _:
            return json.dumps(value)


# ── as text, by kind ─────────────────────────────────────────────────────────────────────────────────────────────────


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _anything(value: object) -> str:
    return type(value).__name__


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _boolean(value: object) -> str | None:
    return str(value).lower() if isinstance(value, bool) else None


def _integer(value: object) -> str | None:
    if isinstance(value, Decimal) and value.adjusted() < _DIGITS_MOST:
        return str(int(value)) if value == int(value) else None
    return str(value) if _is_number(value) else None


def _decimal(value: object) -> str | None:
    if isinstance(value, Decimal) and value.adjusted() < _DIGITS_MOST:
        return f"{value.quantize(_MILLIONTH, context=_EXACT):f}"
    return str(value) if _is_number(value) else None


def _float(value: object) -> str | None:
    return repr(float(str(value))) if _is_number(value) else None


def _date(value: object) -> str | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:  # the thirtieth of February
        return None


def _timestamp(value: object) -> str | None:
    """Return an instant on the clock of UTC; a time without a zone stands there already."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
        return (moment.astimezone(dt.UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat(sep=" ")
    except (ValueError, OverflowError):
        return None


_READ: Mapping[str, Callable[[object], str | None]] = {
    "json": _anything,
    "text": _text,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "date": _date,
    "timestamp": _timestamp,
}
