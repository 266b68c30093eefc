"""The rules on missing values say what is so: whom a negation lets in, and only where it does."""

from __future__ import annotations

import datetime as dt

import pytest

import tests.lint.test_rules as rules
from segql.compiler import check
from segql.lint import Settings, lint, selected
from segql.source import Source
from segql.syntax import parse

TODAY = dt.date(2026, 1, 1)
TRAITS = "trait reachable_by_mail = email is known and marketing_ok\ntrait years = age\n"


def found(text: str, code: str = "L301") -> list[tuple[str, str]]:
    """Return the place and the message of each finding in a condition, or in several declarations."""
    told = text if text.startswith(("segment", "trait")) else f"segment asked\n    where {text}\n"
    sources = [Source.of("catalog.seg", rules.CATALOG + TRAITS), Source.of("a.seg", told)]
    analyzed = check(sources)
    assert analyzed.is_sound, analyzed.diagnostics
    selection, _ = selected(Settings(select=(code,)))
    every = lint([parse(each) for each in sources], analyzed, selection, TODAY)
    return [(each.diagnostic.span.text, each.diagnostic.message) for each in every if each.diagnostic.span]


def missing(text: str) -> list[tuple[str, str]]:
    """Return what is found, with the name of what may be missing instead of the message."""
    return [(span, message.split("`")[1]) for span, message in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "age >= 18 and age != 30",
        'age is known and (age != 30 or country = "DE")',
        '(email is known and marketing_ok) and email != "x"',
        'email not ends with "@x.com" and reachable_by_mail',
        'age != 30 or age is missing or country = "DE"',
        "not (age is known and age = 30)",
        "not (age = 30 or age is missing)",
        "not (age != 30)",
        "age in (20, 30, 40) and not (age = 30)",
        "did purchase and not days since last(purchase) > 60",
        "did purchase in last 90 days and not days since last(purchase) > 60",
        "last(purchase) is known and not days since last(purchase) > 60",
        "spend_90d > 10 and not (count(purchase) = 3)",
        'country != "DE"',
        'first(purchase.category) != "tea" and last(purchase.category) = "tea"',
        "did purchase and avg(purchase.amount) != 3",
        'first(purchase.coupon) != "X" and first(purchase.coupon) is known',
        "did not purchase",
        "not (spend_90d > 10)",
        'did purchase where (coupon is known and coupon != "X")',
        'did purchase where (coupon = "A" or coupon != "A" and coupon is known)',
        'every purchase where (coupon = "A" and quantity > 1)',
        "tiers stage\n    unknown when age is missing\n    other when age != 30\n    thirty otherwise\n",
        "segment known\n    where age is known\nsegment b\n    where in segment known and age != 30\n",
    ],
)
def test_what_lets_nobody_in_whose_value_is_missing_is_left_alone(text: str) -> None:
    told = f"segment s\n    where age < 3\n{text}" if text.startswith("tiers") else text

    assert found(told) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("age != 30", [("age != 30", "age")]),
        ("not age = 30", [("not age = 30", "age")]),
        ('age != 30 and country = "DE"', [("age != 30", "age")]),
        ('age >= 18 and country = "FR" or age != 30', [("age != 30", "age")]),
        ('age is known and country = "DE" or age != 30', [("age != 30", "age")]),
        ("email is known and age != 30", [("age != 30", "age")]),
        ("age not in (1, 2)", [("age not in (1, 2)", "age")]),
        ("age not between 1 and 2", [("age not between 1 and 2", "age")]),
        ('not (age < 30 and country = "DE")', [('not (age < 30 and country = "DE")', "age")]),
        ("not birth_date in last 20 years", [("not birth_date in last 20 years", "birth_date")]),
        ("not year of birth_date = 1990", [("not year of birth_date = 1990", "birth_date")]),
        ("years != 30", [("years != 30", "age")]),
        ('last(purchase.coupon) != "X"', [('last(purchase.coupon) != "X"', "last(purchase.coupon)")]),
        ("not days since last(purchase) > 60", [("not days since last(purchase) > 60", "last(purchase)")]),
        ("not avg(purchase.amount) > 60", [("not avg(purchase.amount) > 60", "avg(purchase.amount)")]),
        ('did purchase and last(purchase.coupon) != "X"', [('last(purchase.coupon) != "X"', "last(purchase.coupon)")]),
        (
            'not first(purchase.category) = "tea"',
            [('not first(purchase.category) = "tea"', "first(purchase.category)")],
        ),
        (
            'first(purchase.coupon) != "X" and last(purchase.coupon) = "X"',
            [('first(purchase.coupon) != "X"', "first(purchase.coupon)")],
        ),
        ('did purchase where (coupon != "X")', [('coupon != "X"', "coupon")]),
        ('every purchase where (coupon != "X")', [('coupon != "X"', "coupon")]),
        ('did purchase where (quantity > 1 and not (coupon = "X"))', [('not (coupon = "X")', "coupon")]),
        ("at least 2 of (age != 30, marketing_ok, country = 'DE')", [("age != 30", "age")]),
        ("age != 30 or age != 40", [("age != 30", "age")]),
        ("age != 30 and age != 40", [("age != 30", "age"), ("age != 40", "age")]),
    ],
)
def test_what_lets_somebody_in_whose_value_is_missing_is_found(text: str, told: list[tuple[str, str]]) -> None:
    assert missing(text) == told


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('every subscription where (status = "active")', 1),
        ('not every subscription where (status = "active")', 0),
        ('not (every subscription where (status = "active") and age < 30)', 0),
        ('not not (every subscription where (status = "active") or age < 30)', 1),
        ('not (age < 30 and not every subscription where (status = "active"))', 1),
    ],
)
def test_below_a_not_every_holds_for_nobody_without_a_row(text: str, count: int) -> None:
    assert len(found(text, "L302")) == count


def test_a_trait_is_told_once_however_often_it_is_used() -> None:
    text = "trait other = age != 30\nsegment a\n    where other\nsegment b\n    where other and marketing_ok\n"

    assert missing(text) == [("age != 30", "age")]


def test_a_trait_that_all_segments_ask_for_known_values_is_left_alone() -> None:
    assert missing("trait other = age != 30\nsegment a\n    where other and age is known\n") == []
