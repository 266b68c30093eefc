"""The forms in which rows are written, one a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from typing import IO, TYPE_CHECKING, TypeAlias

# Named in annotations only: a list of segments loads no table library.
if TYPE_CHECKING:
    import pyarrow as pa

Row: TypeAlias = Sequence[object]


class RowFormat(StrEnum):
    """The forms that take rows: text, readable by eye."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"


class Format(StrEnum):
    """Every form of an answer: the forms of rows, then the two that take Arrow batches."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"
    ARROW = "arrow"


RowWriter: TypeAlias = Callable[[Sequence[str], Iterable[Row], IO[bytes]], None]
BatchWriter: TypeAlias = Callable[["pa.RecordBatchReader", IO[bytes]], None]

# Where each form is; loaded when it is asked for.
_ROWS: Mapping[Format, str] = {
    Format.TABLE: "segql.cli.formats.table",
    Format.CSV: "segql.cli.formats.csv",
    Format.JSON: "segql.cli.formats.json",
    Format.JSONL: "segql.cli.formats.jsonl",
}
_BATCHES: Mapping[Format, str] = {
    Format.PARQUET: "segql.cli.formats.parquet",
    Format.ARROW: "segql.cli.formats.arrow",
}


def write_rows(form: Format, columns: Sequence[str], rows: Iterable[Row], sink: IO[bytes]) -> None:
    """Write rows with these columns in a form for text.

    Example:
        write_rows(Format.CSV, ["segment"], [["vip"]], sys.stdout.buffer)
    """
    writer: RowWriter = import_module(_ROWS[form]).write
    writer(columns, rows, sink)


def write_batches(form: Format, reader: pa.RecordBatchReader, sink: IO[bytes]) -> None:
    """Write batches in any form, as they come.

    Example:
        write_batches(Format.PARQUET, reader, file)
    """
    if form in _ROWS:
        write_rows(form, reader.schema.names, rows_of(reader), sink)
    else:
        writer: BatchWriter = import_module(_BATCHES[form]).write
        writer(reader, sink)


def is_binary(form: Format) -> bool:
    """Say whether a form is for programs only and would garble a terminal."""
    return form in _BATCHES


def rows_of(reader: pa.RecordBatchReader) -> Iterator[tuple[object, ...]]:
    """Yield the rows of batches as Python values."""
    for batch in reader:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
