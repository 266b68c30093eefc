"""What is printed for engines that cannot be run here means what it says: translated for DuckDB, it finds the same people.

Some of the specifications are asked of each dialect. Json and patterns are left out, for which the translation has other
words than the engines.
"""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Iterator

import pytest

from tests.engines.translated import Translated
from tests.spec_file import SPECS, Block, Section, sections
from tests.spec_runner import Case, run
from tests.test_spec_live import differences

FILES = ("aggregates", "population", "relations", "sequences", "several-entities", "two-values")
# Where boundaries of a moving clock are of every kind, and at how many instants.
LIVE_FILES, EVERY = ("anniversaries", "windows-back", "windows-calendar"), 8
DIALECTS = ("bigquery", "redshift", "snowflake", "trino", "tsql")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep still what the translation says of the order of nulls, which DuckDB is told anyhow."""
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    yield
    logging.getLogger("sqlglot").setLevel(logging.NOTSET)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("file", FILES)
def test_the_same_people_come_back(file: str, dialect: str) -> None:
    problems: list[str] = []
    asked = 0
    for section in sections(SPECS / f"{file}.md"):
        if section.segql or section.conditions:
            done = run(_typed(section) if dialect == "tsql" else section, Translated(dialect))
            problems += done.problems
            asked += done.asked

    assert asked
    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("file", LIVE_FILES)
def test_the_same_people_come_back_whenever_it_is_asked(file: str, dialect: str) -> None:
    problems: list[str] = []
    asked = 0
    for section in sections(SPECS / f"{file}.md"):
        if section.segql or section.conditions:
            case = Case.of(_typed(section) if dialect == "tsql" else section, Translated(dialect))
            problems += [each for names in case.by_entity() for each in differences(case, names, EVERY)]
            asked += not case.skipped

    assert asked
    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)


def _typed(section: Section) -> Section:
    """Declare the keys, as a catalog for SQL Server must; in these files they are texts."""
    catalog, segments = (tuple(map(_with_key, each)) for each in (section.catalog, section.segql))
    return dataclasses.replace(section, catalog=catalog, segql=segments)


def _with_key(block: Block) -> Block:
    def declared(found: re.Match[str]) -> str:
        is_told = re.search(rf"^ +{re.escape(found[2])} +\w", block.text, re.MULTILINE)
        return found[0] if is_told else f"{found[0]}\n{found[1]}{found[2]} text"

    return dataclasses.replace(block, text=re.sub(r"^( +)key (\w+)(?= *$)", declared, block.text, flags=re.MULTILINE))
