"""The command as a whole: help, version, completion, messages at length, and what never shows."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest

import segql as library
from segql.cli.app import COMMANDS
from segql.cli.pages import ROOMS, case_of, pages
from segql.cli.status import Status, status_of
from segql.diagnostics import Diagnostic, Severity
from tests.cli.terminal import segql
from tests.diagnostics.test_published import judged
from tests.folders import shop, write

SOURCES = Path(library.__file__).parent


def test_help_tells_every_command(tmp_path: Path) -> None:
    told = segql("--help", cwd=tmp_path).stdout

    assert re.findall(r"^  (\w+)  ", told, re.MULTILINE)[-len(COMMANDS) :] == list(COMMANDS)
    assert segql(cwd=tmp_path).stderr.strip() == told.strip()
    assert segql("-h", cwd=tmp_path).stdout == told


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    done = segql(command, "--help", cwd=tmp_path)

    assert done.returncode == 0
    assert all(option in done.stdout for option in ("--quiet", "--verbose", "--color", "--debug"))


def test_the_version_is_that_of_the_library(tmp_path: Path) -> None:
    assert segql("--version", cwd=tmp_path).stdout == f"segql {library.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["chekc"], "check"), (["check", "--formt", "x"], "--format"), (["run", "--limit", "many"], "--limit")],
)
def test_a_misspelt_command_is_status_2(tmp_path: Path, arguments: list[str], told: str) -> None:
    done = segql(*arguments, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_the_statuses_are_those_that_are_written_down() -> None:
    assert {each.name: each.value for each in Status} == {
        "DONE": 0,
        "ERRORS": 1,
        "USAGE": 2,
        "FAILED": 3,
        "INTERRUPTED": 130,
    }


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ([], Status.DONE),
        (["E101"], Status.ERRORS),
        (["E511", "E621"], Status.ERRORS),
        (["E602", "E101"], Status.USAGE),
        (["E501", "E606"], Status.FAILED),
    ],
)
def test_the_gravest_message_decides(codes: list[str], status: Status) -> None:
    assert status_of(Diagnostic(code, "x", "m") for code in codes) is status


def test_a_warning_is_no_failure() -> None:
    assert status_of([Diagnostic("E101", "x", "m", severity=Severity.WARNING)]) is Status.DONE


# ── our own mistakes ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def broken(tmp_path: Path) -> dict[str, str]:
    """Break a part of the program that is always used."""
    return without("segql.compiler", tmp_path)


def without(part: str, folder: Path) -> dict[str, str]:
    """Return an environment in which a part of the program fails when it is loaded."""
    code = (
        "import sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {part!r}:\n"
        "            raise ZeroDivisionError('a part\\nis missing')\n"
        "sys.meta_path.insert(0, Finder())\n"
    )
    write(folder / "site", {"sitecustomize.py": code})
    return {"PYTHONPATH": os.pathsep.join([str(folder / "site"), str(SOURCES.parent)])}


def test_an_internal_error_says_so_and_how_to_report_it(tmp_path: Path, broken: dict[str, str]) -> None:
    done = segql("check", cwd=shop(tmp_path), env=broken)

    assert done.returncode == 3
    assert done.stderr.startswith("internal error: ZeroDivisionError: a part\n")
    assert "--debug" in done.stderr
    assert library.__version__ in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "lint"])
@pytest.mark.parametrize("format_", ["json", "github", "gitlab", "sarif", "junit"])
def test_a_report_for_programs_holds_the_internal_error(tmp_path: Path, command: str, format_: str) -> None:
    broken = without("segql.workspace.kept", tmp_path)
    done = segql(command, "--format", format_, cwd=shop(tmp_path), env=broken)

    assert (done.returncode, judged(format_, done.stdout)) == (3, 1)
    assert "internal error: ZeroDivisionError: a part" in done.stdout
    assert done.stderr.startswith("internal error: ZeroDivisionError: a part\n")
    assert segql(command, "--format", format_, "--debug", cwd=tmp_path, env=broken).stdout == done.stdout


def test_debugging_shows_where_it_arose(tmp_path: Path, broken: dict[str, str]) -> None:
    done = segql("check", "--debug", cwd=shop(tmp_path), env=broken)

    assert done.returncode != 0
    assert "Traceback" in done.stderr


# ── messages at length ──────────────────────────────────────────────────────────────────────────


def functions() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (path.parent.name, each)
        for path in sorted(SOURCES.glob("*/errors.py"))
        for each in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")
    ]


def test_every_room_with_messages_is_known() -> None:
    assert {room for room, _ in functions()} == set(ROOMS)


@pytest.mark.parametrize(("room", "function"), functions(), ids=lambda each: getattr(each, "name", each))
def test_every_message_has_a_page(room: str, function: ast.FunctionDef) -> None:
    case = case_of(ast.get_docstring(function) or "")

    assert case.summary.endswith((".", "?"))
    assert case.example
    assert case.cure
    assert case.example != case.cure
    assert any(case in page.cases for page in pages())


def test_a_code_has_one_name() -> None:
    found = pages()

    assert len({each.code for each in found}) == len(found)


@pytest.mark.parametrize("code", ["E201", "e201", "unknown-name", "[E201]"])
def test_a_message_is_told_at_length(tmp_path: Path, code: str) -> None:
    done = segql("explain", code, cwd=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith("E201 unknown-name\n\n")
    assert "\n\nExample:\n    agee < 30\n\nCure:\n    age < 30\n" in done.stdout


def test_an_unknown_message_names_the_nearest(tmp_path: Path) -> None:
    done = segql("explain", "unknown-nam", cwd=tmp_path)

    assert (done.returncode, "'unknown-name' is the closest" in done.stderr) == (2, True)


# ── completion ──────────────────────────────────────────────────────────────────────────────────


def completed(line: str, cwd: Path) -> list[str]:
    words = line.split()
    env = {"_SEGQL_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    return segql(cwd=cwd, env=env).stdout.split()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("segql ex", "explain"),
        ("segql run yo", "young"),
        ("segql run tag:e", "tag:email"),
        ("segql compile --dialect du", "duckdb"),
        ("segql explain unknown-na", "unknown-name"),
        ("segql explain E201", "E201"),
        ("segql run --on de", "default"),
    ],
)
def test_the_shell_knows_names(tmp_path: Path, line: str, expected: str) -> None:
    assert completed(line, shop(tmp_path)) == [expected]


def test_a_broken_project_completes_to_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": "timezone = 3"})

    assert completed("segql run a", tmp_path) == []
