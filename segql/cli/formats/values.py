"""A value as text, the same in every form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal


def as_text(value: object) -> str:
    """Return a value as the language writes it.

    Example:
        >>> as_text(True), as_text(dt.date(2025, 12, 1)), as_text(Decimal("1.50"))
        ('true', '2025-12-01', '1.5')
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case Decimal():
            # An engine's own number of places says nothing.
            return f"{value.normalize() + 0:f}"
        case _:
            return str(value)
