"""One live statement, asked at several instants, has at each the members that the reference finds there."""

from __future__ import annotations

import datetime as dt
import os

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from tests.engines import Absent, engine
from tests.live import asked_at, instants_after
from tests.properties.engine import live_differences
from tests.properties.run import SIZE, generated

PROJECTS = -(-int(os.environ.get("SEGQL_CASES", "400")) // SIZE)
# The other engines are asked so much less.
FEWER = 8
# Of the instants at which something turns, each project is asked at T and at some of the others.
EVERY = 4


def _settings(projects: int) -> settings:
    return settings(
        max_examples=projects,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


# Steps of boundaries that PostgreSQL put into each other until they filled the memory.
@pytest.mark.parametrize("name", ["duckdb", "postgres"])
@_settings(PROJECTS)
@example(seed=41287)
@given(seed=st.integers(0, 2**32))
def test_a_live_statement_has_the_members_of_the_instant_at_which_it_is_asked(name: str, seed: int) -> None:
    _follows_the_clock(name, seed)


@pytest.mark.parametrize("name", ["sqlite", "datafusion", "clickhouse", "mariadb"])
@_settings(-(-PROJECTS // FEWER))
@given(seed=st.integers(0, 2**32))
def test_so_it_has_on_other_engines(name: str, seed: int) -> None:
    _follows_the_clock(name, seed)


def _follows_the_clock(name: str, seed: int) -> None:
    try:
        asked = engine(name)
    except Absent as error:
        pytest.skip(str(error))
    project, segments = generated(seed)
    first, *others = instants_after(project.clock)
    instants = [first, *others[seed % EVERY :: EVERY]]
    found = live_differences(project, {each: str(piece) for each, piece in segments.items()}, asked, instants)
    told = [
        f"{instant}: segment {each.name} where {segments.get(each.name)}\n{each}"
        for instant, differences in found.items()
        for each in differences
    ]
    assert not told, f"seed {seed}, zone {project.clock.zone.key}, made {project.clock.as_of}\n" + "\n".join(told[:5])


def test_only_the_clock_is_another_in_what_the_tests_ask() -> None:
    live = "SELECT CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS now"

    moved = asked_at(live, "duckdb", dt.datetime(2024, 2, 29, tzinfo=dt.UTC))

    assert moved == "SELECT CAST('2024-02-29 00:00:00' AS TIMESTAMP) AS now"
