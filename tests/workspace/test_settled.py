"""Which settings are in force, and who says them: files, and `--config`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from segql.diagnostics import SegqlError
from segql.diagnostics.render import full
from segql.workspace.config import Config, plain
from segql.workspace.root import find_home
from segql.workspace.schema import schema_text
from segql.workspace.settled import settings, settings_below, written
from tests.cli.terminal import segql
from tests.folders import shop, write

ROOT = Path(__file__).parents[2]


def config(folder: Path, *typed: str) -> Config:
    return find_home(folder, None, typed).config


def problem(folder: Path, *typed: str) -> str:
    with pytest.raises(SegqlError) as raised:
        find_home(folder, None, typed)
    return full(raised.value.diagnostics)


# ── --config ────────────────────────────────────────────────────────────────────────────────────


def test_what_is_typed_comes_before_the_file(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": 'timezone = "Asia/Tokyo"\nfmt.width = 80\n'})

    assert config(tmp_path, "fmt.width=60") == Config("Asia/Tokyo", fmt=plain({"fmt": {"width": 60}}).fmt)  # type: ignore[union-attr]


def test_the_last_of_several_counts_and_no_file_is_needed(tmp_path: Path) -> None:
    assert config(tmp_path, "fmt.width=60", "as_of=2025-12-01", "fmt.width=70").fmt.width == 70
    assert config(tmp_path, "fmt.width=60", "as_of=2025-12-01").as_of == "2025-12-01"


def test_a_table_is_completed_and_not_replaced(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": "[connections.default]\nurl = 'duckdb:///a'\ntimeout = 5\n"})
    found = config(tmp_path, "connections.default.url='duckdb:///b'").connections["default"]

    assert (found.url, found.timeout) == ("duckdb:///b", 5)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("fmt.widht=80", "unknown setting `widht`"),
        ("fmt.width=0", "`fmt.width` cannot be `0`"),
        ("timezone=UTC", "not valid TOML"),
        ("fmt.width", "not valid TOML"),
        ("", "it sets nothing"),
        ("timezone='Europe/Berln'", "`Europe/Berlin` is the closest"),
    ],
)
def test_a_mistake_in_it_is_told_where_it_was_typed(tmp_path: Path, typed: str, told: str) -> None:
    write(tmp_path, {"segql.toml": "fmt.width = 80\ntimezone = 'UTC'\n"})

    assert told in problem(tmp_path, typed)
    assert "--> --config:1:" in problem(tmp_path, typed)


def test_a_mistake_in_the_file_is_told_there(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": "\n[fmt]\nwidht = 80\n"})

    assert f"{tmp_path}/segql.toml:3:1" in problem(tmp_path, "fmt.width=80")


def test_a_password_that_is_typed_is_not_shown(tmp_path: Path) -> None:
    assert "hunter2" not in problem(tmp_path, "connections.default={url='x', pass='hunter2'}")
    assert "hunter2" not in problem(tmp_path, "connections.default.pass='hunter2'")


@pytest.mark.parametrize(
    "command", [["check"], ["fmt", "--check"], ["list"], ["compile", "young"], ["run", "young"], ["config"]]
)
def test_every_command_that_reads_a_project_takes_it(tmp_path: Path, command: list[str]) -> None:
    shop(tmp_path)

    assert segql(*command, "--config", "fmt.width=90", cwd=tmp_path).returncode in {0, 1}
    done = segql(*command, "--config", "fmt.widht=90", cwd=tmp_path)
    assert (done.returncode, "`width` is the closest" in done.stdout + done.stderr) == (2, True)


# ── segql config ────────────────────────────────────────────────────────────────────────────────

TEXT = """\
timezone = "Europe/Berlin"
[connections."my db"]
url = "postgresql://ada:pa/ss@wo@rd@db.example/shop?token=t0ken&x=1"
"""


def test_the_settings_in_force_are_shown_as_toml_with_who_says_them(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": TEXT})
    done = segql("config", "--config", "fmt.width=60", cwd=tmp_path)
    shown = tomllib.loads(done.stdout)

    assert (done.returncode, done.stderr) == (0, "")
    assert (shown["timezone"], shown["week_starts"], shown["fmt"]) == ("Europe/Berlin", "monday", {"width": 60})
    assert 'timezone = "Europe/Berlin"' in done.stdout
    assert "# segql.toml:1\n" in done.stdout
    assert "# as_of is not set" in done.stdout
    assert [line.rpartition("# ")[2] for line in done.stdout.splitlines() if "width" in line] == ["--config"]


def test_what_is_shown_gives_the_same_settings_again(tmp_path: Path) -> None:
    shop(tmp_path)
    again = tmp_path / "again"
    write(again, {"segql.toml": segql("config", cwd=tmp_path).stdout})

    assert find_home(again).config == find_home(tmp_path).config


def test_no_secret_is_shown(tmp_path: Path) -> None:
    write(tmp_path, {"segql.toml": TEXT})
    for done in (segql("config", cwd=tmp_path), segql("config", "--format", "json", cwd=tmp_path)):
        assert "db.example" in done.stdout
        assert not [each for each in ("ada", "pa/ss", "rd@", "t0ken") if each in done.stdout]


def test_why_names_all_who_say_it_the_first_of_them_counts(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.segql.fmt]\nwidth = 90\n"})
    done = segql("config", "--why", "fmt.width", "--config", "fmt.width=60", cwd=tmp_path)

    assert done.stdout == (
        "fmt.width = 60  # the columns that a line may fill, comments aside\n"
        "    said by --config\n    not by  pyproject.toml:2\n    the default is 100\n"
    )


def test_why_tells_a_default_and_what_has_none(tmp_path: Path) -> None:
    assert "nobody says it; the default is 100" in segql("config", "--why", "fmt.width", cwd=tmp_path).stdout
    assert "nobody says it; there is no default" in segql("config", "--why", "as_of", cwd=tmp_path).stdout


def test_why_tells_that_nothing_is_in_a_table_of_its_own(tmp_path: Path) -> None:
    done = segql("config", "--why", "lint", cwd=tmp_path)

    assert done.stdout.count("nobody says it; the default is {}\n") == 3
    assert "object at" not in done.stdout + segql("config", "--format", "json", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    "typed",
    [
        "fmt.width=true",
        'fmt.width="80"',
        "connections.default={url='duckdb:///a', timeout=true}",
        "connections.default={url='duckdb:///a', timeout='1'}",
        "connections.default={url='duckdb:///a', threads=false}",
        "connections.default={url='duckdb:///a', threads=1.0}",
    ],
)
def test_what_is_no_number_is_not_taken_for_one(tmp_path: Path, typed: str) -> None:
    assert "error[E603]" in problem(tmp_path, typed)


def test_why_takes_a_table_and_names_in_quotes(tmp_path: Path) -> None:
    home = find_home(write(tmp_path, {"segql.toml": TEXT}))

    assert [each.key for each in settings_below(home, "owners")] == ["owners.file", "owners.allowed"]
    assert [each.key for each in settings_below(home, 'connections."my db".url')] == ['connections."my db".url']


@pytest.mark.parametrize(
    ("key", "near"),
    [("fmt.widht", "width"), ("fmtt", "fmt"), ("connections.defalt", "default"), ("owner.file", "owners")],
)
def test_why_of_an_unknown_setting_names_the_nearest(tmp_path: Path, key: str, near: str) -> None:
    done = segql("config", "--why", key, cwd=shop(tmp_path))

    assert (done.returncode, done.stdout, f"`{near}` is the closest" in done.stderr) == (2, "", True)


def test_programs_get_an_array(tmp_path: Path) -> None:
    found = json.loads(segql("config", "--format", "json", "--config", "fmt.width=60", cwd=tmp_path).stdout)

    assert {"key": "fmt.width", "value": 60, "from": ["--config"]}.items() <= found[5].items()
    assert len(found) == len(settings(find_home(tmp_path)))


@given(some.text(some.characters(exclude_categories=["Cs"])))
def test_any_text_is_written_so_that_it_is_read_again(text: str) -> None:
    assert tomllib.loads(f"x = {written([text])}") == {"x": [text]}


# ── the schema as it is published ───────────────────────────────────────────────────────────────


def test_the_published_schema_is_that_of_today(*, updating: bool, tmp_path: Path) -> None:
    path = ROOT / "segql/workspace/segql.schema.json"
    if updating:
        path.write_text(schema_text(), encoding="utf-8")

    assert path.read_text(encoding="utf-8") == schema_text(), "is it meant? then UPDATE_GOLDEN=1"
    assert segql("config", "--schema", cwd=tmp_path).stdout == schema_text()
