"""Every rule is what its page says: the bad example raises it, the good one does not, the fix makes one of the other."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

import segql
from segql.compiler import Analyzed, check
from segql.diagnostics import Applicability
from segql.lint import RULES, Finding, Group, Rule, Settings, lint, selected
from segql.lint.fixing import Fixed, fix
from segql.lint.pages import page
from segql.lint.states import State
from segql.source import Source
from segql.syntax import Parsed, parse

DEMO = Path(segql.__file__).parent / "demo/files"
CATALOG = (DEMO / "catalog.seg").read_text(encoding="utf-8")
TODAY = dt.date(2026, 1, 1)
RULE = pytest.mark.parametrize("rule", RULES, ids=lambda each: each.name)


def state(rule: Rule, example: str, *, group: bool) -> State:
    """Read an example with the demo's catalog, unless it brings its own, and ask its rule, maybe with its group."""
    own = example.lstrip().startswith("entity")
    files = {"e.seg": example} if own else {"c.seg": CATALOG, "e.seg": example}
    return linted(rule, [parse(Source.of(name, text)) for name, text in files.items()], group=group)


def linted(rule: Rule, parsed: list[Parsed], *, group: bool) -> State:
    by_name = {each.source.name: each for each in parsed}
    analyzed: Analyzed = check([each.source for each in parsed], read=lambda source: by_name[source.name])
    options = {rule.name: tomllib.loads(page(rule).options)} if page(rule).options else {}
    beside = [each.code for each in RULES if each.group == rule.group and each.is_on] if group else []
    # What is silenced is known only where it is asked.
    beside += ["default"] if rule.group is Group.SUPPRESSIONS else []
    selection, problems = selected(Settings(select=(rule.code, *beside), options=options))
    assert not problems
    assert analyzed.is_sound, analyzed.diagnostics
    found = lint(parsed, analyzed, selection, TODAY)
    return State(tuple(parsed), analyzed, tuple(each for each in found if in_example(each)))


def in_example(finding: Finding) -> bool:
    span = finding.diagnostic.span
    return span is not None and span.source.name == "e.seg"


def fixed(rule: Rule, example: str, *, unsafe: bool) -> tuple[Fixed, str]:
    def read(sources: list[Source]) -> State:
        return linted(rule, [parse(each) for each in sources], group=False)

    made = fix(state(rule, example, group=False), read, unsafe=unsafe)
    return made, made.state.parsed[-1].source.text


@RULE
def test_its_bad_example_raises_it_once_and_nothing_else_of_its_group(rule: Rule) -> None:
    found = state(rule, page(rule).bad, group=True).findings

    assert [each.rule.name for each in found] == [rule.name]


@RULE
def test_its_good_example_is_clean(rule: Rule) -> None:
    found = state(rule, page(rule).good, group=True).findings

    assert [each.diagnostic.message for each in found] == []


@RULE
def test_its_fix_turns_the_bad_example_into_the_good_one(rule: Rule) -> None:
    told = page(rule)
    if rule.fix in {None, Applicability.DISPLAYED}:
        assert told.fix.startswith("None: ")
        return
    assert told.fix.startswith(f"{rule.fix.capitalize()}: ")

    made, text = fixed(rule, told.bad, unsafe=rule.fix is Applicability.UNSAFE)

    assert made.refused == []
    assert text == told.good
    assert sum(made.applied.values()) == 1


@RULE
def test_a_finding_has_the_voice_of_the_product(rule: Rule) -> None:
    for each in state(rule, page(rule).bad, group=False).findings:
        told = each.diagnostic
        assert told.span is not None
        assert told.hint
        for text in (told.message, told.hint):
            assert not text.endswith("."), text
            assert not text[0].isupper(), text
            assert "\n" not in text


def found(text: str, code: str) -> list[str]:
    """Return the places at which one rule finds something, with the demo's catalog."""
    rule = next(each for each in RULES if each.code == code)
    told = [each.diagnostic.span for each in state(rule, text, group=False).findings]
    return [each.text for each in told if each is not None]


@pytest.mark.parametrize(
    "text",
    [
        "trait cutoff = 2025-01-01\nsegment a where signed_up_at < 2025-01-01\n",
        "trait share_min = 20%\nsegment a where spend in top 20%\n",
        "trait yes = true\nsegment a where marketing_ok = true\n",
        "trait no = -1\nsegment a where age > -1\n",
        "trait month = 30 days\nsegment a where avg gap(purchase) > 30 days\n",
        "trait half = 1 / 2\nsegment a where age * (1 / 2) > 20\n",
        "trait everybody = everyone\nsegment a where everyone\n",
        "trait years = age\nsegment a where age > 3\n",
        "trait bought = count(purchase)\nsegment a where count(purchase) > 0\n",
    ],
)
def test_a_constant_is_no_trait_written_out(text: str) -> None:
    assert found(text, "L210") == []


def test_what_a_trait_counts_is_found_where_a_count_is_meant() -> None:
    text = "trait bought = count(purchase)\nsegment a where count(purchase) > 3\n"

    assert found(text, "L210") == ["count(purchase)"]
    assert found(text, "L608") == []
    assert found(text.replace("> 3", "> 0"), "L608") == ["count(purchase) > 0"]


@pytest.mark.parametrize(
    "conditions",
    [
        (
            'country = "PL" and marketing_ok = true',
            'marketing_ok and country = "PL"',
            'not (not marketing_ok or country != "PL")',
            'country in ("PL") and marketing_ok',
        ),
        (
            "count(purchase in last 3 days) > 0",
            "did purchase in last 3 days",
            "count(purchase in last 3 days) != 0",
            "not did not purchase in last 3 days",
        ),
        ("did purchase in last 14 days", "did purchase in last 2 weeks"),
        ("at least 2 of (age < 3, marketing_ok, city = 'X')", "at least 2 of (city = 'X', marketing_ok, age < 3)"),
        (
            "spend > 1 and did purchase where (category = 'tea' or category = 'coffee')",
            "did purchase where (category in ('coffee', 'tea')) and spend > 1",
        ),
        (
            "did purchase where (amount > 3 and quantity = 2)",
            "did purchase where (quantity = 2 and 3 < amount)",
            "did purchase where (quantity = 2 and amount > 3 and amount > 2)",
        ),
        ("age between 3 and 5", "age <= 5 and age >= 3"),
    ],
)
def test_segments_that_say_the_same_in_other_words_are_found(conditions: tuple[str, ...]) -> None:
    for ordered in (conditions, conditions[::-1]):
        text = "".join(f"segment s{at}\n    where {each}\n" for at, each in enumerate(ordered))

        assert found(text, "L205") == [f"s{at}" for at in range(1, len(conditions))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(marketing_ok = true) = false", "marketing_ok = false"),
        ("at least 2 of (age < 3, marketing_ok, city = 'X')", "at least 1 of (age < 3, marketing_ok, city = 'X')"),
        ("did purchase in last 7 days", "did purchase in last 8 days"),
        ("count(purchase) > 1", "did purchase"),
        ("not (age < 3 or marketing_ok)", "not age < 3 or not marketing_ok"),
        ("did purchase where (amount > 3 and quantity = 2)", "did purchase where (amount > 3 or quantity = 2)"),
        ("age < 3 or age >= 3", "everyone"),
    ],
)
def test_segments_that_say_something_else_are_not(one: str, other: str) -> None:
    optional = CATALOG.replace("marketing_ok  boolean", "marketing_ok  boolean optional")
    text = f"{optional}\nsegment a\n    where {one}\nsegment b\n    where {other}\n"

    assert optional != CATALOG
    assert found(text[text.index("entity") :], "L205") == []


def test_codes_and_names_are_given_once_and_in_order() -> None:
    codes = [each.code for each in RULES]

    assert codes == sorted(set(codes))
    assert len({each.name for each in RULES}) == len(RULES)


@RULE
def test_its_file_has_its_name_and_its_page_tells_its_settings(rule: Rule) -> None:
    assert rule.find.__module__.rpartition(".")[2] == rule.name.replace("-", "_")
    assert rule.documentation
    for name in rule.settings:
        assert f"{name}: " in page(rule).settings
