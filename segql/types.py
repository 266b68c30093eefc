"""The types of the language, and what compares with what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The families of values. `DURATION` and `WEEKDAY` exist only inside conditions, `UNKNOWN` only after an error."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    JSON = "json"
    LIST = "list"
    DURATION = "duration"
    WEEKDAY = "weekday"
    KEY = "key"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Type:
    """A type. `precision` and `scale` (digits, and digits after the point) belong to decimals, `item` to lists.

    A `key` is a value of whatever type the data has; it can be compared with nothing.

    Example:
        >>> str(Type(Kind.LIST, item=TEXT))
        'list of text'
    """

    kind: Kind
    item: Type | None = None
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        """Say it as it is written in a catalog."""
        if self.kind is Kind.LIST:
            return f"list of {self.item}"
        if self.kind is Kind.DECIMAL and (self.precision, self.scale) not in {(18, 6), (38, 6)}:
            return f"decimal({self.precision}, {self.scale})" if self.precision < 38 else "decimal"
        return self.kind.value

    @property
    def is_number(self) -> bool:
        """Whether arithmetic is possible with it."""
        return self.kind in {Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT}

    @property
    def is_moment(self) -> bool:
        """Whether it is a place in time: a date or a timestamp."""
        return self.kind in {Kind.DATE, Kind.TIMESTAMP}


BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
DECIMAL = Type(Kind.DECIMAL, precision=18, scale=6)
FLOAT = Type(Kind.FLOAT)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE)
TIMESTAMP = Type(Kind.TIMESTAMP)
JSON = Type(Kind.JSON)
DURATION = Type(Kind.DURATION)
WEEKDAY = Type(Kind.WEEKDAY)
KEY = Type(Kind.KEY)
UNKNOWN = Type(Kind.UNKNOWN)

# A decimal that a computation gives: as many digits as engines have, six of them after the point.
RESULT = Type(Kind.DECIMAL, precision=38, scale=6)

# What a catalog may declare, by its word.
DECLARABLE: dict[str, Type] = {
    each.kind.value: each for each in (BOOLEAN, INTEGER, DECIMAL, FLOAT, TEXT, DATE, TIMESTAMP, JSON)
}


def list_of(item: Type) -> Type:
    """Return the type of a list whose items are of type `item`."""
    return Type(Kind.LIST, item=item)


def decimal(precision: int, scale: int) -> Type:
    """Return the decimal type of `precision` digits, `scale` of them after the point."""
    return Type(Kind.DECIMAL, precision=precision, scale=scale)


def comparable(left: Type, right: Type) -> bool:
    """Say whether values of the two types may be compared; nothing converts silently.

    Numbers compare with numbers, a date with a timestamp (it is the instant of its midnight), the rest with its
    own kind. Lists and json are taken apart before they are compared.
    """
    if Kind.UNKNOWN in {left.kind, right.kind}:
        return True
    if left.is_number and right.is_number:
        return True
    if left.is_moment and right.is_moment:
        return True
    return left.kind is right.kind and left.kind not in {Kind.LIST, Kind.JSON, Kind.KEY}
