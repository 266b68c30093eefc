"""Windows at an instant: calendar steps, wall clocks, ends of the calendar."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from segql.plan import NOW, Clock, Fixed, Relative, Unit, Window
from segql.plan.instants import first_day, instant, midnight, of_wall, resolve

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN, week_starts: int = 1) -> Clock:
    return Clock(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC), zone, week_starts)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def test_a_day_is_a_step_of_the_wall_clock_and_not_24_hours() -> None:
    # The clock went forward at 01:00 UTC on 30 March 2025.
    assert instant(Relative(-1, Unit.DAY), at("2025-03-30T10:00")) == utc("2025-03-29T11:00")


def test_an_hour_is_elapsed_time() -> None:
    assert instant(Relative(-24, Unit.HOUR), at("2025-03-30T10:00")) == utc("2025-03-29T10:00")


def test_a_month_step_lands_on_the_last_day() -> None:
    assert instant(Relative(-1, Unit.MONTH), at("2025-03-31T12:00", ZoneInfo("UTC"))) == utc("2025-02-28T12:00")


def test_a_skipped_time_moves_forward_by_the_gap() -> None:
    assert of_wall(dt.datetime(2025, 3, 30, 2, 30), BERLIN) == utc("2025-03-30T01:30")


def test_a_repeated_time_is_its_first() -> None:
    assert of_wall(dt.datetime(2025, 10, 26, 2, 30), BERLIN) == utc("2025-10-26T00:30")


def test_no_step_from_the_second_of_two_equal_times_is_that_time_itself() -> None:
    # 01:30 UTC is the second 02:30 in Berlin.
    assert instant(Relative(0, Unit.DAY), at("2025-10-26T01:30")) == utc("2025-10-26T01:30")


@pytest.mark.parametrize(("starts", "expected"), [(1, "2025-12-01"), (7, "2025-11-30")])
def test_a_week_begins_when_the_project_says(starts: int, expected: str) -> None:
    clock = at("2025-12-03T12:00", ZoneInfo("UTC"), starts)

    assert instant(Relative(0, Unit.DAY, Unit.WEEK, 0), clock) == utc(expected)


def test_a_midnight_that_the_clock_skips_is_the_first_instant_of_the_day() -> None:
    # Brazil's clock went from 00:00 to 01:00 on 4 November 2018.
    assert midnight(dt.date(2018, 11, 4), ZoneInfo("America/Sao_Paulo")) == utc("2018-11-04T03:00")


def test_a_date_bound_is_the_first_day_whose_midnight_is_not_before() -> None:
    assert first_day(utc("2025-12-01T12:00"), BERLIN) == dt.date(2025, 12, 2)
    assert first_day(utc("2025-11-30T23:00"), BERLIN) == dt.date(2025, 12, 1)


def test_a_step_past_the_end_of_the_calendar_stays_inside() -> None:
    stretch = resolve(Window(Relative(-3000, Unit.YEAR), Relative(8000, Unit.YEAR)), at("2025-12-01T00:00"))

    assert stretch.start is not None
    assert stretch.start.year == 1
    assert stretch.end is not None
    assert stretch.end.year == 9999


def test_a_timestamp_without_a_zone_stands_on_the_wall_clock() -> None:
    assert instant(Fixed(dt.datetime(2025, 7, 1, 10)), at("2025-12-01T00:00")) == utc("2025-07-01T08:00")


def test_neighbouring_windows_tile() -> None:
    clock = at("2025-12-01T00:00")
    near = resolve(Window(Relative(-30, Unit.DAY), NOW), clock)
    far = resolve(Window(Relative(-90, Unit.DAY), Relative(-30, Unit.DAY)), clock)

    assert far.end == near.start
