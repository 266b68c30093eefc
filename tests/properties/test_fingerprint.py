"""Fingerprints of generated segments: what is written otherwise keeps them, who has other members has another one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pytest

from segql.analysis import Analyzed
from segql.compiler import Settings, check
from segql.fingerprint import Fingerprints
from segql.fmt import format_source
from segql.source import Source
from segql.syntax import ast, parse
from segql.tree import walk
from tests.properties.engine import _analyzed, _by_reference
from tests.properties.pieces import Chance
from tests.properties.plans import CATALOG, case
from tests.properties.run import generated
from tests.properties.schema import Project

SEEDS = range(24)


class Made:
    """A generated project with the segments that analysis accepts, and their fingerprints."""

    def __init__(self, seed: int) -> None:
        self.project, pieces = generated(seed, 12)
        texts = {name: str(piece) for name, piece in pieces.items()}
        self.analyzed, refused = _analyzed(self.project, texts)
        self.texts = {name: text for name, text in texts.items() if name not in refused}
        self.fingerprints = fingerprints(self.analyzed, self.texts, self.project)

    def with_texts(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the fingerprints of the same segments written otherwise."""
        analyzed, refused = _analyzed(self.project, texts)
        assert not refused
        return fingerprints(analyzed, texts, self.project)


def fingerprints(analyzed: Analyzed, names: Sequence[str] | Mapping[str, str], project: Project) -> dict[str, str]:
    found = Fingerprints(analyzed, project.clock.zone.key, project.week_starts)
    return {name: found.whole(name) for name in names}


@pytest.mark.parametrize("seed", SEEDS)
def test_operands_in_another_order_keep_it(seed: int) -> None:
    made = Made(seed)

    turned = {name: shuffled(text, Chance(seed)) for name, text in made.texts.items()}

    assert made.with_texts(turned) == made.fingerprints


@pytest.mark.parametrize("seed", SEEDS)
def test_operands_of_conditions_that_imply_each_other_keep_it_in_any_order(seed: int) -> None:
    made = case(seed, 20)
    turned = {name: shuffled(text, Chance(seed)) for name, text in made.texts.items()}

    before, after = (Fingerprints(each) for each in (made.analyzed, check(sources_of(turned))))

    assert {name: after.of(name) for name in turned} == {name: before.of(name) for name in turned}


def test_many_operands_do_change_their_places() -> None:
    texts = [text for seed in SEEDS for text in case(seed, 20).texts.values()]

    assert sum(shuffled(text, Chance(1)) != text for text in texts) > len(texts) / 4


@pytest.mark.parametrize("seed", SEEDS)
def test_another_layout_keeps_it(seed: int) -> None:
    made = Made(seed)
    settings = Settings(made.project.clock.zone.key, made.project.week_starts, dict(made.project.params))
    laid_out = [
        format_source(
            Source.of(f"{name}.seg", f"segment {name}{made.project.of_customer}\n  where {text}  # why\n"), 60
        )
        for name, text in made.texts.items()
    ]
    sources = [Source.of(f"{number}.seg", each.text) for number, each in enumerate(laid_out)]

    analyzed = check([Source.of("catalog", made.project.catalog()), *sources], settings)

    assert analyzed.is_sound
    assert fingerprints(analyzed, made.texts, made.project) == made.fingerprints


@pytest.mark.parametrize("seed", SEEDS)
def test_helpers_by_other_names_keep_it(seed: int) -> None:
    made = Made(seed)
    called = {name: f"zz_{number}" for number, name in enumerate(made.texts)}

    found = made.with_texts({called[name]: with_names(text, called) for name, text in made.texts.items()})

    assert {name: found[called[name]] for name in made.texts} == made.fingerprints


def test_segments_of_one_fingerprint_have_the_same_members() -> None:
    apart = 0
    for seed in SEEDS:
        made = Made(seed)
        members = _by_reference(made.project, made.analyzed, list(made.texts))
        by_fingerprint: dict[str, set[frozenset[object]]] = {}
        for name, each in made.fingerprints.items():
            if not isinstance(members[name], str):
                by_fingerprint.setdefault(each, set()).add(frozenset(members[name]))
        assert [each for each in by_fingerprint.values() if len(each) > 1] == []
        apart += len({frozenset(each) for each in members.values() if not isinstance(each, str)})

    # Enough of them differ for this to mean something.
    assert apart > 80


def test_a_small_change_of_meaning_changes_it() -> None:
    kept, changed = [], 0
    for seed in SEEDS:
        made = Made(seed)
        for name, text in made.texts.items():
            other = one_number_more(text)
            if other == text:
                continue
            analyzed, refused = _analyzed(made.project, {**made.texts, name: other})
            if name in refused:
                continue
            before, after = (_by_reference(made.project, each, [name])[name] for each in (made.analyzed, analyzed))
            is_same = fingerprints(analyzed, [name], made.project)[name] == made.fingerprints[name]
            if before != after and not isinstance(after, str):
                changed += 1
                kept += [(text, other)] if is_same else []

    assert kept == []
    assert changed > 5


def sources_of(texts: Mapping[str, str]) -> list[Source]:
    return [Source.of("catalog", CATALOG), *(Source.of(n, f"segment {n} where {text}") for n, text in texts.items())]


def shuffled(text: str, chance: Chance) -> str:
    """Return a condition with the operands of one `and` or `or` after the other turned round."""
    for _ in range(20):
        condition = parse(Source.of("", text)).module.declarations[0].condition  # type: ignore[union-attr]
        found = [each for each in walk(condition) if isinstance(each, ast.And | ast.Or)]
        if not found:
            return text
        each = chance.pick(found)
        spans = [one.span for one in each.operands]
        first, second = chance.pick(spans), chance.pick(spans)
        if first.start > second.start:
            first, second = second, first
        if first != second:
            between = text[first.end : second.start]
            text = text[: first.start] + second.text + between + first.text + text[second.end :]
    return text


def with_names(text: str, called: Mapping[str, str]) -> str:
    """Return a condition that asks for segments by their new names."""
    condition = parse(Source.of("", text)).module.declarations[0].condition  # type: ignore[union-attr]
    spans = [
        each.span
        for each in walk(condition)
        if isinstance(each, ast.Name) and each.text in called and each.span.text == each.text
    ]
    for span in sorted(set(spans), key=lambda each: -each.start):
        text = text[: span.start] + called[span.text] + text[span.end :]
    return text


def one_number_more(text: str) -> str:
    """Return a condition in which the first number that is compared is one more."""
    return re.sub(r"(?<=[<>=] )(\d+)\b(?!\s*(?:day|week|month|-))", lambda found: str(int(found[1]) + 1), text, count=1)
