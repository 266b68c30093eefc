"""A table for people."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from segql.cli.formats.values import as_text
from segql.diagnostics.render import visible

# An amount with its thousands apart; a key is a number too, but it must be found again as it is.
_AMOUNT = re.compile(r"[1-9]\d{0,2}(?:,\d{3})*|0")
# Nothing is cut where no terminal sets a width.
_UNBOUNDED = 100_000


def write(columns: Sequence[str], rows: Iterable[Sequence[object]], sink: IO[bytes]) -> None:
    """Write a table, numbers to the right; what a terminal would obey or hide is written out."""
    found = [list(row) for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, name in enumerate(columns):
        is_number = bool(found) and all(_is_number(row[index]) for row in found)
        table.add_column(Text(visible(name)), justify="right" if is_number else "left", overflow="fold")
    for row in found:
        table.add_row(*(_cell(value) for value in row))
    width = None if sink.isatty() else _UNBOUNDED
    text = io.StringIO()
    Console(file=text, width=width, no_color=True, legacy_windows=False).print(table)
    # Without colour there is nothing that a pipe or a file would have to leave out.
    lines = [line.rstrip() for line in text.getvalue().split("\n")]
    sink.write("".join(f"{line}\n" for line in lines if line).encode())


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and bool(_AMOUNT.fullmatch(value)))


def _cell(value: object) -> Text:
    match value:
        case None:
            return Text("")
        case _:
            return Text(visible(as_text(value)))
