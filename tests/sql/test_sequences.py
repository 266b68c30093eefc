"""Sequences as SQL: a pass in order where it will do, a join where it must be, each course once."""

from __future__ import annotations

import pytest

from tests.sql.test_statements import shop, statement

CATALOG = """
entity customer
    from customers
    key customer_id

events purchase of customer
    from orders
    by customer_id
    at ordered_at
    amount        decimal
    category      text
"""


def sql(*conditions: str) -> str:
    return statement(*conditions, catalog=CATALOG).sql


@pytest.mark.parametrize(
    "condition",
    [
        "did purchase then purchase within 7 days",
        "did purchase then purchase within 7 days then purchase within 7 days all within 10 days",
        "did purchase as p then purchase where (category = p.category)",
        "did purchase as p then purchase where (category = p.category) as q then purchase where (category = q.category)",
        "did purchase then no purchase then purchase within 7 days",
        "did purchase then not purchase within 7 days",
        "did first purchase then first purchase",
    ],
)
def test_where_time_and_equal_values_decide_nothing_is_joined_but_the_result(condition: str) -> None:
    assert sql(condition).count("JOIN") == 1


def test_another_tie_to_an_earlier_step_is_a_join_that_its_window_bounds() -> None:
    made = sql("did purchase as p then purchase within 7 days where (amount > p.amount)")

    assert made.count("INNER JOIN") == 1
    assert made.count("INTERVAL '7' DAY") == 1


def test_equal_sequences_are_computed_once() -> None:
    condition = "did purchase then purchase within 7 days"

    assert sql(condition, f"not ({condition})").count("OVER (") == sql(condition).count("OVER (")


def test_nothing_before_the_window_of_the_first_step_is_read() -> None:
    assert sql("did purchase in last 90 days then purchase within 7 days").count(">= CAST('2025-09-02") == 2


def test_an_absence_longer_than_the_calendar_is_never_over() -> None:
    made = sql("did purchase then not purchase within 730000 days")

    assert shop().execute(made).fetchall() == []


def test_a_stream_may_have_the_name_of_what_a_sequence_calls_its_own() -> None:
    catalog = CATALOG.replace("events purchase", "events before")
    made = statement("did before as v then before where (amount > v.amount)", catalog=catalog).sql
    connection = shop()
    connection.execute("insert into customers values (1, 30, 'ann')")
    connection.execute("insert into orders values (1, '2025-01-01', 1, 'a'), (1, '2025-01-02', 2, 'a')")

    assert connection.execute(made).fetchall() == [(1,)]
