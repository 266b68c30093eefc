"""Rows of a driver that has no Arrow, as batches of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa

ROWS_A_BATCH = 100_000


def reader(
    names: Sequence[str], types: Sequence[pa.DataType], more: Callable[[int], Sequence[Sequence[object]]]
) -> pa.RecordBatchReader:
    """Return rows as they come; `more` gives so many of them, or none at the end.

    Example:
        >>> rows = [(1, "a"), (2, None)]
        >>> more = lambda most: [rows.pop(0) for _ in rows[:most]]
        >>> reader(["id", "name"], [pa.int64(), pa.string()], more).read_all().num_rows
        2
    """
    schema = pa.schema(list(zip(names, types, strict=True)))

    def batches() -> Iterator[pa.RecordBatch]:
        while rows := more(ROWS_A_BATCH):
            columns = [pa.array(values, type_) for values, type_ in zip(zip(*rows, strict=True), types, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())
