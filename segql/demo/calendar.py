"""The shop's two years, and the hours in which its customers are awake."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from segql.demo.chance import Chance

ZONE = ZoneInfo("Europe/Berlin")
OPENING = dt.date(2024, 1, 1)
# The first day that the data does not hold: `as_of` in the shop's segql.toml.
EXPORT = dt.date(2025, 12, 1)
DAYS = (EXPORT - OPENING).days

# How willingly people buy, from Monday to Sunday and from January to December.
_WEEKDAYS = (0.55, 0.5, 0.55, 0.6, 0.75, 1.0, 0.95)
_MONTHS = (0.7, 0.7, 0.8, 0.8, 0.75, 0.65, 0.6, 0.65, 0.75, 0.85, 1.0, 1.0)
_HOURS = {
    hour: weight
    for hour, weight in enumerate(
        (2, 1, 1, 0, 0, 1, 4, 9, 12, 12, 12, 12, 14, 12, 10, 10, 12, 14, 18, 24, 28, 26, 16, 7)
    )
    if weight
}


def date(day: int) -> dt.date:
    """Return the date of a day counted from the opening."""
    return OPENING + dt.timedelta(days=day)


def shopping_day(chance: Chance, day: int) -> int:
    """Return `day`, or the next one on which somebody cares to shop."""
    while not chance.hit(_WEEKDAYS[date(day).weekday()] * _MONTHS[date(day).month - 1]):
        day += 1
    return day


def moment(chance: Chance, day: int) -> dt.datetime:
    """Return an instant of that day on the wall clock, as the tables hold it: UTC, no zone."""
    seconds = chance.pick(_HOURS) * 3600 + chance.below(3600)
    local = dt.datetime.combine(date(day), dt.time(), ZONE) + dt.timedelta(seconds=seconds)
    return local.astimezone(dt.UTC).replace(tzinfo=None)
