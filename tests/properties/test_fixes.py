"""A safe fix, applied, leaves every segment its members, on generated catalogs, rows and segments."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from functools import cache
from random import Random

from segql import compiler
from segql.compiler import Analyzed, Settings
from segql.diagnostics import Applicability
from segql.lint import Settings as Asked
from segql.lint import lint, selected
from segql.lint.fixing import fix
from segql.lint.states import State
from segql.source import Source
from segql.syntax import parse
from tests.properties.engine import _by_reference
from tests.properties.run import generated
from tests.properties.schema import Project

_SEEDS = range(40)

# What people write who do not know how to say it shorter.
_LONG_WINDED = ("not not ({0})", "({0}) and ({0})", "(({0}))", "({0}) or ({1}) and ({0})", "{0}", "({0}) or ({0})")
_PLAIN = (
    "30 > {}",
    "{} >= 20 and {} >= 20",
    "{} >= 18 and {} >= 21",
    "{} < 5 or {} between 2 and 4",
    "{} in (1, 2, 2, 30)",
    "not not {} < 40",
    "not ({} >= 10)",
)
_COUNTED = ("count({}) > 0", "count({} in last 90 days) >= 1", "count({}) = 0", "0 < count({})", "not (count({}) = 0)")


def texts(project: Project, seed: int) -> dict[str, str]:
    """Return the conditions of a seed, by the name of their segment."""
    chance = Random(seed)  # noqa: S311 (the same each time)
    _, segments = generated(seed, 4)
    plain = [str(each) for each in segments.values()]
    made = {f"a{at}": chance.choice(_LONG_WINDED).format(each, chance.choice(plain)) for at, each in enumerate(plain)}
    numbers = [each.name for each in project.member.columns if each.type == "integer" and each.name.isidentifier()]
    for at, number in enumerate(numbers):
        made[f"b{at}"] = chance.choice(_PLAIN).format(number, number)
    for at, stream in enumerate(project.streams):
        made[f"c{at}"] = chance.choice(_COUNTED).format(stream.name)
    return {name: text for name, text in made.items() if _is_sound(project, name, text)}


def _sources(project: Project, conditions: dict[str, str]) -> list[Source]:
    told = (f"segment {name}{project.of_customer} where {each}\n" for name, each in conditions.items())
    return [Source.of("catalog.seg", project.catalog()), Source.of("segments.seg", "".join(told))]


def _checked(project: Project, sources: Sequence[Source]) -> Analyzed:
    return compiler.check(sources, Settings(project.clock.zone.key, project.week_starts, dict(project.params)))


def _is_sound(project: Project, name: str, text: str) -> bool:
    return _checked(project, _sources(project, {name: text})).is_sound


@cache
def _selection():
    selection, problems = selected(Asked(select=("all",)))
    assert not problems
    return selection


def _state(project: Project, sources: Sequence[Source]) -> State:
    parsed, analyzed = tuple(map(parse, sources)), _checked(project, sources)
    found = lint(parsed, analyzed, _selection(), dt.date(2026, 1, 1))
    fixable = [
        each for each in found if each.diagnostic.fix and each.diagnostic.fix.applicability is Applicability.SAFE
    ]
    return State(parsed, analyzed, tuple(fixable))


def test_safe_fixes_keep_the_members() -> None:
    applied: Counter[str] = Counter()
    for seed in _SEEDS:
        project, _ = generated(seed)
        conditions = texts(project, seed)
        before = _state(project, _sources(project, conditions))
        after = fix(before, lambda sources, project=project: _state(project, sources))  # type: ignore[misc]
        applied.update(after.applied)
        names = list(conditions)
        members = _by_reference(project, before.analyzed, names)
        # What a condition that went away alone read, is not read any more: its repeated keys are nobody's matter then.
        left = _by_reference(project, after.state.analyzed, names)
        sure = [each for each in names if not isinstance(members[each], str)]
        assert {name: left[name] for name in sure} == {name: members[name] for name in sure}, seed

    # Most of the rules that fix something found something to fix.
    assert len(applied) >= 5, applied
    assert sum(applied.values()) > 50, applied
