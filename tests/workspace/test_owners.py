"""Who may stand behind `owner`: a list of the settings, and CODEOWNERS."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from segql.diagnostics import Diagnostic, SegqlError, Severity
from segql.diagnostics.render import full
from segql.source import Source
from segql.workspace.codeowners import Codeowners
from segql.workspace.root import find_home
from segql.workspace.workspace import Workspace
from tests.folders import CATALOG, write

SEGMENT = 'segment {name}\n    owner "{owner}"\n    where age < 30\n'


def found(folder: Path, settings: str, files: dict[str, str]) -> list[Diagnostic]:
    write(folder, {"segql.toml": settings, "catalog.seg": CATALOG, **files})
    return Workspace(find_home(folder)).diagnostics()


def segment(owner: str, name: str = "young") -> str:
    return SEGMENT.format(owner=owner, name=name)


# ── a list in the settings ──────────────────────────────────────────────────────────────────────


def test_without_a_list_everybody_may_own(tmp_path: Path) -> None:
    assert found(tmp_path, "", {"a.seg": segment("whoever")}) == []


def test_an_owner_who_is_not_listed_is_told_with_the_nearest_and_a_fix(tmp_path: Path) -> None:
    (told,) = found(tmp_path, 'owners.allowed = ["growth@shop.example"]', {"a.seg": segment("grwoth@shop.example")})

    assert (told.code, told.severity) == ("E631", Severity.WARNING)
    assert told.span is not None
    assert told.span.text == '"grwoth@shop.example"'
    assert "`growth@shop.example` is the closest" in told.hint
    assert told.fix is not None
    assert told.fix.edits[0].text == '"growth@shop.example"'


@pytest.mark.parametrize("owner", ["growth@shop.example", "Growth@Shop.example", "crm-de", "crm-fr"])
def test_case_does_not_matter_and_a_star_stands_for_any_letters(tmp_path: Path, owner: str) -> None:
    settings = '[owners]\nallowed = ["growth@shop.example", "crm-*"]'

    assert found(tmp_path, settings, {"a.seg": segment(owner)}) == []


def test_each_of_several_owners_is_looked_up(tmp_path: Path) -> None:
    text = 'segment young\n    owner "ada", "bob", "eve"\n    where age < 30\n'
    told = found(tmp_path, 'owners.allowed = ["bob"]', {"a.seg": text})

    assert [each.span.text for each in told if each.span] == ['"ada"', '"eve"']


def test_a_segment_without_an_owner_is_no_concern(tmp_path: Path) -> None:
    assert found(tmp_path, 'owners.allowed = ["bob"]', {"a.seg": "segment young\n    where age < 30\n"}) == []


# ── CODEOWNERS ──────────────────────────────────────────────────────────────────────────────────

OWNERS = "*  @shop/data\n/segments/crm/  @shop/crm crm@shop.example  # letters\n"


def test_an_owner_in_codeowners_is_known(tmp_path: Path) -> None:
    files = {".github/CODEOWNERS": OWNERS, "segments/crm/a.seg": segment("@shop/CRM"), "b.seg": segment("@eve", "eve")}
    (told,) = found(tmp_path, 'owners.file = ".github/CODEOWNERS"', files)

    assert told.code == "E631"
    assert "@eve" in told.message
    assert "`@shop/data`, `@shop/crm`, `crm@shop.example`" in told.hint


def test_a_file_of_others_is_told_with_the_line_that_says_so(tmp_path: Path) -> None:
    files = {"CODEOWNERS": OWNERS, "segments/crm/a.seg": segment("@shop/data")}
    (told,) = found(tmp_path, 'owners.file = "CODEOWNERS"', files)

    assert (told.code, told.severity) == ("E632", Severity.WARNING)
    assert "`segments/crm/a.seg`" in told.message
    assert told.labels[0].span.text.startswith("/segments/crm/")
    assert "CODEOWNERS" in full([told])


def test_paths_begin_at_the_root_of_the_repository(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write(tmp_path, {".github/CODEOWNERS": "/shop/ @crm\n/segments/ @data\n"})
    files = {"segments/a.seg": segment("@crm"), "segments/b.seg": segment("@data", "b")}
    told = found(tmp_path / "shop", 'owners.file = ".github/CODEOWNERS"', files)

    assert [each.code for each in told] == ["E632"]
    assert "`shop/segments/b.seg`" in told[0].message


def test_those_of_the_list_and_of_the_file_are_known_together(tmp_path: Path) -> None:
    settings = '[owners]\nfile = "CODEOWNERS"\nallowed = ["analytics"]'
    told = found(tmp_path, settings, {"CODEOWNERS": "/x @crm\n", "a.seg": segment("analytics")})

    assert told == []


@pytest.mark.parametrize("file", ["CODEWNERS", "../CODEOWNERS", "segments"])
def test_a_file_that_is_not_there_is_told_at_the_setting(tmp_path: Path, file: str) -> None:
    write(tmp_path, {"CODEOWNERS": "* @eve\n", "shop/segments/a.seg": "segment b\n    where age < 30\n"})
    with pytest.raises(SegqlError) as raised:
        found(tmp_path / "shop", f'[owners]\nfile = "{file}"', {"a.seg": segment("@eve")})

    (told,) = raised.value.diagnostics
    assert told.code == "E603"
    assert told.span is not None
    assert told.span.text == f'"{file}"'


# ── which rule decides ──────────────────────────────────────────────────────────────────────────


def owners(text: str, path: str) -> list[tuple[str, ...]]:
    return [rule.owners for rule in Codeowners.of(Source.of("CODEOWNERS", text)).deciding(path)]


@pytest.mark.parametrize(
    ("pattern", "path", "covers"),
    [
        ("*", "a/b/c.seg", True),
        ("*.seg", "a/b.seg", True),
        ("/a/", "a/b/c.seg", True),
        ("/a/", "b/a/c.seg", False),
        ("a/", "b/a/c.seg", True),
        ("a", "b/a/c.seg", True),
        ("/a/*", "a/b.seg", True),
        ("/a/*", "a/b/c.seg", False),
        ("a/*", "a/b/c.seg", False),
        ("**/logs", "x/y/logs/a.seg", True),
        ("/a/**/c.seg", "a/b/b/c.seg", True),
        (r"my\ shop/", "my shop/a.seg", True),
        ("/ä/", "ä/b.seg", True),
    ],
)
def test_a_pattern_covers_what_it_covers_on_github(pattern: str, path: str, covers: bool) -> None:
    assert bool(owners(f"{pattern} @ada\n", path)) is covers


def test_the_last_rule_counts_even_without_owners() -> None:
    text = "* @ada\n/a/ @bob\n/a/free/\n"

    assert owners(text, "b.seg") == [("@ada",)]
    assert owners(text, "a/b.seg") == [("@bob",)]
    assert owners(text, "a/free/b.seg") == [()]


def test_each_section_of_gitlab_has_its_own_last_rule_and_default_owners() -> None:
    text = "* @ada\n[CRM][2] @crm\n/a/\n/a/b/ @bob\n^[Data]\n*.seg @data\n!/a/b/x.seg\n"

    assert owners(text, "a/c.seg") == [("@ada",), ("@crm",), ("@data",)]
    assert owners(text, "a/b/x.seg") == [("@ada",), ("@bob",), ()]


def test_comments_empty_lines_and_ends_of_other_systems_are_no_rules() -> None:
    assert owners("# * @eve\r\n\r\n  * @ada # @bob\r\n", "a.seg") == [("@ada",)]
