"""The first rows of an answer, and how many were left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(slots=True)
class Head:
    """The first `limit` rows of a reader, or all of them where it is None.

    Example:
        >>> head = Head(pa.table({"id": [1, 2, 3]}).to_reader(), 2)
        >>> head.reader().read_all().num_rows, head.rest()
        (2, 1)
    """

    source: pa.RecordBatchReader
    limit: int | None
    _left: int = field(default=0, init=False)

    def reader(self) -> pa.RecordBatchReader:
        """Return the rows to be read, once."""
        if self.limit is None:
            return self.source
        return pa.RecordBatchReader.from_batches(self.source.schema, self._cut(self.limit))

    def rest(self) -> int:
        """Read on to the end, and return how many rows were not given out."""
        return self._left + sum(int(batch.num_rows) for batch in self.source)

    def _cut(self, limit: int) -> Iterator[pa.RecordBatch]:
        taken = 0
        while taken < limit and (batch := next(self.source, None)) is not None:
            first = batch.slice(0, limit - taken)
            taken += first.num_rows
            self._left = batch.num_rows - first.num_rows
            yield first
