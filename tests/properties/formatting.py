"""Lay out many generated, mangled and broken texts: `python -m tests.properties.formatting --cases 10000`.

Of each kind as many. What is looked for: a file that would lose something, a comment that is no longer beside what it
was about, and a second run that changes something.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from random import Random

from segql.fmt import format_source
from segql.lint.suppressions import suppressions
from segql.source import Source
from segql.syntax import Parsed, ast, parse
from segql.tree import walk
from tests.properties.mangled import broken, mangled, reads_alike
from tests.properties.run import generated
from tests.spec_file import SPECS

KINDS = ("generated", "mangled", "broken")

_EXAMPLES = Path(__file__).parents[2] / "examples"
_WORD = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`[^`]*`|\w+|#.*|[^\s\w]")
_SIGNS = frozenset({",", ")"})
# What the style puts in front of the next line where it stood at the end of one.
_JOINTS = _SIGNS | {"and", "or", "then", "from", "key", "by", "at", "where", "seed", "all", "among", *"+-*/", "mod"}
_FENCE = re.compile(r"```segql[^\n]*\n(.*?)```", re.DOTALL)
_WIDTHS = (30, 60, 100)
_AT_A_TIME = 200


@cache
def _corpus() -> tuple[str, ...]:
    """Return what was written by hand: the examples, and the fences of the specifications."""
    files = [path.read_text(encoding="utf-8") for path in sorted(_EXAMPLES.rglob("*.seg"))]
    pages = [path.read_text(encoding="utf-8") for path in sorted(SPECS.glob("*.md"))]
    return (*files, *(each for page in pages for each in _FENCE.findall(page)))


def text_of(kind: str, seed: int) -> str:
    """Return the text of a seed."""
    chance = Random(f"{kind} {seed}")  # noqa: S311 (the same each time)
    if kind == "generated" or chance.random() < 0.4:
        project, segments = generated(seed, 4)
        told = [f"segment {name}{project.of_customer} where {each}" for name, each in segments.items()]
        text = "\n".join([project.catalog(), *told])
    else:
        text = chance.choice(_corpus())
    if kind == "generated":
        return text
    # In some places a line may not end; wherever one does, a little less will do.
    tried = (mangled(text, chance, wildness=wildness) for wildness in (0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02))
    made = next((each for each in tried if reads_alike(text, each)), text)
    return broken(made, chance) if kind == "broken" else made


def defects(kind: str, seed: int) -> Iterator[str]:
    """Yield what is wrong with how the text of a seed is laid out."""
    text, width = text_of(kind, seed), _WIDTHS[seed % len(_WIDTHS)]
    before, made = parse(Source.of("a.seg", text)), format_source(Source.of("a.seg", text), width)
    after = parse(Source.of("a.seg", made.text))
    if not before.diagnostics and any(_outside(before)):
        yield f"{kind} {seed}: words that nobody read"
    if any(each.code == "E901" for each in made.diagnostics):
        yield f"{kind} {seed}: it would not be kept"
    if kind != "broken" and before.module.declarations != after.module.declarations:
        yield f"{kind} {seed}: another tree"
    if _comments(before) != _comments(after):
        yield f"{kind} {seed}: other comments"
    elif not _stays(before, after):
        yield f"{kind} {seed}: a comment beside other words"
    if kind != "broken" and _silenced(before) != _silenced(after):
        yield f"{kind} {seed}: a comment silences other findings"
    if format_source(Source.of("a.seg", made.text), width).text != made.text:
        yield f"{kind} {seed}: a second run changes it"


def _outside(parsed: Parsed) -> Iterator[str]:
    """Yield the words of a text that stand in no declaration and in no comment."""
    end = 0
    spans = sorted(
        (each.span for each in (*parsed.module.declarations, *parsed.module.comments)), key=lambda s: s.start
    )
    for each in [*spans, parsed.source.span(len(parsed.source.text), len(parsed.source.text))]:
        yield from parsed.source.text[end : each.start].split()
        end = max(end, each.end)


def _comments(parsed: Parsed) -> list[str]:
    return [each.text.rstrip() for each in parsed.module.comments]


def _stays(before: Parsed, after: Parsed) -> bool:
    """Say whether each comment stands behind or above the same word; `and` and the like may change their line."""
    return all(
        _place(before, first, _SIGNS) == _place(after, second, _SIGNS)
        or _place(before, first, _JOINTS) == _place(after, second, _JOINTS)
        for first, second in zip(before.module.comments, after.module.comments, strict=True)
    )


def _place(parsed: Parsed, comment: ast.Comment, passed: frozenset[str]) -> tuple[str, str]:
    lines, line = parsed.source.text.split("\n"), comment.span.line
    before = lines[line - 1][: comment.span.column - 1]
    if ")" in before or _words(before, passed):
        above = (word for each in [before, *lines[: line - 1][::-1]] for word in _words(each, passed)[::-1])
        return "behind", next(above, "")
    below = (word for each in lines[line:] for word in _words(each, passed))
    return "above", next(below, "")


def _words(line: str, passed: frozenset[str]) -> list[str]:
    words = (each[0].lower() for each in _WORD.finditer(line))
    return ['"' if each[0] in "\"'" else each for each in words if each[0] != "#" and each not in passed]


def _silenced(parsed: Parsed) -> list[list[bool]]:
    """Return for each comment that silences findings which of the nodes it is about."""
    nodes = [each for tree in parsed.module.declarations for each in walk(tree)]
    found = suppressions([parsed], lambda name: frozenset([name]))
    return [[each.is_about(node.span) for node in nodes] for each in found]


def _defects(kind: str, seed: int) -> list[str]:
    return list(defects(kind, seed))


def main() -> int:
    """Run as many cases of each kind as asked for; 1 where one has a defect."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cases", type=int, default=1000, help="of each kind")
    arguments.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    arguments.add_argument("--jobs", type=int, default=2)
    asked = arguments.parse_args()
    found = 0
    with ProcessPoolExecutor(asked.jobs) as pool:
        for start in range(0, asked.cases, _AT_A_TIME):
            seeds = range(start, min(start + _AT_A_TIME, asked.cases))
            for kind in asked.kinds:
                for each in pool.map(partial(_defects, kind), seeds, chunksize=20):
                    found += len(each)
                    sys.stdout.write("".join(f"{defect}\n" for defect in each))
            # It takes long: what is known is told at once.
            sys.stdout.write(f"{seeds.stop:,} {', '.join(asked.kinds)} texts each: {found} defects\n")
            sys.stdout.flush()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
