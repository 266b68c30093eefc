"""Stretches of time, still symbolic: nothing here knows what day it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Unit(StrEnum):
    """The units of durations and calendar steps, the shortest first."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


# Elapsed time of one unit in microseconds, for durations that are measured from an event or a field's value.
MICROSECONDS: dict[Unit, int] = {
    Unit.SECOND: 1_000_000,
    Unit.MINUTE: 60_000_000,
    Unit.HOUR: 3_600_000_000,
    Unit.DAY: 86_400_000_000,
    Unit.WEEK: 7 * 86_400_000_000,
}


@dataclass(frozen=True, slots=True)
class Relative:
    """The instant T moved by `count` units, back where it is negative.

    If `floor` is given, it is then taken back to the start of that calendar unit and moved by `then` whole units of
    `floor`.

    `in this month` runs from `Relative(0, DAY, MONTH, 0)` to `Relative(0, DAY, MONTH, 1)`; `exactly 3 days ago` from
    `Relative(-3, DAY, DAY, 0)` to `Relative(-3, DAY, DAY, 1)`; `in last 90 days` from `Relative(-90, DAY)` to
    `Relative(0, DAY)`.
    """

    count: int
    unit: Unit
    floor: Unit | None = None
    then: int = 0


@dataclass(frozen=True, slots=True)
class Fixed:
    """An instant that was written: a date (its midnight in the project's zone) or an aware timestamp in UTC.

    A timestamp written without a zone stands on the project's wall clock; it is a naive `datetime`.
    """

    value: dt.date | dt.datetime


Bound: TypeAlias = Relative | Fixed


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to, not including, `end`; None leaves that side open."""

    start: Bound | None
    end: Bound | None


NOW = Relative(0, Unit.SECOND)
