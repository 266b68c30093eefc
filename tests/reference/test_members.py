"""Rules 1 to 4 and 18: who can be a member, two values, missing values, nothing happened."""

from __future__ import annotations

import pytest

from segql import plan
from segql.plan import Op, Tally
from segql.reference import RepeatedKey, evaluate
from segql.types import INTEGER
from tests.reference.people import (
    CATALOG,
    Rows,
    clock,
    compare,
    equals,
    field,
    literal,
    members,
    tally,
    utc,
    value,
)

COUNT = tally(Tally.COUNT)
PEOPLE: Rows = [{"id": 1, "age": 20}, {"id": 2, "age": 40}, {"id": 3, "age": None}]


def test_everyone_is_the_distinct_known_keys() -> None:
    assert members(plan.TRUE, [*PEOPLE, {"id": None, "age": 1}]) == {1, 2, 3}


def test_nobody_is_empty() -> None:
    assert members(plan.FALSE, PEOPLE) == set()


def test_a_repeated_key_is_an_error_that_names_it() -> None:
    with pytest.raises(RepeatedKey, match="customers: repeated key 2"):
        members(plan.TRUE, [*PEOPLE, {"id": 2}])


def test_rows_without_a_key_do_not_repeat_it() -> None:
    assert members(plan.TRUE, [{"id": None}, {"id": None}]) == set()


def test_events_of_unknown_people_count_for_nobody() -> None:
    orders = [{"customer_id": 9, "at": utc("2026-01-01")}]
    assert members(compare(COUNT, Op.GE, 1), PEOPLE, orders=orders) == set()


def test_a_row_without_by_or_at_is_no_event() -> None:
    orders = [{"customer_id": 1, "at": None}, {"customer_id": None, "at": utc("2026-01-01")}]
    assert members(compare(COUNT, Op.GE, 1), PEOPLE, orders=orders) == set()


def test_a_one_without_a_match_has_missing_fields() -> None:
    customers = [{"id": 1, "account_id": 7}, {"id": 2, "account_id": 8}, {"id": 3}]
    accounts = [{"account_id": 7, "plan": "pro"}, {"account_id": None, "plan": "free"}]
    missing = plan.IsMissing(field("plan", 0, "account"))
    assert members(missing, customers, accounts=accounts) == {2, 3}


def test_a_repeated_key_behind_a_one_is_an_error() -> None:
    accounts = [{"account_id": 7}, {"account_id": 7}]
    with pytest.raises(RepeatedKey, match="accounts: repeated key 7"):
        members(plan.IsMissing(field("plan", 0, "account")), PEOPLE, accounts=accounts)


def test_a_repeated_key_behind_a_one_that_nobody_reads_does_not_matter() -> None:
    accounts = [{"account_id": 7}, {"account_id": 7}]
    assert members(plan.TRUE, PEOPLE, accounts=accounts) == {1, 2, 3}


def test_an_event_reads_fields_through_a_one() -> None:
    acme = plan.Compare(Op.EQ, field("brand", 1, "product"), literal("Acme"))
    orders = [
        {"customer_id": 1, "at": utc("2026-01-01"), "product_id": "p"},
        {"customer_id": 2, "at": utc("2026-01-01"), "product_id": "q"},
    ]
    products = [{"product_id": "p", "brand": "Acme"}, {"product_id": "q", "brand": "Other"}]
    bought = compare(tally(Tally.COUNT, where=acme), Op.GE, 1)
    assert members(bought, PEOPLE, orders=orders, products=products) == {1}


def test_a_comparison_with_a_missing_value_is_false_and_its_complement_true() -> None:
    young = compare(field("age"), Op.LT, 30)
    assert members(young, PEOPLE) == {1}
    assert members(plan.Not(young), PEOPLE) == {2, 3}


def test_in_and_not_in_are_complements() -> None:
    some = plan.OneOf(field("age"), (literal(20), literal(30)))
    assert members(some, PEOPLE) == {1}
    assert members(plan.Not(some), PEOPLE) == {2, 3}


def test_a_missing_boolean_is_neither_true_nor_equal_to_false() -> None:
    customers = [{"id": 1, "vip": True}, {"id": 2, "vip": False}, {"id": 3, "vip": None}]
    assert members(field("vip"), customers) == {1}
    assert members(plan.Not(field("vip")), customers) == {2, 3}
    assert members(equals("vip", False), customers) == {2}


def test_nan_is_missing() -> None:
    assert value(plan.IsMissing(field("weight")), weight=float("nan")) is True


def test_the_empty_text_and_the_empty_list_are_known() -> None:
    assert value(plan.IsMissing(field("email")), email="") is False
    assert value(plan.IsMissing(field("tags")), tags=[]) is False


def test_and_or_and_k_of_n_count_conditions() -> None:
    young, middle = compare(field("age"), Op.LT, 30), compare(field("age"), Op.LT, 50)
    assert members(plan.And((young, middle)), PEOPLE) == {1}
    assert members(plan.Or((young, middle)), PEOPLE) == {1, 2}
    assert members(compare(plan.CountTrue((young, middle)), Op.EQ, 1), PEOPLE) == {2}


def test_at_most_one_includes_people_without_events() -> None:
    orders = [{"customer_id": 1, "at": utc("2026-01-01")}] * 2
    assert members(compare(COUNT, Op.LE, 1), PEOPLE, orders=orders) == {2, 3}


def test_every_holds_when_there_is_no_row() -> None:
    lapsed = plan.Not(plan.Compare(Op.EQ, field("status", 1), literal("active")))
    others = plan.Aggregate(Tally.COUNT, plan.Related("subscription", lapsed), None, INTEGER)
    subscriptions = [
        {"customer_id": 1, "status": "active"},
        {"customer_id": 2, "status": None},
    ]
    every = compare(others, Op.EQ, 0)
    assert members(every, PEOPLE, subscriptions=subscriptions) == {1, 3}


def test_a_list_of_members_holds_their_keys() -> None:
    assert members(plan.InList("vips"), PEOPLE, lists={"vips": {2, 9}}) == {2}


def test_segments_build_on_earlier_ones() -> None:
    young = plan.Segment("young", "customer", compare(field("age"), Op.LT, 30))
    others = plan.Segment("others", "customer", plan.Not(plan.InSegment("young")))
    request = plan.Request("customer", ("others",), (young, others))
    answers = evaluate(request, CATALOG, {"customers": PEOPLE}, clock(), {})
    assert answers == {"others": {2, 3}}


def test_a_member_stands_in_a_segment_also_inside_the_condition_of_an_event() -> None:
    young = plan.Segment("young", "customer", compare(field("age"), Op.LT, 30))
    bought = compare(tally(Tally.COUNT, where=plan.InSegment("young")), Op.GE, 1)
    request = plan.Request("customer", ("buyers",), (young, plan.Segment("buyers", "customer", bought)))
    orders = [{"customer_id": each, "at": utc("2026-01-01")} for each in (1, 2)]
    tables = {"customers": PEOPLE, "orders": orders}
    assert evaluate(request, CATALOG, tables, clock(), {}) == {"buyers": {1}}


def test_only_members_for_whom_the_filter_of_the_entity_holds_exist() -> None:
    condition = plan.Segment("all", "customer", plan.TRUE)
    where = plan.IsMissing(field("age"))
    request = plan.Request("customer", ("all",), (condition,), (plan.Filter("customer", where),))
    rows: Rows = [*PEOPLE, {"id": 4}, {"id": 2, "age": 1}]
    answers = evaluate(request, CATALOG, {"customers": rows}, clock(), {})
    assert answers == {"all": {3, 4}}
