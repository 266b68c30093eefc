"""What is said of two bounds is so at every T, in every zone, whatever day the week begins on."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from segql.logic.bounds import common, is_inside, is_not_after, together
from segql.plan import Bound, Clock, Fixed, Relative, Unit, Window
from segql.plan.instants import instant
from segql.reference.windows import in_window, resolve

# The last two skipped a whole day, or went over midnight.
ZONES = ("UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns")

units = st.sampled_from(list(Unit))
floors = st.sampled_from([None, None, Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER, Unit.YEAR])
counts = st.one_of(st.integers(-3, 3), st.integers(-70, 70))
relatives = st.builds(
    lambda count, unit, floor, then: Relative(count, unit, floor, then if floor else 0), counts, units, floors, counts
)
days = st.dates(dt.date(2004, 1, 1), dt.date(2027, 1, 1))
stamps = st.datetimes(dt.datetime(2004, 1, 1), dt.datetime(2027, 1, 1))
fixed = st.one_of(days, stamps, stamps.map(lambda each: each.replace(tzinfo=dt.UTC))).map(Fixed)
bounds: st.SearchStrategy[Bound] = st.one_of(relatives, relatives, fixed)
windows = st.builds(Window, st.none() | bounds, st.none() | bounds)

# Changes of clocks in these zones, and days at the ends of months, with some hours around them.
CHANGES = [
    dt.datetime(2011, 12, 30, 10), dt.datetime(2011, 12, 31, 9), dt.datetime(2026, 3, 29, 1), dt.datetime(2026, 10, 25, 1),
    dt.datetime(2010, 11, 7, 2, 31), dt.datetime(2009, 3, 8, 3, 31), dt.datetime(2024, 2, 29, 12), dt.datetime(2026, 3, 31),
    dt.datetime(2024, 9, 8, 4), dt.datetime(2026, 4, 5, 3),
]  # fmt: skip
instants = st.builds(
    lambda at, seconds: (at + dt.timedelta(seconds=seconds)).replace(tzinfo=dt.UTC),
    st.sampled_from(CHANGES),
    st.integers(-200_000, 200_000),
)
clocks = st.builds(Clock, instants, st.sampled_from(ZONES).map(ZoneInfo), st.integers(1, 7))

SETTINGS = settings(max_examples=1_000, deadline=None, derandomize=True, database=None)


@SETTINGS
@given(bounds, bounds, clocks)
def test_a_bound_that_is_not_after_another_never_is(one: Bound, two: Bound, clock: Clock) -> None:
    if is_not_after(one, two):
        assert instant(one, clock) <= instant(two, clock)
        assert resolve(one, clock) <= resolve(two, clock)


@SETTINGS
@given(counts, counts, units, units, floors, counts, counts, clocks)
def test_bounds_that_are_alike_are_told_apart(
    one: int, two: int, unit: Unit, other: Unit, floor: Unit | None, then: int, after: int, clock: Clock
) -> None:
    for a, b in (
        (Relative(one, unit), Relative(two, unit)),
        (Relative(one, unit), Relative(two, other)),
        (Relative(one, unit, floor, then if floor else 0), Relative(two, unit, floor, after if floor else 0)),
    ):
        if is_not_after(a, b):
            assert instant(a, clock) <= instant(b, clock)
            assert resolve(a, clock) <= resolve(b, clock)


@SETTINGS
@given(windows, windows, clocks, st.data())
def test_windows_hold_what_is_said(one: Window, two: Window, clock: Clock, data: st.DataObject) -> None:
    ends = [each for window in (one, two) for each in (window.start, window.end) if each is not None]
    near = [resolve(each, clock) for each in ends] or [clock.as_of]
    away = data.draw(st.sampled_from([-1, 0, 1, -3_600_000_000, 3_600_000_000]))
    at = data.draw(st.sampled_from(near)) + dt.timedelta(microseconds=away)
    inside, both, either = is_inside(one, two), common(one, two), together(one, two)
    is_in_one, is_in_two = in_window(at, one, clock), in_window(at, two, clock)

    assert not (inside and is_in_one) or is_in_two
    assert both is None or in_window(at, both, clock) == (is_in_one and is_in_two)
    assert either is None or in_window(at, either, clock) == (is_in_one or is_in_two)


def test_what_is_certain_and_what_is_not() -> None:
    month, day, hour = Unit.MONTH, Unit.DAY, Unit.HOUR

    assert is_not_after(Relative(-2, Unit.QUARTER), Relative(-5, month))
    assert is_not_after(Relative(-1, Unit.WEEK), Relative(-7, day))
    assert is_not_after(Relative(-7, day), Relative(-1, Unit.WEEK))
    assert is_not_after(Relative(0, day, month, -1), Relative(0, day, month, 0))
    assert not is_not_after(Relative(-31, day), Relative(-1, month))
    assert not is_not_after(Relative(-25, hour), Relative(-1, day))
    assert not is_not_after(Relative(-1, hour, day, 0), Relative(0, hour, day, 0))
    assert not is_not_after(Fixed(dt.date(2026, 1, 1)), Relative(0, day))
