"""Arrow streams: what `pyarrow.ipc.open_stream` and its like read."""

from __future__ import annotations

from typing import IO

import pyarrow as pa


def write(reader: pa.RecordBatchReader, sink: IO[bytes]) -> None:
    """Write an Arrow IPC stream, which a pipe can read while it is written."""
    with pa.ipc.new_stream(sink, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
