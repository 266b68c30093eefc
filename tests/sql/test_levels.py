"""Counts and sums that are only compared: what is joined is how many of the numbers they reach."""

from __future__ import annotations

import pytest

from tests.sql.test_statements import shop, statement

BOUGHT = {1: [], 2: [5], 3: [5, 5], 4: [-5, 5, 20], 5: [None], 6: [1, 1, 1, 1, 1, 1, 1]}


def members(*conditions: str) -> dict[str, list[int]]:
    connection = shop()
    for customer, amounts in BOUGHT.items():
        connection.execute("insert into customers values (?, 20, 'a')", [customer])
        for amount in amounts:
            connection.execute("insert into orders values (?, '2025-11-01', ?, 'a')", [customer, amount])
    found: dict[str, list[int]] = {f"s{number}": [] for number in range(len(conditions))}
    for name, key in connection.execute(statement(*conditions).sql).fetchall():
        found[name].append(key)
    counts = connection.execute(statement(*conditions, form="counts").sql).fetchall()
    assert counts == [tuple(len(each) for each in found.values())]
    return found


def test_what_is_only_compared_is_joined_as_a_level() -> None:
    sql = statement("count(purchase) >= 2", "count(purchase) < 5 and age > 3").sql

    assert 'CASE WHEN "count" >= 5 THEN 2 WHEN "count" >= 2 THEN 1 ELSE 0 END' in " ".join(sql.split())
    assert 'COALESCE("purchase_count"."count_level", 0) < 2' in sql
    # Who reaches no number is as good as not there.
    assert '  WHERE\n    "count" >= 2\n' in sql


@pytest.mark.parametrize(
    "other",
    ["count(purchase) = 2", "count(purchase) > age", "count(purchase) >= 0.5 * age", "count(purchase) in (1, 2)"],
)
def test_what_is_asked_for_otherwise_is_joined_itself(other: str) -> None:
    assert "_level" not in statement("count(purchase) >= 2", other).sql


def test_one_segment_has_no_levels() -> None:
    assert "_level" not in statement("count(purchase) >= 2 or sum(purchase.amount) > 4").sql


def test_levels_find_the_same_members() -> None:
    assert members(
        "count(purchase) >= 2",
        "count(purchase) > 2",
        "count(purchase) < 2",
        "count(purchase) <= 2",
        "not count(purchase) >= 2",
        "count(purchase) >= 7 or sum(purchase.amount) > 10",
        "sum(purchase.amount) >= 10",
        "sum(purchase.amount) > 10",
        "sum(purchase.amount) <= 10",
        "sum(purchase.amount) < 6.5",
        "count(purchase) between 2 and 3",
        "not (sum(purchase.amount) > 10 or age > 40)",
    ) == {
        "s0": [3, 4, 6],
        "s1": [4, 6],
        "s2": [1, 2, 5],
        "s3": [1, 2, 3, 5],
        "s4": [1, 2, 5],
        "s5": [4, 6],
        "s6": [3, 4],
        "s7": [4],
        "s8": [1, 2, 3, 5, 6],
        "s9": [1, 2, 5],
        "s10": [3, 4],
        "s11": [1, 2, 3, 5, 6],
    }
