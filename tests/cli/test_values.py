"""What each member gets, on the command line and from Python: scores, tier lists, splits."""

from __future__ import annotations

from pathlib import Path

import pytest

import segql as library
from segql.diagnostics import SegqlError
from tests.cli.terminal import segql
from tests.folders import csv_shop, write

OUTCOMES = """\
tiers generation
    young when age < 30
    older when age >= 30
    unknown otherwise

score warmth
    +10 when age < 30
    +1 for each purchase

split trial of customer
    seed "trial-1"
    all_in 100%

segment warm
    where warmth > 0
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(csv_shop(tmp_path), {"outcomes.seg": OUTCOMES})


def test_each_member_gets_a_value(shop: Path) -> None:
    done = segql("run", "generation", "warmth", cwd=shop)
    head, *rows = done.stdout.splitlines()

    assert (done.returncode, head.split(",")[1:]) == (0, ["generation", "warmth"])
    assert len(rows) == len(segql("run", "-e", "everyone", cwd=shop).stdout.splitlines()) - 1


def test_costs_of_values_name_each(shop: Path) -> None:
    done = segql("run", "generation", "warmth", "--explain-analyze", cwd=shop)
    lines = [line.split(",") for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert {line[1] for line in lines if line[0] == "segment"} == {"generation", "warmth"}
    assert [line for line in lines if line[0] == "condition"]


@pytest.mark.parametrize(("name", "column"), [("generation", "tier"), ("warmth", "score"), ("trial", "arm")])
def test_one_alone_is_called_by_what_it_is(shop: Path, name: str, column: str) -> None:
    head = segql("run", name, cwd=shop).stdout.splitlines()[0]

    assert head.split(",")[1] == column


def test_counting_tiers_counts_each(shop: Path) -> None:
    rows = segql("run", "generation", "--count", cwd=shop).stdout.splitlines()
    everyone = segql("run", "-e", "everyone", "--count", cwd=shop).stdout.splitlines()[1].split(",")[1]

    assert [each.split(",")[0] for each in rows[1:]] == [
        "generation.young",
        "generation.older",
        "generation.unknown",
    ]
    assert sum(int(each.split(",")[1]) for each in rows[1:]) == int(everyone)


def test_a_tier_is_asked_for_as_a_segment(shop: Path) -> None:
    members = segql("run", "generation.young", cwd=shop).stdout
    typed = segql("run", "-e", "generation = young", cwd=shop).stdout

    assert members.splitlines()[1:] == typed.splitlines()[1:]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "generation", "warm"], "E616"),
        (["run", "generation", "--all"], "E616"),
        (["run", "warmth", "--count"], "E617"),
        (["run", "generatoin"], "E606"),
    ],
)
def test_what_cannot_be_answered_is_said(shop: Path, words: list[str], code: str) -> None:
    done = segql(*words, cwd=shop)

    assert done.returncode != 0
    assert f"error[{code}]" in done.stderr


def test_a_value_compiles_to_one_statement(shop: Path) -> None:
    sql = segql("compile", "generation", cwd=shop).stdout

    assert sql.startswith("-- value generation, ")
    assert "CASE" in sql


def test_python_gives_a_table(shop: Path) -> None:
    project = library.open(shop)
    table = project.values(["generation", "trial"])

    assert table.column_names[1:] == ["generation", "trial"]
    assert set(table.column("trial").to_pylist()) == {"all_in"}
    with pytest.raises(SegqlError):
        project.values(["warm"])
    with pytest.raises(SegqlError):
        project.values([])
