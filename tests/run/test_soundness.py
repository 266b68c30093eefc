"""Looking for keys that stand twice: once for a request, and never where the engine lets none stand twice."""

from __future__ import annotations

from pathlib import Path

import pytest

import segql
from segql.catalog import Table
from segql.run.backends import Target, connect
from tests.engines import Absent, engine
from tests.folders import database, shop
from tests.run.test_batches import watched


def keyed(folder: Path, customers: str) -> Path:
    """Make the shop with customers whose table is declared in some way."""
    (shop(folder) / "shop.duckdb").unlink()
    database(
        folder / "shop.duckdb",
        f"{customers}; create table orders (customer_id integer, ordered_at timestamp)",
    )
    return folder


@pytest.mark.parametrize(
    ("customers", "looks"),
    [
        ("create table customers (customer_id integer, age integer)", True),
        ("create table customers (customer_id integer primary key, age integer)", False),
        ("create table customers (customer_id integer unique, age integer)", False),
        ("create table customers (Customer_ID integer unique, age integer)", True),
        ("create table customers (customer_id integer, age integer, unique (customer_id, age))", True),
        ("create table customers (customer_id integer, age integer unique)", True),
        (
            "create table t (customer_id integer unique, age integer); create view customers as select * from t",
            True,
        ),
    ],
)
def test_a_key_that_the_engine_keeps_unique_is_not_looked_at(tmp_path: Path, customers: str, looks: bool) -> None:
    with watched(keyed(tmp_path, customers)) as (runner, workspace, asked):
        runner.counts(["young", "buyers"], workspace.clock())

    others = [each for each in asked.statements if each not in asked.answers()]
    assert len(others) == looks


def test_a_view_of_unique_keys_may_repeat_them(tmp_path: Path) -> None:
    keyed(
        tmp_path,
        "create table t (customer_id integer unique, age integer); insert into t values (1, 20);"
        "create view customers as select * from t union all select * from t",
    )

    with pytest.raises(segql.SegqlError) as raised:
        segql.open(tmp_path)["young"].count()

    assert [each.name for each in raised.value.diagnostics] == ["repeated-key"]


def test_what_postgres_keeps_unique_is_known(tmp_path: Path) -> None:
    try:
        asked = engine("postgres")
    except Absent as error:
        pytest.skip(str(error))
    asked.run(  # type: ignore[attr-defined]
        "create schema kept; create table kept.t (a integer unique, b integer, c integer, d integer, e integer unique"
        " deferrable initially deferred, f integer primary key, unique (b, c));"
        "create unique index on kept.t (d) where d > 0;"
        "create table kept.above (a integer unique); create table kept.below () inherits (kept.above);"
    )
    backend = connect(Target(f"{asked.uri}", tmp_path))  # type: ignore[attr-defined]
    try:
        found = backend.promises(Table(("kept", "t")))
        above = backend.promises(Table(("kept", "above")))
    finally:
        backend.close()
        asked.run("drop schema kept cascade;")  # type: ignore[attr-defined]

    assert {name for name, each in found.items() if each.is_unique} == {"a", "f"}
    assert not above["a"].is_unique
