"""What segments share in a statement, and the work that is estimated for each."""

from __future__ import annotations

import datetime as dt

import pytest

from segql import compiler
from segql.analysis import Analyzed
from segql.optimizer import optimize
from segql.plan import Clock
from segql.run.runner import Runner
from segql.source import Source
from segql.sql import Account, Form, account
from segql.sql.work import scan_work, segment_works
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace
from tests.folders import CATALOG
from tests.standard_segments import STORY

CLOCK = Clock(dt.datetime(2025, 12, 1, tzinfo=dt.UTC))

SEGMENTS = """
segment often of customer where count(purchase in last 90 days) >= 3
segment large of customer where sum(purchase.amount in last 90 days) > 100 and count(purchase in last 90 days) >= 2
segment young_and_often of customer where age < 30 and in segment often
"""


def analyzed(segments: str = SEGMENTS) -> Analyzed:
    found = compiler.check([Source.of("catalog.seg", CATALOG), Source.of("all.seg", segments)])
    assert not found.diagnostics
    return found


def accounted(found: Analyzed, names: list[str], *, dialect: str = "duckdb", form: Form = Form.MEMBERS) -> Account:
    request = optimize(found.request(names))
    return account(request, found.catalog, CLOCK, dialect=dialect, form=form, lists={})


def made_of(runner: Runner, names: list[str], clock: Clock, form: Form) -> Account:
    catalog = runner.backend.located(runner.analyzed.catalog)
    request = optimize(runner.analyzed.request(names))
    return account(request, catalog, clock, dialect="duckdb", form=form, lists=runner.lists)


def told(*names: str) -> str:
    return compiler.explain_work(analyzed(), names, CLOCK, dialect="duckdb", form="members", lists={})


def test_what_three_segments_share() -> None:
    # 90 of 365 days of a table are x = 0.2466. The pass is x + 2 aggregates · x / 10 + x groups = 0.5425, a third each;
    # so are the members, 0.3333. A condition is 0.1: `often` is one, half of it for whom it is shared with.
    # 0.3333 + 0.1808 + 0.05 = 0.5642; with two conditions 0.7142; with two of its own and half of one 0.7642.
    # Alone: 1 + 2.1 x + 0.1 = 1.6178; two passes and two conditions 1 + 4.2 x + 0.2 = 2.2356; 1 + 2.1 x + 0.2 = 1.7178.
    assert told("often", "large", "young_and_often") == (
        "-- shared\n"
        "purchase, one pass over orders, for often, large, young_and_often\n"
        "  count(purchase in [T - 90 days, T)), for often, large, young_and_often\n"
        "  sum(amount of purchase in [T - 90 days, T)), for large\n"
        "segment often, for often, young_and_often\n"
        "\n"
        "-- work, estimated: a table counts as 1, a window as its share of a year; what is shared is divided\n"
        "segment          rows  groups  work  share  alone\n"
        "often            0.42    0.08  0.56    28%   1.62\n"
        "large            0.42    0.08  0.71    35%   2.24\n"
        "young_and_often  0.42    0.08  0.76    37%   1.72"
    )


def test_one_segment_shares_nothing() -> None:
    assert told("often").startswith("-- shared\nnothing: no pass over a table, and no segment, is used by two\n")


def test_of_many_some_are_named() -> None:
    segments = "".join(f"segment s{each} of customer where count(purchase) >= {each + 1}\n" for each in range(9))
    found = compiler.explain_work(
        analyzed(segments), [f"s{each}" for each in range(9)], CLOCK, dialect="duckdb", form="members", lists={}
    )

    assert "purchase_count, one pass over orders, for s0, s1, s2, s3 and 5 more" in found
    # Each has its line of work.
    assert len(found.split("-- work")[1].splitlines()) == 2 + 9


def test_sizes_weigh() -> None:
    made = accounted(analyzed(), ["often", "large"])
    sizes = {"customers": 1_000, "orders": 10_000}
    (scan,) = made.scans
    work = scan_work(scan, 1_000, CLOCK, sizes)
    works = segment_works(made, CLOCK, sizes)

    # 10,000 · 90 / 365 rows; as many groups as there are members.
    assert round(work.rows) == 2466
    assert work.groups == 1_000
    assert round(work.work) == round(2465.75 * 1.2 + 1_000)
    # A third of what is read by two: half of the pass, and of the members.
    assert [round(each.rows) for each in works] == [round(500 + 2465.75 / 2)] * 2
    assert sum(each.share for each in works) == pytest.approx(1)


def test_tables_without_rows_cost_nothing() -> None:
    works = segment_works(accounted(analyzed(), ["often", "large"]), CLOCK, {"customers": 0, "orders": 0})

    assert [(each.work, each.share) for each in works] == [(0, 0), (0, 0)]


def test_a_table_of_unknown_size_is_as_large_as_the_largest() -> None:
    made = accounted(analyzed(), ["often"])

    assert segment_works(made, CLOCK, {"orders": 500}) == segment_works(made, CLOCK, {"orders": 500, "customers": 500})


def test_every_pass_is_for_somebody_and_can_be_asked() -> None:
    workspace = Workspace(find_home(STORY))
    clock = workspace.clock()
    with workspace.runner() as runner:
        together: dict[str, list[str]] = {}
        for name, definition in runner.analyzed.definitions.items():
            together.setdefault(definition.entity, []).append(name)
        alone = [[name] for name in runner.analyzed.definitions]
        asked = [(names, form) for names in together.values() for form in (Form.MEMBERS, Form.COUNTS)]
        asked += [(names, Form.MEMBERS) for names in alone]
        scans = [scan for names, form in asked for scan in made_of(runner, names, clock, form).scans]
        questions = {scan.sql for scan in scans}

        assert len(questions) > 50
        assert all(scan.users for scan in scans)
        for each in questions:
            assert runner.backend.execute(each).read_all().num_rows == 1
