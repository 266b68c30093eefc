"""Real purchases: each segment gives the people that a query written by hand gives.

The data is a public research data set (the CDNOW music shop: 23,570 customers and 69,659 purchases
from 1997 to June 1998), looked for beside the checkout, in `../shared/data`. Where it is absent,
these tests are skipped.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

import segql

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
FILES = ("cdnow_customers.csv", "cdnow_purchases.csv")

pytestmark = pytest.mark.skipif(not all((DATA / name).exists() for name in FILES), reason=f"no CDNOW data in {DATA}")

CATALOG = """
entity customer
    from "cdnow_customers.csv"
    key customer_id
    first_purchase_on  date

events purchase of customer
    from "cdnow_purchases.csv"
    by customer_id
    at purchased_on
    purchased_on  date
    cds           integer
    dollars       decimal

trait spend = sum(purchase.dollars)
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A condition, and what an expert writes for it: the `customer_id` of the members.

    The tables are `c` (customer_id, first_day) and `p` (customer_id, day, cds, cents). Money is
    counted in whole cents and days are dates, so that no rounding decides.
    """

    name: str
    condition: str
    sql: str
    as_of: str = "1998-07-01"


def grouped(having: str, where: str = "true") -> str:
    """Return the query for customers of whose purchases something holds."""
    return f"""
        select customer_id from p join c using (customer_id)
        where day < date '1998-07-01' and {where}
        group by customer_id having {having}
    """


CASES = (
    Case("everybody", "everyone", "select customer_id from c"),
    Case("bought_twice", "count(purchase) >= 2", grouped("count(*) >= 2")),
    Case("spent_500", "sum(purchase.dollars) > 500", grouped("sum(cents) > 50000")),
    Case("recent", "did purchase in last 90 days", grouped("true", "day >= date '1998-04-02'")),
    # From here on: ours.
    Case(
        "bought_then_stopped",
        "did purchase between 360 and 180 days ago and did not purchase in last 180 days",
        """
        select customer_id from c
        where customer_id in (
            select customer_id from p
            where day >= date '1998-07-01' - 360 and day < date '1998-07-01' - 180
        ) and customer_id not in (
            select customer_id from p
            where day >= date '1998-07-01' - 180 and day < date '1998-07-01'
        )
        """,
    ),
    Case("usual_order_50", "avg(purchase.dollars) >= 50", grouped("sum(cents) >= 5000 * count(*)")),
    Case(
        "middle_order_over_30",
        "median(purchase.dollars) > 30",
        # The mean of the middle two (of an odd number: twice the middle one), without dividing.
        """
        with numbered as (
            select customer_id, cents,
                   row_number() over (partition by customer_id order by cents) as place,
                   count(*) over (partition by customer_id) as total
            from p join c using (customer_id)
        )
        select customer_id from numbered
        where place in ((total + 1) // 2, (total + 2) // 2)
        group by customer_id
        having case when count(*) = 1 then 2 * sum(cents) else sum(cents) end > 6000
        """,
    ),
    Case("ten_cds_at_once", "max(purchase.cds) >= 10", grouped("max(cds) >= 10")),
    Case(
        "last_order_smaller",
        "last(purchase.dollars) < first(purchase.dollars)",
        # Among purchases of one day the last is the greatest and the first the smallest.
        """
        with ends as (
            select customer_id, min(day) as opening, max(day) as closing from p group by all
        )
        select customer_id from ends join c using (customer_id)
        where (select max(cents) from p where p.customer_id = ends.customer_id and day = closing)
            < (select min(cents) from p where p.customer_id = ends.customer_id and day = opening)
        """,
    ),
    Case("ten_days", "active days(purchase) >= 10", grouped("count(distinct day) >= 10")),
    Case(
        "silent_for_a_year",
        "days since last(purchase) > 365",
        grouped("date '1998-07-01' - max(day) > 365"),
    ),
    Case(
        "every_month_or_so",
        "avg gap(purchase) < 30 days",
        grouped("count(*) >= 2 and max(day) - min(day) < 30 * (count(*) - 1)"),
    ),
    Case(
        "not_this_half_year",
        "did not purchase in last 6 months",
        """
        from c select customer_id
        where not exists (from p where p.customer_id = c.customer_id and day >= date '1998-01-01')
        """,
    ),
    Case(
        "soon_again",
        "did purchase within 30 days after first_purchase_on",
        """
        select distinct customer_id from p join c using (customer_id)
        where day > first_day and day <= first_day + 30
        """,
    ),
    Case(
        "long_ago_and_often",
        "did purchase at least 5 times more than 400 days ago",
        grouped("count(*) >= 5", "day < date '1998-07-01' - 400"),
    ),
    Case(
        "began_in_february",
        "first_purchase_on from 1997-02-01 to 1997-02-28",
        "select customer_id from c where first_day between date '1997-02-01' and date '1997-02-28'",
    ),
    Case(
        "winter_baskets",
        "did purchase at least twice between 9 and 6 months ago where (dollars > 20 and cds >= 2)",
        grouped(
            "count(*) >= 2",
            "day >= date '1997-10-01' and day < date '1998-01-01' and cents > 2000 and cds >= 2",
        ),
    ),
    Case(
        "many_sizes",
        "count(distinct purchase.cds) >= 4",
        grouped("count(distinct cds) >= 4"),
    ),
    Case(
        "mostly_single",
        "most common(purchase.cds) = 1",
        # Of equally common values the smallest counts.
        """
        with often as (
            select customer_id, cds, count(*) as times
            from p join c using (customer_id) group by all
        )
        select customer_id from often
        qualify row_number() over (partition by customer_id order by times desc, cds) = 1
            and cds = 1
        """,
    ),
    Case(
        "dear_of_late",
        "sum(purchase.dollars in last 365 days) / count(purchase in last 365 days) > 60",
        grouped("sum(cents) > 6000 * count(*)", "day >= date '1997-07-01'"),
    ),
    Case(
        "rising",
        "spend_90d > 1.5 * sum(purchase.dollars between 180 and 90 days ago) and spend_90d > 0",
        """
        select customer_id from p join c using (customer_id) group by customer_id
        having 2 * coalesce(sum(cents) filter (day >= date '1998-07-01' - 90), 0)
             > 3 * coalesce(sum(cents) filter (
                       day >= date '1998-07-01' - 180 and day < date '1998-07-01' - 90), 0)
           and coalesce(sum(cents) filter (day >= date '1998-07-01' - 90), 0) > 0
        """,
    ),
    Case(
        "weekend_people",
        """
        count(purchase where weekday of purchased_on in (saturday, sunday)) / count(purchase) > 50%
        """,
        grouped("2 * count(*) filter (isodow(day) >= 6) > count(*)"),
    ),
    Case(
        "free_once",
        "did purchase where (dollars = 0) and did purchase exactly once where (dollars > 100)",
        grouped("bool_or(cents = 0) and count(*) filter (cents > 10000) = 1"),
    ),
    Case(
        "two_of_three",
        "at least 2 of (spend >= 200, count(purchase) >= 5, did purchase in previous quarter)",
        grouped(
            """
            (sum(cents) >= 20000)::int + (count(*) >= 5)::int
                + (max(day) >= date '1998-04-01')::int >= 2
            """
        ),
    ),
    Case(
        "one_timers_of_last_summer",
        "did purchase exactly once and days since last(purchase) between 60 and 120",
        """
        select customer_id from p join c using (customer_id) where day < date '1997-06-30'
        group by customer_id
        having count(*) = 1 and date '1997-06-30' - max(day) between 60 and 120
        """,
        as_of="1997-06-30",
    ),
    Case(
        "advent",
        """
        count(purchase in this month) > count(purchase in previous month)
          and not did purchase today
        """,
        """
        select customer_id from p join c using (customer_id) where day < date '1997-12-24'
        group by customer_id
        having count(*) filter (day >= date '1997-12-01')
             > count(*) filter (day >= date '1997-11-01' and day < date '1997-12-01')
        """,
        as_of="1997-12-24",
    ),
)


@pytest.fixture(scope="module")
def by_hand() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    customers, purchases = (DATA / name for name in FILES)
    connection.execute(f"""
        create table c as select customer_id, first_purchase_on::date as first_day
        from read_csv('{customers}', all_varchar = true)
    """)
    connection.execute(f"""
        create table p as select customer_id, purchased_on::date as day, cds::int as cds,
                                 (dollars::decimal(12, 2) * 100)::bigint as cents
        from read_csv('{purchases}', all_varchar = true)
    """)
    return connection


def make_project(folder: Path, timezone: str) -> segql.Project:
    for name in FILES:
        shutil.copyfile(DATA / name, folder / name)
    (folder / "segql.toml").write_text(f'timezone = "{timezone}"\nas_of = "1998-07-01"\n')
    (folder / "catalog.seg").write_text(CATALOG)
    declared = "\n".join(f"segment {each.name}\n    where {each.condition}\n" for each in CASES)
    negated = "\n".join(f"segment not_{each.name}\n    where not ({each.condition})\n" for each in CASES)
    (folder / "segments.seg").write_text(declared + "\n" + negated)
    return segql.open(folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> segql.Project:
    return make_project(tmp_path_factory.mktemp("cdnow"), "UTC")


def members(project: segql.Project, name: str, as_of: str) -> list[str]:
    return project[name].members(as_of=as_of).column("customer_id").to_pylist()


def test_everyone_is_23570(project: segql.Project) -> None:
    count = project["everybody"].count()

    assert count == 23_570


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_segment_gives_whom_the_query_gives(
    case: Case, project: segql.Project, by_hand: duckdb.DuckDBPyConnection
) -> None:
    expected = sorted(key for (key,) in by_hand.execute(case.sql).fetchall())

    found = members(project, case.name, case.as_of)

    assert found == expected
    assert case.name == "everybody" or 0 < len(found) < 23_570


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_segment_and_its_negation_share_everybody_out(case: Case, project: segql.Project) -> None:
    inside = project[case.name].count(as_of=case.as_of)
    outside = project[f"not_{case.name}"].count(as_of=case.as_of)

    assert inside + outside == 23_570


@pytest.mark.parametrize("timezone", ["America/Los_Angeles", "Asia/Tokyo"])
def test_days_are_days_in_every_time_zone(timezone: str, tmp_path: Path, project: segql.Project) -> None:
    # Gaps, and days since an event, are elapsed time; two days a year have no 24 hours.
    elapsed = {"every_month_or_so", "silent_for_a_year"}
    names = [each.name for each in CASES if each.name not in elapsed]

    elsewhere = make_project(tmp_path, timezone).run(names)

    assert elsewhere.equals(project.run(names))
