"""The reference and DuckDB have the same members for every generated segment."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.engines import engine
from tests.properties.engine import answers
from tests.properties.run import SIZE, generated
from tests.properties.shrink import Case, report, shrunk

PROJECTS = -(-int(os.environ.get("SEGQL_CASES", "400")) // SIZE)

# A seed has no smaller seed that fails in the same way, so a case is made smaller by its own means.
SETTINGS = settings(
    max_examples=PROJECTS,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@SETTINGS
@given(st.integers(0, 2**32))
def test_the_reference_and_duckdb_have_the_same_members(seed: int) -> None:
    project, segments = generated(seed)
    found = answers(project, {name: str(piece) for name, piece in segments.items()}, engine("duckdb"))
    for difference in found.differences:
        case = shrunk(Case(project, segments, difference.name, engine("duckdb")))
        text = report(case, case.difference() or difference)
        raise AssertionError(f"seed {seed}\n{text}")


@SETTINGS
@given(st.integers(0, 2**32))
def test_a_segment_and_its_negation_partition_the_entity(seed: int) -> None:
    project, segments = generated(seed)
    found = answers(project, {name: str(piece) for name, piece in segments.items()}, engine("duckdb"))
    # Where a key stands twice, both are refused.
    for name in found.members:
        if f"not_{name}" in found.members:
            assert found.members[name] ^ found.members[f"not_{name}"] == found.everyone
