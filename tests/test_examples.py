"""Every story in examples/ checks clean and gives the members worked out without SegQL."""

from __future__ import annotations

import csv
import functools
import re
from pathlib import Path

import pytest

import segql
from tests import standard_segments

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
STORIES = sorted(path.parent.name for path in EXAMPLES.glob("*/segql.toml"))
EXPECTED = sorted(EXAMPLES.glob("*/expected/*.csv"))


@functools.cache
def opened(story: str) -> segql.Project:
    return segql.open(EXAMPLES / story)


def test_there_are_stories() -> None:
    assert len(STORIES) >= 4


@pytest.mark.parametrize("story", STORIES)
def test_story_checks_clean(story: str) -> None:
    found = opened(story).check()

    assert list(found) == []


@pytest.mark.parametrize("story", STORIES)
def test_every_segment_of_a_story_has_its_expected_members(story: str) -> None:
    expected = {path.stem for path in EXPECTED if path.parts[-3] == story}

    assert set(opened(story)) == expected


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_segment_gives_the_expected_members(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        (key, *_), *rows = csv.reader(file)

    table = opened(path.parts[-3])[path.stem].members()

    assert table.column_names == [key]
    assert table.column(key).to_pylist() == [row[0] for row in rows]


@pytest.mark.parametrize("story", STORIES)
def test_readme_of_a_story_shows_what_comes_out(story: str) -> None:
    text = (EXAMPLES / story / "README.md").read_text(encoding="utf-8")
    found = re.search(r"    \$ segql run --project examples/(\S+) (\S+)\n((?:    .+\n)+)", text)

    assert found is not None
    assert found[1] == story
    table = opened(story)[found[2]].members()
    assert found[3].split() == table.column_names + table.column(0).to_pylist()


@pytest.mark.parametrize("story", STORIES)
def test_asking_for_all_at_once_gives_the_same(story: str) -> None:
    project = opened(story)
    for entity in {project[name].entity for name in project}:
        names = sorted(name for name in project if project[name].entity == entity)

        together = project.run(names)

        alone = [(name, key) for name in names for key in project[name].members().column(0).to_pylist()]
        assert list(zip(*(column.to_pylist() for column in together.columns), strict=True)) == alone


# ── the standard vocabulary ──────────────────────────────────────────────────────────────────────


def test_standard_segments_are_those_of_plain_python() -> None:
    expected = {
        path.stem: path.read_text(encoding="utf-8").split()[1:]
        for path in EXPECTED
        if path.parts[-3] == "standard-segments"
    }

    assert standard_segments.members() == expected


@pytest.mark.parametrize("name", standard_segments.VALUES)
def test_standard_values_are_those_of_plain_python(name: str) -> None:
    table = opened("standard-segments").values([name])

    # The key, and the tier, score or arm.
    keys, got = (each.to_pylist() for each in table.columns)
    assert dict(zip(keys, got, strict=True)) == standard_segments.values()[name]


def test_no_standard_segment_is_empty_and_none_is_everybody() -> None:
    project = opened("standard-segments")
    everybody = {"customer": 80, "company": 12}

    sizes = project.count(list(project))

    assert {name: size for name, size in sizes.items() if not 0 < size < everybody[project[name].entity]} == {}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("standard-segments/segments/*.seg")), ids=lambda path: path.stem)
def test_a_standard_file_tells_what_the_model_is_and_describes_each_segment(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    comment = " ".join(line.removeprefix("# ") for line in text.split("\n\n")[0].splitlines())
    sentences = re.findall(r"[.?](?= |$)", comment)
    segments = re.findall(r"^segment \w+ of \w+\n    \"[^\"]+\.\"\n    where ", text, re.MULTILINE)
    outcomes = re.findall(r"^(?:score|tiers|split) \w+ of .+\n    \"[^\"]+\.\"\n", text, re.MULTILINE)
    assert text.startswith("# ")
    assert 2 <= len(sentences) <= 4
    assert 3 <= text.count("\nsegment ") == len(segments) <= 10
    assert len(re.findall(r"^(?:score|tiers|split) ", text, re.MULTILINE)) == len(outcomes)


@pytest.mark.parametrize("name", ["rfm", "stage"])
def test_the_tiers_of_the_standard_segments_share_everybody_out(name: str) -> None:
    tiers = [f"{name}.{tier}" for tier in standard_segments.VALUES[name][1]]

    keys = opened("standard-segments").run(tiers).column("customer_id").to_pylist()

    assert sorted(keys) == [f"C{number:02d}" for number in range(1, 81)]
