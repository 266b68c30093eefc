"""The language as `spec/` tells it: for each section, the same people come back by every way to ask."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.spec_file import SPECS, Section, sections, spec_paths
from tests.spec_runner import run, snapshot

ALL = [section for path in spec_paths() for section in sections(path)]
TEXTS = [re.sub(r"\s*#.*", "", text) for section in ALL for text in section.texts]
EXAMPLES = (SPECS / "examples.txt").read_text(encoding="utf-8").split("\n\n")


def _id(section: Section) -> str:
    return f"{section.path.relative_to(SPECS)}: {section.heading}"


@pytest.mark.parametrize("section", [each for each in ALL if each.segql or each.conditions or each.level == 1], ids=_id)
def test_section_means_what_it_says(section: Section) -> None:
    problems = run(section)

    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)


@pytest.mark.parametrize("path", sorted({each.path for each in ALL if each.sql}), ids=lambda path: path.name)
def test_sql_is_as_written_down(path: Path, *, updating: bool) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    written = [(block, section) for section in sections(path) for block in section.sql]
    # From the end, so that the places of the others stay what they are.
    for block, section in reversed(written):
        made = snapshot(section, block.about).split("\n")
        length = block.text.count("\n") + 1 if block.text else 0
        if updating:
            lines[block.line : block.line + length] = made
        assert lines[block.line : block.line + len(made)] == made, f"{section}: is it meant? then UPDATE_GOLDEN=1"
    if updating:
        path.write_text("\n".join(lines), encoding="utf-8")


@pytest.mark.parametrize("example", [each.strip("\n") for each in EXAMPLES if each.strip()])
def test_every_example_of_the_language_is_told(example: str) -> None:
    words = " ".join(example.split())

    assert any(words in " ".join(text.split()) for text in TEXTS)


@pytest.mark.parametrize("path", spec_paths(), ids=lambda path: path.name)
def test_file_begins_with_a_title_and_says_who_is_meant(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.startswith("# ")
    assert any(section.expected for section in sections(path)) or "# error: [" in text
