"""Requests past one statement: cut, answered batch by batch, and halved where one fails."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from benchmarks import many
from segql import compiler, plan
from segql.diagnostics import Diagnostic
from segql.run.backends import Backend, EngineError, Lost, Overdue
from segql.run.batches import batches
from segql.run.halving import Halving
from segql.run.runner import Runner
from segql.sql import Form
from segql.sql.limits import LIMITS, Limits, limits_of
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace
from tests.cli.terminal import segql
from tests.folders import shop, write
from tests.run.test_runner import asked, failing

# How many segments the shop is asked for; `SEGQL_MANY=5000` takes half a minute.
MANY = int(os.environ.get("SEGQL_MANY", "420"))


@dataclass
class Watched:
    """An engine, and what it was asked."""

    backend: Backend
    statements: list[str] = field(default_factory=list)

    def execute(self, sql: str) -> pa.RecordBatchReader:
        self.statements.append(sql)
        return self.backend.execute(sql)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.backend, name)

    def answers(self) -> list[str]:
        return [each for each in self.statements if each.startswith("-- segment")]


@contextmanager
def watched(root: Path) -> Iterator[tuple[Runner, Workspace, Watched]]:
    with asked(root) as (runner, workspace):
        engine = Watched(runner.backend)
        yield replace(runner, backend=engine), workspace, engine  # type: ignore[arg-type]


@contextmanager
def limited(counts: int, members: int, columns: int = 1_000, length: int = 1_000_000) -> Iterator[None]:
    """Let the engine of the tests take less than it does."""
    usual = LIMITS["duckdb"]
    LIMITS["duckdb"] = Limits(counts, members, columns, length)  # type: ignore[index]
    try:
        yield
    finally:
        LIMITS["duckdb"] = usual  # type: ignore[index]


# ── cutting ──────────────────────────────────────────────────────────────────────────────────────


def of(**conditions: plan.Expr) -> plan.Request:
    segments = tuple(plan.Segment(name, "customer", each) for name, each in conditions.items())
    return plan.Request("customer", tuple(conditions), segments)


def test_what_fits_is_one_batch() -> None:
    assert batches(of(a=plan.TRUE, b=plan.TRUE), 2, 10) == [("a", "b")]


def test_batches_keep_the_order_asked() -> None:
    request = of(**{f"s{number}": plan.TRUE for number in range(10)})

    found = batches(request, 3, 100)

    assert [name for batch in found for name in batch] == list(request.asked)
    assert [len(each) for each in found] == [3, 3, 3, 1]


def test_what_is_used_has_columns_in_each_batch(tmp_path: Path) -> None:
    """`b` and `c` bring `a` along, and what they ask besides."""
    write(
        shop(tmp_path),
        {
            "a.seg": "count(purchase) >= 1",
            "b.seg": "in segment a and age < 30",
            "c.seg": "in segment a and age < 40",
        },
    )
    request = Workspace(find_home(tmp_path)).sound().request(["b", "c"])

    # Of `b`: itself, `a`, the purchases, and its two operands; `c` adds itself and one.
    assert batches(request, 100, 7) == [("b", "c")]
    assert batches(request, 100, 6) == [("b",), ("c",)]


def test_one_that_is_wider_than_all_stands_alone() -> None:
    assert batches(of(a=plan.TRUE, b=plan.TRUE), 100, 0) == [("a",), ("b",)]


def test_a_long_chain_is_cut_in_time() -> None:
    conditions: dict[str, plan.Expr] = {"s0": plan.TRUE}
    for number in range(1, 3_000):
        conditions[f"s{number}"] = plan.Not(plan.InSegment(f"s{number - 1}", "customer"))

    found = batches(of(**conditions), 100, 100_000)

    assert len(found) == 30


@pytest.mark.parametrize("name", [*LIMITS, "trino"])
def test_limits_are_such_that_a_usual_request_is_one_statement(name: str) -> None:
    limits = limits_of(name)

    assert min(limits.counts, limits.members) >= 100
    assert limits.columns > limits.counts


# ── halving ──────────────────────────────────────────────────────────────────────────────────────


def halved(names: Sequence[str], bad: dict[str, EngineError]) -> tuple[list[str], list[str], int]:
    """Return who was answered, what was told, and how many statements that took."""
    count = 0

    def ask(part: tuple[str, ...]) -> tuple[str, ...]:
        nonlocal count
        count += 1
        for each in part:
            if each in bad:
                raise bad[each]
        return part

    def failed(part: Sequence[str], error: EngineError, before: int) -> Diagnostic:
        del before
        return Diagnostic("E501", "engine-failed", f"{' '.join(part)}: {error}")

    halving = Halving(ask, failed)
    found = [name for part, _ in halving.answers([tuple(names)]) for name in part]
    return found, [each.message for each in halving.failures], count


NAMES = [f"s{number}" for number in range(1_000)]


@pytest.mark.parametrize("name", ["s0", "s500", "s777", "s999"])
def test_one_that_fails_costs_few_statements(name: str) -> None:
    found, told, count = halved(NAMES, {name: EngineError("too large")})

    assert found == [each for each in NAMES if each != name]
    assert told == [f"{name}: too large"]
    assert count <= 1 + 2 * math.ceil(math.log2(len(NAMES)))


def test_several_that_fail_are_each_told() -> None:
    bad = {f"s{number}": EngineError(str(number)) for number in range(0, 1_000, 100)}

    found, told, _ = halved(NAMES, bad)

    assert found == [each for each in NAMES if each not in bad]
    assert told == [f"{name}: {error}" for name, error in bad.items()]


def test_where_all_fail_few_are_asked() -> None:
    found, told, count = halved(NAMES, dict.fromkeys(NAMES, EngineError("gone")))

    assert found == []
    assert count < 60
    # Nobody is forgotten, though they are not told one by one.
    assert [name for each in told for name in each.removesuffix(": gone").split()] == NAMES


def test_after_many_failures_in_a_row_an_answer_makes_hope() -> None:
    """The first two hundred fail, and the seven hundredth: whatever can be answered in the second half is."""
    bad = dict.fromkeys([*NAMES[:200], NAMES[700]], EngineError("bad"))

    found, told, count = halved(NAMES, bad)

    assert set(NAMES[250:500]) <= set(found)
    assert found == [each for each in NAMES if each in set(found)]
    assert not set(found) & set(bad)
    assert sorted([*found, *(name for each in told for name in each.removesuffix(": bad").split())]) == sorted(NAMES)
    assert count < 100


@pytest.mark.parametrize("ended", [Lost("gone"), Overdue("late")])
def test_nothing_is_asked_of_an_engine_that_is_gone(ended: EngineError) -> None:
    count = 0

    def ask(part: tuple[str, ...]) -> tuple[str, ...]:
        nonlocal count
        count += 1
        if "s500" in part:
            raise ended
        return part

    failed = lambda part, error, _: Diagnostic("E501", "engine-failed", f"{len(part)} {error}")  # noqa: E731
    halving = Halving(ask, failed)
    parts = [tuple(NAMES[begin : begin + 100]) for begin in range(0, 1_000, 100)]

    assert [name for part, _ in halving.answers(parts) for name in part] == NAMES[:500]
    assert [each.message for each in halving.failures] == [f"500 {ended}"]
    assert count == 6


# ── in an engine ─────────────────────────────────────────────────────────────────────────────────


def test_batches_answer_as_one_statement_does(tmp_path: Path) -> None:
    write(
        shop(tmp_path),
        {f"s{number}.seg": f"customer_id > {number} or in segment young" for number in range(6)},
    )
    with watched(tmp_path) as (runner, workspace, engine):
        clock, names = workspace.clock(), ["s5", "young", "s1", "buyers", "s0", "everyone_else", "s2"]
        whole, counted = runner.members(names, clock).reader.read_all(), runner.counts(names, clock)
        assert len(engine.answers()) == 2

        engine.statements.clear()
        with limited(counts=3, members=2):
            members = runner.members(names, clock)
            assert members.reader.read_all() == whole
            counts = runner.counts(names, clock)
            assert (counts, list(counts.counts)) == (counted, names)

        assert members.failures == []
        assert len(engine.answers()) == 4 + 3


def test_a_statement_that_is_too_long_is_halved(tmp_path: Path) -> None:
    write(shop(tmp_path), {f"s{number}.seg": f"age > {number}" for number in range(8)})
    with watched(tmp_path) as (runner, workspace, engine):
        names = [f"s{number}" for number in range(8)]
        whole = runner.counts(names, workspace.clock())
        longest = max(map(len, engine.answers()))
        engine.statements.clear()
        with limited(counts=100, members=100, length=longest - 1):
            assert runner.counts(names, workspace.clock()) == whole

        assert len(engine.answers()) == 2


def test_a_check_is_run_once_for_all_batches(tmp_path: Path) -> None:
    with watched(shop(tmp_path)) as (runner, workspace, engine):
        with limited(counts=1, members=1):
            runner.counts(["young", "buyers", "everyone_else"], workspace.clock())

        assert len(engine.answers()) == 3
        others = [each for each in engine.statements if each not in engine.answers()]
        assert len(others) == len(set(others)) == 1


def test_a_batch_that_fails_is_halved_in_the_engine(tmp_path: Path) -> None:
    write(failing(tmp_path), {f"s{number}.seg": f"age > {number}" for number in range(30)})
    names = [f"s{number}" for number in range(30)]
    names.insert(17, "too_much")
    with watched(tmp_path) as (runner, workspace, engine):
        clock = workspace.clock()
        with limited(counts=16, members=16):
            counts = runner.counts(names, clock, with_size=True)
            found = runner.members(names, clock)
            table = found.reader.read_all()
        singles = [each for each in engine.answers() if each.startswith("-- segment ")]

    rest = [each for each in names if each != "too_much"]
    assert list(counts.counts) == rest
    assert counts.size == 40
    assert dict(Counter(table["segment"].to_pylist())) == dict(counts.counts)
    assert list(dict.fromkeys(table["segment"].to_pylist())) == rest
    assert [each.code for each in found.failures] == ["E501"]
    assert list(counts.failures) == found.failures
    # The failing one alone, its parts, and few that stood beside it.
    assert len(singles) < 40


def test_the_members_of_a_batch_without_any_have_the_type_of_the_others(tmp_path: Path) -> None:
    write(shop(tmp_path), {"nobody.seg": "age < 0", "no_one.seg": "age < 1"})
    with asked(tmp_path) as (runner, workspace), limited(counts=1, members=1):
        names = ["nobody", "young", "no_one"]
        table = runner.members(names, workspace.clock()).reader.read_all()
        nobody = runner.members(["nobody", "no_one"], workspace.clock()).reader.read_all()

    assert table.to_pydict() == {"segment": ["young"], "customer_id": [1]}
    assert nobody.column_names == ["segment", "customer_id"]
    assert nobody.num_rows == 0


# ── the shop, with very many ─────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def very_many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "shop"
    many.make(folder, MANY, is_failing=True)
    return folder


def test_very_many_are_counted_though_one_fails(very_many: Path) -> None:
    told = segql("run", "--all", "--count", "--as-of", many.AS_OF, "--format", "csv", cwd=very_many)

    lines = told.stdout.splitlines()
    assert told.returncode == 3
    assert lines[0] == "segment,count"
    assert len([each for each in lines if each.startswith("many_")]) == MANY
    assert told.stderr.count("error[E501]") == 1
    assert "`too_much`" in told.stderr
    assert not any(each.startswith("too_much") for each in lines)


def test_very_many_have_the_members_that_are_counted(very_many: Path) -> None:
    workspace = Workspace(find_home(very_many))
    clock = workspace.clock(many.AS_OF)
    names = [f"many_{number:05}" for number in range(MANY)]
    (counts,) = workspace.counts(names, clock, with_sizes=True)
    with workspace.runner() as runner:
        members = Counter(runner.members(names, clock).reader.read_all()["segment"].to_pylist())

    assert {name: members[name] for name in names} == dict(counts.counts)
    # The segments are no empty ones.
    assert counts.size is not None
    assert sum(0 < each < counts.size for each in counts.counts.values()) > MANY / 2


def test_the_segments_are_the_same_each_time() -> None:
    assert many.texts(60) == many.texts(60)
    assert many.texts(60)["segments/many/00000.seg"] == many.texts(500)["segments/many/00000.seg"]


def test_a_batch_is_a_statement_of_its_own_form(very_many: Path) -> None:
    """Alone each is counted as in its batch; a sample, since each is a statement."""
    workspace = Workspace(find_home(very_many))
    clock, analyzed = workspace.clock(many.AS_OF), workspace.sound()
    names = [f"many_{number:05}" for number in range(MANY)]
    (counts,) = workspace.counts(names, clock)
    with workspace.runner() as runner:
        for name in names[:: MANY // 12]:
            alone = compiler.compile(analyzed, [name], clock, form=Form.COUNTS)
            (count,) = (each[0].as_py() for each in runner.backend.execute(alone.sql).read_all().columns)
            assert count == counts.counts[name]
