"""Names for what a statement makes, none of which hides a table or another name."""

from __future__ import annotations

from collections.abc import Iterable


class Names:
    """Hands out names that are not taken, whatever their case.

    Example:
        >>> names = Names(["orders"])
        >>> names.new("Orders"), names.new("purchase")
        ('Orders_2', 'purchase')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {each.casefold() for each in taken}

    def new(self, wanted: str) -> str:
        """Return `wanted`, or it with the first number that makes it new; it is taken from now on."""
        name, number = wanted, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name.casefold())
        return name
