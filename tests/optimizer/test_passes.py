"""Each pass turns the condition after `before:` in its docstring into the one after `after:`, and keeps the meaning."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from segql import optimizer, plan
from segql.compiler import check
from segql.optimizer import PASSES, optimize, stages
from segql.source import Source

CATALOG = """
entity customer
    from customers
    key customer_id
    age       integer
    country   text
    plan      text
"""


def request(condition: str) -> plan.Request:
    analyzed = check([Source.of("catalog.seg", CATALOG), Source.of("wanted.seg", condition)])
    assert not analyzed.diagnostics
    return analyzed.request(["wanted"])


def example(each: Callable[[plan.Request], plan.Request]) -> tuple[str, str]:
    module = inspect.getmodule(each)
    assert module is not None
    found = re.search(r"before:\s+(.+?)\nafter:\s+(.+?)(\n\n|$)", module.__doc__ or "", re.DOTALL)
    assert found, f"{each.__name__} has no example"
    return found[1], found[2]


@pytest.mark.parametrize("each", PASSES)
def test_a_pass_does_what_its_docstring_shows(each: Callable[[plan.Request], plan.Request]) -> None:
    before, after = example(each)

    assert each(request(before)) == request(after)


@pytest.mark.parametrize("each", PASSES)
def test_a_pass_returns_the_same_object_where_nothing_changes(each: Callable[[plan.Request], plan.Request]) -> None:
    done = each(request(example(each)[0]))

    assert each(done) is done


def test_every_file_of_passes_is_in_the_list() -> None:
    folder = Path(inspect.getfile(optimizer)).parent / "passes"
    files = {each.stem for each in folder.glob("*.py") if each.stem != "__init__"}

    assert files == {each.__name__ for each in PASSES}


def test_stages_begin_with_the_plan_as_analysed_and_end_with_the_optimized() -> None:
    asked = request('age < 30 and (country = "DE" and plan = "pro")')
    shown = list(stages(asked))

    assert shown[0] == ("analysed", asked)
    assert shown[-1][1] == optimize(asked)
