"""Comments that silence findings speak of the same words before and after, told with the rules themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from segql.fmt import Formatted, format_source
from segql.source import Source
from tests.cli.terminal import segql
from tests.folders import write

CATALOG = 'entity customer\n    from "customers.csv"\n    key id\n    age      integer\n    country  text\n'
TIERS = """tiers vt
  gold when # note
     age != 3 # segql: ignore[L301] fine
  none otherwise
"""
LIST = """segment a
  where country in ("DE", # the big one
    "AT",
    "CH", "DE", # segql: ignore[duplicate-value] wanted
    "PL", "AT")
"""
ONE_LINE = "segment a where   age = age and country = 'DE' # segql: ignore[self-comparison] who told us\n"
ONE_CONDITION = f'age = age and country != "{"a longer name" * 7}" # segql: ignore[self-comparison] who told us\n'
ABOVE = "# segql: ignore[self-comparison] who told us\nsegment a where   age = age and country = 'DE'\n"
BETWEEN = "segment a where age = 3\n  # segql: ignore[self-comparison] who told us\nsegment b where age = age\n"


def formatted(text: str) -> Formatted:
    return format_source(Source.of("a.seg", text))


def findings(folder: Path, text: str) -> list[str]:
    write(folder, {"catalog.seg": CATALOG, "a.seg": text})
    done = segql("lint", "--format", "concise", cwd=folder)
    assert done.returncode in {0, 1}, done.stderr
    return sorted(line.split(": ", 1)[1] for line in done.stdout.splitlines() if line.startswith("a.seg"))


@pytest.mark.parametrize("text", [TIERS, LIST, ONE_LINE, ONE_CONDITION, ABOVE, BETWEEN])
def test_the_rules_find_the_same_after_laying_out(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, formatted(text).text) == findings(tmp_path, text)


@pytest.mark.parametrize("text", [TIERS, LIST, ABOVE])
def test_what_is_clear_is_laid_out(text: str) -> None:
    made = formatted(text)

    assert made.text != text
    assert not made.diagnostics


@pytest.mark.parametrize("text", [ONE_LINE, ONE_CONDITION])
def test_where_its_line_would_become_several_the_declaration_stays_and_is_told(text: str) -> None:
    made = formatted(text)

    assert made.text == text
    assert [(each.code, str(each.span and each.span.text)[:7]) for each in made.diagnostics] == [("E902", "# segql")]


def test_the_declarations_around_are_laid_out() -> None:
    assert formatted(f"trait x =   1\n{ONE_LINE}trait y =   2\n").text == f"trait x = 1\n{ONE_LINE}trait y = 2\n"


def test_a_warning_is_no_failure(tmp_path: Path) -> None:
    write(tmp_path, {"a.seg": ONE_LINE})
    done = segql("fmt", "--check", cwd=tmp_path)

    assert (done.returncode, f"a.seg:1:{ONE_LINE.index('#') + 1}" in done.stderr, "E902" in done.stderr) == (
        0,
        True,
        True,
    )
