"""The files of a project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from segql.diagnostics import Diagnostic
from segql.source import Source
from segql.workspace.files import Patterns, find_files, read_source, shown_path, source_of
from tests.folders import write

EVERY = Patterns.of(["**/*.seg"], [])


def found(root: Path, patterns: Patterns = EVERY) -> list[str]:
    files, problems = find_files(root, root, patterns)
    assert not problems
    return [each.relative_to(root).as_posix() for each in files]


def test_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys(["z.seg", "b/a.seg", "a/z.seg", "a.seg", "a/b/c.seg", "b.txt"], ""))

    assert found(tmp_path) == ["a/b/c.seg", "a/z.seg", "a.seg", "b/a.seg", "z.seg"]


def test_hidden_and_foreign_folders_are_left_out(tmp_path: Path) -> None:
    paths = [".git/a.seg", "node_modules/b.seg", "x/__pycache__/c.seg", "other/segql.toml", "other/d.seg", "e.seg"]
    write(tmp_path, dict.fromkeys(paths, ""))

    assert found(tmp_path) == ["e.seg"]


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (["**/*.seg"], [], ["a/b/c.seg", "a/d.seg", "e.seg"]),
        (["*.seg"], [], ["e.seg"]),
        (["a"], [], ["a/b/c.seg", "a/d.seg"]),
        (["a/**/*.seg"], [], ["a/b/c.seg", "a/d.seg"]),
        (["a/*.seg", "e.seg"], [], ["a/d.seg", "e.seg"]),
        (["**/?.seg"], ["a/b/"], ["a/d.seg", "e.seg"]),
        (["**/*.seg"], ["**/d.seg"], ["a/b/c.seg", "e.seg"]),
        (["./a/d.seg"], [], ["a/d.seg"]),
        (["[ab]"], [], []),
        ([], [], []),
    ],
)
def test_patterns(tmp_path: Path, include: list[str], exclude: list[str], expected: list[str]) -> None:
    write(tmp_path, dict.fromkeys(["a/b/c.seg", "a/d.seg", "e.seg"], ""))

    assert found(tmp_path, Patterns.of(include, exclude)) == expected


def test_a_link_to_a_folder_is_not_followed_and_a_linked_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"a/x.seg": "", "b.seg": ""})
    (tmp_path / "a/round").symlink_to(tmp_path)
    (tmp_path / "c.seg").symlink_to(tmp_path / "b.seg")

    assert found(tmp_path) == ["a/x.seg", "b.seg", "c.seg"]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.seg")

    assert found(tmp_path) == []


def test_a_broken_link_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.seg").symlink_to(tmp_path / "nowhere")
    (path,), _ = find_files(tmp_path, tmp_path, EVERY)
    problem = read_source(path, "a.seg")

    assert isinstance(problem, Diagnostic)
    assert problem.message == "`a.seg` cannot be read: no such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a/x.seg": ""})
    (tmp_path / "a").chmod(0)
    _, (problem,) = find_files(tmp_path, tmp_path, EVERY)
    (tmp_path / "a").chmod(0o700)

    assert problem.code == "E622"


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    _, (problem,) = find_files(tmp_path, tmp_path / "gone", EVERY)

    assert problem.code == "E622"
    assert "no such file" in problem.message


def test_text_that_is_not_utf_8_is_told_with_its_place() -> None:
    problem = source_of("a.seg", b"\xef\xbb\xbfsegment a\r\n  # caf\xe9 noir\n")

    assert isinstance(problem, Diagnostic)
    assert problem.message == "`a.seg` is not UTF-8: byte 21, on line 2, begins no letter"
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (2, 8)


def test_a_byte_order_mark_is_left_out() -> None:
    source = source_of("a.seg", b"\xef\xbb\xbfage < 30")

    assert isinstance(source, Source)
    assert source.text == "age < 30"


def test_paths_are_shown_as_a_shell_here_would_need_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"shop/segments/a.seg": "", "elsewhere/x": ""})
    root = tmp_path / "shop"
    shown = []
    for folder in ("", "shop", "shop/segments", "elsewhere"):
        monkeypatch.chdir(tmp_path / folder)
        shown.append(shown_path(root / "segments/a.seg", root))
        shown.append(shown_path(root / "catalog.seg", root))

    assert shown[:6] == [
        *("shop/segments/a.seg", "shop/catalog.seg"),
        *("segments/a.seg", "catalog.seg"),
        *("a.seg", "../catalog.seg"),
    ]
    assert shown[6] == (root / "segments/a.seg").as_posix()
