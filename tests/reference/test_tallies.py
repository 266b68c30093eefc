"""Rules 4, 12 and 18: what aggregates make of no events, of missing values, of ties."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segql import plan
from segql.plan import Op, Tally
from segql.types import INTEGER, JSON
from tests.reference.people import clock, field, literal, of_orders, tally, utc

NEW_YEAR = utc("2026-01-01")
LATER = utc("2026-01-02")


def amounts(*values: object) -> list[dict[str, object]]:
    return [{"at": NEW_YEAR, "amount": value} for value in values]


def at(*stamps: str) -> list[dict[str, object]]:
    return [{"at": utc(stamp)} for stamp in stamps]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Tally.SUM, 0),
        (Tally.DISTINCT, 0),
        (Tally.AVG, None),
        (Tally.MIN, None),
        (Tally.MAX, None),
        (Tally.MEDIAN, None),
        (Tally.FIRST, None),
        (Tally.LAST, None),
        (Tally.MOST_COMMON, None),
    ],
)
def test_nothing_happened(kind: Tally, expected: object) -> None:
    assert of_orders(tally(kind, "amount")) == expected
    # known values only: events without a value are the same as no events
    assert of_orders(tally(kind, "amount"), *amounts(None)) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(Tally.COUNT, 0), (Tally.FIRST, None), (Tally.GAP, None), (Tally.ACTIVE_DAYS, 0)],
)
def test_nothing_happened_that_could_be_counted(kind: Tally, expected: object) -> None:
    assert of_orders(tally(kind)) == expected


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        (Tally.SUM, ["0.1", "0.2", None], Decimal("0.3")),
        (Tally.AVG, ["1", "2", None], Decimal("1.5")),
        (Tally.AVG, ["0", "0", "0.000001"], 0),
        (Tally.AVG, ["0", "0.000001"], Decimal("0.000001")),
        (Tally.AVG, ["0", "-0.000001"], Decimal("-0.000001")),
        (Tally.MIN, ["3", None, "2"], 2),
        (Tally.MAX, ["3", None, "2"], 3),
        (Tally.MEDIAN, ["5", "1", None, "2"], 2),
        (Tally.MEDIAN, ["5", "1", "2", "4"], 3),
        (Tally.DISTINCT, ["5", "5.0", None, "2"], 2),
        (Tally.MOST_COMMON, ["5", "5", "2", None, None, None], 5),
        (Tally.MOST_COMMON, ["5", "5", "2", "2"], 2),
    ],
)
def test_aggregates_see_known_values(kind: Tally, values: list[str | None], expected: object) -> None:
    rows = amounts(*(None if each is None else Decimal(each) for each in values))
    assert of_orders(tally(kind, "amount"), *rows) == expected


def test_sums_of_floats_are_rounded() -> None:
    rows = [{"at": NEW_YEAR, "weight": each} for each in (0.1, 0.2, float("nan"))]
    assert of_orders(tally(Tally.SUM, "weight"), *rows) == 0.3
    assert of_orders(tally(Tally.AVG, "weight"), *rows) == 0.15


def test_count_counts_events_and_not_values() -> None:
    assert of_orders(tally(Tally.COUNT), *amounts(None, None)) == 2


def test_last_takes_the_latest_event_even_if_its_value_is_missing() -> None:
    rows = [{"at": LATER, "category": None}, {"at": NEW_YEAR, "category": "coffee"}]
    assert of_orders(tally(Tally.LAST, "category"), *rows) is None
    assert of_orders(tally(Tally.FIRST, "category"), *rows) == "coffee"


def test_among_events_of_one_instant_last_is_the_greatest_and_first_the_smallest() -> None:
    rows = [{"at": NEW_YEAR, "category": each} for each in ("b", None, "c", "a")]
    assert of_orders(tally(Tally.LAST, "category"), *rows) == "c"
    assert of_orders(tally(Tally.FIRST, "category"), *rows) == "a"


def test_first_and_last_without_a_value_are_instants() -> None:
    rows = [{"at": LATER}, {"at": NEW_YEAR}]
    assert of_orders(tally(Tally.FIRST), *rows) == NEW_YEAR
    assert of_orders(tally(Tally.LAST), *rows) == LATER


def test_active_days_are_dates_on_the_wall_clock() -> None:
    rows = at("2026-03-10T22:30", "2026-03-10T23:30", "2026-03-11T12:00")
    assert of_orders(tally(Tally.ACTIVE_DAYS), *rows) == 2
    berlin = clock(zone="Europe/Berlin")
    assert of_orders(tally(Tally.ACTIVE_DAYS), *rows, at=berlin) == 2
    assert of_orders(tally(Tally.ACTIVE_DAYS), *rows[:2], at=berlin) == 2
    assert of_orders(tally(Tally.ACTIVE_DAYS), *rows[:2]) == 1


def test_avg_gap_is_the_span_over_the_number_of_gaps() -> None:
    gap = tally(Tally.GAP)
    assert of_orders(gap, *at("2026-01-01")) is None
    assert of_orders(gap, *at("2026-01-01", "2026-01-01")) == 0
    assert of_orders(gap, *at("2026-01-01", "2026-01-02", "2026-01-04")) == 36 * 3_600_000_000


def test_avg_gap_rounds_half_a_microsecond_up() -> None:
    rows = at("2026-01-01", "2026-01-01", "2026-01-01T00:00:00.000001")
    assert of_orders(tally(Tally.GAP), *rows) == 1


def test_all_conditions_of_a_where_speak_of_the_same_event() -> None:
    coffee = plan.Compare(Op.EQ, field("category", 1), literal("coffee"))
    dear = plan.Compare(Op.GT, field("amount", 1), literal(20))
    rows = [
        {"at": NEW_YEAR, "category": "coffee", "amount": Decimal(5)},
        {"at": NEW_YEAR, "category": "tea", "amount": Decimal(50)},
    ]
    both = tally(Tally.COUNT, where=plan.And((coffee, dear)))
    assert of_orders(both, *rows) == 0


def test_a_condition_of_an_event_may_read_the_instant_and_the_member() -> None:
    later = plan.Compare(Op.GE, plan.Moment(1), literal(LATER))
    same = plan.Compare(Op.EQ, plan.Field(0, (), "id", INTEGER), literal(1))
    rows = [{"at": LATER}, {"at": NEW_YEAR}]
    assert of_orders(tally(Tally.COUNT, where=plan.And((later, same))), *rows) == 1


def test_an_aggregate_inside_a_condition_of_an_event_reads_one_level_further_in() -> None:
    array = plan.JsonValue(field("items", 1), (), JSON)
    one = plan.JsonValue(plan.Field(2, (), "value", JSON), (), INTEGER)
    big = plan.Aggregate(Tally.COUNT, plan.Items(array, plan.Compare(Op.GT, one, literal(2))), None, INTEGER)
    has_big = plan.Compare(Op.GE, big, literal(1))
    rows = [{"at": NEW_YEAR, "items": "[1, 2]"}, {"at": NEW_YEAR, "items": "[1, 3]"}]
    assert of_orders(tally(Tally.COUNT, where=has_big), *rows) == 1


def test_the_instant_of_an_event_may_be_a_date() -> None:
    rows = [{"at": dt.date(2026, 1, 1)}]
    assert of_orders(tally(Tally.LAST), *rows) == NEW_YEAR
