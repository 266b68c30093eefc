"""A failure of the engine is told at the line that causes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import segql
from segql import plan
from segql.diagnostics import Diagnostic
from segql.run.backends import EngineError, Lost, Overdue
from segql.run.blame import QUESTIONS_MOST, Blame
from segql.run.runner import Runner
from segql.types import INTEGER
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace
from tests.folders import write
from tests.shops import filled, server

CATALOG = """\
entity customer
    from people
    key id
    age     integer
    huge    integer
    ratio   float

events order of customer
    from orders where (share < 5)
    by id
    at made_at
    total   integer
    share   float

trait weight = huge * huge * huge
"""

# The last number of each type, so that twice as much is no number of it; and texts that are no numbers.
_HUGE = {"duckdb": ("hugeint", 2**127 - 1), "postgres": ("bigint", 2**63 - 1)}


def tables(name: str, share: str) -> str:
    kind, huge = _HUGE[name]
    return (
        f"create table raw_people (id integer, age integer, huge {kind}, t varchar(10));"
        f"insert into raw_people values (1, 20, {huge}, 'x'), (2, 40, {huge}, 'x');"
        "create view people as select id, age, huge, cast(t as double precision) as ratio from raw_people;"
        f"create table raw_orders (id integer, made_at timestamp, total {kind}, t varchar(10));"
        f"insert into raw_orders values (1, '2025-01-01', {huge}, '{share}'), (2, '2025-01-01', 3, '{share}');"
        "create view orders as select id, made_at, total, 10 / (total - 3) as part, cast(t as double precision) as share"
        " from raw_orders"
    )


@contextmanager
def asked(folder: Path, name: str, segments: dict[str, str], share: str = "1") -> Iterator[tuple[Runner, Workspace]]:
    with filled(name, folder, tables(name, share)) as url:
        settings = f'as_of = "2025-12-01"\n[connections.default]\nurl = "{url}"\n'
        write(folder, {"segql.toml": settings, "catalog.seg": CATALOG, **segments})
        workspace = Workspace(find_home(folder))
        with workspace.runner() as runner:
            yield runner, workspace


def failure(folder: Path, name: str, condition: str, share: str = "1") -> Diagnostic:
    """Return the one failure of a segment `s`, beside one that is answered."""
    segments = {"s.seg": f"segment s\n    where {condition}\n", "t.seg": "segment t\n    where age > 30\n"}
    with asked(folder, name, segments, share) as (runner, workspace):
        found = runner.counts(["s", "t"], workspace.clock())
    assert dict(found.counts) == {"t": 1}
    (told,) = found.failures
    assert told.code == "E501"
    return told


def blamed(told: Diagnostic) -> str:
    assert told.span is not None
    return told.span.text


PARTS = [
    ("age > 3\n      and huge * huge * huge > 1\n      and age < 90", "huge * huge * huge > 1"),
    ("age > 90\n      or not (age < 2\n        or huge * huge * huge > 4)", "huge * huge * huge > 4"),
    ("at least 2 of (age > 3, huge * huge * huge > 5, age > 9)", "huge * huge * huge > 5"),
    ("age > 3 and did order where (total > 1 and\n        total * total * total > 6)", "total * total * total > 6"),
]


@pytest.mark.parametrize(("condition", "part"), PARTS)
def test_duckdb_shows_the_part_that_fails(tmp_path: Path, condition: str, part: str) -> None:
    assert blamed(failure(tmp_path, "duckdb", condition)) == part


# PostgreSQL multiplies without end, so there it is the view that fails.
CASTS = [
    ("age > 3\n      and ratio > 1\n      and age < 90", "ratio > 1"),
    ("age > 90\n      or not (age < 2\n        or ratio between 1 and 4)", "ratio between 1 and 4"),
    ("at least 2 of (age > 3, ratio > 5, age > 9)", "ratio > 5"),
]


@pytest.mark.parametrize(("condition", "part"), CASTS)
def test_postgres_shows_the_part_that_fails(tmp_path: Path, condition: str, part: str) -> None:
    assert blamed(failure(tmp_path, "postgres", condition)) == part


@pytest.mark.parametrize("name", ["duckdb", "postgres"])
def test_the_filter_of_the_catalog_can_be_to_blame(tmp_path: Path, name: str) -> None:
    told = failure(tmp_path, name, "did order where (total > 1)", share="y")

    assert blamed(told) == "share < 5"
    assert told.span is not None
    assert told.span.source.name.endswith("catalog.seg")
    assert [each.span.text for each in told.labels] == ["segment s"]


def test_a_view_that_divides_by_zero(tmp_path: Path) -> None:
    settings = {"extra.seg": "events piece of customer\n    from orders\n    by id\n    at made_at\n    part integer\n"}
    segments = {"s.seg": "segment s\n    where age > 3\n      and did piece where (part > 2)\n", **settings}
    with asked(tmp_path, "postgres", segments) as (runner, workspace):
        (told,) = runner.counts(["s"], workspace.clock()).failures

    assert (blamed(told), "division by zero" in told.message) == ("part > 2", True)


def test_another_segment_that_is_used_can_be_to_blame(tmp_path: Path) -> None:
    segments = {
        "s.seg": "segment s\n    where age > 3 and in segment used\n",
        "used.seg": "segment used\n    where age > 2\n      and huge * huge * huge > 7\n",
    }
    with asked(tmp_path, "duckdb", segments) as (runner, workspace), pytest.raises(segql.SegqlError) as raised:
        runner.members(["s"], workspace.clock())
    (told,) = raised.value.diagnostics

    assert blamed(told) == "huge * huge * huge > 7"
    assert [each.span.text for each in told.labels] == ["segment s"]


def test_a_part_of_a_score_can_be_to_blame(tmp_path: Path) -> None:
    segments = {"s.seg": "score s\n    +5 when age > 3\n    +6 when huge * huge * huge > 7\n"}
    with asked(tmp_path, "duckdb", segments) as (runner, workspace), pytest.raises(segql.SegqlError) as raised:
        runner.values(["s"], workspace.clock())

    assert blamed(raised.value.diagnostics[0]) == "huge * huge * huge > 7"


def test_a_table_that_is_dropped_meanwhile_is_told_at_the_catalog(tmp_path: Path) -> None:
    segments = {"s.seg": "segment s\n    where did order\n"}
    with asked(tmp_path, "postgres", segments) as (runner, workspace), server() as (_, run):
        assert runner.counts(["s"], workspace.clock()).counts == {"s": 2}
        home = (tmp_path / "segql.toml").read_text(encoding="utf-8").rpartition("%3D")[2].split('"')[0]
        run(f"drop view {home}.orders")
        with pytest.raises(segql.SegqlError) as raised:
            runner.counts(["s"], workspace.clock())

    assert [(each.code, blamed(each)) for each in raised.value.diagnostics] == [("E511", "orders")]


def test_a_key_that_cannot_be_read_is_told_at_the_catalog(tmp_path: Path) -> None:
    statements = (
        "create table raw (id varchar(10)); insert into raw values ('x');"
        "create view people as select cast(id as integer) as id from raw"
    )
    with filled("postgres", tmp_path, statements) as url:
        catalog = "entity customer\n    from people\n    key id\n"
        settings = f'[connections.default]\nurl = "{url}"\n'
        write(tmp_path, {"segql.toml": settings, "catalog.seg": catalog, "s.seg": "everyone"})
        with pytest.raises(segql.SegqlError) as raised:
            segql.open(tmp_path)["s"].count()

    (told,) = raised.value.diagnostics
    assert (told.code, told.span and told.span.line) == ("E504", 3)


# ── bounds ───────────────────────────────────────────────────────────────────────────────────────


def request(operands: int) -> tuple[plan.Request, plan.Expr]:
    known = [plan.Compare(plan.Op.EQ, plan.Literal(n, INTEGER), plan.Literal(n, INTEGER)) for n in range(operands)]
    condition = plan.And(tuple(known))
    return plan.Request("customer", ("s",), (plan.Segment("s", "customer", condition),)), condition


def test_questions_are_bounded() -> None:
    times = 0

    def ask(_: plan.Request) -> None:
        nonlocal times
        times += 1

    asked_about, condition = request(1_000)
    Blame(asked_about, ask).span(condition, EngineError("no"))

    assert times == QUESTIONS_MOST


@pytest.mark.parametrize("ended", [Lost("gone"), Overdue("late")])
def test_nothing_more_is_asked_of_an_engine_that_is_gone_or_late(ended: EngineError) -> None:
    times = 0

    def ask(_: plan.Request) -> None:
        nonlocal times
        times += 1
        raise ended

    asked_about, condition = request(3)

    assert Blame(asked_about, ask).span(condition, EngineError("no")) is None
    assert times == 1
