"""Comma-separated values, as a static list reads them back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import IO

from segql.cli.formats.values import as_text

_ROWS_A_WRITE = 10_000
# What would be read as something else without its quotes.
_SPECIAL = re.compile(r'[",\r\n]|^\s|\s$')


def write(columns: Sequence[str], rows: Iterable[Sequence[object]], sink: IO[bytes]) -> None:
    """Write UTF-8 with a header; a missing value is empty, the empty text is `""`."""
    sink.write(_line(columns).encode())
    pending = iter(rows)
    while chunk := "".join(map(_line, islice(pending, _ROWS_A_WRITE))):
        sink.write(chunk.encode())


def _line(row: Sequence[object]) -> str:
    return ",".join(map(_field, row)) + "\n"


def _field(value: object) -> str:
    if value is None:
        return ""
    text = as_text(value)
    if not text or _SPECIAL.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
