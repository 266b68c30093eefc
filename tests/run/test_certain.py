"""What an engine guarantees of its columns, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import segql
from segql import compiler
from segql.optimizer import Facts
from segql.run.backends import Backend, Target, connect
from segql.run.certain import Guarantees
from segql.run.verify import Names, Verifier
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace
from tests.folders import SETTINGS, database, write

CATALOG = """\
entity customer
    from customers
    key customer_id
    age      integer
    size     integer column "AGE_OF_OLD"
    weight   float
    country  text one of ("DE", "FR")
    city     text

events purchase of customer
    from orders
    by customer_id
    at ordered_at
    amount   integer
    seen     integer
"""

TABLES = """
create type country as enum ('DE', 'FR', 'IT');
create table customers (
    customer_id integer, age integer not null, AGE_OF_OLD integer, weight double not null, country country, city text
);
insert into customers values
    (1, 25, 1, 'nan', 'DE', null), (2, 41, null, 3, 'IT', 'x'), (3, 30, 2, 5, null, 'y'), (null, 1, 1, 1, 'DE', 'z');
create table orders_of (customer_id integer, ordered_at timestamp, amount integer not null, seen integer);
insert into orders_of values (1, '2025-11-20', 10, null), (2, '2025-01-20', 7, 1), (2, '2025-11-30 23:59:59', 3, 0);
create view orders as select * from orders_of;
"""

SEGMENTS = {
    "old": "not (age < 30)",
    "unknown": "age is missing",
    "any_age": "age < 30 or age >= 30",
    "of_weight": "not (weight < 4)",
    "abroad": 'country in ("DE", "FR")',
    "placed": "city is known",
    "small": "did purchase where (not (amount > 3))",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    database(tmp_path / "shop.duckdb", TABLES)
    segments = "\n".join(f"segment {name} where {text}" for name, text in SEGMENTS.items())
    return write(tmp_path, {"segql.toml": SETTINGS, "catalog.seg": CATALOG, "all.seg": segments})


@pytest.fixture
def backend(folder: Path) -> Iterator[Backend]:
    made = connect(Target(f"duckdb:///{folder / 'shop.duckdb'}", folder))
    yield made
    made.close()


def facts(folder: Path, backend: Backend, *names: str) -> Facts:
    workspace = Workspace(find_home(folder))
    analyzed = workspace.sound()
    located = backend.located(analyzed.catalog)
    compiled = compiler.compile(analyzed, names, workspace.clock())
    _, found = Verifier(located, Names.of(analyzed.catalog, located, folder), "UTC", backend).looked(compiled.uses)
    return Guarantees(located, backend).facts(analyzed.request(names), compiled.uses, found)


def test_a_column_declared_not_null_is_never_missing_but_a_double_may_be_no_number(
    folder: Path, backend: Backend
) -> None:
    assert facts(folder, backend, "old", "of_weight").never_missing == {("customer", "age")}


def test_a_view_guarantees_nothing(folder: Path, backend: Backend) -> None:
    assert ("purchase", "amount") not in facts(folder, backend, "small").never_missing


def test_an_enum_has_the_values_of_the_engine_whatever_the_catalog_says(folder: Path, backend: Backend) -> None:
    assert dict(facts(folder, backend, "abroad").values) == {("customer", "country"): frozenset({"DE", "FR", "IT"})}


def test_members_are_the_same_as_without_guarantees(folder: Path) -> None:
    found = segql.open(folder).run(list(SEGMENTS)).to_pylist()
    members = {name: [row["customer_id"] for row in found if row["segment"] == name] for name in SEGMENTS}

    assert members == {
        "old": [2, 3],
        "unknown": [],
        "any_age": [1, 2, 3],
        "of_weight": [1, 3],
        "abroad": [1],
        "placed": [2, 3],
        "small": [2],
    }
