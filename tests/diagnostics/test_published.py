"""The formats for programs, against what their readers publish; the output is that of `segql check`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as some
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

from segql.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from segql.diagnostics.render import RENDERERS
from segql.source import Source
from tests.cli.terminal import LIBRARY, segql
from tests.diagnostics.commands import commands
from tests.diagnostics.samples import LABELLED, PLACELESS, UNKNOWN, WARNING
from tests.folders import CATALOG, write

SCHEMAS = Path(__file__).parents[1] / "schemas"
JUNIT = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))


def validator(path: Path, kind: type[Validator]) -> Any:
    schema = json.loads(path.read_text(encoding="utf-8"))
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


SARIF = validator(SCHEMAS / "sarif-2.1.0.json", Draft7Validator)
GITLAB = validator(SCHEMAS / "gitlab-code-quality.json", Draft202012Validator)
OURS = validator(LIBRARY / "segql/diagnostics/diagnostics.schema.json", Draft202012Validator)


def judged(format_: str, text: str) -> int:
    """Return how many findings a report holds, if its reader takes it."""
    match format_:
        case "sarif":
            log = json.loads(text)
            SARIF.validate(log)
            return len(log["runs"][0]["results"])
        case "gitlab":
            report = json.loads(text)
            GITLAB.validate(report)
            prints = [each["fingerprint"] for each in report]
            assert len(set(prints)) == len(prints)
            return len(report)
        case "junit":
            root: Any = JUNIT.to_etree(JUNIT.to_dict(text), path="testsuites")
            cases = root.findall(".//testcase")
            assert root.get("tests") == str(len(cases))
            assert root.get("failures") == str(len(root.findall(".//failure")))
            return len([each for each in cases if len(each)])
        case "json":
            entries = json.loads(text)
            OURS.validate(entries)
            return len(entries)
        case _:
            found = commands(text)
            assert len(found) == text.count("\n")
            return len(found)


# ── real projects ───────────────────────────────────────────────────────────────────────────────

BROKEN = "segment young\n    where agee < 30 and nam = '100%'\n"
NAMES = (
    "größe 100%, a:b.seg",
    "two\nlines.seg",
    "quote'\"`&<>.seg",
    "\u202eright to left.seg",
    "日本/語 ⚡.seg",
    "%0A.seg",
)


def odd(folder: Path) -> tuple[str, ...]:
    write(folder, {"catalog.seg": CATALOG, **dict.fromkeys(NAMES, BROKEN)})
    return ()


def sound(folder: Path) -> tuple[str, ...]:
    write(folder, {"catalog.seg": CATALOG})
    return ()


def without_a_place(folder: Path) -> tuple[str, ...]:
    return ("--project", "nowhere 100%")


def warned(folder: Path) -> tuple[str, ...]:
    text = 'segment young\n    owner "eve"\n    where age < 30\n'
    settings = '[owners]\nfile = "CODEOWNERS"\nallowed = ["eve"]'
    write(folder, {"catalog.seg": CATALOG, "my segs/a.seg": text, "CODEOWNERS": "* @ada\n", "segql.toml": settings})
    return ()


def wrong_settings(folder: Path) -> tuple[str, ...]:
    write(folder, {"catalog.seg": CATALOG, "segql.toml": "fmt.width = 'a'\nzone = 1\n"})
    return ("--config", "fmt.widht=1")


def not_a_text(folder: Path) -> tuple[str, ...]:
    write(folder, {"catalog.seg": CATALOG})
    (folder / "a.seg").write_bytes(b"caf\xe9 \x00\x1b[31m")
    (folder / "b.seg").write_bytes("segment x\n    where \ufffe\ufdd0\U0001ffff\u2028 < 3\n".encode())
    return ()


CASES: dict[str, tuple[Callable[[Path], tuple[str, ...]], int]] = {
    # The first is read, the others are declared again.
    "names that hurt": (odd, 2 + len(NAMES) - 1),
    "nothing is wrong": (sound, 0),
    "no text is to blame": (without_a_place, 1),
    "warnings with a second place": (warned, 1),
    "settings": (wrong_settings, 3),
    "letters that are no text": (not_a_text, 1),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("format_", ["json", "github", "gitlab", "sarif", "junit"])
def test_its_reader_takes_every_report_whole(tmp_path: Path, case: str, format_: str) -> None:
    make, findings = CASES[case]
    done = segql("check", "--format", format_, *make(tmp_path), cwd=tmp_path)

    assert done.returncode in {0, 1, 2}, done.stderr
    assert judged(format_, done.stdout) == findings, done.stdout


def test_names_that_hurt_are_found_again_by_programs(tmp_path: Path) -> None:
    odd(tmp_path)
    reports = {
        each: segql("check", "--format", each, cwd=tmp_path).stdout for each in ("json", "github", "gitlab", "sarif")
    }
    results = json.loads(reports["sarif"])["runs"][0]["results"]
    uris = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results}

    assert {each["place"]["path"] for each in json.loads(reports["json"])} == set(NAMES)
    assert {each.properties["file"] for each in commands(reports["github"])} == set(NAMES)
    assert {each["location"]["path"] for each in json.loads(reports["gitlab"])} == set(NAMES)
    assert {unquote(each) for each in uris} == set(NAMES)


def test_code_scanning_wants_a_place_of_each_result() -> None:
    (run,) = json.loads(RENDERERS["sarif"]([UNKNOWN, PLACELESS]))["runs"]

    assert [len(each["locations"]) for each in run["results"]] == [1, 1]
    assert run["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "segql.toml"


# ── whatever a message holds ────────────────────────────────────────────────────────────────────

texts = some.text(some.characters(), min_size=1, max_size=30)


@some.composite
def diagnostics(draw: some.DrawFn) -> Diagnostic:
    source = Source.of(draw(texts.filter(lambda each: "\x00" not in each and not each.startswith("/"))), draw(texts))
    ends = sorted(draw(some.tuples(*[some.integers(0, len(source.text))] * 2)))
    span = source.span(*ends)
    return Diagnostic(
        "E201",
        "unknown-name",
        draw(texts),
        draw(some.sampled_from([span, None])),
        draw(texts),
        draw(some.sampled_from(Severity)),
        draw(some.sampled_from([None, Fix(draw(texts), (Edit(span, draw(texts)),))])),
        draw(some.sampled_from([(), (Label(span, draw(texts)),)])),
    )


@pytest.mark.parametrize("format_", ["json", "github", "gitlab", "sarif", "junit"])
@given(found=some.lists(diagnostics(), max_size=3))
def test_its_reader_takes_whatever_a_message_holds(format_: str, found: list[Diagnostic]) -> None:
    text = RENDERERS[format_](found)
    text.encode()

    assert judged(format_, text) == len(found)


def test_a_reader_refuses_what_is_not_of_its_form() -> None:
    every = [UNKNOWN, LABELLED, WARNING, PLACELESS]
    for format_, good, bad in (
        ("sarif", '"level": "error"', '"level": "bad"'),
        ("gitlab", '"severity": "major"', '"severity": "error"'),
        ("junit", "<testcase name", "<testcase nam"),
        ("json", '"severity": "error"', '"severity": "fatal"'),
    ):
        text = RENDERERS[format_](every)
        assert judged(format_, text) == 4
        with pytest.raises((Exception,), match=r"bad|error|nam|fatal"):
            judged(format_, text.replace(good, bad, 1))
