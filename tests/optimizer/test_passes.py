"""Each pass turns the conditions after `before:` in its docstring into those after `after:`, and keeps the meaning."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from segql import optimizer, plan
from segql.compiler import check
from segql.optimizer import PASSES, Facts, Pass, optimize, stages
from segql.source import Source

CATALOG = """
entity customer
    from customers
    key customer_id
    age          integer
    country      text
    plan         text
    is_vip       boolean
    signed_up_at timestamp

events purchase of customer
    from purchases
    by   customer_id
    at   purchased_at
    amount decimal

events refund of customer
    from refunds
    by   customer_id
    at   refunded_at
    amount decimal

trait returns = count(refund where amount is known)

one account of customer
    from accounts key account_id by account_id
    tier text
"""


def request(condition: str, catalog: str = CATALOG) -> plan.Request:
    text = condition if condition.startswith("segment") else f"segment wanted where {condition}"
    analyzed = check([Source.of("catalog.seg", catalog), Source.of("wanted.seg", text)])
    errors = [each for each in analyzed.diagnostics if each.severity == "error"]
    assert not errors, f"{errors} in {condition}"
    return analyzed.request(["wanted"])


def examples(each: Pass) -> list[tuple[str, str]]:
    module = inspect.getmodule(each)
    assert module is not None
    text = inspect.cleandoc(module.__doc__ or "")
    found = re.findall(r"^before:\s+(.+?)\nafter:\s+(.+?)(?:\n\n|\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"{each.__name__} has no example"
    return [(inspect.cleandoc(before), inspect.cleandoc(after)) for before, after in found]


EXAMPLES = [(each, before, after) for each in PASSES for before, after in examples(each)]


@pytest.mark.parametrize(("each", "before", "after"), EXAMPLES)
def test_a_pass_does_what_its_docstring_shows(each: Pass, before: str, after: str) -> None:
    assert each(request(before), Facts()) == request(after)


@pytest.mark.parametrize(("each", "before", "after"), EXAMPLES)
def test_a_pass_returns_the_same_object_where_nothing_changes(each: Pass, before: str, after: str) -> None:
    done = each(request(before), Facts())

    assert each(done, Facts()) is done


@pytest.mark.parametrize(("each", "before", "after"), EXAMPLES)
def test_what_a_docstring_shows_is_where_all_passes_together_lead(each: Pass, before: str, after: str) -> None:
    assert optimize(request(before)) == optimize(request(after))


def test_every_file_of_passes_is_in_the_list() -> None:
    folder = Path(inspect.getfile(optimizer)).parent / "passes"
    files = {each.stem for each in folder.glob("*.py") if each.stem != "__init__"}

    assert files == {each.__name__ for each in PASSES}


def test_stages_begin_with_the_plan_as_analysed_and_end_with_the_optimized() -> None:
    asked = request('age < 30 and (country = "DE" and plan = "pro")')
    shown = list(stages(asked))

    assert shown[0] == ("analysed", asked)
    assert shown[-1][1] == optimize(asked)
