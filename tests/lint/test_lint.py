"""The engine of the linter: selection, comments, baselines, changes, fixes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from segql.compiler import check
from segql.diagnostics import Applicability, Diagnostic, Edit
from segql.lint import Finding, Rule, Settings, baseline, lint, selected
from segql.lint.changes import changed
from segql.lint.context import Context
from segql.lint.fixing import fix
from segql.lint.states import State
from segql.source import Source
from segql.syntax import ast, parse
from tests.errors_file import Mistake, mistakes, pages
from tests.folders import CATALOG

TODAY = dt.date(2026, 6, 1)
SELF = "segment odd\n    where age = age{}\n"


def found(text: str, settings: Settings | None = None, today: dt.date = TODAY) -> list[Finding]:
    selection, problems = selected(settings or Settings(select=("L1", "L2", "L7")))
    assert problems == []
    sources = [Source.of("catalog.seg", CATALOG), Source.of("a.seg", text)]
    analyzed = check(sources)
    return lint([parse(each) for each in sources], analyzed if analyzed.is_sound else None, selection, today)


def names(text: str, settings: Settings | None = None, today: dt.date = TODAY) -> list[str]:
    return [each.rule.name for each in found(text, settings, today)]


# ── which rules are asked ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("selector", ["L104", "l104", "self-comparison", "L1", "L10", "correctness", "default", "all"])
def test_a_rule_is_named_by_code_name_prefix_or_group(selector: str) -> None:
    assert "self-comparison" in names(SELF.format(""), Settings(select=(selector,)))
    assert "self-comparison" not in names(SELF.format(""), Settings(ignore=(selector,)))


def test_a_rule_that_nobody_knows_is_told_with_the_nearest() -> None:
    _, problems = selected(Settings(select=("self-comparisn",)))

    assert [(each.code, each.hint) for each in problems] == [("E801", "`self-comparison` is the closest")]


@pytest.mark.parametrize(
    "settings",
    [
        Settings(severity={"L104": "grave"}),
        Settings(options={"huge-list": {"most": "many"}}),
        Settings(options={"huge-list": {"most": True}}),
        Settings(options={"huge-list": {"maximum": 3}}),
        Settings(options={"huge-lists": {"most": 3}}),
        Settings(exempt={"drafts/**": ("L999",)}),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: Settings) -> None:
    assert len(selected(settings)[1]) == 1


def test_the_severity_of_a_rule_is_the_projects_matter() -> None:
    (one,) = found(SELF.format(""), Settings(severity={"self-comparison": "error"}))

    assert one.diagnostic.severity == "error"


@pytest.mark.parametrize("where", ["tag:experimental", "owner:me@shop.example"])
def test_a_tag_or_an_owner_can_be_exempt(where: str) -> None:
    text = 'segment odd\n    owner "me@shop.example"\n    tags experimental\n    where age = age\n' + SELF.format("")
    settings = Settings(select=("L104",), exempt={where: ("L1",)})

    assert [each.diagnostic.span.line for each in found(text.replace("odd", "even", 1), settings)] == [6]


def test_of_a_project_with_errors_rules_that_need_only_its_text_are_asked() -> None:
    text = 'segment odd\n    where age = age and country != "DE" and agee < 3\n'

    assert names(text, Settings(select=("all",), ignore=("L5", "L6"))) == ["self-comparison"]


def test_nothing_is_found_in_what_could_not_be_read() -> None:
    assert names("segment odd\n    where age = age = age\n") == []


@pytest.mark.parametrize("mistake", [each for one in pages() for each in mistakes(one)], ids=str)
def test_no_mistake_makes_a_rule_fall_over(mistake: Mistake) -> None:
    selection, _ = selected(Settings(select=("all",)))
    parsed = [parse(Source.of(name, text)) for name, text in mistake.files.items()]

    assert all(each.diagnostic.hint for each in lint(parsed, None, selection, TODAY))


# ── comments ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "segment odd\n    where age = age  # segql: ignore[self-comparison] on purpose\n",
        "segment odd\n    # segql: ignore[L104] on purpose\n    where age = age\n",
        "# segql: ignore[L1] on purpose\nsegment odd\n    where country = 'DE'\n      and age = age\n",
        "# segql: ignore[correctness] on purpose\n\n# Another.\nsegment odd\n    where age = age\n".replace(
            "\n\n", "\n"
        ),
        "segment odd\n    where country = 'DE'\n      # segql: ignore[L104] on purpose\n      and age = age\n",
        "segment odd\n    where did purchase where (  # segql: ignore[L104] all of it\n        amount = amount\n    )\n",
        "# segql: ignore[L104] on purpose\nage = age\n",
        "segment odd\n    where age = age  # segql: snooze[L104] until 2026-06-01 after the move\n",
    ],
)
def test_a_comment_silences_what_it_stands_at(text: str) -> None:
    sources = [Source.of("catalog.seg", CATALOG), Source.of("odd.seg", text)]
    selection, _ = selected(Settings())

    assert [each.rule.name for each in lint([parse(each) for each in sources], check(sources), selection, TODAY)] == []


def test_a_comment_silences_nothing_beside_it() -> None:
    text = "segment odd\n    where age = age  # segql: ignore[L104] on purpose\n      and country = country\n"

    assert [each.diagnostic.span.line for each in found(text)] == [3]


def test_a_snooze_that_is_over_counts_no_more() -> None:
    text = SELF.format("  # segql: snooze[L104] until 2026-05-31 after the move")

    assert names(text) == ["self-comparison"]
    assert names(text, today=dt.date(2026, 5, 31)) == []


def test_a_snooze_that_is_over_and_not_needed_is_unused() -> None:
    text = "segment odd\n    where age < 3  # segql: snooze[L104] until 2026-05-31 after the move\n"
    (one,) = found(text)

    assert one.rule.name == "unused-suppression"
    assert "it ended on 2026-05-31" in one.diagnostic.message


@pytest.mark.parametrize(
    "comment",
    [
        "# segql: ignore[] why",
        "# segql: ignore L104 why",
        "# segql: ignroe[L104] why",
        "# segql: snooze[L104] why",
        "# segql: snooze[L104] until 2026-02-30 why",
        "# segql: ignore[L999] why",
        "# SEGQL: IGNORE[L104] why",
        "# Segql: ignore[L104] why",
        "# because segql: ignore[L104] why",
        "# twice # segql: ignore[L104] why",
        "# segql : ignore[L104] why",
        "## segql: snooze[L104] until 2027-01-01 why",
    ],
)
def test_a_comment_that_silences_nothing_is_told(comment: str) -> None:
    assert names(SELF.format(f"  {comment}")) == ["self-comparison", "unknown-suppression"]


def test_a_comment_about_such_comments_is_none() -> None:
    assert names("segment a\n    where age < 3  # see segql: its docs tell how to ignore a rule\n") == []


def test_a_tag_is_no_use_of_what_has_its_name() -> None:
    text = "trait email2 = age < 3\nsegment a\n    tags email2\n    where age < 4\n"

    assert names(text, Settings(select=("L204",))) == ["unused-declaration"]
    assert names(text.replace("age < 4", "email2"), Settings(select=("L204",))) == []


@pytest.mark.parametrize("text", ["age < 3\n# segql: ignore[L104] why", "# segql: ignore[L104] why", "\n\n"])
def test_a_comment_at_the_end_of_a_file_speaks_of_nothing(text: str) -> None:
    assert set(names(text)) <= {"unused-suppression"}


def test_of_a_comment_with_two_names_only_the_unused_one_goes() -> None:
    text = SELF.format("  # segql: ignore[L104, L101] why")
    (one,) = found(text)

    assert [edit.text for edit in one.diagnostic.fix.edits] == ["L104"]


def test_a_rule_that_is_off_is_no_reason_to_take_its_comment_away() -> None:
    assert names("age < 3  # segql: ignore[L104] why\n", Settings(select=("L7",))) == []


# ── baselines ────────────────────────────────────────────────────────────────────────────────────


JUST = Settings(select=("self-comparison",))


def kept(text: str) -> list[baseline.Known]:
    return baseline.read(baseline.written(found(text, JUST)))


def fresh(before: str, after: str) -> list[str]:
    declared = frozenset(each.name.text for each in parse(Source.of("a", after)).module.declarations)
    return [each.rule.name for each in baseline.new(found(after, JUST), kept(before), declared)]


def test_what_the_baseline_knows_is_told_no_more() -> None:
    assert fresh(SELF.format(""), SELF.format("")) == []


def test_layout_and_neighbours_do_not_matter_to_a_baseline() -> None:
    moved = "# new\nsegment b where age < 3\nsegment odd\n  where\n   ( age   =\n age )\n"

    assert fresh(SELF.format(""), moved.replace("( ", "").replace(" )", "")) == []


def test_a_renamed_segment_is_still_known() -> None:
    assert fresh(SELF.format(""), SELF.format("").replace("odd", "strange")) == []


def test_a_copy_is_new() -> None:
    copy = SELF.format("") + SELF.format("").replace("odd", "strange")

    assert fresh(SELF.format(""), copy) == ["self-comparison"]


def test_a_pair_is_known_in_either_order_and_after_one_is_renamed() -> None:
    """Of three doubles two are told, the same two whatever the order of files."""
    settings = Settings(select=("L205", "L207"))
    texts = {
        "a": "segment one\n  where age < 3\n",
        "b": "segment two\n  where 3 > age\n",
        "c": "segment One\n where age < 3",
    }

    def told(order: str, **changes: str) -> list[Finding]:
        selection, _ = selected(settings)
        sources = [Source.of("catalog.seg", CATALOG), *(Source.of(each, {**texts, **changes}[each]) for each in order)]
        return lint([parse(each) for each in sources], check(sources), selection, TODAY)

    kept = baseline.read(baseline.written(told("abc")))
    assert len(kept) == 3
    for order in ("acb", "bac", "cba", "bca"):
        assert baseline.new(told(order), kept, frozenset({"one", "two", "One"})) == []
    after = told("abc", b="segment three\n  where 3 > age\n")
    assert baseline.new(after, kept, frozenset({"one", "three", "One"})) == []
    copies = told("abc", b="segment two\n  where 3 > age\nsegment three\n  where 3 > age\n")
    assert len(baseline.new(copies, kept, frozenset({"one", "two", "three", "One"}))) == 1


@pytest.mark.parametrize("at", [0, 1])
def test_a_pair_is_silenced_at_either_of_the_two(at: int) -> None:
    comment = "# segql: ignore[L205] the letters go by both names\n"
    texts = ["segment one\n  where age < 3\n", "segment two\n  where 3 > age\n"]
    texts[at] = comment + texts[at]

    for order in (texts, texts[::-1]):
        assert names("".join(order), Settings(select=("L205", "L7"))) == []


def test_another_finding_of_the_same_rule_is_new() -> None:
    assert fresh(SELF.format(""), SELF.format(" and country = country")) == ["self-comparison"]


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "findings": []}', '{"version": 1, "findings": [{}]}', "{"])
def test_a_baseline_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        baseline.read(text)


# ── what changed ─────────────────────────────────────────────────────────────────────────────────


def different(before: str, after: str) -> set[str]:
    return set(changed([parse(Source.of("a", CATALOG + before))], [parse(Source.of("b", CATALOG + after))]))


BASE = "trait buys = count(purchase)\nsegment a where buys_90d > 3\nsegment b where in segment a\nsegment c where age < 3\n"


def test_layout_and_comments_are_no_change() -> None:
    assert different(BASE, "# new\n" + BASE.replace("where", "\n    where")) == set()


def test_who_uses_what_changed_is_changed() -> None:
    assert different(BASE, BASE.replace("count(purchase)", "count(purchase in last 9 days)")) == {"buys", "a", "b"}
    assert different(BASE, BASE.replace("age < 3", "age < 4")) == {"c"}


def test_a_field_that_changed_counts_for_those_who_name_it() -> None:
    old, new = (CATALOG.replace("age           integer optional", each) for each in ("age integer", "age decimal"))
    found = changed([parse(Source.of("a", old + BASE))], [parse(Source.of("a", new + BASE))])

    assert found == {"c"}


def test_a_list_or_stream_that_changed_counts_for_those_who_name_it() -> None:
    old, new = (CATALOG.replace("from orders", each) for each in ("from orders", "from sales"))

    assert changed([parse(Source.of("a", old + BASE))], [parse(Source.of("a", new + BASE))]) == {
        "purchase",
        "buys",
        "a",
        "b",
    }


# ── fixes ────────────────────────────────────────────────────────────────────────────────────────


def mended(text: str, *, unsafe: bool = False) -> str:
    selection, _ = selected(Settings(select=("all",)))

    def read(sources: list[Source]) -> State:
        parsed = tuple(parse(each) for each in sources)
        analyzed = check(sources)
        return State(parsed, analyzed, tuple(lint(parsed, analyzed, selection, TODAY)))

    made = fix(read([Source.of("catalog.seg", CATALOG), Source.of("a.seg", text)]), read, unsafe=unsafe)
    assert made.refused == []
    return made.state.parsed[-1].source.text


def test_fixes_are_repeated_until_nothing_is_left() -> None:
    text = "segment a\n    where age < 3 and age < 3 and age < 3 and country in ('DE', 'DE', 'DE')\n"

    assert mended(text) == "segment a\n    where age < 3 and country in ('DE')\n"


def test_what_is_refused_keeps_nothing_else_from_being_fixed() -> None:
    """A rule whose fixes are all wrong stands before one whose fixes are right."""
    wrong = "".join(f"segment s{at} where country = 'DE' and age < {at}\n" for at in range(14))
    right = "".join(f"segment z{at} where {at} > age\n" for at in range(30))

    def find(context: Context) -> Iterator[Diagnostic]:
        for seen in context.each(ast.Text):
            yield BROKEN.finding(seen.node.span, "broken", "none", fix=("break it", [Edit(seen.node.span, "'FR'")]))

    BROKEN = Rule("L101", "broken", find, Applicability.SAFE)  # noqa: N806 (rules are called so)
    selection, _ = selected(Settings(select=("L601",)))
    selection = replace(selection, rules=(BROKEN, *selection.rules))

    def read(sources: list[Source]) -> State:
        parsed = tuple(parse(each) for each in sources)
        analyzed = check(sources)
        return State(parsed, analyzed, tuple(lint(parsed, analyzed, selection, TODAY)))

    # One by one, and all mixed.
    lines = [*wrong.splitlines(keepends=True), *right.splitlines(keepends=True)]
    for text in ("".join(lines), "".join(lines[at * 17 % 44] for at in range(44))):
        made = fix(read([Source.of("catalog.seg", CATALOG), Source.of("a.seg", text)]), read)

        assert len(made.refused) == 14
        assert made.applied == {"yoda-condition": 30}
        assert "> age" not in made.state.parsed[-1].source.text


@pytest.mark.parametrize(
    "text",
    [
        "segment a\n    where age < 3  # children\n      and age < 3\n",
        "segment a\n    where age < 3\n      and age < 3  # children\n",
        "segment a\n    where country in (\n        'AT',\n        'DE',  # one\n        'AT',\n        'DE'  # two\n    )\n",
        "segment a\n    where country in (\n        'DE',\n        'DE'  # two\n    )\n",
        "segment a\n    where age < 3\n      and age < 4  # children\n",
    ],
)
def test_no_comment_is_lost_by_a_fix_or_left_at_something_else(text: str) -> None:
    assert mended(text) == text


def test_a_comment_behind_a_whole_line_stays_there() -> None:
    text = "segment a\n    where country in ('AT', 'DE', 'DE')  # neighbours\n"

    assert mended(text) == text.replace(", 'DE')", ")")


def test_of_a_value_that_stands_often_there_is_one_finding() -> None:
    values = ", ".join(["'AT'", *["'DE'"] * 2000])
    text = f"segment a\n    where country in ({values})\n"
    (one,) = found(text, Settings(select=("L102",)))

    assert one.diagnostic.message == "`'DE'` stands 2,000 times in this list"
    assert mended(text) == "segment a\n    where country in ('AT', 'DE')\n"
