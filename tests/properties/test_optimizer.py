"""Whichever passes a request goes through, the same members come back: by the reference, and from engines."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segql import plan
from segql.catalog import Table
from segql.optimizer import PASSES, Facts, Pass, optimize, stages
from segql.plan.explain import explain
from segql.reference import evaluate
from segql.sql import Form, generate
from segql.types import BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, TEXT, TIMESTAMP, Type, list_of
from tests.engines import Absent, Database, Engine, engine
from tests.properties.engine import answers
from tests.properties.pieces import Chance
from tests.properties.plans import Case, case
from tests.properties.run import generated
from tests.spec_data import Rows

ENGINES_ASKED = ("duckdb", "postgres")

TYPES = {
    int: INTEGER,
    Decimal: DECIMAL,
    float: FLOAT,
    str: TEXT,
    bool: BOOLEAN,
    dt.date: DATE,
    dt.datetime: TIMESTAMP,
    list: list_of(TEXT),
}

CASES = int(os.environ.get("SEGQL_CASES", "400"))
SIZE = 10

SETTINGS = settings(
    max_examples=-(-CASES // SIZE),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def members(asked: Case, request: plan.Request) -> dict[str, set[object]]:
    return evaluate(request, asked.analyzed.catalog, asked.tables, asked.clock, {})


def difference(asked: Case, request: plan.Request, passes: tuple[Pass, ...]) -> str | None:
    """Return what the first stage that is wrong makes of a segment, None where all stages are right."""
    right = members(asked, request)
    if members(asked, optimize(request, Facts(), passes)) == right:
        return None
    for name, stage in stages(request, Facts(), passes):
        found = members(asked, stage)
        for each, keys in found.items():
            if keys != right[each]:
                return f"{name}: {each} has {keys ^ right[each]} wrong\n{asked.texts[each]}\n{explain(stage)}"
    raise AssertionError("no stage is wrong, and the last one is")


def by_engine(asked: Case, request: plan.Request, dialect: str, database: Database) -> dict[str, set[object]]:
    catalog = database.located(asked.analyzed.catalog)
    statement = generate(request, catalog, asked.clock, dialect=dialect, form=Form.MEMBERS, lists={})
    rows = database.rows(statement.sql)
    return {name: {row[-1] for row in rows if row[0] == name} for name in request.asked}


def types_of(rows: Sequence[Mapping[str, object]], name: str) -> Type:
    return next(TYPES[type(row[name])] for row in rows if row[name] is not None)


def asked_engine(name: str) -> Engine:
    try:
        return engine(name)
    except Absent as error:
        pytest.skip(f"{name}: {error}")


def some_passes(seed: int) -> tuple[Pass, ...]:
    chance = Chance(seed)
    return tuple(each for each in PASSES if chance.happens(0.5))


def test_redundant_and_impossible_conditions_keep_their_members_by_the_reference() -> None:
    fired: Counter[str] = Counter()

    @SETTINGS
    @given(seed=st.integers(0, 2**32))
    def same(seed: int) -> None:
        asked = case(seed, SIZE)
        request = asked.request
        for passes in (PASSES, some_passes(seed)):
            wrong = difference(asked, request, passes)
            assert wrong is None, f"seed {seed}: {wrong}"
        fired.update(name for name, _ in stages(request))

    same()
    assert [each.__name__ for each in PASSES if fired[each.__name__] == 0] == []


@pytest.mark.parametrize("name", ENGINES_ASKED)
def test_redundant_and_impossible_conditions_keep_their_members_on_an_engine(name: str) -> None:
    asking = asked_engine(name)

    @settings(SETTINGS, max_examples=-(-CASES // SIZE // 10))
    @given(seed=st.integers(0, 2**32))
    def same(seed: int) -> None:
        asked = case(seed, SIZE)
        request = asked.request
        right = members(asked, request)
        types = {name: {each: types_of(rows, each) for each in rows[0]} for name, rows in asked.tables.items()}
        tables = {name: Rows(Table((name,)), types[name], tuple(rows), "") for name, rows in asked.tables.items()}
        with tempfile.TemporaryDirectory() as folder, asking.database(tables, Path(folder)) as database:
            for passes in (PASSES, some_passes(seed)):
                found = by_engine(asked, optimize(request, Facts(), passes), name, database)
                wrong = {
                    each: (asked.texts[each], right[each] ^ keys) for each, keys in found.items() if keys != right[each]
                }
                assert wrong == {}, f"seed {seed}, with {[each.__name__ for each in passes]}"

    same()


@pytest.mark.parametrize("name", ENGINES_ASKED)
def test_any_of_the_passes_may_be_left_out(name: str) -> None:
    asking = asked_engine(name)

    @settings(SETTINGS, max_examples=-(-CASES // 100))
    @given(seed=st.integers(0, 2**32), size=st.integers(1, 40))
    def same(seed: int, size: int) -> None:
        project, segments = generated(seed, size)
        texts = {each: str(piece) for each, piece in segments.items()}
        for passes in (PASSES, some_passes(seed), ()):
            found = answers(project, texts, asking, thorough=False, passes=passes)
            assert found.differences == (), f"seed {seed}, with {[each.__name__ for each in passes]}"

    same()


@pytest.mark.parametrize("seed", range(20))
def test_the_passes_come_to_rest(seed: int) -> None:
    done = optimize(case(seed, SIZE).request)

    assert optimize(done) is done
