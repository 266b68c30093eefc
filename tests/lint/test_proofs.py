"""The rules that decide who can meet what: what they find, whom they make up, and where they say nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import segql
from segql.compiler import check
from segql.lint import Settings, lint, selected
from segql.source import Source
from segql.syntax import parse

CATALOG = (Path(segql.__file__).parent / "demo/files/catalog.seg").read_text(encoding="utf-8")
FOUR = "`count(purchase in last 30 days) = 4`, `count(purchase in last 60 days) = 4`"
LAST_OF_N = "last(purchase.coupon where quantity > n)"
LAST_OF_2 = "last(purchase.coupon where quantity > 2)"
RULES = ("L103", "L107", "L108", "L109", "L205", "L211", "L212")


def found(text: str) -> list[tuple[str, str]]:
    """Return the name of each finding with its example."""
    sources = [Source.of("catalog.seg", CATALOG), Source.of("a.seg", text)]
    analyzed = check(sources)
    assert analyzed.is_sound, analyzed.diagnostics
    selection, _ = selected(Settings(select=RULES))
    told = lint([parse(each) for each in sources], analyzed, selection, dt.date(2026, 1, 1))
    return [(each.rule.name, each.diagnostic.example) for each in told]


@pytest.mark.parametrize(
    ("condition", "rule", "example"),
    [
        ("age < 30 and age > 65", "contradiction", "a customer with `age = 29` meets the other one only"),
        ("age > 30 and age < 31", "contradiction", "a customer with `age = 31` meets the other one only"),
        ('city > "b" and city < "a"', "contradiction", 'a customer with `city = "ba"` meets the other one only'),
        (
            "birth_date > 2000-01-01 and birth_date < 2000-01-02",
            "contradiction",
            "a customer with `birth_date = 2000-01-02` meets the other one only",
        ),
        (
            "signed_up_at < 2026-01-01 and signed_up_at >= 2026-01-01",
            "contradiction",
            "a customer with `signed_up_at = 2025-12-31T12:00:00Z` meets the other one only",
        ),
        (
            "not marketing_ok and marketing_ok = true",
            "contradiction",
            "a customer with `marketing_ok = false` meets the other one only",
        ),
        (
            "count(purchase in last 30 days) > 3 and count(purchase in last 60 days) < 2",
            "contradiction",
            f"a customer with {FOUR} meets the other one only",
        ),
        (
            "did purchase where (amount > 5 and amount < 3)",
            "contradiction",
            "a purchase with `amount = 6` meets the other one only",
        ),
        (
            'any subscription where (status = "active" and status = "paused")',
            "contradiction",
            'a subscription with `status = "active"` meets the other one only',
        ),
        (
            'country = "DE" and age > 5 and (age < 2 or country = "FR")',
            "contradiction",
            'a customer with `country = "DE"`, `age = 6` meets the other ones only',
        ),
        ("signed_up_at in last 7 days and signed_up_at more than 30 days ago", "contradiction", ""),
        ('country starts with "A" and country = "DE"', "contradiction", ""),
        ("country is missing", "contradiction", ""),
        ("count(purchase) < 0", "contradiction", ""),
        ("month of signed_up_at = 13", "contradiction", ""),
        ("at least 2 of (age < 3, age > 60)", "contradiction", ""),
        ("count(purchase) >= 0", "always-true", ""),
        (
            'country != "DE" or country != "AT"',
            "always-true",
            'a customer with `country = "AT"` meets it, and so does everybody else',
        ),
        (
            "age < 30 or age >= 20",
            "always-true",
            "a customer with `age = 19` meets it, and so does everybody else of whom it is known",
        ),
        ("age >= 18 and age >= 21", "implied-condition", "a customer with `age = 18` meets this one only"),
        ("age >= 18 or age >= 21", "implied-condition", "a customer with `age = 18` meets the other one only"),
        ("age is known and age < 65", "implied-condition", "a customer with `age = 65` meets this one only"),
        (
            "did purchase and count(purchase) >= 3",
            "implied-condition",
            "a customer with `count(purchase) = 1` meets this one only",
        ),
        ("signed_up_at in last 7 days and signed_up_at in last 30 days", "implied-condition", ""),
    ],
)
def test_a_condition_is_found_with_somebody_who_shows_it(condition: str, rule: str, example: str) -> None:
    assert found(f"segment a where {condition}") == [(rule, example)]


@pytest.mark.parametrize(
    ("text", "rule", "example"),
    [
        (
            "segment b where age > 60\nsegment c where age > 70\nsegment a where in segment c and not in segment b",
            "contradiction",
            "a customer with `age = 71` meets the other one only",
        ),
        (
            "trait is_young = age < 30\nsegment a where is_young and age > 60",
            "contradiction",
            "a customer with `age = 29` meets the other one only",
        ),
        (
            "segment a where age < 30\nsegment b where age > 30",
            "range-gap",
            "a customer with `age = 30` is in neither",
        ),
        (
            "segment a where age <= 29\nsegment b where age >= 31",
            "range-gap",
            "a customer with `age = 30` is in neither",
        ),
        (
            "segment a where sum(purchase.amount) <= 29\nsegment b where sum(purchase.amount) >= 30",
            "range-gap",
            "a customer with `sum(purchase.amount) = 29.5` is in neither",
        ),
        (
            'segment a where country = "DE" and age < 30\nsegment b where age > 30 and country = "DE"',
            "range-gap",
            'a customer with `age = 30`, `country = "DE"` is in neither',
        ),
        (
            "tiers stage of customer\n    young when age < 30\n    old when age > 30\n    unknown otherwise",
            "range-gap",
            "a customer with `age = 30` is in neither",
        ),
        (
            "segment a where age between 18 and 30\nsegment b where age between 30 and 40",
            "range-overlap",
            "a customer with `age = 30` is in both",
        ),
        (
            "tiers t of customer\n    young when age < 30\n    old when age >= 30\n    x when age between 28 and 32\n    unknown otherwise",
            "covered-tier",
            "a customer with `age = 28` meets it, and is in `young`",
        ),
        ("segment a where not (age < 30 or age is missing)\nsegment b where age >= 30", "duplicate-segment", ""),
    ],
)
def test_declarations_are_held_against_each_other(text: str, rule: str, example: str) -> None:
    assert found(text) == [(rule, example)]


def test_what_is_written_twice_is_told_twice() -> None:
    text = "".join(f"segment {name} where age < 30 and age > 65\n" for name in ("a", "b"))

    assert [rule for rule, _ in found(text)] == ["contradiction", "contradiction"]


@pytest.mark.parametrize(
    "text",
    [
        # A parameter can be another one.
        "param least integer = 5\nsegment a where age > least and age < 3",
        "param one integer = 5\nparam two integer = 5\nsegment a where age < one and not age < two",
        'param prefix text = "A"\nsegment a where city = "Berlin" and city starts with prefix',
        'param prefix text = "A"\nsegment a where city = "Aachen" and city starts with prefix',
        f"param n integer = 2\nsegment a where {LAST_OF_N} is missing and {LAST_OF_2} starts with 'W'",
        "param relaxed boolean = false\nsegment a where (relaxed or age >= 21) and age >= 18",
        "param neg integer = -70\nsegment a where age > -neg and age < 40",
        "param neg integer = -30\nsegment a where age < 30\nsegment b where age > -neg",
        "param least integer = 18\nsegment a where age >= 18\nsegment b where age >= least",
        # Of several values one passes.
        'segment a where city in ("Berlin", "Hamburg") and city starts with "H"',
        'segment a where city in ("Berlin", "Hamburg") and not city starts with "H"',
        # More rows do not make every tally more.
        "segment a where min(purchase.quantity in last 90 days) >= 2 and min(purchase.quantity) <= 1",
        "segment a where sum(purchase.quantity in last 30 days) > 100 and sum(purchase.quantity in last 90 days) < 50",
        # An item of a list can be missing, as any can.
        "segment a where any tags where (value is missing)",
        # A missing age is in neither, and that is what `is known` would say.
        "segment a where age < 30 or age > 30",
        "segment a where not age < 30 and not age > 40",
        # Months and days are not held against each other.
        "segment a where did purchase in last 1 month and never did purchase in last 30 days",
        "segment a where everyone and age < 3",
        # A name says something, though its segment is wider.
        "segment adult where age >= 18\nsegment a where in segment adult and age >= 21",
        # Ranges that do not touch, nested ones, and one with a third between.
        "segment a where age < 30\nsegment b where age > 40",
        "segment a where age < 30\nsegment b where age < 40",
        "segment a where age < 30\nsegment b where age > 30\nsegment c where age = 30",
        "segment a where age = 1\nsegment b where age = 3\nsegment c where age in (5, 7)",
        "segment a where age < 30\nsegment b where age = 31",
        'segment a where country = "DE" and age < 30\nsegment b where country = "AT" and age > 30',
        "segment a where count(purchase) between 0 and 2",
        "tiers stage of customer\n    old when age >= 30\n    young when age <= 30\n    unknown otherwise",
    ],
)
def test_what_is_not_certain_or_was_meant_is_left_alone(text: str) -> None:
    assert [rule for rule, _ in found(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "segment a where " + " or ".join(f"age = {number}" for number in range(2_000)),
        "segment a where " + " and ".join(f"count(purchase in last {day} days) != {day}" for day in range(1, 300)),
        f"segment a where age in ({', '.join(map(str, range(20_000)))}) and age > 3",
        "\n".join(f"segment s{n} where in segment s{n + 1} and city != '{n}'" for n in range(1_500))
        + "\nsegment s1500 where age > 3",
    ],
    ids=["alternatives", "conditions", "values", "segments"],
)
def test_what_is_long_or_deep_is_passed_by(text: str) -> None:
    assert found(text) == []


def test_what_takes_too_long_to_decide_is_left_alone() -> None:
    many = " and ".join(f"(age != {n} or count(purchase) != {n} or length(city) != {n})" for n in range(40))

    assert found(f"segment a where {many}") == []
