"""A step in which the row of a moving clock is made."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Shifted:
    """A moment to move between the wall clock and UTC, and its name once it is moved; `lowest` is never after it."""

    name: str
    moment: exp.Expr
    lowest: dt.datetime


@dataclass(slots=True)
class Step:
    """The columns that a step adds, and those whose moments it moves `to_wall` or `from_wall`."""

    columns: list[exp.Expr] = field(default_factory=list)
    to_wall: list[Shifted] = field(default_factory=list)
    from_wall: list[Shifted] = field(default_factory=list)

    @property
    def shifted(self) -> list[Shifted]:
        """All that it moves."""
        return [*self.to_wall, *self.from_wall]

    @property
    def places(self) -> dict[int, Shifted]:
        """All that it moves, by numbers."""
        return dict(enumerate(self.shifted, 1))
