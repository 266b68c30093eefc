"""A live statement, asked at instants of the tests' choice: only the one place where it reads the clock is another."""

from __future__ import annotations

import datetime as dt

from segql.sql.dialects import DIALECTS


def asked_at(sql: str, dialect: str, instant: dt.datetime) -> str:
    """Return a live statement with an instant where it reads the engine's clock, which it does in one place or in none.

    Without any it says nothing that hangs on the day.
    """
    spoken = DIALECTS[dialect]
    now, literal = (each.sql(spoken.printer) for each in (spoken.now(), spoken.timestamp(instant)))
    assert sql.count(now) <= 1, sql
    assert sql.lower().count("current_timestamp") <= 1, sql
    return sql.replace(now, literal)
