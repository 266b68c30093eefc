"""Bars of whole processes, start included, and of the compiler alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import sqlglot

from benchmarks.analyst import CLOCK
from benchmarks.asked import analyzed_of, segments_text
from benchmarks.bench import Absent, Bench, Failed
from benchmarks.pairs import Measured, against, in_turn, seconds
from benchmarks.vocabulary import CATALOG, Drawn
from segql import compiler

_MANY = 1000
# As many files as show what one of them costs sqlfluff, beyond its start.
_FEW_FILES, _SOME_FILES = 20, 60
_TOO_LONG = 180.0


def check_many(bench: Bench) -> Measured:
    """Measure `segql check` of a thousand segments in one file, every rule of the linter on.

    It is held against sqlfluff with a file for each expert query.
    """
    if find_spec("sqlfluff") is None:
        raise Absent("sqlfluff is not installed; it comes with `pip install -e '.[bench]'`")
    drawn = bench.drawn(_MANY)
    check = [*segql(), "check", "--config", 'lint.select=["all"]']
    with _project(drawn) as folder, tempfile.TemporaryDirectory() as queries:
        theirs, note = _linted(drawn, Path(queries), bench.options.linted)
        found = against(lambda: run(check, folder), theirs, bench.options.pairs)
        few = against(lambda: run([*segql(), "check"], folder), theirs, bench.options.pairs)
    with _project(drawn, is_file_each=True) as folder:
        each = against(lambda: run(check, folder), theirs, 1)
    others = f"{few.ours:.2f} s with the rules that are on by default, {each.ours:.2f} s with a file for each segment"
    return replace(found, note=f"{note}; every rule of the linter is on; check takes {others}")


def start(bench: Bench) -> Measured:
    """Measure `segql check` of one file of a small project, against a process that imports what a check needs."""
    with _project(bench.drawn(1)) as folder:
        check = [*segql(), "check", "segments.seg"]
        imports = [sys.executable, "-c", "import lark, typer"]
        return in_turn(lambda: run(check, folder), lambda: run(imports, folder), bench.options.pairs)


def compile_many(bench: Bench) -> Measured:
    """Measure the SQL of a thousand checked segments, one statement each, against reading and printing that SQL."""
    drawn = bench.drawn(_MANY)
    analyzed = analyzed_of(drawn)

    def compiled() -> list[str]:
        return [compiler.compile(analyzed, [each.name], CLOCK).sql for each in drawn]

    statements = compiled()
    return in_turn(
        compiled,
        lambda: [sqlglot.parse_one(each, read="duckdb").sql("duckdb", pretty=True) for each in statements],
        bench.options.pairs,
    )


def segql() -> list[str]:
    """Return the command of the environment that runs this: its entry point, or the module where there is none."""
    entry = Path(sys.executable).with_name("segql")
    return [str(entry)] if entry.exists() else [sys.executable, "-m", "segql"]


def run(command: Sequence[str], folder: Path, allowed: Sequence[int] = (0,)) -> None:
    """Run a command in a folder to its end.

    Raises:
        Failed: it ended with a status that is not allowed.
    """
    # Whoever uses it has its modules compiled.
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=folder, env=around, capture_output=True, text=True, check=False)
    if done.returncode not in allowed:
        raise Failed(f"`{' '.join(command[1:])}` ended with {done.returncode}: {done.stderr[-500:]}")


def _linted(drawn: Sequence[Drawn], folder: Path, count: int | None) -> tuple[float, str]:
    """Return how long sqlfluff takes for all queries, and how that is known."""
    few, some = (_lint(drawn[:each], folder / str(each)) for each in (_FEW_FILES, _SOME_FILES))
    a_file = (some - few) / (_SOME_FILES - _FEW_FILES)
    told = few + a_file * (len(drawn) - _FEW_FILES)
    if count is None and told < _TOO_LONG:
        count = len(drawn)
    if count is None or count <= _SOME_FILES:
        return told, f"sqlfluff on {_SOME_FILES} files, {a_file * 1000:.0f} ms each, told for {len(drawn)}"
    taken = _lint(drawn[:count], folder / "all")
    if count >= len(drawn):
        return taken, f"sqlfluff on all {len(drawn)} files, {taken / len(drawn) * 1000:.0f} ms each"
    a_file = (taken - some) / (count - _SOME_FILES)
    told = taken + a_file * (len(drawn) - count)
    return told, f"sqlfluff on {count} files, {a_file * 1000:.0f} ms each, told for {len(drawn)}"


def _lint(drawn: Sequence[Drawn], folder: Path) -> float:
    folder.mkdir()
    for each in drawn:
        (folder / f"{each.name}.sql").write_text(each.expert + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "sqlfluff", "lint", "--dialect", "duckdb", "--processes", "1", str(folder)]
    # 1: it found something, and it always does.
    return seconds(lambda: run(command, folder, allowed=(0, 1)))


@contextmanager
def _project(drawn: Sequence[Drawn], *, is_file_each: bool = False) -> Iterator[Path]:
    """Lend a project with these segments."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "segql.toml").write_text('timezone = "UTC"\n', encoding="utf-8")
        (folder / "catalog.seg").write_text(CATALOG, encoding="utf-8")
        files = {each.name: each.text for each in drawn} if is_file_each else {"segments": segments_text(drawn)}
        for file, text in files.items():
            (folder / f"{file}.seg").write_text(text, encoding="utf-8")
        yield folder
