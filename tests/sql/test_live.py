"""Statements that ask at the engine's own clock: what they say, what they refuse, and what they give when they run."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlglot import exp

from segql import compiler, plan
from segql.analysis import Analyzed
from segql.catalog import Table
from segql.diagnostics import SegqlError
from segql.plan import NOW, Clock, Relative, Unit
from segql.source import Source
from segql.sql.ctes import with_ctes
from segql.sql.dialects import DIALECTS
from segql.sql.literals import column, identifier, named
from segql.sql.passes import subquery, union
from segql.sql.points import Moving, Outermost, earliest, latest, side
from segql.types import DATE, INTEGER, TIMESTAMP
from tests.engines import Absent, Database, engine
from tests.spec_data import Rows

CATALOG = """
entity customer
    from customers
    key customer_id
    customer_id   integer
    born          date optional

events purchase of customer
    from orders
    by customer_id
    at ordered_at
"""
MADE = Clock(dt.datetime(2026, 5, 13, 12, tzinfo=dt.UTC))
ENGINES = ("duckdb", "postgres", "sqlite", "datafusion", "mariadb", "clickhouse")

NOW_POINT = Moving((), NOW)
MONTH, DAYS_30, DAYS_90 = (
    Moving((), Relative(-count, unit)) for count, unit in ((1, Unit.MONTH), (30, Unit.DAY), (90, Unit.DAY))
)
THIS_MONTH = Moving((), Relative(0, Unit.DAY, Unit.MONTH))
NEXT_MONTH = Moving((), Relative(0, Unit.DAY, Unit.MONTH, 1))


def analyzed(*conditions: str, timezone: str = "UTC", catalog: str = CATALOG) -> Analyzed:
    sources = [Source.of("catalog.seg", catalog)]
    sources += [Source.of(f"s{number}.seg", each) for number, each in enumerate(conditions)]
    found = compiler.check(sources, compiler.Settings(timezone))
    assert not found.diagnostics
    return found


def live(*conditions: str, dialect: str = "duckdb", clock: Clock = MADE, catalog: str = CATALOG) -> str:
    found = analyzed(*conditions, timezone=clock.zone.key, catalog=catalog)
    names = [f"s{number}" for number in range(len(conditions))]
    return compiler.compile(found, names, clock, dialect=dialect, is_live=True).sql


# ── points ──────────────────────────────────────────────────────────────────────────────────────


def test_of_boundaries_whose_order_changes_both_are_kept() -> None:
    assert earliest([MONTH, DAYS_30]) == Outermost((MONTH, DAYS_30), is_latest=False)
    assert latest([THIS_MONTH, DAYS_30]) == Outermost((THIS_MONTH, DAYS_30), is_latest=True)


def test_of_boundaries_whose_order_is_certain_one_is_kept() -> None:
    assert earliest([DAYS_30, NOW_POINT, DAYS_90]) == DAYS_90
    assert latest([DAYS_30, NOW_POINT, DAYS_90]) == NOW_POINT
    assert earliest([NEXT_MONTH, NOW_POINT]) == NOW_POINT
    assert latest([NEXT_MONTH, MONTH]) == NEXT_MONTH
    assert earliest([THIS_MONTH, NEXT_MONTH]) == THIS_MONTH


def test_of_instants_that_are_written_out_one_is_kept() -> None:
    first, last = dt.datetime(2025, 1, 1, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    assert earliest([last, first]) == first
    assert latest([last, DAYS_30, first]) == Outermost((last, DAYS_30), is_latest=True)


def test_another_clock_has_boundaries_of_its_own() -> None:
    then = Moving((Relative(-1, Unit.YEAR),), Relative(-30, Unit.DAY))

    assert earliest([DAYS_30, then]) == Outermost((DAYS_30, then), is_latest=False)


@pytest.mark.parametrize(
    ("bound", "found"),
    [
        (NOW, 0),
        (Relative(-1, Unit.HOUR), -1),
        (Relative(1, Unit.DAY), 1),
        (Relative(0, Unit.DAY, Unit.MONTH), -1),
        (Relative(0, Unit.DAY, Unit.MONTH, 1), 1),
        (Relative(3, Unit.DAY, Unit.MONTH), None),
        (Relative(-3, Unit.DAY, Unit.MONTH, 1), None),
        (plan.Fixed(dt.date(2026, 1, 1)), None),
    ],
)
def test_the_side_of_the_clock_on_which_a_bound_lies(bound: plan.Bound, found: int | None) -> None:
    assert side(bound) == found


# ── what is said ────────────────────────────────────────────────────────────────────────────────


def test_the_clock_is_read_in_one_place_and_boundaries_are_named_after_what_they_are() -> None:
    assert live("did purchase in last 90 days and did purchase in this month").splitlines() == [
        "-- segment s0, at the engine's clock, by segql 0.1.0",
        'WITH "clock_1" AS (',
        "  SELECT",
        "    CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS \"now\"",
        '), "clock" AS (',
        "  SELECT",
        "    *,",
        '    "now" - INTERVAL \'90\' DAY AS "90_days_ago",',
        '    DATE_TRUNC(\'month\', "now") AS "start_of_month"',
        '  FROM "clock_1"',
        ")",
        "SELECT",
        '  "customer_id"',
        'FROM "customers"',
        "WHERE",
        '  "customer_id" IN (',
        "    SELECT",
        '      "customer_id"',
        '    FROM "orders"',
        '    CROSS JOIN "clock"',
        "    WHERE",
        '      "ordered_at" >= "clock"."90_days_ago" AND "ordered_at" < "clock"."now"',
        "  )",
        '  AND "customer_id" IN (',
        "    SELECT",
        '      "customer_id"',
        '    FROM "orders"',
        '    CROSS JOIN "clock"',
        "    WHERE",
        '      "ordered_at" >= "clock"."start_of_month" AND "ordered_at" < "clock"."now"',
        "  )",
        "ORDER BY",
        '  "customer_id"',
    ]


def test_what_hangs_on_no_day_reads_no_clock() -> None:
    assert "clock" not in live("born < 2000-01-01").split("\n", 1)[1]


def test_the_statement_is_the_same_at_whatever_moment_of_a_year_it_is_made() -> None:
    zone = ZoneInfo("Europe/Berlin")
    conditions = ("did purchase in last 90 days", "born in this month", "did purchase in previous year")
    summer = Clock(dt.datetime(2026, 7, 31, 12, tzinfo=dt.UTC), zone)

    assert live(*conditions, clock=Clock(MADE.as_of, zone)) == live(*conditions, clock=summer)


def test_names_of_users_hide_nothing_of_the_clock() -> None:
    catalog = CATALOG.replace("optional\n", "optional\n    wall_now      date\n", 1).replace(
        "events purchase", "events clock"
    )
    berlin = Clock(MADE.as_of, ZoneInfo("Europe/Berlin"))

    sql = live("did clock in last 90 days and wall_now < today", catalog=catalog, clock=berlin)

    assert 'CROSS JOIN "clock_2"' in sql
    assert 'AS "wall_now_2"' in sql


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_each_step_reads_the_one_before_but_once(zone: str) -> None:
    # Some engines work out a CTE anew for each of its readers.
    conditions = ("born in this month", "did purchase in this week", "in segment s1 as of 2 months ago")

    sql = live(*conditions, clock=Clock(MADE.as_of, ZoneInfo(zone)))

    steps = re.findall(r'^(?:WITH |\), )"(clock_[^"]*)" AS', sql, re.MULTILINE)
    assert len(steps) > 1
    assert [sql.count(f'FROM "{each}"') for each in steps] == [1] * len(steps)


# ── what is refused ─────────────────────────────────────────────────────────────────────────────


def test_a_boundary_that_will_leave_the_calendar_is_refused() -> None:
    way = ("did purchase in last 40 years", "in segment s0 as of 1000 years ago", "in segment s1 as of 1000 years ago")

    with pytest.raises(SegqlError) as raised:
        live(*way)

    (problem,) = raised.value.diagnostics
    assert problem.code == "E401"
    assert problem.message == (
        "duckdb cannot express a boundary near the first or last year of the calendar, on a moving clock"
    )


def test_a_boundary_outside_of_the_calendar_stays_there() -> None:
    sql = live("did purchase in last 900 years", "in segment s0 as of 0500-01-01")

    assert "CAST('0001-01-02 00:00:00' AS TIMESTAMP)" in sql


# ── the engine's own clock ──────────────────────────────────────────────────────────────────────


@contextmanager
def lent(name: str, orders: list[tuple[int, dt.datetime]], folder: Path) -> Iterator[Database]:
    """Lend a database of an engine with customers 1 to 9, the first born on this day, the next on the day before, …"""
    try:
        asked = engine(name)
    except Absent as error:
        pytest.skip(str(error))
    today = dt.datetime.now(dt.UTC).date()
    customers = [{"customer_id": number, "born": today - dt.timedelta(days=number - 1)} for number in range(1, 10)]
    rows = [{"customer_id": who, "ordered_at": at.replace(tzinfo=None)} for who, at in orders]
    tables = {
        "customers": Rows(Table(("customers",)), {"customer_id": INTEGER, "born": DATE}, tuple(customers), ""),
        "orders": Rows(Table(("orders",)), {"customer_id": INTEGER, "ordered_at": TIMESTAMP}, tuple(rows), ""),
    }
    with asked.database(tables, folder) as database:
        yield database


def view_of(database: Database, name: str, sql: str, folder: Path) -> None:
    """Make a view in a database; most backends only read, so another connection does it."""
    view = f"CREATE VIEW seen AS {sql}"
    match name:
        case "duckdb":
            database.connection.execute(view)
        case "postgres":
            ((schema,),) = database.rows("SELECT current_schema()")
            engine(name).run(f"SET search_path TO {schema}; {view}; RESET search_path;")
        case "sqlite":
            with sqlite3.connect(folder / "main.sqlite") as writer:
                writer.execute(view)
            writer.close()
        case "mariadb":
            ((schema,),) = database.rows("SELECT DATABASE()")
            engine(name).server.run(f"USE {schema}", view)
        case "clickhouse":
            ((schema,),) = database.rows("SELECT currentDatabase()")
            for each in (f"USE {schema}", view, "USE default"):
                engine(name)._run(each)
        case _:
            database.backend._context.sql(view)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        *((name, zone) for name in ENGINES for zone in ("UTC", "Europe/Berlin", "America/Santiago")),
        # It takes a second for each question.
        ("spark", "America/Santiago"),
    ],
)
def test_the_engines_clock_gives_what_the_instants_around_it_give(name: str, zone: str, tmp_path: Path) -> None:
    start = dt.datetime.now(dt.UTC)
    clock = Clock(start, ZoneInfo(zone))
    conditions = (
        "did purchase in last 7 days",
        "did purchase in this month",
        "count(purchase between 2 months and 1 day ago) >= 2",
        "born in last 3 days",
        "born has anniversary in last 2 days",
        "days since last(purchase) < 5",
        "in segment s0 as of 2 days ago",
        "did purchase then not purchase within 2 days",
        "did purchase at least once every week for 3 weeks",
    )
    found = analyzed(*conditions, timezone=zone)
    names = [f"s{number}" for number in range(len(conditions))]
    # Minutes away from every boundary, so that both instants around the question give the same.
    orders = [(who, start - dt.timedelta(days=days, minutes=7)) for who in range(1, 9) for days in (who, 3 * who, 40)]

    with lent(name, orders, tmp_path) as database:
        sql = compiler.compile(found, names, clock, dialect=name, is_live=True).sql
        for _ in range(3):
            instants = [dt.datetime.now(dt.UTC)]
            given = database.rows(sql)
            instants.append(dt.datetime.now(dt.UTC))
            around = [
                database.rows(compiler.compile(found, names, Clock(each, clock.zone), dialect=name).sql)
                for each in instants
            ]
            # A midnight in between would be no fault.
            if around[0] == around[1]:
                break

    assert around[0] == around[1]
    assert given == around[0]
    assert len({segment for segment, _ in given}) >= 7


@pytest.mark.parametrize("name", ENGINES)
def test_a_view_moves_with_the_day(name: str, tmp_path: Path) -> None:
    start = dt.datetime.now(dt.UTC)
    orders = [
        (1, start - dt.timedelta(hours=1)),
        (2, start - dt.timedelta(seconds=27)),
        (3, start + dt.timedelta(seconds=3)),
    ]

    with lent(name, orders, tmp_path) as database:
        sql = live("did purchase in last 30 seconds", dialect=name, clock=Clock(start))
        view_of(database, name, sql.split("\n", 1)[1], tmp_path)
        first = database.rows("SELECT customer_id FROM seen")
        time.sleep(max(0.0, 4 - (dt.datetime.now(dt.UTC) - start).total_seconds()))
        later = database.rows("SELECT customer_id FROM seen")

    assert (first, later) == ([(2,)], [(3,)])


@pytest.mark.parametrize("name", ENGINES)
def test_a_statement_knows_but_one_instant(name: str, tmp_path: Path) -> None:
    with lent(name, [], tmp_path) as database:
        dialect = DIALECTS[name]
        row = exp.select(named(dialect.now(), "now"))
        readers = [exp.select(column("now")).from_(exp.Table(this=identifier("clock"))) for _ in range(40)]
        counted = exp.select(exp.Count(this=exp.Distinct(expressions=[column("now")]))).from_(
            subquery(union(readers), "seen")
        )
        for _ in range(5):
            assert database.rows(dialect.printed(with_ctes(counted.copy(), [("clock", row)]))) == [(1,)]


# ── the documentation ───────────────────────────────────────────────────────────────────────────


def test_the_page_shows_what_is_printed() -> None:
    page = (Path(__file__).parents[2] / "docs/live-clock.md").read_text(encoding="utf-8")
    (condition,) = re.findall(r"^```segql\n(.*?)\n```", page, re.MULTILINE | re.DOTALL)
    (shown,) = re.findall(r"^```sql\nWITH(.*?)\n```", page, re.MULTILINE | re.DOTALL)
    catalog = (Path(__file__).parents[2] / "segql/demo/files/catalog.seg").read_text(encoding="utf-8")

    sql = live(condition, dialect="postgres", catalog=catalog)

    assert sql.split("\n", 1)[1] == "WITH" + shown
