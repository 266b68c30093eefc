"""Statements: what stands in them, what they read, and that nothing a user writes is ever more than data."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from segql.compiler import check, compile
from segql.diagnostics import SegqlError
from segql.plan import Clock
from segql.source import Source
from segql.sql import Statement

CATALOG = """
entity customer
    from customers
    key customer_id
    customer_id   integer
    age           integer optional
    name          text optional

events purchase of customer
    from orders
    by customer_id
    at ordered_at
    amount        decimal
    category      text
"""
CLOCK = Clock(dt.datetime(2025, 12, 1, tzinfo=dt.UTC))


def statement(*conditions: str, catalog: str = CATALOG, form: str = "members") -> Statement:
    sources = [Source.of("catalog.seg", catalog)]
    sources += [Source.of(f"s{number}.seg", each) for number, each in enumerate(conditions)]
    analyzed = check(sources)
    assert not analyzed.diagnostics
    return compile(analyzed, [f"s{number}" for number in range(len(conditions))], CLOCK, form=form)


def shop() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create table customers (customer_id integer, age integer, name varchar)")
    connection.execute(
        "create table orders (customer_id integer, ordered_at timestamp, amount decimal(10, 2), category varchar)"
    )
    return connection


def test_one_segment_reads_as_it_would_be_written_by_hand() -> None:
    assert statement("age < 30 and count(purchase in last 90 days) >= 2").sql.splitlines()[1:] == [
        "SELECT",
        '  "customer_id"',
        'FROM "customers"',
        "WHERE",
        '  "age" < 30',
        '  AND "customer_id" IN (',
        "    SELECT",
        '      "customer_id"',
        '    FROM "orders"',
        "    WHERE",
        "      \"ordered_at\" >= CAST('2025-09-02 00:00:00' AS TIMESTAMP)",
        "      AND \"ordered_at\" < CAST('2025-12-01 00:00:00' AS TIMESTAMP)",
        "    GROUP BY",
        '      "customer_id"',
        "    HAVING",
        "      COUNT(*) >= 2",
        "  )",
        "ORDER BY",
        '  "customer_id"',
    ]


def test_a_comment_names_segment_instant_and_version() -> None:
    assert statement("age < 30").sql.startswith("-- segment s0, as of 2025-12-01T00:00:00Z, by segql ")


def test_many_segments_scan_each_stream_once() -> None:
    asked = statement(*(f"count(purchase in last {days} days) >= 2" for days in (7, 30, 90, 365)))

    assert asked.sql.count('FROM "orders"') == 1


def test_places_of_one_value_are_counted_once_for_all_segments() -> None:
    sql = statement("age in top 10%", "rank(age) <= 3 and name is known", "rank(age) > 5 or age in top 1%").sql

    assert sql.count("RANK() OVER") == 1
    assert sql.count('COUNT("age") OVER') == 1


@pytest.mark.parametrize(
    "text",
    [
        "O'Brien",
        '"; drop table customers',
        "'; drop table customers; --",
        "a\\nb",
        "*/ -- x",
        "{{ x }}",
        "%s",
        "$1",
        "🎉 名",
    ],
)
def test_a_text_is_data(text: str) -> None:
    written = text.replace("\\n", "\n").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    made = statement(f'name = "{written}"')
    connection = shop()
    connection.execute("insert into customers values (1, 2, ?), (2, 2, 'other')", [text.replace("\\n", "\n")])

    assert connection.execute(made.sql).fetchall() == [(1,)]


@pytest.mark.parametrize("name", ['we"ird', "drop table", "select", "🎉", "名前", "a'b", "a.b", "-- x", "customers"])
def test_a_name_is_an_identifier(name: str) -> None:
    catalog = f"entity customer\n    from customers\n    key customer_id\n    `{name}`  integer\n"
    made = statement(f"`{name}` = 7", catalog=catalog)
    quoted = name.replace('"', '""')
    connection = duckdb.connect()
    connection.execute(f'create table customers (customer_id integer, "{quoted}" integer)')
    connection.execute("insert into customers values (1, 7), (2, 8)")

    assert connection.execute(made.sql).fetchall() == [(1,)]


def test_the_name_of_a_segment_cannot_end_the_comment() -> None:
    source = Source.of("x.seg", "segment `a\u2028drop */ b`\n    where age < 30\n")
    analyzed = check([Source.of("catalog.seg", CATALOG), source])
    made = compile(analyzed, list(analyzed.definitions), CLOCK)

    assert made.sql.splitlines()[1] == "SELECT"


def test_a_cte_never_hides_a_table() -> None:
    catalog = CATALOG.replace("events purchase", "events orders").replace("from orders", "from purchase_count")
    made = statement("count(orders) >= 2", "count(orders in last 3 days) >= 2", catalog=catalog)

    assert '"orders" AS (' in made.sql
    assert 'FROM "purchase_count"' in made.sql


def test_counts_are_one_row_in_the_order_asked() -> None:
    connection = shop()
    connection.execute("insert into customers values (1, 20, 'a'), (2, 40, 'b'), (3, null, 'c'), (null, 3, 'd')")
    made = statement("age > 30", "age is missing or age < 30", form="counts")

    assert connection.execute(made.sql).fetchall() == [(1, 2)]


def test_what_is_read_is_told_with_its_types() -> None:
    made = statement("age < 30 and sum(purchase.amount) > 3")
    used = {each.table.name: [column.column for column in each.columns] for each in made.uses}

    assert used == {"customers": ["customer_id", "age"], "orders": ["ordered_at", "amount", "customer_id"]}


def test_the_check_of_keys_names_repeated_ones() -> None:
    connection = shop()
    connection.execute("insert into customers values (1, 20, 'a'), (1, 40, 'b'), (3, null, 'c')")
    (check_of_keys,) = [each for each in statement("age < 30").checks if each.kind == "repeated-key"]

    assert connection.execute(check_of_keys.sql).fetchall() == [(1, 2)]


def test_an_unknown_dialect_names_the_nearest() -> None:
    analyzed = check([Source.of("catalog.seg", CATALOG), Source.of("s.seg", "age < 30")])

    with pytest.raises(SegqlError) as raised:
        compile(analyzed, ["s"], CLOCK, dialect="duckbd")

    assert raised.value.diagnostics[0].code == "E402"
    assert "`duckdb`" in raised.value.diagnostics[0].hint


def test_a_long_condition_runs() -> None:
    made = statement(" or ".join(f"age = {number}" for number in range(5_000)))
    connection = shop()
    connection.execute("insert into customers values (1, 4999, 'a'), (2, 5000, 'b')")

    assert connection.execute(made.sql).fetchall() == [(1,)]
