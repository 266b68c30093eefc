"""A plan is told in the words of the language, as far as it has them."""

from __future__ import annotations

import pytest

from segql.compiler import check
from segql.plan.explain import show
from segql.source import Source

CATALOG = """
entity customer
    from customers
    key customer_id
    age integer
    country text

segment young
    where age < 30
"""


@pytest.mark.parametrize(
    "text",
    [
        "age in top 12.5%",
        "age in bottom 20% among segment young",
        "rank(age within country among segment young) <= 3",
        "quantile(age among segment young, 5) = 5",
        "percentile(age, 90) = 3",
        "average(age) = median(age)",
    ],
)
def test_a_place_among_everyone_is_told_as_it_is_written(text: str) -> None:
    analyzed = check([Source.of("catalog", CATALOG), Source.of("s", text)])

    assert show(analyzed.definitions["s"].condition) == text
