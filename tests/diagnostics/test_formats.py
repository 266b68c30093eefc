"""The formats for programs."""

import json
from xml.etree import ElementTree as ET

import pytest

from segql.diagnostics import Diagnostic, Edit, Fix
from segql.diagnostics.render import COLORED, RENDERERS, concise, github, gitlab, junit, sarif, visible
from segql.source import Source
from tests.diagnostics.samples import LABELLED, LOYAL, PLACELESS, UNKNOWN, WARNING, word

EVERY = [UNKNOWN, LABELLED, WARNING, PLACELESS]


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_takes_everything_and_nothing(name: str) -> None:
    assert "E201" in RENDERERS[name](EVERY)
    assert RENDERERS[name]([]) is not None


@pytest.mark.parametrize("name", RENDERERS)
def test_no_format_fails_on_letters_that_are_no_text(name: str) -> None:
    source = Source.of("\udcff.seg", "\udcff\x00\x1b\u2028 agee")
    found = Diagnostic("E1", "x", "\udcff\x00", word(source, "agee"), "\x1b", fix=Fix("\x00", ()))

    RENDERERS[name]([found]).encode()


def test_colour_belongs_to_the_formats_for_people() -> None:
    assert set(COLORED) == {"full", "concise"}
    assert "\x1b" in concise([UNKNOWN], True)


def test_concise_is_a_line_each() -> None:
    assert concise([UNKNOWN, PLACELESS]) == (
        "shop/loyal.seg:2:11: error[E201]: unknown name `agee`\nerror[E502]: the database `a` cannot be opened\n"
    )


def test_json_tells_all_of_it() -> None:
    first, second, _, last = json.loads(RENDERERS["json"](EVERY))
    place = {"path": "shop/loyal.seg", "line": 2, "column": 11, "end_line": 2, "end_column": 15}

    assert first == {
        "code": "E201",
        "name": "unknown-name",
        "severity": "error",
        "message": "unknown name `agee`",
        "hint": "`age` is the closest field",
        "example": None,
        "place": place,
        "labels": [],
        "fix": {"title": "write `age`", "edits": [{"place": place, "text": "age"}], "applicability": "displayed"},
    }
    assert second["labels"][0]["text"] == "and this"
    assert last["place"] is None


def test_json_of_nothing_is_an_empty_array() -> None:
    assert json.loads(RENDERERS["json"]([])) == []


def test_github_escapes_what_would_end_a_property() -> None:
    source = Source.of("a,b:c%.seg", "agee")
    found = Diagnostic("E1", "x", "100% wrong", word(source, "agee"), hint="a, b")

    assert github([found]) == (
        "::error title=E1 x,file=a%2Cb%3Ac%25.seg,line=1,endLine=1,col=1,endColumn=5::100%25 wrong%0Ahint: a, b\n"
    )


def test_github_knows_warnings() -> None:
    assert github([WARNING]).startswith("::warning ")


def test_gitlab_fingerprints_are_stable_and_tell_repeats_apart() -> None:
    moved = Source.of(LOYAL.name, "\n" + LOYAL.text)
    lower = Diagnostic("E201", "unknown-name", UNKNOWN.message, word(moved, "agee"))
    first, second = json.loads(gitlab([UNKNOWN, UNKNOWN]))

    assert first["fingerprint"] != second["fingerprint"]
    assert json.loads(gitlab([lower]))[0]["fingerprint"] == first["fingerprint"]
    assert first["location"] == {"path": "shop/loyal.seg", "lines": {"begin": 2}}


def test_sarif_names_its_rules_and_places() -> None:
    (run,) = json.loads(sarif(EVERY))["runs"]
    rules = [each["id"] for each in run["tool"]["driver"]["rules"]]

    assert rules == ["E201", "E307", "E502", "W001"]
    assert [rules[each["ruleIndex"]] for each in run["results"]] == [each.code for each in EVERY]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 15}
    assert run["tool"]["driver"]["rules"][0]["shortDescription"] == {"text": "unknown name"}


def test_sarif_groups_a_fix_by_file() -> None:
    other = Source.of("my shop/b.seg", "agee")
    edits = (Edit(word(LOYAL, "agee"), "age"), Edit(word(other, "agee"), "age"))
    edits += (Edit(word(LOYAL, "agee", 1), "age"),)
    (run,) = json.loads(sarif([Diagnostic("E1", "x", "m", fix=Fix("write `age`", edits))]))["runs"]
    changes = run["results"][0]["fixes"][0]["artifactChanges"]

    assert [(each["artifactLocation"]["uri"], len(each["replacements"])) for each in changes] == [
        ("my%20shop/b.seg", 1),
        ("shop/loyal.seg", 2),
    ]


def test_junit_fails_for_errors_and_passes_warnings() -> None:
    root = ET.fromstring(junit(EVERY))  # noqa: S314 (our own)

    assert (root.get("tests"), root.get("failures")) == ("4", "3")
    assert len(root.findall(".//failure")) == 3
    assert len(root.findall(".//testcase")) == 4
    assert {each.get("name") for each in root} == {"segql", "shop/loyal.seg"}


def test_junit_of_nothing_is_one_case_that_passed() -> None:
    root = ET.fromstring(junit([]))  # noqa: S314 (our own)

    assert [each.tag for each in root.iter()] == ["testsuites", "testsuite", "testcase"]


def test_what_is_shown_keeps_joiners_that_emoji_are_made_of() -> None:
    assert visible("👩\u200d🚀") == "👩\u200d🚀"
