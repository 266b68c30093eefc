"""Every specification through time: one live statement has the members of the reference, whenever it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from segql.optimizer import optimize
from segql.sql import Form
from tests.engines import Absent, Unfit, engine
from tests.live import asked_at, instants_after
from tests.spec_file import Section, sections, spec_paths
from tests.spec_runner import Case

ALL = [section for path in spec_paths() for section in sections(path)]
ASKING = [each for each in ALL if each.segql or each.conditions or each.level == 1]

# So many of the instants at which something turns: T itself, and those that lie further apart than their neighbours.
EVERY = 4
# The engines that are asked all sections, and those that are asked the files in which boundaries are of every kind:
# what hangs on no clock is asked of them by the other suites. Spark takes a second for each question.
WHOLE = ("duckdb", "postgres")
PART = {
    **dict.fromkeys(
        ("sqlite", "datafusion", "clickhouse", "mariadb"), ("anniversaries", "wall-clock", "windows-calendar")
    ),
    "spark": ("the-clock",),
}
ASKED = [
    *((section, name) for name in WHOLE for section in ASKING),
    *((section, name) for name, files in PART.items() for section in ASKING if section.path.stem in files),
]


def _id(value: Section | str) -> str:
    return value if isinstance(value, str) else f"{value.path.name}: {value.heading}"


@pytest.mark.parametrize(("section", "name"), ASKED, ids=_id)
def test_a_live_statement_follows_the_clock(section: Section, name: str) -> None:
    try:
        case = Case.of(section, engine(name))
    except Absent as error:
        pytest.skip(str(error))
    try:
        problems = [each for names in case.by_entity() for each in differences(case, names)]
    except Unfit as error:
        pytest.skip(str(error))

    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)


def differences(case: Case, names: list[str], every: int = EVERY) -> Iterator[str]:
    """Tell where one live statement, asked at several instants, has other members than the reference finds."""
    broken = {each.segment for each in case.section.expected if each.mistake}
    names = [each for each in names if each not in broken and case.is_possible(each)]
    if not names:
        return
    request = optimize(case.analyzed.request(names))
    statement = case.statement(request, Form.MEMBERS, is_live=True)
    instants = instants_after(case.clock)
    with case.database() as database:
        for key, keys in statement.lists.items():
            database.provide(key, keys)
        for instant in instants[::every]:
            sql = asked_at(statement.sql, case.engine.name, instant)
            rows = database.rows(sql)
            moved = replace(case, clock=replace(case.clock, as_of=instant))
            for name, members in moved.by_reference(request).items():
                got = {str(row[-1]) for row in rows if len(row) == 1 or row[0] == name}
                if got != members:
                    yield f"{name} at {instant}\n    reference: {sorted(members)}\n    got:       {sorted(got)}"
