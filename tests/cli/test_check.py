"""`segql check`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from segql.cli.reports import Format
from segql.diagnostics.render import RENDERERS
from tests.cli.terminal import environment, segql
from tests.folders import CATALOG, SEGMENTS, shop, write

BROKEN = "segment broken\n    where agee < 30\n"


def test_a_sound_project_is_summed_up_in_a_line(tmp_path: Path) -> None:
    done = segql("check", cwd=shop(tmp_path))

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "3 segments, 1 event, no errors\n"


def test_a_quiet_check_says_nothing(tmp_path: Path) -> None:
    done = segql("check", "--quiet", cwd=shop(tmp_path))

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_verbose_check_says_what_it_read(tmp_path: Path) -> None:
    done = segql("check", "--verbose", cwd=shop(tmp_path))

    assert f"2 files below {tmp_path}" in done.stderr


def test_errors_are_shown_with_their_place(tmp_path: Path) -> None:
    write(shop(tmp_path), {"b.seg": BROKEN})
    done = segql("check", cwd=tmp_path)

    assert done.returncode == 1
    assert "error[E201]: unknown field `agee`\n --> b.seg:2:11\n" in done.stdout
    assert done.stderr == "4 segments, 1 event, 1 error\n"


def test_a_file_that_is_named_is_checked_with_the_rest_in_view(tmp_path: Path) -> None:
    write(shop(tmp_path), {"b.seg": BROKEN})
    done = segql("check", "segments/all.seg", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("no errors; 1 more finding in other files\n")
    assert segql("check", "b.seg", cwd=tmp_path).returncode == 1
    assert segql("check", "segments", cwd=tmp_path).returncode == 0


def test_a_file_is_checked_from_outside_of_its_project(tmp_path: Path) -> None:
    write(shop(tmp_path / "shop"), {"b.seg": BROKEN})
    done = segql("check", "shop/b.seg", cwd=tmp_path)

    assert done.returncode == 1
    assert "--> shop/b.seg:2:11" in done.stdout


def test_paths_begin_where_we_stand(tmp_path: Path) -> None:
    write(shop(tmp_path), {"b.seg": BROKEN})

    assert "--> ../b.seg:2:11" in segql("check", cwd=tmp_path / "segments").stdout
    assert f"--> {tmp_path}/b.seg:2:11" in segql("check", "--project", str(tmp_path), cwd=Path("/usr")).stdout


def test_standard_input_is_checked_with_the_project(tmp_path: Path) -> None:
    done = segql("check", "-", cwd=shop(tmp_path), typed=b"agee < 30")

    assert done.returncode == 1
    assert "--> -:1:1" in done.stdout
    assert segql("check", "-", cwd=tmp_path, typed=b"age < 30").returncode == 0
    assert segql("check", "-", cwd=tmp_path, typed=b"\xff").returncode == 1


def test_a_condition_is_checked(tmp_path: Path) -> None:
    assert segql("check", "-e", "age < 30", cwd=shop(tmp_path)).returncode == 0

    done = segql("check", "-e", "age <", cwd=tmp_path)
    assert (done.returncode, "--> -e:1:" in done.stdout) == (1, True)


@pytest.mark.parametrize("path", ["nowhere", "nowhere.seg", "empty"])
def test_a_path_without_files_is_a_mistake(tmp_path: Path, path: str) -> None:
    (shop(tmp_path) / "empty").mkdir()
    done = segql("check", path, cwd=tmp_path)

    assert done.returncode == 2
    assert f"there is no .seg file in `{path}`" in done.stdout


def test_a_folder_without_files_is_a_mistake(tmp_path: Path) -> None:
    assert segql("check", cwd=tmp_path).returncode == 2
    assert segql("check", "--project", "nowhere", cwd=tmp_path).returncode == 2


def test_settings_that_are_wrong_are_told(tmp_path: Path) -> None:
    write(shop(tmp_path), {"segql.toml": "timezne = 'UTC'\n"})
    done = segql("check", cwd=tmp_path)

    assert done.returncode == 2
    assert "unknown setting `timezne`" in done.stdout
    assert "= hint: `timezone` is the closest" in done.stdout


def test_a_check_needs_no_password(tmp_path: Path) -> None:
    settings = '[connections.default]\nurl = "duckdb:///${NO_SUCH}.duckdb"\npassword_env = "NO_SUCH_EITHER"\n'
    write(shop(tmp_path), {"segql.toml": settings})

    assert segql("check", cwd=tmp_path).returncode == 0


def test_files_outside_and_lists_are_told(tmp_path: Path) -> None:
    catalog = CATALOG.replace("from orders", 'from "../orders.csv"')
    write(tmp_path, {"catalog.seg": catalog + '\nlist vip of customer from "vip.csv" key id\n', "a.seg": "age < 3"})
    done = segql("check", "--format", "concise", cwd=tmp_path)

    assert done.returncode == 1
    assert "error[E624]: `../orders.csv` lies outside of the project" in done.stdout
    assert "error[E625]: there is no file `vip.csv`" in done.stdout


def test_a_param_is_given(tmp_path: Path) -> None:
    write(shop(tmp_path), {"p.seg": "param least integer = 1\nsegment p\n    where age > least\n"})

    assert segql("check", "--set", "least=2", cwd=tmp_path).returncode == 0
    assert segql("check", "--set", "least=x", cwd=tmp_path).returncode == 1
    assert segql("check", "--set", "lest=2", cwd=tmp_path).returncode == 1
    assert segql("check", "--set", "least", cwd=tmp_path).returncode == 2


# ── formats ─────────────────────────────────────────────────────────────────────────────────────


def test_every_format_can_be_asked_for() -> None:
    assert [str(each) for each in Format] == list(RENDERERS)


@pytest.mark.parametrize("broken", [True, False])
def test_formats_for_programs_are_all_that_is_on_standard_output(tmp_path: Path, broken: bool) -> None:
    write(shop(tmp_path), {"b.seg": BROKEN} if broken else {})
    written = {each: segql("check", "--format", each, cwd=tmp_path).stdout for each in RENDERERS}

    assert len(json.loads(written["json"])) == broken
    assert len(json.loads(written["gitlab"])) == broken
    assert len(json.loads(written["sarif"])["runs"][0]["results"]) == broken
    assert ET.fromstring(written["junit"].split("\n", 1)[1]).get("failures") == str(int(broken))  # noqa: S314
    assert written["github"].count("::error ") == broken


def test_wrong_settings_come_in_the_format_too(tmp_path: Path) -> None:
    write(shop(tmp_path), {"segql.toml": "timezne = 'UTC'\n"})
    done = segql("check", "--format", "json", cwd=tmp_path)

    assert (done.returncode, json.loads(done.stdout)[0]["code"]) == (2, "E602")


def test_a_format_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    done = segql("check", "--format", "xml", cwd=shop(tmp_path))

    assert (done.returncode, "'junit'" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "env", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_as_asked(tmp_path: Path, arguments: list[str], env: dict[str, str], colored: bool) -> None:
    write(shop(tmp_path), {"b.seg": BROKEN})
    done = segql("check", *arguments, cwd=tmp_path, env=env)

    assert ("\x1b[" in done.stdout) == colored


@pytest.mark.parametrize(("env", "colored"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_gets_colour(tmp_path: Path, env: dict[str, str], colored: bool) -> None:
    write(shop(tmp_path), {"b.seg": BROKEN})
    mine, theirs = os.openpty()
    command = [sys.executable, "-m", "segql", "check"]
    subprocess.run(
        command, cwd=tmp_path, stdout=theirs, stderr=subprocess.DEVNULL, env=environment() | env, check=False
    )
    os.close(theirs)
    shown = os.read(mine, 100_000).decode()
    os.close(mine)

    assert "agee" in shown
    assert ("\x1b[" in shown) == colored


def test_letters_that_the_terminal_lacks_are_written_out(tmp_path: Path) -> None:
    write(shop(tmp_path), {"b.seg": 'segment b\n    where 名前 = "x"\n'})
    done = segql("check", cwd=tmp_path, env={"PYTHONIOENCODING": "latin-1"})

    assert done.returncode == 1
    assert r"\u540d" in done.stdout


# ── what it costs ───────────────────────────────────────────────────────────────────────────────


def test_a_check_loads_neither_engine_nor_validator_nor_tables(tmp_path: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "segql", "check", "catalog.seg"]
    done = subprocess.run(command, cwd=shop(tmp_path), capture_output=True, text=True, env=environment(), check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.split("\n")}

    assert {"lark", "typer", "segql.compiler"} <= loaded
    assert not loaded & {"pydantic", "rich", "sqlglot", "duckdb", "pyarrow", "segql.diagnostics.render"}


# ── a file that is open in an editor ─────────────────────────────────────────────────────────────


def concise(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line.partition(":")[0] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("command", ["check", "lint"])
@pytest.mark.parametrize("name", ["segments/all.seg", "./segments/../segments/all.seg", "link/all.seg"])
def test_standard_input_stands_for_a_file_that_is_saved(tmp_path: Path, command: str, name: str) -> None:
    (shop(tmp_path) / "link").symlink_to(tmp_path / "segments")
    options = ["--format", "concise", "--stdin-filename", name]
    done = segql(command, "-", *options, cwd=tmp_path, typed=SEGMENTS.replace("age", "agee").encode())

    assert (done.returncode, concise(done)) == (1, ["segments/all.seg"]), done.stdout
    assert "unknown field `agee`" in done.stdout
    assert segql(command, "-", *options, cwd=tmp_path, typed=SEGMENTS.encode()).stdout == ""
    assert (tmp_path / "segments/all.seg").read_text() == SEGMENTS


def test_what_others_miss_of_it_is_not_said_of_it(tmp_path: Path) -> None:
    write(shop(tmp_path), {"old.seg": "segment old\n    where not in segment young\n"})
    typed = SEGMENTS.replace("segment young", "segment younger").encode()
    done = segql("check", "-", "--stdin-filename", "segments/all.seg", cwd=tmp_path, typed=typed)

    assert (done.returncode, done.stdout) == (0, "")
    assert "1 more finding in other files" in done.stderr
    assert (
        "old.seg"
        in segql("check", "-", "old.seg", "--stdin-filename", "segments/all.seg", cwd=tmp_path, typed=typed).stdout
    )


def test_a_file_that_is_not_saved_yet_belongs_to_the_project_around_its_folder(tmp_path: Path) -> None:
    shop(tmp_path / "shop")
    new = ["--format", "concise", "--stdin-filename", "shop/segments/new.seg"]
    done = segql("check", "-", *new, cwd=tmp_path, typed=b"segment new\n    where agee < 30 and in segment young\n")

    assert (done.returncode, concise(done)) == (1, ["shop/segments/new.seg"])
    bare = segql("check", "-", *new, cwd=tmp_path, typed=b"age < 30 and in segment new\n")
    assert "`new`" in bare.stdout


def test_it_is_for_standard_input_and_a_file(tmp_path: Path) -> None:
    shop(tmp_path)

    assert segql("check", "--stdin-filename", "a.seg", cwd=tmp_path).returncode == 2
    assert segql("check", "-", "--stdin-filename", "segments", cwd=tmp_path).returncode == 2
    done = segql("check", "-", "--stdin-filename", "segments/all.seg", cwd=tmp_path, typed=b"\xff")
    assert (done.returncode, "`segments/all.seg` is not UTF-8" in done.stdout) == (1, True)


# ── what cannot be read ─────────────────────────────────────────────────────────────────────────

# Others see what is told when the tests are run by somebody who is not root.
not_by_root = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")


@contextmanager
def locked(path: Path, mode: int = 0) -> Iterator[None]:
    path.chmod(mode)
    yield
    path.chmod(0o700)


@not_by_root
@pytest.mark.parametrize(
    "command", [["check"], ["fmt", "--check"], ["fmt"], ["list"], ["lint"], ["mv", "young", "old"]]
)
@pytest.mark.parametrize(("mode", "code"), [(0, "E622"), (0o300, "E622"), (0o400, "E621")])
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, command: list[str], mode: int, code: str) -> None:
    write(shop(tmp_path), {"private/a.seg": "segment a\n    where age < 3\n"})
    (tmp_path / "private/b.seg").symlink_to(tmp_path / "private/a.seg")
    with locked(tmp_path / "private", mode):
        done = segql(*command, cwd=tmp_path)

    told = done.stdout + done.stderr
    assert (done.returncode, f"error[{code}]" in told, "private" in told) == (1, True, True), told


@not_by_root
@pytest.mark.parametrize("command", [["check"], ["fmt"], ["lint"]])
@pytest.mark.parametrize("path", ["private/a.seg", "private/inner"])
def test_what_is_named_in_such_a_folder_is_told(tmp_path: Path, command: list[str], path: str) -> None:
    write(shop(tmp_path), {"private/a.seg": "segment a\n    where age < 3\n", "private/inner/b.seg": "age < 3"})
    with locked(tmp_path / "private"):
        done = segql(*command, path, cwd=tmp_path)

    assert done.returncode in {1, 2}
    assert "permission denied" in (done.stdout + done.stderr)


@not_by_root
def test_a_project_that_may_not_be_looked_into_is_told(tmp_path: Path) -> None:
    with locked(shop(tmp_path / "shop")):
        done = segql("check", "--project", "shop", cwd=tmp_path)

    assert (done.returncode, "permission denied" in done.stdout + done.stderr) == (1, True)
