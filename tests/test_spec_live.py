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


def _id(section: Section) -> str:
    return f"{section.path.name}: {section.heading}"


@pytest.mark.parametrize("name", ["duckdb", "postgres"])
@pytest.mark.parametrize("section", ASKING, ids=_id)
def test_a_live_statement_follows_the_clock(section: Section, name: str) -> None:
    try:
        case = Case.of(section, engine(name))
    except Absent as error:
        pytest.skip(str(error))
    try:
        problems = [each for names in case.by_entity() for each in _differences(case, names)]
    except Unfit as error:
        pytest.skip(str(error))

    if problems:
        pytest.fail("\n\n".join(problems), pytrace=False)


def _differences(case: Case, names: list[str]) -> Iterator[str]:
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
        for instant in instants[::EVERY]:
            sql = asked_at(statement.sql, case.engine.name, instant)
            rows = database.rows(sql)
            moved = replace(case, clock=replace(case.clock, as_of=instant))
            for name, members in moved.by_reference(request).items():
                got = {str(row[-1]) for row in rows if len(row) == 1 or row[0] == name}
                if got != members:
                    yield f"{name} at {instant}\n    reference: {sorted(members)}\n    got:       {sorted(got)}"
