"""What texts stand for: the strictest type that all of them fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from segql.types import BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, TEXT, TIMESTAMP, Type


@dataclass(frozen=True, slots=True)
class Form:
    """A type that text can stand for: the pattern of such texts, and what each must be read as, if that can fail."""

    type: Type
    pattern: str
    read_as: pa.DataType | None = None


# The strictest first; each value must fit.
FORMS: Sequence[Form] = (
    Form(BOOLEAN, r"^(?i:true|false)$"),
    # A number with a zero in front is a name, like a postal code.
    Form(INTEGER, r"^-?(0|[1-9]\d{0,17})$", pa.int64()),
    Form(DECIMAL, r"^-?(0|[1-9]\d{0,11})(\.\d{1,6})?$"),
    Form(FLOAT, r"^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?$", pa.float64()),
    Form(DATE, r"^\d{4}-\d{2}-\d{2}$", pa.date32()),
    Form(TIMESTAMP, r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$"),
)


def types_of_text(batches: Iterable[pa.RecordBatch], forms: Mapping[str, Sequence[Form]]) -> dict[str, Type]:
    """Return the strictest type that every value of a column fits, of the forms that it may have; else it is text.

    The columns of the batches are those of `forms`, in that order. A column without values is text.

    Example:
        >>> str(types_of_text([pa.RecordBatch.from_pydict({"v": ["1", None]})], {"v": FORMS})["v"])
        'integer'
    """
    possible = {name: list(each) for name, each in forms.items()}
    seen: set[str] = set()
    for batch in batches:
        for name, column in zip(forms, batch.columns, strict=True):
            known = column.drop_null()
            if len(known):
                seen.add(name)
                # What came as a number is one, and has the form of one.
                texts = known if pa.types.is_string(known.type) else known.cast(pa.string())
                possible[name] = [each for each in possible[name] if _fits(texts, each)]
    return {name: possible[name][0].type if name in seen and possible[name] else TEXT for name in forms}


def _fits(values: pa.Array, form: Form) -> bool:
    if not pc.all(pc.match_substring_regex(values, form.pattern)).as_py():
        return False
    if form.read_as is None:
        return True
    try:
        values.cast(form.read_as)
    except pa.ArrowInvalid:
        return False
    return True
