"""The TextMate grammar, in two engines that editors have: it is made from the table, and colours as Pygments does."""

from __future__ import annotations

import json
import plistlib
import subprocess
import sys

from segql.highlight.textmate import as_json, as_plist, grammar
from segql.version import VERSION
from tests.highlight.corpus import (
    GRAMMAR,
    KINDS,
    ROOT,
    Sample,
    babi_bits,
    broken,
    letters,
    pygments_bits,
    samples,
    vscode_bits,
)

# What an editor meets while somebody types: nothing is closed, and lines break anywhere.
_TYPED = [
    Sample(each, each)
    for each in (
        'a = "open',
        "a matches /open",
        "in any segment (a, b",
        "in any segment (a,\n    b)\nsegment c\n    where d",
        "`open",
        '    x text one of ("a",\n        "b")\n    y integer',
        "at\n    least 3",
        "\n\n  \n",
        "",
        "x = 12abc 3.4.5 2026-13 90dd _ . ..",
        '🎉 = `🎉` and name = "🎉" and größe_30d > 3',
    )
]
_EVERY = [*samples(), *broken(), *_TYPED]


def test_the_committed_file_is_what_the_command_writes(*, updating: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segql.highlight.textmate"], capture_output=True, encoding="utf-8", check=True, cwd=ROOT
    )
    if updating:
        GRAMMAR.write_text(done.stdout, encoding="utf-8")

    assert GRAMMAR.read_text(encoding="utf-8") == done.stdout == as_json()


def test_the_property_list_holds_the_same_grammar() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segql.highlight.textmate", "--plist"], capture_output=True, check=True, cwd=ROOT
    )

    assert plistlib.loads(done.stdout) == grammar() == json.loads(as_json())
    assert done.stdout.decode() == as_plist()


def test_the_folder_is_an_extension_that_names_the_grammar() -> None:
    folder = GRAMMAR.parent
    told = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    (language,), (named,) = told["contributes"]["languages"], told["contributes"]["grammars"]

    assert told["version"] == VERSION
    assert folder / named["path"] == GRAMMAR
    assert named["scopeName"] == grammar()["scopeName"]
    assert language["extensions"] == [f".{each}" for each in grammar()["fileTypes"]]
    assert json.loads((folder / language["configuration"]).read_text(encoding="utf-8"))["comments"] == {
        "lineComment": "#"
    }


def test_each_kind_has_a_scope_of_its_own() -> None:
    assert len({each.scope for each in KINDS}) == len(KINDS) > 20


def test_the_editor_babi_colours_as_pygments_does() -> None:
    _agree([babi_bits(each.text) for each in _EVERY])


def test_vs_code_colours_as_pygments_does() -> None:
    _agree(vscode_bits([each.text for each in _EVERY]))


def _agree(found: list[list[tuple[str, str]]]) -> None:
    """Check that each letter and sign has the kind that it has in Pygments."""
    assert len(_EVERY) > 1_800
    for sample, bits in zip(_EVERY, found, strict=True):
        assert "".join(bit for bit, _ in bits).rstrip("\n") == sample.text.rstrip("\n"), sample.name
        assert letters(bits) == letters(pygments_bits(sample.text)), sample.name
