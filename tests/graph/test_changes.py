"""Several files are changed together, or none of them is."""

from __future__ import annotations

from pathlib import Path

import pytest

from segql.cli.changes import Change, write_together
from segql.diagnostics import SegqlError


def test_a_change_that_fails_late_takes_back_those_before_it(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("a.seg", "b.seg", "c.seg"))
    for each in (first, second):
        each.write_bytes(b"before")
    # What lies in the way is seen only when the first file is done.
    (third / "inside").mkdir(parents=True)

    with pytest.raises(SegqlError) as error:
        write_together([Change(first, b"after", first), Change(second, b"after", third)])

    assert error.value.diagnostics[0].code.startswith("E5")
    assert [each.read_bytes() for each in (first, second)] == [b"before", b"before"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.seg", "b.seg", "c.seg"]


def test_all_are_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    old, new = tmp_path / "a.seg", tmp_path / "b.seg"
    old.write_bytes(b"before")

    write_together([Change(old, b"after", new)])

    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"b.seg": b"after"}
