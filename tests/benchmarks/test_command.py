"""The command of the benchmarks, and its table; nothing timed is looked at."""

from __future__ import annotations

import datetime as dt
import platform
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.bars import BARS
from benchmarks.bench import Options
from benchmarks.pairs import Measured, in_turn, together
from benchmarks.report import RESULTS, Row, page, table

NAMES = [each.name for each in BARS]


def bar(name: str):
    return BARS[NAMES.index(name)]


def found(ratio: float, ours: float = 1.0) -> Measured:
    return Measured(ours, ours / ratio, ratio, 9)


def test_a_bar_is_measured_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = RESULTS.read_bytes() if RESULTS.exists() else None

    status = main(["shapes", "growth", "--scale", "0.001", "--pairs", "1", "--data", str(tmp_path)])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert lines[0].startswith("| bar | yardstick in the same run | must | aim | measured |")
    assert [each.split(" | ")[0] for each in lines[2:4]] == [f"| {bar(each).what}" for each in ("shapes", "growth")]
    assert "| `did purchase in last 30 days` | " in "\n".join(lines)
    # Some bars with little data are nothing to keep.
    assert (RESULTS.read_bytes() if RESULTS.exists() else None) == kept


def test_an_unknown_bar_is_told_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["batch-51"])

    assert ended.value.code == 2
    assert "`batch-51` is no bar; there are shapes, batch-50, batch-200, " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "measured", "must", "aim"),
    [
        ("batch-50", found(0.25), True, True),
        ("batch-50", found(0.5), True, False),
        ("batch-50", found(0.51), False, False),
        ("growth", found(1.8), True, False),
        ("check", found(1 / 60, ours=2.4), True, False),
        ("check", found(1 / 60, ours=2.6), False, False),
        ("check", found(1 / 40, ours=0.9), False, True),
        ("shapes", together([("a", found(1.0)), ("b", found(0.9)), ("c", found(1.2))]), True, True),
        ("shapes", together([("a", found(1.0)), ("b", found(0.9)), ("c", found(1.3))]), False, True),
        ("memory", found(2.0), True, False),
        ("memory", Measured(float("inf"), 0.0, float("inf"), 0, "it does not finish"), False, False),
    ],
)
def test_bounds(name: str, measured: Measured, must: bool, aim: bool) -> None:
    assert (bar(name).must.holds(measured), bar(name).aim.holds(measured)) == (must, aim)


def test_the_table_tells_ratios_times_and_what_was_not_measured() -> None:
    rows = [
        Row(bar("batch-50"), Measured(2.0, 8.0, 0.25, 9)),
        Row(bar("growth"), Measured(0.3, 0.2, 1.5, 9)),
        Row(bar("check"), "sqlfluff is not installed"),
    ]

    lines = table(rows).splitlines()

    assert lines[2].endswith("| ≥ 2× faster | ≥ 4× faster | 4.0× faster (2.0 s to 8.0 s) | yes | yes |")
    assert lines[3].endswith("| ≤ 1.8× its time | ≤ 1.3× its time | 1.50× its time (300 ms to 200 ms) | yes | **no** |")
    assert lines[4].endswith("| not measured |  |  |")
    assert lines[6] == "- check 1,000 segments, every rule on, one process, start included: sqlfluff is not installed"


def test_the_page_keeps_the_notes_and_names_no_machine() -> None:
    rows = [Row(bar("growth"), Measured(0.3, 0.2, 1.5, 9))]

    text = page(rows, Options(Path("/some/folder"), scale=0.1, seed=3), "abc1234", dt.date(2026, 1, 31))

    assert "\n2026-01-31, 0.1 of the data, seed 3, up to 9 pairs. " in text
    assert "(abc1234)" in text
    assert (RESULTS.parent / "notes.md").read_text(encoding="utf-8") in text
    assert "/some/folder" not in text
    assert platform.node() not in text


def test_two_ways_are_run_in_turn_after_a_warm_up() -> None:
    order: list[str] = []

    measured = in_turn(lambda: order.append("ours"), lambda: order.append("theirs"), pairs=2)

    assert sorted(order[:2]) == ["ours", "theirs"]
    assert order[2:] == ["theirs", "ours", "theirs", "ours"]
    assert measured.pairs == 2
