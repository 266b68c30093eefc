"""What passes make of conditions in places where more than their shape counts, and of very large ones."""

from __future__ import annotations

import time

import pytest

from segql import plan
from segql.optimizer import optimize
from segql.plan import Op
from segql.tree import walk
from segql.types import INTEGER, TEXT
from tests.optimizer.test_passes import request


def condition(text: str) -> plan.Expr:
    return request(text).segments[-1].condition


def made(text: str) -> plan.Expr:
    return optimize(request(text)).segments[-1].condition


@pytest.mark.parametrize(
    ("text", "simpler"),
    [
        # No comparison is written that nobody wrote.
        ('country != "DE" and country is known and country is known', 'country is known and country != "DE"'),
        (
            'country is known and country != "DE" and country != "FR"',
            'country is known and country not in ("DE", "FR")',
        ),
        ("is_vip = true or is_vip = false", "is_vip = true or is_vip = false"),
        # A missing age is not below 30, and it is not at least 30 either.
        ("not (age < 30)", "not (age < 30)"),
        ("age < 30 or not (age < 40)", "age < 30 or not (age < 40)"),
        # Months and days go by different calendars.
        (
            "signed_up_at in last 30 days and signed_up_at in last 1 months",
            "signed_up_at in last 30 days and signed_up_at in last 1 months",
        ),
        (
            "did not purchase in last 60 days and did not purchase in last 30 days",
            "count(purchase in last 60 days) < 1",
        ),
        ("did purchase in last 60 days or did purchase in last 30 days", "did purchase in last 60 days"),
        (
            "did purchase in last 30 days where (amount > 3) and did purchase in last 60 days",
            "did purchase in last 30 days where (amount > 3)",
        ),
    ],
)
def test_a_condition_becomes(text: str, simpler: str) -> None:
    assert made(text) == condition(simpler)


def test_a_boolean_that_may_be_missing_is_compared_where_more_than_its_truth_counts() -> None:
    # `is_vip and is_vip` is false of a missing one; the field alone is missing, and equal to nothing.
    field = condition("is_vip")
    asked = request("is_vip")
    twice = plan.Compare(Op.EQ, plan.And((field, field)), plan.FALSE)
    segment = plan.Segment("wanted", "customer", twice)

    (done,) = optimize(plan.Request(asked.entity, asked.asked, (segment,))).segments

    assert done.condition == plan.Compare(Op.EQ, plan.Compare(Op.EQ, field, plan.TRUE), plan.FALSE)


def test_what_was_merged_is_said_to_be_written_where_its_first_part_was() -> None:
    text = "is_vip and (age < 30) and (age < 40)"
    asked = request(text)
    ages = [each for each in walk(optimize(asked)) if isinstance(each, plan.Compare)]

    assert [each.span.text for each in ages] == ["age < 30"]


SEGMENTS = """segment base where age < 30
segment used where in segment base and is_vip
segment other where not in segment base
segment wanted where {}"""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("in segment used", ["wanted"]),
        # The base is used twice until what it is used for stands side by side.
        ("in segment used and not in segment other", ["wanted"]),
        ("at least 2 of (in segment base, in segment used, is_vip)", ["base", "wanted"]),
        ("in segment used as of 30 days ago", ["used", "wanted"]),
        ("age in top 10% among segment used", ["used", "wanted"]),
        ("did purchase where (customer in segment used)", ["used", "wanted"]),
    ],
)
def test_segments_that_are_asked_otherwise_keep_their_name(text: str, left: list[str]) -> None:
    assert [each.name for each in optimize(request(SEGMENTS.format(text))).segments] == left


def age(op: Op, number: int) -> plan.Expr:
    return plan.Compare(op, plan.Field(0, (), "age", INTEGER), plan.Literal(number, INTEGER))


def of(condition: plan.Expr) -> plan.Request:
    return plan.Request("customer", ("wanted",), (plan.Segment("wanted", "customer", condition),))


def chain(length: int) -> plan.Request:
    segments = [plan.Segment("s0", "customer", age(Op.LT, 30))]
    for number in range(1, length):
        joined = plan.Or if number % 2 else plan.And
        parts = (plan.InSegment(f"s{number - 1}"), plan.Field(0, (), f"f{number}", TEXT))
        segments.append(plan.Segment(f"s{number}", "customer", joined(parts)))
    return plan.Request("customer", (f"s{length - 1}",), tuple(segments))


@pytest.mark.parametrize(
    "large",
    [
        of(plan.Or(tuple(age(Op.EQ, number) for number in range(5_000)))),
        of(plan.And(tuple(plan.Not(age(Op.EQ, number)) for number in range(5_000)))),
        of(plan.Or(tuple(plan.And((age(Op.LT, 7), age(Op.GT, number))) for number in range(5_000)))),
        of(
            plan.And(
                (
                    plan.OneOf(
                        plan.Field(0, (), "country", TEXT),
                        tuple(plan.Literal(str(number), TEXT) for number in range(400_000)),
                    ),
                    plan.Not(plan.Compare(Op.EQ, plan.Field(0, (), "country", TEXT), plan.Literal("7", TEXT))),
                )
            )
        ),
        chain(5_000),
    ],
    ids=["values", "other values", "ranges", "a long set", "segments"],
)
def test_large_conditions_take_no_longer_than_to_be_read(large: plan.Request) -> None:
    start = time.process_time()
    optimize(large)

    assert time.process_time() - start < 10
