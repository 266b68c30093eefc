"""A specification as it is written: Markdown → sections, each with all that holds for it.

What a file may hold is told in `spec/README.md`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

SPECS = Path(__file__).parent / "spec"

_HEADING = re.compile(r"(#+) (.+)")
_FENCE = re.compile(r"```(\w+) ?(.*)")
_ROW = re.compile(r"\|(.+)\|\s*")
_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]+")
_MISTAKE = re.compile(r"# error: \[([\w-]+)\]")

# The number of a line and the name of the mistake in it.
Mistake: TypeAlias = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: what kind it is, the words after that, its text and the line of its fence."""

    kind: str
    about: str
    text: str
    line: int

    @property
    def mistakes(self) -> set[Mistake]:
        """The mistakes that its comments announce, by its own lines."""
        lines = enumerate(self.text.split("\n"), start=1)
        return {(number, found[1]) for number, line in lines for found in _MISTAKE.finditer(line)}


@dataclass(frozen=True, slots=True)
class Expected:
    """Who should be in the segment of that name, in the words of the file, and the line where it says so."""

    segment: str
    members: str
    line: int

    @property
    def mistake(self) -> str | None:
        """The name of the mistake that is expected instead of members."""
        found = re.fullmatch(r"\[([\w-]+)\]", self.members)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Section:
    """The text under one heading. `catalog`, `settings` and `data` hold what the headings above it said, too.

    `segql` are blocks of declarations, or of one condition where they bear a name; `conditions` are rows of tables,
    by the name of the segment that each makes.
    """

    path: Path
    heading: str
    level: int
    line: int
    catalog: tuple[Block, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    segql: tuple[Block, ...] = ()
    conditions: Mapping[str, str] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()
    sql: tuple[Block, ...] = ()
    values: tuple[Block, ...] = ()

    def __str__(self) -> str:
        """Say where it stands: `windows.md:12 "Calendar periods"`."""
        return f'{self.path.name}:{self.line} "{self.heading}"'

    def below(self, heading: str, level: int, line: int) -> Section:
        """Return an empty section under this one."""
        return Section(self.path, heading, level, line, self.catalog, self.settings, self.data)

    def __add__(self, block: Block) -> Section:
        """Return the section with one block more."""
        match block.kind:
            case "catalog":
                return replace(self, catalog=(*self.catalog, block))
            case "settings":
                return replace(self, settings={**self.settings, **tomllib.loads(block.text)})
            case "data":
                return replace(self, data={**self.data, block.about: block.text})
            case "segql":
                return replace(self, segql=(*self.segql, block))
            case "members":
                members = ", ".join(block.text.split("\n"))
                return replace(self, expected=(*self.expected, Expected(block.about, members, block.line)))
            case "values":
                return replace(self, values=(*self.values, block))
            case "sql":
                return replace(self, sql=(*self.sql, block))
            case "text":
                return self
            case kind:
                raise ValueError(f"{self.path}:{block.line}: a spec has no `{kind}` blocks")

    def asking(self, condition: str, members: str, line: int) -> Section:
        """Return the section with one row of a table more."""
        name = f"line {line}"
        return replace(
            self,
            conditions={**self.conditions, name: condition},
            expected=(*self.expected, Expected(name, members, line)),
        )


def spec_paths() -> list[Path]:
    """Return all specifications, but for those of messages, which are told in another way."""
    return sorted(path for path in SPECS.rglob("*.md") if path.name != "README.md" and "errors" not in path.parts)


def sections(path: Path) -> list[Section]:
    """Return the sections of a file in order."""
    above: list[Section] = [Section(path, "", 0, 1)]
    done: list[Section] = []
    rows: list[list[str]] = []
    blocks = iter(_blocks(path.read_text(encoding="utf-8")))
    for line, part in blocks:
        if isinstance(part, Block):
            above[-1] += part
        elif heading := _HEADING.fullmatch(part):
            level = len(heading[1])
            done += _closed(above, level)
            above.append(above[-1].below(heading[2], level, line))
        if isinstance(part, str) and (row := _ROW.fullmatch(part)):
            rows.append([cell.strip().replace("\\|", "|") for cell in _CELL.split(row[1])])
            if len(rows) > 1 and not _RULE.fullmatch(part):
                above[-1] = _asked(above[-1], rows[0], rows[-1], line)
        else:
            rows = []
    done += _closed(above, 1)
    return sorted(done, key=lambda section: section.line)


def _asked(section: Section, head: list[str], cells: list[str], line: int) -> Section:
    """Add a row of a table of conditions; other tables are there to be read only."""
    if [each.lower() for each in head] not in (["condition", "members"], ["condition", "members", "because"]):
        return section
    if len(cells) != len(head):
        raise ValueError(f"{section.path}:{line}: this row has {len(cells)} cells, not {len(head)}")
    condition = re.sub(r"^(`+) ?(.*?) ?\1$", r"\2", cells[0])
    return section.asking(condition, cells[1], line)


def _closed(above: list[Section], level: int) -> Iterator[Section]:
    """Take away the sections that a heading of this level ends."""
    while above[-1].level >= level:
        yield above.pop()


def _blocks(text: str) -> Iterator[tuple[int, Block | str]]:
    """Yield fenced blocks, and lines that stand outside of them."""
    opened: tuple[int, re.Match[str]] | None = None
    inner: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if opened is None and (fence := _FENCE.fullmatch(line)):
            opened, inner = (number, fence), []
        elif opened is not None and line == "```":
            start, fence = opened
            yield start, Block(fence[1], fence[2].strip(), "\n".join(inner), start)
            opened = None
        elif opened is not None:
            inner.append(line)
        else:
            yield number, line
    if opened is not None:
        raise ValueError(f"the block that begins at line {opened[0]} is not closed")
