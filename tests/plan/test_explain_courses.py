"""Courses of events, as they are shown in words."""

from __future__ import annotations

import pytest

from segql.compiler import check
from segql.plan.explain import show
from segql.source import Source

CATALOG = """
entity customer
    from customers
    key customer_id

events A of customer
    from a
    by customer_id
    at at
    item text

events B of customer
    from b
    by customer_id
    at at
    item text
"""


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("did A then B within 7 days", "(A then B within 1 week)"),
        ("did first A then no A then B all within 2 days", "(first A then no (A) then B, all within 2 days)"),
        ("did A then not B within 36 hours", "(A then no B within 36 hours)"),
        ("did A as v then B where (item = v.item)", "(A then B where item = step 1.item)"),
        ("did all of (A, B) in any order within 1 day", "(A and B, within 1 day)"),
        ("did A at least 3 times in any 7 days", "3 times (A) in less than 1 week"),
        (
            "resumed A since 2026-01-01 after a gap of 30 days",
            "(A) where its time in [2026-01-01, …), 30 days or more after the one before",
        ),
    ],
)
def test_a_course_is_shown_in_a_line(condition: str, shown: str) -> None:
    analyzed = check([Source.of("catalog.seg", CATALOG), Source.of("s.seg", condition)])

    assert show(analyzed.definitions["s"].condition) == shown
