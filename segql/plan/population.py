"""What is asked of a value among everyone's: the measures of `Population`."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from segql.tree import Node, node


class End(StrEnum):
    """From which end the members are counted: `TOP` begins with the highest value, `BOTTOM` with the lowest."""

    TOP = "top"
    BOTTOM = "bottom"


@node
class Extreme(Node):
    """Whether the rank from that end is at most `percent` hundredths of how many there are, rounded up."""

    end: End
    percent: Decimal


@node
class Rank(Node):
    """One more than the number of higher values; the highest has 1, equal values share a rank."""


@node
class Quantile(Node):
    """In which of so many parts the value lies, 1 being the lowest: `1 + floor(lower values * parts / all values)`."""

    parts: int


@node
class Average(Node):
    """The mean of all values, rounded half away from zero to six places."""


@node
class Median(Node):
    """The mean of the middle one or two values, rounded as an average is."""


@node
class Percentile(Node):
    """The smallest value with at least `percent` hundredths of all values at or below it."""

    percent: Decimal


Measure: TypeAlias = Extreme | Rank | Quantile | Average | Median | Percentile
