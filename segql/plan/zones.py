"""What a zone adds to UTC, and when that changes, as data that SQL can carry."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from segql.plan.instants import of_wall

# No stored time of a customer is older, and the rules of zones reach no further back with any certainty.
_YEAR_MIN = 1900


@dataclass(frozen=True, slots=True)
class Shifts:
    """A piecewise constant shift: before `changes[0][0]` it is `first`, from each place on what stands beside it."""

    first: dt.timedelta
    changes: tuple[tuple[dt.datetime, dt.timedelta], ...]

    def between(self, start: dt.datetime | None, end: dt.datetime | None) -> Shifts:
        """Return only what is needed for places from `start` up to `end`."""
        changes = [each for each in self.changes if end is None or each[0] < end]
        if start is None:
            return Shifts(self.first, tuple(changes))
        at = bisect_right([each[0] for each in changes], start)
        first = changes[at - 1][1] if at else self.first
        return Shifts(first, tuple(changes[at:]))


@cache
def to_wall(zone: ZoneInfo, year_max: int) -> Shifts:
    """Return what is added to an instant (naive, UTC) to give the wall-clock time of a zone."""

    def shift(moment: dt.datetime) -> dt.timedelta:
        offset = moment.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset()
        assert offset is not None
        return offset

    return _shifts(shift, year_max, dt.timedelta(seconds=1))


@cache
def from_wall(zone: ZoneInfo, year_max: int) -> Shifts:
    """Return what is added to a wall-clock time of a zone to give its instant (naive, UTC)."""

    def shift(wall: dt.datetime) -> dt.timedelta:
        return of_wall(wall, zone).replace(tzinfo=None) - wall

    return _shifts(shift, year_max, dt.timedelta(seconds=1))


def _shifts(shift: Callable[[dt.datetime], dt.timedelta], year_max: int, finest: dt.timedelta) -> Shifts:
    """Find every change of a shift: look at each day, then halve the days between which it changes."""
    at = dt.datetime(_YEAR_MIN, 1, 1)  # noqa: DTZ001
    end = dt.datetime(year_max + 1, 1, 1)  # noqa: DTZ001
    first = current = shift(at)
    changes: list[tuple[dt.datetime, dt.timedelta]] = []
    # No zone has changed and changed back within a day.
    step = dt.timedelta(days=1)
    while at < end:
        following = at + step
        while shift(following) != current:
            low, high = at, following
            while high - low > finest:
                middle = low + dt.timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if shift(middle) == current else (low, middle)
            current = shift(high)
            changes.append((high, current))
            at = high
        at = following
    return Shifts(first, tuple(changes))
