"""Texts that are large, deep or strange: right ones work, wrong ones are refused after a bounded amount of work."""

from __future__ import annotations

from typing import Any

import pytest

from segql.analysis import Analyzed
from segql.compiler import check
from segql.diagnostics import Severity
from segql.diagnostics.render.full import full
from segql.source import Source
from segql.syntax import parse, reading
from tests.errors_file import catalog


def _check(text: str) -> Analyzed:
    return check([Source.of("catalog.seg", catalog()), Source.of("example.seg", text)])


def _names(text: str) -> list[str]:
    """Return what is said about a text, by name."""
    return [each.name for each in _check(text).diagnostics]


# ── right ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        " and ".join(f"age != {number}" for number in range(5_000)),
        "\n  or ".join(f'name = "{number}"' for number in range(5_000)),
        " or ".join(f"(age = {number} and not marketing_ok)" for number in range(2_500)),
        f"age in ({', '.join(map(str, range(5_000)))})",
        f"at least 2 of ({', '.join(f'age = {number}' for number in range(5_000))})",
    ],
    ids=["and", "or", "both", "in", "k of n"],
)
def test_a_condition_of_five_thousand_terms_works(text: str) -> None:
    assert _names(text) == []


def test_a_file_of_five_megabytes_works() -> None:
    said = "A description that somebody wrote with care, and at length. " * 35
    segment = f'segment s{{}}\n    "{said}"\n    where age < 30\n      and purchases_90d >= 2   # a comment\n\n'
    text = "".join(segment.replace("{}", str(number)) for number in range(2_400))
    assert len(text) > 5_000_000

    analyzed = _check(text)

    assert analyzed.diagnostics == ()
    assert len(analyzed.definitions) == 2_400 + 2


def test_a_byte_order_mark_and_any_line_ends_are_read() -> None:
    assert _names('\ufeffage < 30\r\n  and country = "DE"') == []
    assert _names('age < 30\rand country = "DE"\r') == []
    assert _names("\ufeffsegment young\r\n    where age < 30\r\n\r\nsegment old\r\n    where age > 60\r\n") == []


@pytest.mark.parametrize("blank", ["\n" * 200_000, " " * 200_000, "\n  \t" * 50_000, "# no\n" * 50_000])
def test_blanks_and_comments_cost_little(blank: str) -> None:
    assert _names(f"age < 30{blank}\n  and{blank}\n  age > 3{blank}") == []


# ── wrong ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "age = 1" + ")" * 10_000,
        "(" * 10_000 + "age = 1",
        "not " * 10_000 + "age = 1",
        "abs(" * 10_000 + "age" + ")" * 10_000 + " = 1",
        "- " * 10_000 + "age = 1",
        "age" + " + age" * 10_000 + " > 1",
        "did purchase where (" * 10_000 + "amount > 1" + ")" * 10_000,
        "segment deep\n    where " + "(" * 10_000 + "age = 1" + ")" * 10_000,
        "trait deep = " + "(" * 10_000 + "age" + ")" * 10_000,
    ],
    ids=["brackets", "open", "not", "calls", "minus", "plus", "where", "segment", "trait"],
)
def test_parts_ten_thousand_deep_are_refused_in_one_message(text: str) -> None:
    assert _names(text) == ["nested-too-deep"]


def test_parts_a_hundred_deep_work() -> None:
    assert _names("(" * 95 + "age = 1" + ")" * 95) == []


class _Counted:
    """The parser, which counts what it is given."""

    def __init__(self) -> None:
        self.parser, self.builder = reading._parser()
        self.characters = 0

    def parse(self, text: str, **how: Any) -> Any:
        self.characters += len(text)
        return self.parser.parse(text, **how)


@pytest.mark.parametrize(
    "text",
    [
        "age = 1" + ")" * 10_000,
        "[" * 10_000,
        '"' * 10_001,
        "`" * 10_001,
        "agee foo bar\n" * 10_000,
        "age < 3 age < 4 " * 5_000,
        "\u00a0".join(["age < 3 and"] * 5_000),
        "a," * 20_000,
        "?" * 10_000,
        "// " * 10_000,
        "\ue000" * 1_000,
        "segment a\n    where agee foo 1\n" * 2_000,
        "segmnt a\n    where age == 1\n" * 2_000,
        "entity e\n" * 2_000,
        "    segment a\n        where age < 3\n" * 1_000,
        "select " * 5_000,
        "where " * 5_000,
        "a " * 20_000,
    ],
)
def test_whatever_is_wrong_the_work_is_bounded(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = _Counted()
    monkeypatch.setattr(reading, "_parser", lambda: (counted, counted.builder))

    analyzed = _check(text)

    assert len(analyzed.diagnostics) >= 1
    assert len([each for each in analyzed.diagnostics if each.code < "E2"]) <= 100
    assert counted.characters <= 10 * len(text) + 600_000
    assert len(full(analyzed.diagnostics[:20])) < 1_000_000


def test_a_file_that_is_wrong_from_end_to_end_is_read_once() -> None:
    segment = "segment s{}\n    where agee <\n"
    text = "".join(segment.replace("{}", str(number)) for number in range(20_000))

    analyzed = _check(text)

    assert all(each.severity is Severity.ERROR for each in analyzed.diagnostics)
    assert 100 <= len(analyzed.diagnostics) <= 300


def test_a_place_that_is_meant_for_mends_is_no_way_around_them() -> None:
    assert _names("age < \ue000") == ["unexpected-character"]
    assert not _check("\ue000").is_sound
    assert not _check("segment a\n    where \ue000 and age < 3").is_sound


@pytest.mark.parametrize(
    "text",
    [
        " segment a where age < 3\nsegment b where age < 4\n",
        "\tage < 3\nsegment b where age < 4\n",
        " age < 3\nand age > 1\n",
        " segment \nplan = 'trial'\n",
        "# note\n\n  ) tiers t\n    gold when age < 3\nsegment b where age < 4\n",
    ],
)
def test_nothing_before_the_first_column_is_passed_over(text: str) -> None:
    parsed = parse(Source.of("a.seg", text))
    read = "".join(each.span.text for each in parsed.module.declarations)

    assert parsed.diagnostics or "".join(read.split()) == "".join(text.split())
    assert all(word in read or parsed.broken for word in text.replace("# note", "").split())
