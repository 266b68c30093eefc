"""The language as `spec/` tells it: for each section, the same people come back by every way to ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import QUICK, engine
from tests.spec_file import SPECS, Section, sections, spec_paths
from tests.spec_runner import run, snapshot

ALL = [section for path in spec_paths() for section in sections(path)]
EXAMPLES = [each.strip("\n") for each in (SPECS / "examples.txt").read_text(encoding="utf-8").split("\n\n")]

# Two sentences about ada, of which the second is wrong, and a mistake that is announced where there is none.
WRONG = """\
# Wrong

```catalog
entity customer
    from customers
    key id
    age integer
```

```data customers
id, age
ada, 30
```

## Members

| Condition | Members |
| --- | --- |
| `age = 30` | ada |
| `age > 30` | ada |

## Mistakes

| Condition | Members |
| --- | --- |
| `age = 30` | [unknown-name] |
| `agee = 30` | ada |
"""


def _id(section: Section) -> str:
    return f"{section.path.name}: {section.heading}"


def _texts(section: Section) -> Iterator[str]:
    """Yield what a section says in the language, without comments and without what must be a mistake."""
    wrong = {each.segment for each in section.expected if each.mistake is not None}
    yield from (text for name, text in section.conditions.items() if name not in wrong)
    for block in (*section.catalog, *section.segql):
        lines = [line for line in block.text.split("\n") if not re.search(r"# error: \[", line)]
        yield " ".join(re.sub(r"#.*", "", line) for line in lines)


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("section", [each for each in ALL if each.segql or each.conditions or each.level == 1], ids=_id)
def test_section_means_what_it_says(section: Section, name: str) -> None:
    problems = run(section, engine(name)).problems

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


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_of_the_language_is_told(example: str) -> None:
    words = " ".join(example.split())

    assert any(words in " ".join(text.split()) for section in ALL for text in _texts(section))


@pytest.mark.parametrize("path", spec_paths(), ids=lambda path: path.name)
def test_file_begins_with_a_title_and_says_who_is_meant(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")
    assert any(section.expected for section in sections(path))


@pytest.mark.parametrize("way", ["reference", "plan on duckdb", "optimized plan on duckdb"])
def test_wrong_members_are_reported_for_every_way_to_ask(tmp_path: Path, way: str) -> None:
    (tmp_path / "wrong.md").write_text(WRONG, encoding="utf-8")
    _, members, _ = sections(tmp_path / "wrong.md")

    problems = run(members, engine("duckdb")).problems

    place = 'wrong.md:15 "Members"\n  line 20: `age > 30`'
    assert f"{place}, {way}\n    expected: ada\n    got:      nobody" in problems
    assert len(problems) == 3


def test_mistakes_are_reported_where_they_are_and_where_they_are_missed(tmp_path: Path) -> None:
    (tmp_path / "wrong.md").write_text(WRONG, encoding="utf-8")
    *_, mistakes = sections(tmp_path / "wrong.md")

    problems = "\n".join(run(mistakes, engine("duckdb")).problems)

    assert "line 26: [unknown-name] is expected, and not found" in problems
    assert "line 27: not expected: line 27:1:1: error[E201]" in problems
