"""The instant to ask for."""

from __future__ import annotations

import datetime as dt

import pytest

from segql.diagnostics import SegqlError
from segql.workspace.clock import AsOf, clock_at, moving_clock
from segql.workspace.config import Config, Weekday

BERLIN = Config("Europe/Berlin")


def instant(as_of: AsOf, config: Config = BERLIN) -> str:
    return clock_at(as_of, config).as_of.isoformat()


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2025-12-01", "2025-11-30T23:00:00+00:00"),
        ("2025-12-01T10:00:00Z", "2025-12-01T10:00:00+00:00"),
        ("2025-12-01T10:00+02:00", "2025-12-01T08:00:00+00:00"),
        ("2025-12-01T10:00", "2025-12-01T09:00:00+00:00"),
        ("2025-12-01 10:00:00.25", "2025-12-01T09:00:00.250000+00:00"),
        # The clock goes from 2 to 3: what it skips moves forward by the gap.
        ("2025-03-30T02:30", "2025-03-30T01:30:00+00:00"),
        # It goes from 3 back to 2: the first of two.
        ("2025-10-26T02:30", "2025-10-26T00:30:00+00:00"),
        (dt.date(2025, 12, 1), "2025-11-30T23:00:00+00:00"),
        (dt.datetime(2025, 12, 1, 10), "2025-12-01T09:00:00+00:00"),  # a wall clock's
        (dt.datetime(2025, 12, 1, 10, tzinfo=dt.UTC), "2025-12-01T10:00:00+00:00"),
    ],
)
def test_an_instant_in_the_projects_zone(as_of: AsOf, expected: str) -> None:
    assert instant(as_of) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "01.12.2025",
        "2025-13-01",
        "2025-02-30",
        "20251201",
        "2025-W49-1",
        "2025-12-01T25:00",
        "٢٠٢٥-12-01",
    ],
)
def test_what_is_no_instant_is_told(text: str) -> None:
    with pytest.raises(SegqlError) as raised:
        instant(text)

    assert raised.value.diagnostics[0].code == "E608"


def test_a_projects_own_instant_counts_where_none_is_given() -> None:
    config = Config(as_of="2025-12-01")

    assert instant(None, config) == "2025-12-01T00:00:00+00:00"
    assert instant("2026-01-01", config) == "2026-01-01T00:00:00+00:00"


def test_else_it_is_this_moment() -> None:
    before = dt.datetime.now(dt.UTC)
    found = clock_at(None, Config()).as_of

    assert before <= found <= dt.datetime.now(dt.UTC)


@pytest.mark.parametrize(("day", "number"), [(Weekday.MONDAY, 1), (Weekday.SUNDAY, 7)])
def test_the_week_starts_as_the_project_says(day: Weekday, number: int) -> None:
    assert clock_at("2025-12-01", Config(week_starts=day)).week_starts == number


def test_a_live_statement_is_made_at_this_moment_whatever_the_project_asks_for() -> None:
    before = dt.datetime.now(dt.UTC)

    made = moving_clock(None, Config("Europe/Berlin", as_of="2025-12-01", week_starts=Weekday.SUNDAY))

    assert before <= made.as_of <= dt.datetime.now(dt.UTC)
    assert (made.zone.key, made.week_starts) == ("Europe/Berlin", 7)


def test_a_live_statement_has_no_instant_of_its_own() -> None:
    with pytest.raises(SegqlError) as raised:
        moving_clock("2025-12-01", BERLIN)

    (problem,) = raised.value.diagnostics
    assert (problem.code, problem.hint) == ("E619", "leave out one of `--as-of` and `--live-clock`")
