"""`docs/rules.md` is made from the files of the rules. `UPDATE_GOLDEN=1 pytest tests/lint` writes it."""

from __future__ import annotations

from pathlib import Path

from segql.lint import RULES, Group
from segql.lint.pages import markdown, page

RULES_PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_of_rules_says_what_the_rules_say(*, updating: bool) -> None:
    today = markdown(RULES)
    if updating:
        RULES_PAGE.write_text(today, encoding="utf-8")

    assert RULES_PAGE.read_text(encoding="utf-8") == today, "is it meant? then UPDATE_GOLDEN=1"


def test_a_rule_belongs_to_the_group_of_its_code() -> None:
    groups = [each.group for each in RULES]

    assert groups == sorted(groups, key=list(Group).index)


def test_a_page_has_all_of_its_parts() -> None:
    for rule in RULES:
        told = page(rule)
        assert all([told.summary, told.why, told.bad, told.good, told.fix]), rule.name
        assert bool(told.settings) == bool(rule.settings), rule.name
        assert "Off by default" in " ".join(told.why.split()) or rule.is_on, rule.name
