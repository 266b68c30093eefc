"""Every rule is asked, with the catalog, of all segments that there are to read, and falls over at none."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from segql.compiler import Settings, check
from segql.diagnostics import Severity
from segql.lint import Selection, lint, selected
from segql.lint import Settings as Asked
from segql.source import Source
from segql.syntax import parse
from tests.properties.run import generated
from tests.spec_file import Section, sections, spec_paths
from tests.spec_runner import _settings
from tests.test_docs import CATALOGS, PAGES, ROOT, Page

FOLDERS = [ROOT / "segql/demo/files", *sorted(path.parent for path in (ROOT / "examples").glob("*/segql.toml"))]
TODAY = dt.date(2026, 1, 1)

# What stands at the ends of what can be written, and what nobody writes.
ODD = (
    "last(purchase) <= 9999-12-31",
    "signed_up_at <= 9999-12-31",
    "signed_up_at <= 0001-01-01",
    "signed_up_at from 0001-01-01 to 9999-12-30",
    "signed_up_at < 9999-12-31 or signed_up_at > 9999-12-31",
    "signed_up_at between 0001-01-01 and 9999-12-31",
    "birth_date <= 9999-12-31 or birth_date < 0001-01-01 or birth_date > 9999-12-31",
    "signed_up_at < 9999-12-31T23:59:59Z and signed_up_at > 9999-12-31T23:59:59Z",
    "signed_up_at in last 1 hour or signed_up_at in last 9999 days",
    "year of signed_up_at = 0 or year of signed_up_at = 9999",
    "did purchase in last 9999 days and did not purchase in last 9999 days",
    "count(purchase) >= 999999999999 and count(purchase) < 1000000000000",
    "count(purchase where amount > 99999999999999.99) = -1",
    "age < -9223372036854775808 or age > 9223372036854775807",
    "age / 0 = 1 and age / 0 != 1",
    "age != age and not (age = age)",
    "age = 1 or age != 1 or age is missing or age is known",
    "city in ('') or city = '' or city like '' or city like '**'",
    "city < '' or city > '\U0010ffff'",
    "city matches /[.]/ and city like '*[*'",
    "everyone",
    "not everyone",
    "true or false",
)


@cache
def everything() -> Selection:
    selection, problems = selected(Asked(select=("all",)))
    assert not problems
    return selection


def looked_at(sources: Sequence[Source], settings: Settings | None = None) -> int:
    """Return how many findings there are in those files that have no errors."""
    while True:
        analyzed = check(sources, settings)
        wrong = {
            each.span.source.name for each in analyzed.diagnostics if each.severity is Severity.ERROR and each.span
        }
        if not wrong:
            break
        sources = [each for each in sources if each.name not in wrong]
    if not analyzed.is_sound:
        return 0
    found = lint([parse(each) for each in sources], analyzed, everything(), TODAY)
    assert all(each.diagnostic.span is not None for each in found)
    return len(found)


def files(folder: Path) -> list[Source]:
    """Return the files of a project."""
    return [
        Source.of(str(path.relative_to(folder)), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.seg"))
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_no_project_makes_a_rule_fall_over(folder: Path) -> None:
    settings = tomllib.loads((folder / "segql.toml").read_text(encoding="utf-8"))

    assert looked_at(files(folder), Settings(settings.get("timezone", "UTC"))) > 0


@pytest.mark.parametrize("path", spec_paths(), ids=lambda path: path.stem)
def test_no_specification_makes_a_rule_fall_over(path: Path) -> None:
    assert sum(looked_at(list(_told(each)), _settings(each)) for each in sections(path)) > 0


def _told(section: Section) -> Iterator[Source]:
    for block in (*section.catalog, *section.segql):
        yield Source.of(block.about or f"{block.kind} at line {block.line}", block.text)
    for name, text in section.conditions.items():
        yield Source.of(name, text)


def test_no_page_makes_a_rule_fall_over() -> None:
    found = 0
    for page in map(Page.of, PAGES):
        catalog = (CATALOGS["shop"] if page.folder == CATALOGS["shop"] else page.folder) / "catalog.seg"
        blocks = [each.source for each in page.segql() if not {"alone", "wrong"} & set(each.words)]
        found += looked_at([Source.of("catalog.seg", catalog.read_text(encoding="utf-8")), *blocks])
        found += sum(looked_at([each.source]) for each in page.segql("alone"))

    assert found > 0


@pytest.mark.parametrize("seed", range(30))
def test_no_generated_segment_makes_a_rule_fall_over(seed: int) -> None:
    project, segments = generated(seed)
    told = "".join(f"segment {name}{project.of_customer} where {each}\n" for name, each in segments.items())
    settings = Settings(project.clock.zone.key, project.week_starts, dict(project.params))

    assert looked_at([Source.of("catalog.seg", project.catalog()), Source.of("segments.seg", told)], settings) > 0


@pytest.mark.parametrize("text", ODD)
def test_nothing_odd_makes_a_rule_fall_over(text: str) -> None:
    sources = [*files(FOLDERS[0]), Source.of("odd.seg", text)]
    analyzed = check(sources)

    assert all(each.diagnostic.hint for each in lint(list(map(parse, sources)), analyzed, everything(), TODAY))
    assert analyzed.is_sound, analyzed.diagnostics
