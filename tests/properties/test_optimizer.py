"""Whichever passes a request goes through, the same members come back: by the reference, and from engines."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from segql import plan
from segql.optimizer import PASSES, Facts, Pass, optimize, stages
from segql.plan.explain import explain
from segql.reference import evaluate
from tests.properties.pieces import Chance
from tests.properties.plans import Case, case

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


@pytest.mark.parametrize("seed", range(20))
def test_the_passes_come_to_rest(seed: int) -> None:
    done = optimize(case(seed, SIZE).request)

    assert optimize(done) is done
