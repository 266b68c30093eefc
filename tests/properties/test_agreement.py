"""The reference and the engines have the same members for every generated segment."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.engines import QUICK, engine
from tests.properties.engine import answers
from tests.properties.run import SIZE, generated
from tests.properties.shrink import Case, report, shrunk

CASES = int(os.environ.get("SEGQL_CASES", "400"))
# The others are asked for more by the conformance suite.
CASES_OF = {"duckdb": CASES} | {name: CASES // 4 for name in QUICK if name != "duckdb"}

# A seed has no smaller seed that fails in the same way, so a case is made smaller by its own means.
SETTINGS = settings(
    max_examples=-(-CASES // SIZE),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", QUICK)
def test_the_reference_and_the_engine_have_the_same_members(name: str) -> None:
    @settings(SETTINGS, max_examples=-(-CASES_OF[name] // SIZE))
    @given(seed=st.integers(0, 2**32))
    def same(seed: int) -> None:
        project, segments = generated(seed)
        found = answers(project, {each: str(piece) for each, piece in segments.items()}, engine(name))
        for difference in found.differences:
            case = shrunk(Case(project, segments, difference.name, engine(name)))
            text = report(case, case.difference() or difference)
            raise AssertionError(f"seed {seed}\n{text}")

    same()


@SETTINGS
@given(st.integers(0, 2**32))
def test_a_segment_and_its_negation_partition_the_entity(seed: int) -> None:
    project, segments = generated(seed)
    found = answers(project, {name: str(piece) for name, piece in segments.items()}, engine("duckdb"))
    # Where a key stands twice, both are refused.
    for name in found.members:
        if f"not_{name}" in found.members:
            assert found.members[name] ^ found.members[f"not_{name}"] == found.everyone
