"""Rules 3, 11 and 12: numbers, text, json, lists."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segql import plan
from segql.analysis.patterns import lowered_pattern
from segql.plan import Expr, Function, Op, Sign, TextTest
from segql.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    FLOAT,
    INTEGER,
    JSON,
    TEXT,
    TIMESTAMP,
    Type,
    list_of,
)
from tests.reference.people import field, literal, utc, value


def made(sign: Sign, left: object, right: object) -> object:
    return value(plan.Arithmetic(sign, literal(left), literal(right), DECIMAL))


def call(function: Function, *arguments: object) -> object:
    return value(plan.Call(function, tuple(map(literal, arguments)), TEXT))


@pytest.mark.parametrize(
    ("sign", "left", "right", "expected"),
    [
        (Sign.ADD, Decimal("0.1"), Decimal("0.2"), Decimal("0.3")),
        (Sign.MUL, Decimal("0.000001"), Decimal("0.000001"), Decimal("0.000000000001")),
        (Sign.MUL, 10**30 + 1, 10**30 + 1, (10**30 + 1) ** 2),
        (Sign.DIV, 1, 3, Decimal("0.333333")),
        (Sign.DIV, 2, 3, Decimal("0.666667")),
        (Sign.DIV, 1, 2_000_000, Decimal("0.000001")),
        (Sign.DIV, -1, 2_000_000, Decimal("-0.000001")),
        (Sign.DIV, 1, 0, None),
        (Sign.MOD, -7, 3, -1),
        (Sign.MOD, 7, -3, 1),
        (Sign.MOD, Decimal("7.5"), 2, Decimal("1.5")),
        (Sign.MOD, 7, 0, None),
        (Sign.DIV, 1.0, 3.0, 0.333333),
        (Sign.DIV, 1.0, 0.0, None),
        (Sign.SUB, 0.75, Decimal("0.25"), 0.5),
        (Sign.MOD, -7.5, 2.0, -1.5),
    ],
)
def test_arithmetic_is_exact_and_division_has_six_places(
    sign: Sign, left: object, right: object, expected: object
) -> None:
    assert made(sign, left, right) == expected


def test_missing_passes_through_arithmetic() -> None:
    assert value(plan.Arithmetic(Sign.ADD, field("age"), literal(1), INTEGER), age=None) is None


def test_a_float_that_is_no_number_is_missing() -> None:
    huge = literal(1e308)
    infinite = plan.Arithmetic(Sign.MUL, huge, huge, FLOAT)
    assert value(plan.Arithmetic(Sign.SUB, infinite, infinite, FLOAT)) is None


def test_a_float_compares_with_a_decimal_as_a_float() -> None:
    equal = plan.Compare(Op.EQ, field("weight"), literal(Decimal("0.1")))
    assert value(equal, weight=0.1) is True


@pytest.mark.parametrize(
    ("number", "places", "expected"),
    [
        (Decimal("2.5"), 0, 3),
        (Decimal("-2.5"), 0, -3),
        (Decimal("1.005"), 2, Decimal("1.01")),
        (2.5, 0, 3.0),
        (-0.125, 2, -0.13),
        (1250, -2, 1300),
    ],
)
def test_round_is_half_away_from_zero(number: object, places: int, expected: object) -> None:
    assert call(Function.ROUND, number, places) == expected


def test_abs_keeps_all_digits() -> None:
    assert call(Function.ABS, Decimal("-1" + "0" * 30 + ".000001")) == Decimal("1" + "0" * 30 + ".000001")


@pytest.mark.parametrize(
    ("function", "text", "expected"),
    [
        (Function.LOWER, "ÄPFEL İ ΣΑΣ", "äpfel i σασ"),
        (Function.UPPER, "straße éß", "STRAßE Éß"),
        (Function.LENGTH, "naïve 😀", 7),
        (Function.LENGTH, "", 0),
    ],
)
def test_case_and_length_go_by_code_point(function: Function, text: str, expected: object) -> None:
    assert call(function, text) == expected


def test_the_size_of_a_missing_list_is_missing() -> None:
    size = plan.Call(Function.SIZE, (field("tags"),), INTEGER)
    assert [value(size, tags=tags) for tags in (None, [], ["a", None])] == [None, 0, 2]


def test_the_size_of_what_is_no_list_is_missing() -> None:
    size = plan.Call(Function.SIZE, (plan.JsonValue(field("props"), ("a",), JSON),), INTEGER)
    texts = ('{"a": [1, 2]}', '{"a": {"b": 1}}', '{"a": "abc"}', "{}")
    assert [value(size, props=text) for text in texts] == [2, None, None, None]


def test_text_compares_by_its_bytes() -> None:
    less = plan.Compare(Op.LT, literal("Z"), literal("a"))
    beyond = plan.Compare(Op.LT, literal("\uffff"), literal("😀"))
    assert (value(less), value(beyond)) == (True, True)


@pytest.mark.parametrize(
    ("test", "text", "other", "expected"),
    [
        (TextTest.STARTS, "Anna", "An", True),
        (TextTest.STARTS, "Anna", "an", False),
        (TextTest.ENDS, "Anna", "na", True),
        (TextTest.CONTAINS, "100%", "%", True),
        (TextTest.CONTAINS, "anything", "", True),
        (TextTest.LIKE, "Anna", "An*", True),
        (TextTest.LIKE, "Hanna", "An*", False),
        (TextTest.LIKE, "Anna", "A??a", True),
        (TextTest.LIKE, "Anna", "A?a", False),
        (TextTest.LIKE, "a_c", "a%c", False),
        (TextTest.LIKE, "a.c", "a.c", True),
        (TextTest.LIKE, "abc", "a.c", False),
        (TextTest.LIKE, "a\nc", "a*c", True),
    ],
)
def test_text_tests_take_the_other_text_as_it_is(test: TextTest, text: str, other: str, expected: bool) -> None:
    assert value(plan.TextMatch(test, field("email"), literal(other)), email=text) is expected


@pytest.mark.parametrize(
    ("pattern", "text", "ignoring_case", "expected"),
    [
        (r"^/pricing", "/pricing/eu", False, True),
        (r"pricing", "see pricing", False, True),
        (r"^pricing$", "pricing\n", False, False),
        (r"PRICING", "pricing", False, False),
        (r"PRICING", "pricing", True, True),
        (r"É", "é", True, True),
        (r"^\d+$", "123", False, True),
        (r"^\d+$", "١٢٣", False, False),
        (r"^[\w-]+$", "a-b_1", False, True),
        (r"^\w$", "é", False, False),
        (r"^\W$", "é", False, True),
        (r"a\$b", "a$b", False, True),
        (r"^[^\W]$", "é", False, False),
        (r"^\W$", "É", True, True),
        (r"^I$", "ı", True, False),
        (r"^I$", "İ", True, True),
        (r"Σ", "ς", True, False),
        (r"^[A-C]\S$", "Bé", True, True),
        (r"a\sb", "a\tb", False, True),
        (r"a\sb", "a\vb", False, False),
        (r"a[\s-]b", "a\vb", False, False),
        (r"a[\s-]b", "a-b", False, True),
        (r"a\Sb", "a\vb", False, True),
    ],
)
def test_a_pattern_searches_and_its_classes_are_ascii(
    pattern: str, text: str, ignoring_case: bool, expected: bool
) -> None:
    email: plan.Expr = field("email")
    if ignoring_case:
        email, pattern = plan.Call(plan.Function.LOWER, (email,), TEXT), lowered_pattern(pattern)
    assert value(plan.Matches(email, pattern), email=text) is expected


def test_a_missing_text_passes_no_test() -> None:
    matches = plan.Matches(field("email"), "")
    contains = plan.TextMatch(TextTest.CONTAINS, field("email"), literal(""))
    assert (value(matches), value(contains)) == (False, False)


@pytest.mark.parametrize(
    ("text", "steps", "type_", "expected"),
    [
        ('{"a": {"b": "x"}}', ("a", "b"), TEXT, "x"),
        ('{"a": {"b": "x"}}', ("a", "c"), TEXT, None),
        ('{"a": "x"}', ("a", "b"), TEXT, None),
        ('{"a": null}', ("a",), TEXT, None),
        ("null", (), JSON, None),
        ('{"a": 1}', ("a",), TEXT, None),
        ('{"a": "1"}', ("a",), INTEGER, None),
        ('{"a": 1}', ("a",), INTEGER, 1),
        ('{"a": 1.0}', ("a",), INTEGER, 1),
        ('{"a": 1.5}', ("a",), INTEGER, None),
        ('{"a": true}', ("a",), INTEGER, None),
        ('{"a": true}', ("a",), BOOLEAN, True),
        ('{"a": 1}', ("a",), BOOLEAN, None),
        ('{"a": 0.1}', ("a",), DECIMAL, Decimal("0.1")),
        ('{"a": 0.0000005}', ("a",), DECIMAL, Decimal("0.000001")),
        ('{"a": 1e2}', ("a",), DECIMAL, 100),
        ('{"a": 0.5}', ("a",), FLOAT, 0.5),
        ('{"a": "2026-02-28"}', ("a",), DATE, dt.date(2026, 2, 28)),
        ('{"a": "2026-02-30"}', ("a",), DATE, None),
        ('{"a": "28.02.2026"}', ("a",), DATE, None),
        ('{"a": "2026-02-28T10:00:00+01:00"}', ("a",), TIMESTAMP, utc("2026-02-28T09:00")),
        ('{"a": "2026-02-28 10:00:00"}', ("a",), TIMESTAMP, utc("2026-02-28T10:00")),
    ],
)
def test_json_is_read_as_the_type_it_is_compared_with(
    text: str, steps: tuple[str, ...], type_: Type, expected: object
) -> None:
    assert value(plan.JsonValue(field("props"), steps, type_), props=text) == expected


def items(of: Expr, where: Expr | None) -> plan.Aggregate:
    return plan.Aggregate(plan.Tally.COUNT, plan.Items(of, where), None, INTEGER)


def test_a_list_reads_as_rows_with_one_field() -> None:
    item = plan.Field(1, (), "value", TEXT)
    count = items(field("tags"), plan.Compare(Op.EQ, item, literal("vip")))
    lists: tuple[object, ...] = (["vip", "x", "vip"], ["x", None], [], None)
    assert [value(count, tags=tags) for tags in lists] == [2, 0, 0, 0]


def test_an_array_in_json_reads_as_rows() -> None:
    item = plan.Field(1, (), "value", JSON)
    sku = plan.Compare(Op.EQ, plan.JsonValue(item, ("sku",), TEXT), literal("P-1"))
    many = plan.Compare(Op.GT, plan.JsonValue(item, ("qty",), INTEGER), literal(1))
    array = plan.JsonValue(field("props"), ("items",), list_of(JSON))
    count = items(array, plan.And((sku, many)))
    texts = (
        '{"items": [{"sku": "P-1", "qty": 2}, {"sku": "P-1", "qty": 1}, {"sku": "P-1"}, 3]}',
        '{"items": {"sku": "P-1", "qty": 2}}',
        "{}",
    )
    assert [value(count, props=text) for text in texts] == [1, 0, 0]
