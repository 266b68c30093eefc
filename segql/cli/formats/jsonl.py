"""A JSON object a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import IO

from segql.cli.formats.json import encoded

_ROWS_A_WRITE = 10_000


def write(columns: Sequence[str], rows: Iterable[Sequence[object]], sink: IO[bytes]) -> None:
    """Write an object for each row, in UTF-8."""
    pending = iter(rows)
    while chunk := "".join(f"{encoded(columns, row)}\n" for row in islice(pending, _ROWS_A_WRITE)):
        sink.write(chunk.encode())
