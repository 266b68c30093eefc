"""Draws that come out the same on every machine and every version of Python."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Chance from a seed; one for each table, so that a change to one leaves the others alone.

    Only `random()` is promised to give the same numbers for ever, so everything is made of it.

    Example:
        >>> Chance("orders").below(6) == Chance("orders").below(6)
        True
    """

    def __init__(self, seed: str) -> None:
        self._random = random.Random(f"segql demo shop: {seed}").random  # noqa: S311  nothing here is secret

    def hit(self, probability: float) -> bool:
        """Return true with this probability."""
        return self._random() < probability

    def below(self, end: int) -> int:
        """Return a whole number from 0 up to, not including, `end`; each is as likely."""
        return int(self._random() * end)

    def one_of(self, options: Sequence[T]) -> T:
        """Return one of the options; each is as likely."""
        return options[self.below(len(options))]

    def pick(self, weights: Mapping[T, int]) -> T:
        """Return a key of `weights`, each as often as its weight of the total."""
        left = self.below(sum(weights.values()))
        for option, weight in weights.items():
            left -= weight
            if left < 0:
                return option
        raise AssertionError(weights)  # the draw is below the total

    def wait(self, mean: float) -> float:
        """Return a waiting time with this mean: mostly short, now and then long."""
        return -mean * math.log(1 - self._random())
