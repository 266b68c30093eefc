"""Snowflake's backend against a server that speaks its protocol, and runs its SQL on DuckDB: fakesnow.

It needs another version of sqlglot than we do, so it has an environment of its own: `tests/engines/snowflake.py` tells
how it is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import segql
from segql.catalog import Table
from segql.run import backends
from segql.run.backends import Backend, EngineError, Target
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, decimal
from tests.engines import Absent
from tests.engines.snowflake import engine
from tests.folders import CATALOG, SEGMENTS, write
from tests.spec_file import SPECS, sections
from tests.spec_runner import run

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TABLES = """
create or replace table customers (customer_id integer, age integer, country varchar, signed_up_at timestamp_ntz);
insert into customers values
    (1, 25, 'DE', '2025-01-01'), (2, 41, 'FR', '2025-02-01'), (3, null, 'DE', '2025-03-01');
create or replace table orders (customer_id integer, ordered_at timestamp_ntz, amount decimal(10, 2));
insert into orders values (1, '2025-11-20', 10.50), (2, '2025-01-20', 7), (2, '2025-11-30 23:59:59', 3);
create or replace table kinds (a integer, b float, c varchar, d boolean, e date, f timestamp_ntz, g variant,
    h decimal(10, 2), "Mixed Case" varchar, i timestamp_tz)
"""


@pytest.fixture(scope="module")
def url() -> str:
    """Fill a schema, and return its URL."""
    try:
        made = engine()
    except Absent as error:
        pytest.skip(str(error))
    made.write("create schema segql.shop", "use schema segql.shop", *TABLES.split(";"))
    return made.url("shop")


@pytest.fixture
def backend(url: str) -> Iterator[Backend]:
    made = backends.connect(Target(url, Path()))
    yield made
    made.close()


def test_tables_and_columns_are_told_as_a_catalog_writes_them(backend: Backend) -> None:
    assert backend.tables() == ["customers", "kinds", "orders"]
    found = backend.describe(Table(("kinds",)))

    assert found is not None
    types = {name: each.type for name, each in found.items()}
    assert types == {
        "a": INTEGER,
        "b": FLOAT,
        "c": TEXT,
        "d": BOOLEAN,
        "e": DATE,
        "f": TIMESTAMP,
        "g": JSON,
        "h": decimal(10, 2),
        "Mixed Case": TEXT,
        "i": TIMESTAMP,
    }
    assert found["i"].has_zone
    assert not found["f"].has_zone


def test_a_table_that_is_not_there_has_no_columns(backend: Backend) -> None:
    assert backend.describe(Table(("nowhere",))) is None


def test_rows_come_as_arrow_with_names_as_written(backend: Backend) -> None:
    rows = backend.execute('SELECT "CUSTOMER_ID", "AGE" AS "Age" FROM "CUSTOMERS" ORDER BY 1').read_all()

    assert rows.to_pylist() == [
        {"customer_id": 1, "Age": 25},
        {"customer_id": 2, "Age": 41},
        {"customer_id": 3, "Age": None},
    ]


def test_no_rows_have_columns_too(backend: Backend) -> None:
    rows = backend.execute('SELECT "CUSTOMER_ID" FROM "CUSTOMERS" WHERE "AGE" > 99').read_all()

    assert (rows.num_rows, rows.column_names) == (0, ["customer_id"])


def test_what_the_engine_says_is_told(backend: Backend) -> None:
    with pytest.raises(EngineError, match="nowhere"):
        backend.execute('SELECT * FROM "nowhere"')


def test_a_long_list_needs_no_rights(backend: Backend) -> None:
    keys = [f"o'neil {number}" for number in range(5_000)]
    backend.provide("vip_keys", keys)

    rows = backend.execute('SELECT COUNT(*) AS "N", MIN("KEY") AS "KEY" FROM "VIP_KEYS"').read_all()
    assert rows.to_pylist() == [{"n": 5_000, "key": "o'neil 0"}]


def test_a_comment_and_a_tag_go_with_a_statement(backend: Backend) -> None:
    assert backend.execute("-- segment young\nSELECT 1 AS N").read_all().to_pylist() == [{"n": 1}]


def test_members_and_counts_of_a_project(url: str, tmp_path: Path) -> None:
    settings = f'as_of = "2025-12-01"\n\n[connections.default]\nurl = "{url}"\n'
    write(tmp_path, {"segql.toml": settings, "catalog.seg": CATALOG, "segments/all.seg": SEGMENTS})
    project = segql.open(tmp_path)

    assert project.count(["young", "buyers", "everyone_else"]) == {"young": 1, "buyers": 2, "everyone_else": 1}
    assert project.run(["young", "buyers"]).to_pylist() == [
        {"segment": "young", "customer_id": 1},
        {"segment": "buyers", "customer_id": 1},
        {"segment": "buyers", "customer_id": 2},
    ]


# Of json and of what is asked of the items of a list it has other ideas than Snowflake's pages.
@pytest.mark.parametrize("file", ["aggregates", "population", "relations"])
def test_the_same_people_come_back(file: str, url: str) -> None:
    asked = [each for each in sections(SPECS / f"{file}.md") if each.segql or each.conditions]
    problems = [problem for each in asked for problem in run(each, engine()).problems]

    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)


def test_a_statement_is_tagged_with_its_segment(backend: Backend) -> None:
    # What fakesnow makes of the tag it does not show; that it takes it is all that can be seen.
    assert backend.execute("-- segment young, by segql\nselect 1 as x").read_all().to_pydict() == {"x": [1]}
