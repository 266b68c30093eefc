"""A JSON array of objects, written as the rows come."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO

from segql.cli.formats.values import as_text

_ROWS_A_WRITE = 10_000


def write(columns: Sequence[str], rows: Iterable[Sequence[object]], sink: IO[bytes]) -> None:
    """Write an array with an object for each row, in UTF-8; always an array, even of one or none."""
    pending = iter(rows)
    before = "[\n"
    while chunk := [encoded(columns, row) for row in islice(pending, _ROWS_A_WRITE)]:
        sink.write((before + ",\n".join(chunk)).encode())
        before = ",\n"
    sink.write(b"[]\n" if before == "[\n" else b"\n]\n")


def encoded(columns: Sequence[str], row: Sequence[object]) -> str:
    """Return a row as an object.

    Example:
        >>> encoded(["segment", "count"], ["vip", 120])
        '{"segment": "vip", "count": 120}'
    """
    return json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    # A whole number stays one, whatever the engine calls it; the rest is exact as text.
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return as_text(value)
