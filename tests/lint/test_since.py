"""What a change brings: findings by meaning, by words, and those that were not there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from segql import demo
from segql.compiler import check
from segql.fingerprint import Fingerprints
from segql.lint import Settings, lint, selected
from segql.lint.since import Side, brought
from segql.lint.states import State
from segql.source import Source
from segql.syntax import parse
from tests.folders import CATALOG

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 6, 1)
ALL = Settings(select=("all",), ignore=("L205", "L204", "magic-number"))
# Of each, what is found: `missing-passes-negation` at the condition, and that nobody answers for it.
TRAIT = "trait buys = count(purchase)\n"
SEGMENT = 'segment others\n    "Who is left."\n    where age != 30 and buys_90d > 3\n'
OTHERS = [("others", "missing-passes-negation"), ("others", "missing-owner"), ("others", "missing-tags")]


def side(text: str, settings: Settings = ALL, zone: str = "UTC", catalog: str = CATALOG) -> Side:
    sources = [Source.of("catalog.seg", catalog), Source.of("all.seg", text)]
    parsed, analyzed = tuple(parse(each) for each in sources), check(sources)
    found = lint(parsed, analyzed if analyzed.is_sound else None, selected(settings)[0], TODAY)
    state = State(parsed, analyzed, tuple(found))
    return Side(state, Fingerprints(analyzed, zone) if analyzed.is_sound else None)


def told(before: Side, after: Side) -> list[tuple[str, str]]:
    return [(each.declaration.name.text if each.declaration else "", each.rule.name) for each in brought(before, after)]


def changes(before: str, after: str, settings: Settings = ALL) -> list[tuple[str, str]]:
    return told(side(before, settings), side(after, settings))


MEANING = Settings(select=("L1", "L2", "L3"), ignore=("L204", "L205"))


# ── what means the same ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "after",
    [
        TRAIT + SEGMENT.replace("    where", "\n  where   "),
        SEGMENT + TRAIT,
        "# New.\n" + TRAIT + "# New.\n" + SEGMENT,
    ],
)
def test_layout_order_and_comments_outside_bring_nothing(after: str) -> None:
    assert changes(TRAIT + SEGMENT, after) == []


@pytest.mark.parametrize(
    "after",
    [
        TRAIT + SEGMENT.replace("age != 30 and buys_90d > 3", "buys_90d > 3 and age != 30"),
        TRAIT.replace("buys", "orders") + SEGMENT.replace("buys", "orders"),
        TRAIT + SEGMENT.replace("where age", "# New.\n    where age"),
        TRAIT + SEGMENT.replace("buys_90d > 3", "3 < buys_90d"),
        TRAIT + SEGMENT.replace("Who is left", "All others"),
        TRAIT.replace("count(purchase)", "(count(purchase))") + SEGMENT,
        TRAIT.replace("buys =", "buys of customer =") + SEGMENT,
    ],
)
def test_what_is_written_otherwise_and_means_the_same_brings_no_finding_about_meaning(after: str) -> None:
    assert changes(TRAIT + SEGMENT, after, MEANING) == []


def test_a_finding_about_meaning_stays_known_where_the_name_in_it_was_changed() -> None:
    before = "trait years = age\nsegment a\n    where years = years\n"

    assert side(before, MEANING).state.findings != ()
    assert changes(before, before.replace("years", "lived"), MEANING) == []


def test_a_finding_about_words_is_told_where_the_words_were_changed() -> None:
    after = TRAIT + SEGMENT.replace("age != 30 and buys_90d > 3", "buys_90d > 3 and age != 30")

    assert changes(TRAIT + SEGMENT, after) == [each for each in OTHERS if each[1] != "missing-passes-negation"]


def test_a_finding_about_words_is_told_where_a_comment_inside_was_changed() -> None:
    after = TRAIT + SEGMENT.replace("> 3", "> 3  # Three.")

    assert ("others", "missing-owner") in changes(TRAIT + SEGMENT, after)


def test_every_trait_of_the_examples_has_a_fingerprint() -> None:
    for folder in (Path(demo.__file__).parent / "files", *(ROOT / "examples").iterdir()):
        sources = [Source.of(str(each), each.read_text(encoding="utf-8")) for each in sorted(folder.rglob("*.seg"))]
        analyzed = check(sources)
        found = Fingerprints(analyzed)

        assert all(found.of_trait(*each) for each in analyzed.traits)


# ── what means something else ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "after",
    [
        TRAIT + SEGMENT.replace("> 3", "> 4"),
        TRAIT.replace("count(purchase)", "count(purchase where (amount > 3))") + SEGMENT,
    ],
)
def test_all_findings_of_what_means_something_else_are_told(after: str) -> None:
    assert sorted(changes(TRAIT + SEGMENT, after)) == sorted(OTHERS)


def test_a_segment_that_is_new_is_told_beside_its_old_neighbour() -> None:
    after = SEGMENT.replace("others", "more").replace("30", "31")

    assert {name for name, _ in changes(TRAIT + SEGMENT, TRAIT + SEGMENT + after)} == {"more"}


def test_a_segment_of_another_name_is_new() -> None:
    assert {name for name, _ in changes(TRAIT + SEGMENT, TRAIT + SEGMENT.replace("others", "rest"))} == {"rest"}


def test_who_uses_a_segment_is_told_only_if_that_means_something_else() -> None:
    helper = "segment young where count(purchase) > 30 and country = 'DE'\n"
    text = helper + "segment a\n    where in segment young and age != 20\n"
    told = [("a", "missing-passes-negation")]

    assert (
        changes(
            text,
            text.replace("count(purchase) > 30 and country = 'DE'", "country = 'DE' and 30 < count(purchase)"),
            MEANING,
        )
        == []
    )
    assert changes(text, text.replace("young", "under_30"), MEANING) == []
    assert changes(text, text.replace("> 30", "> 31"), MEANING) == told


@pytest.mark.parametrize(
    "declared",
    [
        "score points\n    +10 when age != 30\n",
        "tiers grades\n    a when age != 30\n    b otherwise\n",
        "trait odd = age != 30\nsegment all_odd where odd\n",
    ],
)
def test_scores_tiers_and_traits_are_compared_by_meaning(declared: str) -> None:
    before = "trait limit = 2 * age\n" + declared.replace("age != 30", "limit > 7 and age != 30")
    name = declared.split()[1]

    assert side(before, MEANING).fingerprints is not None
    assert changes(before, before.replace("limit", "most"), MEANING) == []
    assert (name, "missing-passes-negation") in changes(before, before.replace("2 *", "3 *"), MEANING)


def test_the_arms_of_a_split_are_compared_by_meaning() -> None:
    text = 'split test of segment others\n    seed "s"\n    treated 50%\n    control 50%\n'
    settings = Settings(select=("name-style",))
    before = TRAIT + SEGMENT + text.replace("test", "Test")

    assert changes(before, before.replace("age != 30 and buys_90d > 3", "buys_90d > 3 and age != 30"), settings) == []
    assert changes(before, before.replace("> 3", "> 4"), settings) == [("Test", "name-style")]


def test_a_param_with_another_value_counts_for_those_who_use_it() -> None:
    before = "param least integer = 3\nsegment a\n    where age != least\nsegment b\n    where age != 9\n"

    assert changes(before, before.replace("= 3", "= 4"), MEANING) == [("a", "missing-passes-negation")]


def test_a_table_is_compared_as_it_is_written() -> None:
    before = CATALOG.replace("from orders", "from orders where (amount != 3 or amount > 9 and amount < 90)")
    settings = Settings(select=("mixed-and-or",))

    def of(catalog: str) -> list[tuple[str, str]]:
        return told(side("", settings, catalog=before), side("", settings, catalog=catalog))

    assert of(before.replace("at ordered_at", "at  ordered_at")) == []
    assert of(before.replace("by customer_id", "by who")) == [("purchase", "mixed-and-or")]


def test_another_time_zone_is_another_meaning() -> None:
    text = TRAIT + SEGMENT

    assert told(side(text, MEANING), side(text, MEANING, "Asia/Tokyo")) == [OTHERS[0]]


# ── findings that were not there ─────────────────────────────────────────────────────────────────


def test_a_finding_that_a_rewriting_lays_open_is_told_alone() -> None:
    before = "segment a\n    where age != 30 and country = 'DE'\n"
    after = before.replace("country", "country = 'DE' and country")

    assert changes(before, after, MEANING) == [("a", "duplicate-condition")]


def test_one_more_finding_of_a_rule_is_told_at_its_place() -> None:
    before = "segment a\n    where (age < 30 and age < 30) or country = 'DE'\n"
    (one,) = brought(side(before, MEANING), side(before[:-1] + " or country = 'DE'\n", MEANING))

    assert one.diagnostic.span is not None
    assert "country" in one.diagnostic.span.text


def test_what_a_field_is_declared_to_be_brings_findings_where_it_is_read() -> None:
    known = CATALOG.replace("age           integer optional", "age           integer")
    text = TRAIT + SEGMENT + "segment elders\n    where age > 60\n"

    assert told(side(text, MEANING, catalog=known), side(text, MEANING)) == [OTHERS[0]]


def test_what_nobody_uses_any_more_is_told() -> None:
    settings = Settings(select=("unused-declaration",))
    after = TRAIT + "segment others where age < 3\n"

    assert changes(TRAIT + SEGMENT, after, settings) == [("buys", "unused-declaration")]


def test_a_finding_that_a_comment_no_longer_silences_is_told() -> None:
    before = SEGMENT.replace("buys_90d > 3", "country = 'DE'  # segql: ignore[missing-passes-negation] all of them")

    assert changes(before, before.replace("ignore", "off"), MEANING) == [OTHERS[0]]


def test_of_comments_between_declarations_only_those_that_are_new_are_told() -> None:
    mark = "# TO" + "DO: {}\n"
    before = mark.format("ask the shop") + SEGMENT.replace("buys_90d", "age")
    settings = Settings(select=("todo-comment",))

    assert changes(before, "# More.\n" + before, settings) == []
    assert changes(before, before + "\n" + mark.format("ask again"), settings) == [("", "todo-comment")]
    assert changes(before, before.replace("the shop", "them"), settings) == [("", "todo-comment")]


# ── errors ───────────────────────────────────────────────────────────────────────────────────────

WRONG = "segment wrong where agee < 3\n"
MIXED = "segment mixed\n    where age < 3 or age > 60 and country = 'DE'\n"


@pytest.mark.parametrize(("first", "last"), [(WRONG, ""), ("", WRONG)])
def test_where_a_side_has_errors_all_that_is_written_otherwise_is_told(first: str, last: str) -> None:
    turned = MIXED.replace("age < 3 or age > 60 and country = 'DE'", "age > 60 and country = 'DE' or age < 3")

    assert changes(first + MIXED, last + turned, MEANING) == [("mixed", "mixed-and-or")]
    assert changes(first + MIXED, last + MIXED.replace("    where", "  where"), MEANING) == []


def test_after_errors_findings_that_need_the_catalog_are_told_where_something_changed() -> None:
    before, after = WRONG + TRAIT + SEGMENT, TRAIT + SEGMENT

    assert changes(before, after, MEANING) == []
    assert changes(before, after.replace("count(purchase)", "count(purchase where (amount > 3))"), MEANING) == [
        OTHERS[0]
    ]
