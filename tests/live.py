"""A live statement, asked at instants of the tests' choice: only the one place where it reads the clock is another."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator

from segql.plan import Clock
from segql.plan.zones import to_wall
from segql.sql.dialects import DIALECTS

MICROSECOND = dt.timedelta(microseconds=1)
# By what any engine reads its clock.
_READS = ("current_timestamp", "'now'", "now64", "now()", "getdate", "sysdate", "sysutcdatetime", "utc_timestamp")


def asked_at(sql: str, dialect: str, instant: dt.datetime) -> str:
    """Return a live statement with an instant where it reads the engine's clock, which it does in one place or in none.

    Without any it says nothing that hangs on the day.
    """
    spoken = DIALECTS[dialect]
    now, literal = (each.sql(spoken.printer) for each in (spoken.now(), spoken.timestamp(instant)))
    assert sql.count(now) <= 1, sql
    moved = sql.replace(now, literal)
    assert not any(each in moved.lower() for each in _READS), sql
    return moved


def instants_after(clock: Clock) -> list[dt.datetime]:
    """Return T, and instants after it at which boundaries change their order, or the wall clock its shift."""
    return sorted({clock.as_of, *_turns(clock)})


def _turns(clock: Clock) -> Iterator[dt.datetime]:
    today = clock.today
    monday = today + dt.timedelta(days=(clock.week_starts - today.isoweekday()) % 7 or 7)
    last = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    leap = next(year for year in range(today.year + (today.month > 2), 9999) if calendar.isleap(year))
    for day in (monday, last, last + dt.timedelta(days=1), dt.date(leap, 2, 29), dt.date(today.year, 12, 31)):
        start = dt.datetime.combine(day, dt.time(), clock.zone).astimezone(dt.UTC)
        yield from (start, start + dt.timedelta(hours=23, minutes=30), start - MICROSECOND)
    changes = [each.replace(tzinfo=dt.UTC) for each, _ in to_wall(clock.zone, today.year + 2).changes]
    for change in [each for each in changes if each > clock.as_of][:2]:
        # Half an hour after the clock goes back it shows a time for the second time.
        yield from (change - MICROSECOND, change, change + dt.timedelta(minutes=30), change + dt.timedelta(days=1))
