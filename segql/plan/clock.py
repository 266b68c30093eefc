"""The clock of a request: one instant T, the project's zone, the first day of its week."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant T as an aware datetime in UTC, and how the project reads it.

    `week_starts` is 1 for Monday to 7 for Sunday.

    Example:
        >>> Clock(dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)).today
        datetime.date(2026, 1, 1)
    """

    as_of: dt.datetime
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    week_starts: int = 1

    @property
    def today(self) -> dt.date:
        """T's date on the project's wall clock."""
        return self.as_of.astimezone(self.zone).date()
