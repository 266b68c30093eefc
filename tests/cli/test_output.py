"""Where an answer goes, and what is said where it cannot go there."""

from __future__ import annotations

from pathlib import Path

import pytest

from segql.cli.changes import Change, write_together
from segql.cli.output import opened
from segql.diagnostics import SegqlError


def test_a_file_that_nobody_may_write_to_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    path.chmod(0o444)

    with pytest.raises(SegqlError, match="permission denied"), opened(path) as sink:
        sink.write(b"after")
    with pytest.raises(SegqlError, match="permission denied"):
        write_together([Change(path, b"after", tmp_path / "b.txt")])
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.txt", b"before")]


@pytest.mark.parametrize("is_chosen", [True, False])
def test_another_place_is_advised_where_one_could_be_chosen(tmp_path: Path, is_chosen: bool) -> None:
    with pytest.raises(SegqlError) as caught, opened(tmp_path / "no" / "a.txt", is_chosen=is_chosen) as sink:
        sink.write(b"after")

    (told,) = caught.value.diagnostics
    assert (told.code, "--output" in told.hint) == ("E503", is_chosen)
