"""Names for what a statement makes, none of which hides a table or another name."""

from __future__ import annotations

from collections.abc import Iterable

# Engines cut longer names, or refuse them: PostgreSQL past 63 bytes, MySQL past 64 letters.
_BYTES_MOST = 60


class Names:
    """Hands out names that are not taken, whatever their case, and short enough for every engine.

    Example:
        >>> names = Names(["orders"])
        >>> names.new("Orders"), names.new("purchase")
        ('Orders_2', 'purchase')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {each.casefold() for each in taken}

    def new(self, wanted: str) -> str:
        """Return `wanted`, or it with the first number that makes it new; it is taken from now on."""
        name, number = _cut(wanted, _BYTES_MOST), 1
        while name.casefold() in self._taken:
            number += 1
            end = f"_{number}"
            name = _cut(wanted, _BYTES_MOST - len(end)) + end
        self._taken.add(name.casefold())
        return name


def _cut(name: str, most: int) -> str:
    return name if len(name) * 4 <= most else name.encode()[:most].decode(errors="ignore")
