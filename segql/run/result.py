"""What a run gives: members as they come, or counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from segql.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Members:
    """The members of one segment or several, in batches.

    One segment gives the column of its key; several give `segment` and the key, ordered by the
    segment asked and then by key. `failures` grows while the batches are read and is complete after
    the last: what the engine could not answer while it answered the rest. Reading raises
    `SegqlError` where the engine gives up halfway.

    Example:
        members.reader.read_all().column_names
    """

    reader: pa.RecordBatchReader
    failures: list[Diagnostic]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many members each segment has, by name in the order asked.

    `size` is how many the entity has, None where that was not asked for or could not be counted. `failures` says
    which segments the engine could not count; they are missing from `counts`.
    """

    entity: str
    counts: Mapping[str, int]
    size: int | None = None
    failures: tuple[Diagnostic, ...] = ()
