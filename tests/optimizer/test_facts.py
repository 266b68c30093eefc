"""What an engine guarantees is used, and nothing else is."""

from __future__ import annotations

import pytest

from segql import plan
from segql.optimizer import Facts, optimize
from tests.optimizer.test_passes import request

FULL = Facts(
    never_missing=frozenset({("customer", "age"), ("purchase", "amount")}),
    values={("customer", "country"): frozenset({"DE", "FR"})},
)


def condition(text: str) -> plan.Expr:
    return request(text).segments[-1].condition


def made(text: str, facts: Facts = FULL) -> plan.Expr:
    return optimize(request(text), facts).segments[-1].condition


@pytest.mark.parametrize(
    ("text", "simpler"),
    [
        ("age is missing", "nobody"),
        ("age is known and is_vip", "is_vip"),
        ("not (age < 30)", "age >= 30"),
        ("age < 30 or age >= 30", "everyone"),
        ('country = "IT"', "nobody"),
        ('country in ("DE", "IT")', 'country = "DE"'),
        ('country in ("DE", "IT", "FR")', "country is known"),
        ("did purchase where (amount is known)", "did purchase"),
        ("did purchase where (not (amount < 3))", "did purchase where (amount >= 3)"),
    ],
)
def test_a_guarantee_makes_it_simpler(text: str, simpler: str) -> None:
    assert made(text) == condition(simpler)


@pytest.mark.parametrize(
    "text",
    [
        "country is missing",
        "account.tier is missing",
        "not (last(purchase.amount) < 3)",
        "plan is known and sum(purchase.amount) < 3",
    ],
)
def test_of_all_else_nothing_is_certain(text: str) -> None:
    assert made(text) == made(text, Facts()) == condition(text)


def test_a_field_of_a_trait_in_the_condition_of_an_event_is_that_of_its_own_events() -> None:
    # Both stand at level 1: the inner ones are orders, whose amounts may be missing.
    text = "did purchase where (customer.returns >= 1)"

    assert made(text) == condition(text)


def test_without_an_engine_nothing_is_certain() -> None:
    assert not Facts()
    assert made("age is missing", Facts()) == condition("age is missing")
