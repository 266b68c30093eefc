"""What there is to colour: every file and every fence of the house, and how each highlighter cuts it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from babi.highlight import Grammars, highlight_line

from segql.highlight import kinds, textmate
from segql.highlight.lexer import SegqlLexer

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
GRAMMAR = ROOT / "editors/segql.tmLanguage.json"

_FENCE = re.compile(r"^(?P<indent> *)```(?:segql|catalog)[^\n`]*\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
_CONDITION = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
KINDS = [each for each in vars(kinds).values() if isinstance(each, kinds.Kind)]
_TOKENS = {f"{each.scope}.{textmate.LANGUAGE}": each.token for each in KINDS}


@dataclass(frozen=True, slots=True)
class Sample:
    """A text, and where it stands."""

    name: str
    text: str


def files() -> list[Sample]:
    """Return the `.seg` files of the examples, the demo and the tests."""
    found = sorted(each for part in ("examples", "segql", "tests") for each in (ROOT / part).rglob("*.seg"))
    return [Sample(each.relative_to(ROOT).as_posix(), each.read_text(encoding="utf-8")) for each in found]


def fences() -> list[Sample]:
    """Return the fences of the documentation and the specifications, and the conditions of their tables."""
    pages = [*sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "tests/spec").glob("*.md"))]
    return [each for page in pages for each in _parts(page)]


def broken() -> list[Sample]:
    """Return the fences of the pages about mistakes."""
    return [each for page in sorted((ROOT / "tests/spec/errors").glob("*.md")) for each in _parts(page)]


def _parts(page: Path) -> Iterator[Sample]:
    text = page.read_text(encoding="utf-8")
    for pattern in (_FENCE, _CONDITION):
        for found in pattern.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Sample(f"{page.relative_to(ROOT).as_posix()}:{line}", found.group(found.lastindex or 0))


def samples() -> list[Sample]:
    """Return all that is right, or wrong only in what it means."""
    return [*files(), *fences()]


def pygments_bits(text: str) -> list[tuple[str, str]]:
    """Return the bits of a text with their kinds in Pygments, such as `Keyword`."""
    lexer = SegqlLexer()
    return [(bit, str(token).removeprefix("Token.")) for _, token, bit in lexer.get_tokens_unprocessed(text)]


def letters(bits: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return each letter and sign of bits with its kind; blanks have none."""
    return [(letter, kind) for bit, kind in bits for letter in bit if not letter.isspace()]


def babi_bits(text: str) -> list[tuple[str, str]]:
    """Return the bits of a text as the editor babi sees them by the TextMate grammar, in Pygments' words."""
    compiler = _babi()
    state = compiler.root_state
    bits: list[tuple[str, str]] = []
    for number, line in enumerate(text.splitlines(keepends=True)):
        state, regions = highlight_line(compiler, state, line, first_line=number == 0)
        bits += [(line[each.start : each.end], _token(each.scope[-1])) for each in regions]
    return bits


@cache
def _babi() -> object:
    grammars = Grammars()
    # It looks for a file called as the scope; ours is called as VS Code wants it.
    grammars._scope_to_files[f"source.{textmate.LANGUAGE}"] = str(GRAMMAR)
    return grammars.compiler_for_scope(f"source.{textmate.LANGUAGE}")


def vscode_bits(texts: list[str]) -> list[list[tuple[str, str]]]:
    """Return the bits of texts as VS Code's engine sees them by the TextMate grammar, in Pygments' words."""
    if shutil.which("node") is None or not (packages() / "vscode-textmate").is_dir():
        pytest.skip("needs node, and `npm install --no-package-lock` in tests/highlight")
    found = vscode_scopes(GRAMMAR, f"source.{textmate.LANGUAGE}", texts)
    return [[(bit, _token(scope)) for bit, scope in each] for each in found]


def packages() -> Path:
    """Return where npm put what it installed."""
    return Path(os.environ.get("SEGQL_VSCODE_TEXTMATE", HERE)) / "node_modules"


def vscode_scopes(grammar: Path, scope: str, texts: list[str]) -> list[list[tuple[str, str]]]:
    """Return the bits of texts as VS Code's engine sees them by a grammar, each with its innermost scope."""
    done = subprocess.run(
        ["node", HERE / "vscode.cjs", packages(), grammar, scope],
        input=json.dumps(texts),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return [[(bit, named) for bit, named in each] for each in json.loads(done.stdout)]


def _token(scope: str) -> str:
    """Return a scope's name in Pygments; what has no scope of its own is no bit."""
    return "none" if scope.startswith("source.") else _TOKENS[scope]
