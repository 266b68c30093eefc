"""Parquet files."""

from __future__ import annotations

from typing import IO

import pyarrow as pa
from pyarrow import parquet


def write(reader: pa.RecordBatchReader, sink: IO[bytes]) -> None:
    """Write a Parquet file, a row group for each batch."""
    with parquet.ParquetWriter(sink, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
