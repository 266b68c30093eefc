"""Columns of an answer in the types that the language gives them, whatever the engine makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa

from segql.types import Kind, Type

_TYPES = {
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us"),
}


def as_told(batch: pa.RecordBatch, types: Sequence[Type]) -> pa.RecordBatch:
    """Return a batch of a key and values with the values in these types; the key stays as the engine has it.

    Example:
        >>> batch = pa.RecordBatch.from_pydict({"id": [1], "score": [2.5]})
        >>> as_told(batch, [Type(Kind.DECIMAL, precision=18, scale=2)]).column("score")[0].as_py()
        Decimal('2.50')
    """
    key, *values = batch.columns
    made = [_cast(each, type_) for each, type_ in zip(values, types, strict=True)]
    return pa.RecordBatch.from_arrays([key, *made], batch.schema.names)


def _cast(values: pa.Array, type_: Type) -> pa.Array:
    if type_.kind is not Kind.DECIMAL:
        wanted = _TYPES.get(type_.kind)
        return values if wanted is None or values.type == wanted else _plain(values).cast(wanted)
    wanted = pa.decimal128(38, type_.scale)
    if pa.types.is_decimal(values.type):
        return values.cast(wanted)
    # Doubles and texts of decimals: what they show is what they mean.
    shown = (None if each is None else Decimal(str(each)) for each in _plain(values).to_pylist())
    return pa.array([None if each is None else round(each, type_.scale) for each in shown], wanted)


def _plain(values: pa.Array) -> pa.Array:
    """Return the values without a driver's own name for their type."""
    return values.storage if isinstance(values, pa.ExtensionArray) else values
