"""Every story in examples/ checks clean and gives the members worked out without SegQL."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import segql

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
STORIES = sorted(path.parent.name for path in EXAMPLES.glob("*/segql.toml"))
EXPECTED = sorted(EXAMPLES.glob("*/expected/*.csv"))


def test_there_are_stories() -> None:
    assert len(STORIES) >= 4


@pytest.mark.parametrize("story", STORIES)
def test_story_checks_clean(story: str) -> None:
    found = segql.open(EXAMPLES / story).check()

    assert list(found) == []


@pytest.mark.parametrize("story", STORIES)
def test_every_segment_of_a_story_has_its_expected_members(story: str) -> None:
    expected = {path.stem for path in EXPECTED if path.parts[-3] == story}

    assert set(segql.open(EXAMPLES / story)) == expected


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_segment_gives_the_expected_members(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        (key, *_), *rows = csv.reader(file)

    table = segql.open(path.parents[1])[path.stem].members()

    assert table.column_names == [key]
    assert table.column(key).to_pylist() == [row[0] for row in rows]


@pytest.mark.parametrize("story", STORIES)
def test_readme_of_a_story_shows_what_comes_out(story: str) -> None:
    text = (EXAMPLES / story / "README.md").read_text(encoding="utf-8")
    found = re.search(r"    \$ segql run --project examples/(\S+) (\S+)\n((?:    .+\n)+)", text)

    assert found is not None
    assert found[1] == story
    table = segql.open(EXAMPLES / story)[found[2]].members()
    assert found[3].split() == table.column_names + table.column(0).to_pylist()


@pytest.mark.parametrize("story", STORIES)
def test_asking_for_all_at_once_gives_the_same(story: str) -> None:
    project = segql.open(EXAMPLES / story)
    names = sorted(project)

    together = project.run(names)

    alone = [(name, key) for name in names for key in project[name].members().column(0).to_pylist()]
    assert list(zip(*(column.to_pylist() for column in together.columns), strict=True)) == alone
