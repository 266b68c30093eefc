"""How an analyst writes SQL by hand, for each of the two engines that are measured."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from segql.plan import Clock

AS_OF = dt.date(2025, 1, 1)
CLOCK = Clock(dt.datetime(2025, 1, 1, tzinfo=dt.UTC))


@dataclass(frozen=True, slots=True)
class Analyst:
    """Writes queries as of 2025-01-01; `counts_back` leaves it to the engine to find the day a window begins."""

    counts_back: bool

    @property
    def now(self) -> str:
        """The end of every window."""
        return f"timestamp '{AS_OF}'"

    def ago(self, days: int) -> str:
        """Return the instant so many days back."""
        if self.counts_back:
            return f"{self.now} - interval {days} day"
        return f"timestamp '{AS_OF - dt.timedelta(days=days)}'"

    def within(self, time: str, days: int) -> str:
        """Return the condition that a column lies in the last days."""
        return f"{time} >= {self.ago(days)} and {time} < {self.now}"


ON_DUCKDB = Analyst(counts_back=True)
ON_POSTGRES = Analyst(counts_back=False)
