"""What the prover says of conditions holds for the members of generated projects, by the reference."""

from __future__ import annotations

import datetime as dt
from itertools import permutations
from random import Random

from segql import compiler, plan
from segql.compiler import Settings
from segql.lint.proving import Prover
from segql.logic.connectives import opposite
from segql.source import Source
from tests.properties.engine import _by_reference
from tests.properties.run import generated
from tests.properties.schema import Project

_SEEDS = range(18)
_PARAMS = '\nparam fewest integer = 1\nparam prefix text = "a"\n'
_OTHERS = {"fewest": "-1", "prefix": "B"}
_TEXT_TESTS = ("=", "!=", "starts with", "ends with", "contains")
_TEXTS = ("a", "A", "B", "ab", "")
_OPS = ("<", "<=", "=", "!=", ">", ">=")
_JOINED = ("({0}) and ({1})", "({0}) or ({1})", "not ({0})", "({0}) and not ({1})", "{0}", "({0}) and not ({0})")


def conditions(project: Project, seed: int) -> list[str]:
    """Return conditions of a seed that have much to do with each other: about few values, with few numbers."""
    chance = Random(seed)  # noqa: S311 (the same each time)
    _, segments = generated(seed, 3)
    plain = [str(each) for each in segments.values()]
    columns = [each for each in project.member.columns if each.name.isidentifier()]
    for each in columns:
        plain += [f"{each.name} is missing"]
        if each.type == "integer":
            plain += [f"{each.name} {chance.choice(_OPS)} {chance.randint(-2, 3)}" for _ in range(3)]
            plain += [f"{each.name} {chance.choice(_OPS)} {chance.choice(['fewest', '-fewest'])}"]
        if each.type == "text":
            plain += [f'{each.name} {chance.choice(_TEXT_TESTS)} "{chance.choice(_TEXTS)}"' for _ in range(3)]
            plain += [f'{each.name} in ("{chance.choice(_TEXTS)}", "{chance.choice(_TEXTS)}")']
            plain += [f"{each.name} starts with prefix"]
    for stream in project.streams:
        windows = ("", " in last 30 days", " in last 90 days", " in last 2 weeks")
        plain += [
            f"count({stream.name}{chance.choice(windows)}) {chance.choice(_OPS)} {chance.randint(0, 3)}"
            for _ in range(4)
        ]
        for each in stream.columns:
            if each.type == "integer" and each.name.isidentifier():
                made = f"{{}}({stream.name}.{each.name}{{}}) {{}} {{}}"
                plain += [
                    made.format(tally, chance.choice(windows), chance.choice(_OPS), chance.randint(-2, 2))
                    for tally in ("min", "max", "sum", "last", "first")
                    for _ in range(2)
                ]
    joined = [chance.choice(_JOINED).format(*chance.sample(plain, 2)) for _ in range(10)]
    return [each for each in (*plain, *joined) if _checked(project, [each]).is_sound]


def _checked(project: Project, written: list[str], **params: str) -> compiler.Analyzed:
    told = "".join(f"segment s{at}{project.of_customer} where {each}\n" for at, each in enumerate(written))
    sources = [Source.of("catalog.seg", project.catalog() + _PARAMS), Source.of("segments.seg", told)]
    given = {**project.params, **params}
    return compiler.check(sources, Settings(project.clock.zone.key, project.week_starts, given))


def test_what_is_impossible_for_everybody_nobody_does() -> None:
    empty = narrower = examples = 0
    for seed in _SEEDS:
        project, _ = generated(seed)
        written = conditions(project, seed)
        analyzed = _checked(project, written)
        names = [f"s{at}" for at in range(len(written))]
        others = _checked(project, written, **_OTHERS)
        members = _by_reference(project, analyzed, names)
        # A parameter can have any value, so what is said holds with another one, too.
        otherwise = _by_reference(project, others, names)
        prover = Prover(analyzed, plan.Clock(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
        sure = {
            name: analyzed.definitions[name]
            for name in names
            if not isinstance(members[name], str) and not isinstance(otherwise[name], str)
        }
        for name, each in sure.items():
            # The rows of a project break what its catalog says, so that is not counted on.
            if prover.impossible([each.condition], (each.entity,), by_catalog=False):
                assert members[name] == otherwise[name] == set(), (seed, name, written)
                empty += 1
        for (name, each), (other, wider) in permutations(sure.items(), 2):
            rows = (each.entity,)
            if prover.impossible([each.condition, opposite(wider.condition)], rows, by_catalog=False):
                assert members[name] <= members[other], (seed, name, other, written)
                assert otherwise[name] <= otherwise[other], (seed, name, other, written)
                narrower += 1
            elif prover.somebody([each.condition], [wider.condition], rows) is not None:
                examples += 1

    # It is not silent: most of what is written here has to do with each other.
    assert empty > 10, empty
    assert narrower > 200, narrower
    assert examples > 200, examples
