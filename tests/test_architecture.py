"""What the house promises about itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "segql").rglob("*.py"))
# Lists of one thing after another, where a second file would only hide half of the list.
LONG = {
    "segql/syntax/ast.py",
    "segql/syntax/errors.py",
    "segql/analysis/errors.py",
    "segql/plan/expressions.py",
    "segql/workspace/errors.py",
}


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_file_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert ast.get_docstring(ast.parse(text)), "it has no docstring"
    assert shown(path) in LONG or len(text.splitlines()) <= 420


def test_nothing_is_left_to_do_in_a_comment() -> None:
    found = [shown(path) for path in FILES if "TODO" in path.read_text() or "FIXME" in path.read_text()]

    assert found == []


def test_the_checkout_has_no_copy_of_the_grammar() -> None:
    assert not (ROOT / "segql" / "_grammar").exists()


def test_the_tests_that_the_checks_run_are_those_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    run = (ROOT / ".ci" / "run").read_text()

    assert "\npython3 -m venv .venv && .venv/bin/pip install -q -e '.[test]'" in readme
    assert "README.md" in run


def test_reading_segments_loads_no_engine_and_no_writer_of_sql() -> None:
    code = (
        "import sys; from segql.compiler import check; from segql.source import Source;"
        "check([Source.of('a.seg', 'entity a from b key c\\n    x integer\\n'), Source.of('s.seg', 'x < 3')]);"
        "print([m for m in ('duckdb', 'sqlglot', 'pyarrow', 'rich', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.strip() == "[]"
