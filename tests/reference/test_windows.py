"""Rules 5, 6 and 19: windows from T, the wall clock, durations from a value, anniversaries."""

from __future__ import annotations

import datetime as dt

import pytest

from segql import plan
from segql.plan import NOW, Bound, Fixed, Op, Relative, Side, Tally, Unit, Window
from segql.reference.windows import resolve
from segql.types import DATE, DURATION, TIMESTAMP
from tests.reference.people import (
    clock,
    duration,
    field,
    literal,
    members,
    of_orders,
    tally,
    utc,
    value,
    wall,
)

DAY = 86_400_000_000
BERLIN, NEW_YORK, SANTIAGO = "Europe/Berlin", "America/New_York", "America/Santiago"


def last(count: int, unit: Unit) -> Window:
    return Window(Relative(-count, unit), NOW)


def day(steps: int, length: int = 1) -> Window:
    return Window(Relative(steps, Unit.DAY, Unit.DAY), Relative(steps, Unit.DAY, Unit.DAY, length))


def this(unit: Unit, then: int = 0) -> Window:
    return Window(Relative(0, Unit.DAY, unit, then), Relative(0, Unit.DAY, unit, then + 1))


def happened(at: object, window: Window | None, as_of: plan.Clock | None = None) -> bool:
    return of_orders(tally(Tally.COUNT, window=window), {"at": at}, at=as_of) == 1


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-05T11:59:59.999999", False),
        ("2026-03-05T12:00", True),
        ("2026-03-15T11:59:59.999999", True),
        ("2026-03-15T12:00", False),
    ],
)
def test_in_last_10_days_has_its_start_and_not_its_end(at: str, expected: bool) -> None:
    assert happened(utc(at), last(10, Unit.DAY)) is expected


def test_no_event_at_or_after_t_is_visible() -> None:
    later = Window(Fixed(dt.date(2026, 1, 1)), None)
    assert not happened(utc("2026-03-15T12:00"), later)
    assert not happened(utc("2026-03-16"), None)


def test_fields_may_lie_ahead_of_t() -> None:
    month = plan.InWindow(field("born"), this(Unit.MONTH))
    assert value(month, born=dt.date(2026, 3, 31)) is True
    assert value(month, born=dt.date(2026, 4, 1)) is False


def test_a_window_open_on_one_side_has_no_end_there() -> None:
    assert happened(utc("1990-01-01"), Window(None, Relative(-10, Unit.DAY)))
    assert not happened(utc("2026-03-05T12:00"), Window(None, Relative(-10, Unit.DAY)))


def test_an_empty_window_holds_nothing() -> None:
    empty = Window(Fixed(dt.date(2026, 3, 1)), Fixed(dt.date(2026, 2, 1)))
    assert not happened(utc("2026-02-15"), empty)


@pytest.mark.parametrize(
    ("bound", "as_of", "zone", "expected"),
    [
        # a month step lands on the last day when the day does not exist
        (Relative(-1, Unit.MONTH), "2026-03-31T10:00", "UTC", "2026-02-28T10:00"),
        (Relative(-3, Unit.MONTH), "2026-05-31T10:00", "UTC", "2026-02-28T10:00"),
        (Relative(1, Unit.QUARTER), "2025-11-30T10:00", "UTC", "2026-02-28T10:00"),
        (Relative(-1, Unit.YEAR), "2024-02-29T10:00", "UTC", "2023-02-28T10:00"),
        (Relative(-2, Unit.WEEK), "2026-03-15T12:00", "UTC", "2026-03-01T12:00"),
        # Berlin was at +1 on 20 March, at +2 from 29 March on: 11:00 on the wall both times
        (Relative(-10, Unit.DAY), "2026-03-30T09:00", BERLIN, "2026-03-20T10:00"),
        # elapsed time does not care
        (Relative(-240, Unit.HOUR), "2026-03-30T09:00", BERLIN, "2026-03-20T09:00"),
        # 02:30 on 29 March was skipped: 03:30 at +2
        (Relative(-1, Unit.DAY), "2026-03-30T00:30", BERLIN, "2026-03-29T01:30"),
        # 02:30 on 25 October comes twice: the first, at +2
        (Relative(-1, Unit.DAY), "2026-10-26T01:30", BERLIN, "2026-10-25T00:30"),
        # T itself stays the second one
        (Relative(0, Unit.DAY), "2026-10-25T01:30", BERLIN, "2026-10-25T01:30"),
        # the date is the project's, not that of UTC
        (Relative(0, Unit.DAY, Unit.DAY), "2026-03-15T23:30", BERLIN, "2026-03-15T23:00"),
        (Relative(0, Unit.DAY, Unit.DAY, 1), "2026-03-15T03:00", NEW_YORK, "2026-03-15T04:00"),
        # midnight of 8 September 2024 was skipped in Santiago: the day began at 01:00, at -3
        (Relative(0, Unit.DAY, Unit.DAY), "2024-09-08T12:00", SANTIAGO, "2024-09-08T04:00"),
        (Fixed(dt.date(2026, 7, 1)), "2026-03-15T12:00", BERLIN, "2026-06-30T22:00"),
        (Fixed(wall("2026-07-01T09:00")), "2026-03-15T12:00", BERLIN, "2026-07-01T07:00"),
        (Fixed(utc("2026-07-01T09:00")), "2026-03-15T12:00", BERLIN, "2026-07-01T09:00"),
        (Relative(-2, Unit.HOUR, Unit.HOUR), "2026-03-15T12:34:56", "UTC", "2026-03-15T10:00"),
    ],
)
def test_bounds_are_steps_on_the_wall_clock(bound: Bound, as_of: str, zone: str, expected: str) -> None:
    assert resolve(bound, clock(as_of, zone)) == utc(expected)


@pytest.mark.parametrize(
    ("unit", "then", "expected"),
    [
        (Unit.DAY, 0, "2026-05-13"),
        (Unit.WEEK, 0, "2026-05-11"),
        (Unit.MONTH, 0, "2026-05-01"),
        (Unit.MONTH, -3, "2026-02-01"),
        (Unit.QUARTER, 0, "2026-04-01"),
        (Unit.QUARTER, 1, "2026-07-01"),
        (Unit.YEAR, 0, "2026-01-01"),
        (Unit.YEAR, 1, "2027-01-01"),
    ],
)
def test_calendar_units_start_on_their_first_day(unit: Unit, then: int, expected: str) -> None:
    bound = Relative(0, Unit.DAY, unit, then)
    assert resolve(bound, clock("2026-05-13T12:00")) == utc(expected)


@pytest.mark.parametrize(("week_starts", "expected"), [(1, "2026-05-11"), (3, "2026-05-13"), (7, "2026-05-10")])
def test_a_week_starts_where_the_project_says(week_starts: int, expected: str) -> None:
    wednesday = clock("2026-05-13T12:00", week_starts=week_starts)
    assert resolve(Relative(0, Unit.DAY, Unit.WEEK), wednesday) == utc(expected)


def test_a_bound_before_all_years_is_the_first_instant() -> None:
    assert resolve(Relative(-5000, Unit.YEAR), clock()).year == 1


def test_a_date_asked_in_the_afternoon_is_its_midnight() -> None:
    week = plan.InWindow(field("born"), last(7, Unit.DAY))
    ahead = plan.InWindow(field("born"), Window(NOW, Relative(7, Unit.DAY)))
    today, tomorrow = dt.date(2026, 3, 15), dt.date(2026, 3, 16)
    assert (value(week, born=today), value(ahead, born=today)) == (True, False)
    assert (value(week, born=tomorrow), value(ahead, born=tomorrow)) == (False, True)
    assert value(week, born=dt.date(2026, 3, 8)) is False


def test_a_date_is_midnight_in_the_zone_of_the_project() -> None:
    berlin = clock("2026-03-15T12:00", BERLIN)
    since = Window(Fixed(utc("2026-03-09T23:00")), None)
    assert value(plan.InWindow(field("born"), since), berlin, born=dt.date(2026, 3, 10)) is True
    assert value(plan.InWindow(field("born"), since), born=dt.date(2026, 3, 10)) is True
    assert value(plan.InWindow(field("born"), since), berlin, born=dt.date(2026, 3, 9)) is False
    assert happened(dt.date(2026, 3, 10), since, berlin)


def test_a_missing_moment_is_in_no_window() -> None:
    assert value(plan.InWindow(field("born"), Window(None, None)), born=None) is False


def test_a_timestamp_without_zone_stands_in_that_of_its_column() -> None:
    noon = wall("2026-07-01T12:00")
    assert value(field("joined"), joined=noon) == utc("2026-07-01T12:00")
    assert value(field("joined_in_berlin"), joined_in_berlin=noon) == utc("2026-07-01T10:00")
    skipped, twice = wall("2026-03-29T02:30"), wall("2026-10-25T02:30")
    assert value(field("joined_in_berlin"), joined_in_berlin=skipped) == utc("2026-03-29T01:30")
    assert value(field("joined_in_berlin"), joined_in_berlin=twice) == utc("2026-10-25T00:30")


def test_a_stream_reads_its_instants_in_its_own_zone() -> None:
    seen = Window(Fixed(utc("2026-01-01T17:00")), Fixed(utc("2026-01-01T17:00:00.000001")))
    calls = plan.Aggregate(Tally.COUNT, plan.Events("call", seen, None), None, plan.TRUE.type)
    rows = [{"customer_id": 1, "at": wall("2026-01-01T12:00")}]
    called = plan.Compare(Op.EQ, calls, literal(1))
    assert members(called, [{"id": 1}], calls=rows) == {1}


@pytest.mark.parametrize(
    ("side", "microseconds", "expected"),
    [
        (Side.AFTER, 0, False),
        (Side.AFTER, 1, True),
        (Side.AFTER, 7 * DAY, True),
        (Side.AFTER, 7 * DAY + 1, False),
        (Side.BEFORE, 0, False),
        (Side.BEFORE, -7 * DAY, True),
        (Side.BEFORE, -7 * DAY - 1, False),
        (Side.OF, 0, True),
        (Side.OF, -7 * DAY, True),
        (Side.OF, 7 * DAY, True),
        (Side.OF, 7 * DAY + 1, False),
    ],
)
def test_from_a_value_every_duration_is_elapsed_time(side: Side, microseconds: int, expected: bool) -> None:
    joined = utc("2026-03-26T12:00")  # the clocks of Berlin change within the week
    near = plan.Near(field("joined_in_berlin"), side, 7 * DAY, field("joined"))
    other = joined + dt.timedelta(microseconds=microseconds)
    berlin = clock(zone=BERLIN)
    assert value(near, berlin, joined=joined, joined_in_berlin=other) is expected


def test_within_of_a_missing_value_is_false() -> None:
    near = plan.Near(field("joined"), Side.OF, DAY, field("joined_in_berlin"))
    assert value(near, joined=utc("2026-01-01")) is False


@pytest.mark.parametrize(
    ("born", "as_of", "expected"),
    [
        (dt.date(1990, 3, 15), "2026-03-15T23:59", True),
        (dt.date(1990, 3, 16), "2026-03-15T12:00", False),
        (dt.date(2000, 2, 29), "2026-02-28T12:00", True),
        (dt.date(2000, 2, 29), "2024-02-28T12:00", False),
        (dt.date(2000, 2, 29), "2024-02-29T12:00", True),
        (dt.date(2000, 2, 29), "2026-03-01T12:00", False),
    ],
)
def test_an_anniversary_goes_by_day(born: dt.date, as_of: str, expected: bool) -> None:
    today = plan.Anniversary(field("born"), day(0))
    assert value(today, clock(as_of), born=born) is expected


def test_anniversaries_in_the_next_7_days_begin_today() -> None:
    week = plan.Anniversary(field("born"), day(0, 7))
    as_of = clock("2025-12-29T18:00")
    hits = [
        (month, each)
        for month, each in [(12, 28), (12, 29), (12, 31), (1, 4), (1, 5)]
        if value(week, as_of, born=dt.date(1980, month, each))
    ]
    assert hits == [(12, 29), (12, 31), (1, 4)]


def test_an_anniversary_of_a_timestamp_is_on_the_day_the_wall_clock_showed() -> None:
    today = plan.Anniversary(field("joined"), day(0))
    berlin = clock("2026-03-15T12:00", BERLIN)
    assert value(today, berlin, joined=utc("2020-03-14T23:30")) is True
    assert value(today, clock(), joined=utc("2020-03-14T23:30")) is False


def test_days_since_a_timestamp_are_whole_24_hours_toward_zero() -> None:
    since = plan.DaysSince(field("joined"))
    assert value(since, joined=utc("2026-03-14T12:00")) == 1
    assert value(since, joined=utc("2026-03-14T12:00:00.000001")) == 0
    assert value(since, joined=utc("2026-03-17T11:59")) == -1
    assert value(since, joined=utc("2026-03-16T11:59")) == 0


def test_days_since_a_date_are_calendar_days_of_the_project() -> None:
    since = plan.DaysSince(field("born"))
    assert value(since, clock("2026-03-15T23:30"), born=dt.date(2026, 3, 14)) == 1
    late = clock("2026-03-15T23:30", BERLIN)
    assert value(since, late, born=dt.date(2026, 3, 14)) == 2
    assert value(since, born=dt.date(2026, 3, 20)) == -5


def test_parts_of_a_timestamp_are_read_on_the_wall_clock() -> None:
    sunday = utc("2026-03-15T23:30")
    parts = [plan.DatePart(part, field("joined")) for part in plan.Part]
    assert [value(part, joined=sunday) for part in parts] == [2026, 1, 3, 15, 7, 23]
    berlin = clock(zone=BERLIN)
    assert [value(part, berlin, joined=sunday) for part in parts] == [2026, 1, 3, 16, 1, 0]


def test_a_moment_moves_by_elapsed_time() -> None:
    later = plan.Arithmetic(plan.Sign.ADD, field("joined"), duration(DAY), field("joined").type)
    assert value(later, joined=utc("2026-03-28T12:00")) == utc("2026-03-29T12:00")


def test_two_moments_differ_by_elapsed_time() -> None:
    between = plan.Arithmetic(plan.Sign.SUB, field("joined"), field("joined_in_berlin"), DURATION)
    days = {"joined": wall("2026-03-30T00:00"), "joined_in_berlin": wall("2026-03-29T00:00")}
    assert value(between, **days) == 25 * 3_600_000_000


def test_today_is_the_date_on_the_wall_clock() -> None:
    late = clock("2026-03-15T23:30", BERLIN)
    assert value(plan.ClockTime(NOW, DATE), late) == dt.date(2026, 3, 16)
    assert value(plan.ClockTime(NOW, TIMESTAMP), late) == utc("2026-03-15T23:30")
