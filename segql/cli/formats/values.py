"""A value as text, the same in every form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal


def as_text(value: object) -> str:
    """Return a value as the language writes it.

    Example:
        >>> as_text(True), as_text(dt.date(2025, 12, 1))
        ('true', '2025-12-01')
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
            return f"{value:f}"
        case _:
            return str(value)
