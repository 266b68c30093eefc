"""The stages on the way from text to SQL, for fifty segments; run on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.analyst import CLOCK
from benchmarks.asked import analyzed_of, segments_text
from benchmarks.vocabulary import draw
from segql import compiler
from segql.optimizer import optimize
from segql.source import Source
from segql.syntax import parse

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

DRAWN = draw(50, seed=7)
NAMES = [each.name for each in DRAWN]


@pytest.fixture(scope="module")
def analyzed() -> compiler.Analyzed:
    return analyzed_of(DRAWN)


def test_parse(benchmark: BenchmarkFixture) -> None:
    source = Source.of("segments.seg", segments_text(DRAWN))

    parsed = benchmark(lambda: parse(source))

    assert len(parsed.module.declarations) == len(NAMES)


def test_check(benchmark: BenchmarkFixture) -> None:
    checked = benchmark(lambda: analyzed_of(DRAWN))

    assert list(checked.definitions) == NAMES


def test_optimize(benchmark: BenchmarkFixture, analyzed: compiler.Analyzed) -> None:
    request = analyzed.request(NAMES)

    assert benchmark(lambda: optimize(request)).asked == request.asked


def test_compile_together(benchmark: BenchmarkFixture, analyzed: compiler.Analyzed) -> None:
    assert benchmark(lambda: compiler.compile(analyzed, NAMES, CLOCK, form="counts")).sql


def test_compile_one_by_one(benchmark: BenchmarkFixture, analyzed: compiler.Analyzed) -> None:
    made = benchmark(lambda: [compiler.compile(analyzed, [each], CLOCK).sql for each in NAMES])

    assert len(made) == len(NAMES)
