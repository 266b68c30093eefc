"""Settings: what they may say, and what is said about the rest."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

import segql
from segql.diagnostics import Diagnostic, SegqlError
from segql.diagnostics.render import full
from segql.workspace.config import Config, Connection, Weekday, plain
from segql.workspace.connections import allowed_folders, filled
from segql.workspace.root import Home, find_home
from tests.folders import write


def home(folder: Path, text: str) -> Home:
    return find_home(write(folder, {"segql.toml": text}))


def problem(folder: Path, text: str) -> Diagnostic:
    with pytest.raises(SegqlError) as raised:
        home(folder, text)
    (found,) = raised.value.diagnostics
    return found


def test_every_setting_is_read(tmp_path: Path) -> None:
    text = """
        timezone = "Europe/Berlin"
        as_of = "2025-12-01"
        week_starts = "sunday"
        include = ["a/*.seg"]
        exclude = ["a/b.seg"]
        [connections.default]
        url = "duckdb:///shop.duckdb"
        password_env = "SHOP_PASSWORD"
        folders = ["/data"]
        timeout = 60
        memory_limit = "1.5 GB"
        threads = 2
        """

    assert home(tmp_path, text).config == Config(
        "Europe/Berlin",
        "2025-12-01",
        Weekday.SUNDAY,
        ("a/*.seg",),
        ("a/b.seg",),
        {"default": Connection("duckdb:///shop.duckdb", "SHOP_PASSWORD", ("/data",), 60, "1.5 GB", 2)},
    )


def test_no_settings_are_settings(tmp_path: Path) -> None:
    assert home(tmp_path, "").config == Config()


def test_a_date_of_toml_is_an_instant(tmp_path: Path) -> None:
    assert home(tmp_path, "as_of = 2025-12-01").config.as_of == "2025-12-01"
    assert home(tmp_path, "as_of = 2025-12-01T10:00:00Z").config.as_of == "2025-12-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "code", "words", "hint"),
    [
        ("timezne = 'UTC'", "E602", "timezne", "`timezone` is the closest"),
        ("[conections.default]\nurl = 'x'", "E602", "conections", "`connections` is the closest"),
        ("[connections.default]\nurl = 'x'\nurrl = 'y'", "E602", "urrl", "`url` is the closest"),
        ("[fmt]\nwidht = 80", "E602", "widht", "`width` is the closest"),
        ("fmt.widht = 80", "E602", "fmt.widht", "`width` is the closest"),
        ("fmt = {widht = 80}", "E602", "widht", "`width` is the closest"),
        ("[owners]\nalowed = []", "E602", "alowed", "`allowed` is the closest"),
        ("[owners]\nallowed = 'ada'", "E603", "'ada'", "a list of owners"),
        ("owners = 1", "E603", "1", "a table, like `[owners]`"),
        ("[owners]\nfile = '${NO_SUCH_VARIABLE}'", "E604", "'${NO_SUCH_VARIABLE}'", "set `NO_SUCH_VARIABLE`"),
        ("zzzzzz = 1", "E602", "zzzzzz", "there are `timezone`"),
        ("timezone = 1", "E603", "1", "write the name of a zone"),
        ("timezone = 'Europe/Berln'", "E603", "'Europe/Berln'", "`Europe/Berlin` is the closest"),
        ("timezone = '../etc/passwd'", "E603", "'../etc/passwd'", ""),
        ("week_starts = 'mondy'", "E603", "'mondy'", "`monday` is the closest"),
        ("include = '*.seg'", "E603", "'*.seg'", "a list of patterns"),
        ("as_of = '01.12.2025'", "E608", "'01.12.2025'", "write a date"),
        ("connections = 1", "E603", "1", "a table"),
        ("[connections.default]\nurl = 'duckdb:///a'\ntimeout = 0", "E603", "0", "a whole number of seconds"),
        ("[connections.default]\nurl = 'duckdb:///a'\nthreads = 0", "E603", "0", "a whole number, 1 or more"),
        ("[connections.default]\nurl = 'duckdb:///a'\nmemory_limit = 1", "E603", "1", "an amount of memory"),
        ("[connections.default]\nurl = 'duckdb:///a'\nmemory_limit = '1'", "E603", "'1'", "like `1GB`"),
        ("[connections.default]\nurl = 'duckdb:///a'\nmemory_limit = '0MB'", "E603", "'0MB'", "like `1GB`"),
        ("[connections.default]\npassword_env = 'X'", "E603", "connections.default", "`duckdb:///shop.duckdb`"),
        ("timezone = Europe/Berlin", "E601", "E", "text stands in quotes"),
        ("timezone = ", "E601", "", ""),
        ("as_of = '${NO_SUCH_VARIABLE}'", "E604", "'${NO_SUCH_VARIABLE}'", "set `NO_SUCH_VARIABLE`"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(tmp_path: Path, text: str, code: str, words: str, hint: str) -> None:
    found = problem(tmp_path, text)

    assert found.code == code
    assert found.span is not None
    assert found.span.text == words
    assert hint in found.hint
    assert "segql.toml" in full([found])


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("include = [\n  'a',  # 3\n  3,\n]", "3", "a list of patterns"),
        ("[lint]\nselect = 'L1'", "'L1'", "a list of rules"),
        ("[lint]\nselect = ['L1', 2]", "2", "a list of rules"),
        ("[lint.severity]\nL301 = 3", "3", "`error` or `warning`"),
        ("lint = { severity = { L2 = 'error', L301 = 3 } }", "3", "`error` or `warning`"),
        ("[lint.exempt]\n'drafts/**' = 'L5'", "'L5'", "a table of lists of rules"),
        ("[lint.exempt]\n'drafts/**' = ['L5', ['L6']]", "['L6']", "a table of lists of rules"),
        ("[lint.rules]\nhuge-list = 3", "3", "a table for each rule"),
        ("lint.selects = ['L1']", "lint.selects", "`select` is the closest"),
    ],
)
def test_what_is_wrong_in_a_list_or_a_table_is_said_at_its_place(
    tmp_path: Path, text: str, words: str, hint: str
) -> None:
    found = problem(tmp_path, text)

    assert found.span is not None
    assert found.span.text == words
    assert hint in found.hint


def test_several_mistakes_are_all_told(tmp_path: Path) -> None:
    with pytest.raises(SegqlError) as raised:
        home(tmp_path, "timezne = 'UTC'\nweek_starts = 3\n")

    assert [each.code for each in raised.value.diagnostics] == ["E603", "E602"]


def test_settings_stand_in_pyproject_too(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[project]\nname = 'x'\n[tool.segql]\ntimezone = 'Asia/Tokyo'\n"})

    assert find_home(tmp_path).config.timezone == "Asia/Tokyo"


def test_a_mistake_in_pyproject_is_said_at_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.other]\ntimezne = 1\n[tool.segql]\ntimezne = 'UTC'\n"})
    with pytest.raises(SegqlError) as raised:
        find_home(tmp_path)

    assert raised.value.diagnostics[0].span is not None
    assert raised.value.diagnostics[0].span.line == 4


def test_segql_toml_comes_before_pyproject(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.segql]\ntimezone = 'Asia/Tokyo'\n", "segql.toml": ""})

    assert find_home(tmp_path).config.timezone == "UTC"


def test_a_pyproject_of_others_is_not_ours_to_judge(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.segql\n"})

    assert find_home(tmp_path).config == Config()


def test_settings_that_are_not_utf_8_are_told(tmp_path: Path) -> None:
    (tmp_path / "segql.toml").write_bytes(b"# caf\xe9\n")
    with pytest.raises(SegqlError) as raised:
        find_home(tmp_path)

    assert raised.value.diagnostics[0].code == "E623"


def test_a_variable_is_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE", "Berlin")

    assert home(tmp_path, "timezone = 'Europe/${ZONE}'").config.timezone == "Europe/Berlin"


def test_a_connection_waits_for_its_variables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP", raising=False)
    found = home(tmp_path, "[connections.default]\nurl = 'duckdb:///${SHOP}.duckdb'\nfolders = ['~/${SHOP}']")
    with pytest.raises(SegqlError) as raised:
        allowed_folders(found, "default")
    monkeypatch.setenv("SHOP", "berlin")

    assert raised.value.diagnostics[0].code == "E604"
    assert filled(found, "default", ["${SHOP}", "$${SHOP}"]) == ["berlin", "${SHOP}"]
    assert allowed_folders(found, "default") == [Path.home() / "berlin"]


def test_an_unknown_connection_names_the_nearest(tmp_path: Path) -> None:
    found = home(tmp_path, "[connections.warehouse]\nurl = 'duckdb:///x'")
    with pytest.raises(SegqlError) as raised:
        allowed_folders(found, "warehose")

    assert "`warehouse` is the closest" in raised.value.diagnostics[0].hint


def test_a_url_is_never_shown() -> None:
    assert "secret" not in repr(Config(connections={"default": Connection("postgres://me:secret@host")}))


@pytest.mark.parametrize(
    "text",
    [
        "[connections.default]\nurl = 'x'\npassword = 'hunter2'",
        "[connections]\ndefault = {url = 'x', password = 'hunter2'}",
        "[connections.default]\nurl = 'postgres://me:hunter2@host/db'\nfolders = 1",
        "connections.default.url = 'postgres://me:hunter2@host/db'\nconnections.default.urrl = 1",
        "[connections.default]\npassword = 'hunter2\n",
        '[connections.default]\npassword = "hunter2\n',
        '[connections.default]\npassword = \'a\\\'\nother = "x\\"hunter2"',
    ],
)
def test_a_secret_is_never_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(SegqlError) as raised:
        home(tmp_path, text)

    assert "hunter2" not in full(raised.value.diagnostics)
    assert "hunter2" not in str(raised.value)


def test_variables_stand_in_lists_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM", "crm")

    assert home(tmp_path, "include = ['${TEAM}/*.seg', 'x.seg']").config.include == ("crm/*.seg", "x.seg")


# ── the schema, and the quick way beside it ─────────────────────────────────────────────────────


def test_the_schema_describes_every_setting() -> None:
    schema = segql.config_schema()
    parts = [each["properties"] for name, each in schema["$defs"].items() if name != "Weekday"]
    described = {name: each for part in (schema["properties"], *parts) for name, each in part.items()}

    assert set(described) == {
        *("timezone", "as_of", "week_starts", "include", "exclude", "connections", "fmt", "owners"),
        *("url", "password_env", "folders", "timeout", "memory_limit", "threads"),
        *("width", "file", "allowed"),
        *("lint", "select", "ignore", "severity", "exempt", "rules", "baseline"),
    }
    assert all(each["description"] for each in described.values())
    assert schema["additionalProperties"] is False
    assert json.loads(json.dumps(schema)) == schema


NAMES = ["timezone", "as_of", "week_starts", "include", "exclude", "connections", "url", "other", "fmt", "width"]
names = some.sampled_from([*NAMES, "lint", "select", "severity", "exempt", "rules", "baseline"])
leaves = some.one_of(some.sampled_from(["UTC", "monday", "x", ""]), some.integers(), some.booleans())
values = some.recursive(
    leaves, lambda inner: some.lists(inner, max_size=2) | some.dictionaries(names, inner, max_size=3), max_leaves=6
)


@given(some.dictionaries(names, values, max_size=4))
def test_the_quick_way_agrees_with_the_schema(table: dict[str, Any]) -> None:
    quick = plain(table)
    try:
        slow: Config | None = TypeAdapter(Config).validate_python(table)
    except ValidationError:
        slow = None

    assert quick == slow


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fmt.width = 80\nowners.allowed = ['ada']\ntimezone = 'UTC'\nexclude = []\n[connections.a]\nurl = 'x'\nfolders = ['y']",
    ],
)
def test_usual_settings_take_the_quick_way(text: str) -> None:
    assert plain(tomllib.loads(text)) is not None
