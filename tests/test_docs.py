"""What `docs/` says is so: its segments compile, its SQL and messages are today's, its commands print what they show.

`docs/README.md` tells what a page may hold. `UPDATE_GOLDEN=1 pytest tests/test_docs.py` writes SQL, messages and output.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from segql import compiler, demo
from segql.analysis import Analyzed
from segql.diagnostics.render.full import full
from segql.plan import Clock
from segql.plan.instants import midnight
from segql.source import Source

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
REFERENCE = sorted(page for page in (DOCS / "reference").glob("*.md") if page.name != "README.md")
LINKED = [*PAGES, ROOT / "README.md", *sorted((ROOT / "examples").rglob("README.md"))]

# Whose catalog a page speaks of: `<!-- catalog: school -->`; the first one, if it does not say.
CATALOGS = {"shop": ROOT / "segql/demo/files", "school": ROOT / "examples/standard-segments"}

_FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[ \t]*\n", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_ENTRY = re.compile(r"^### (?P<term>.+)\n\n(?P<text>(?:.+\n)+)", re.MULTILINE)

# What must stand after a block with this word, and in which kind of block.
_SHOWN = {"sql": "sql", "wrong": "text"}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page: what stands behind its fence, its text, and where it stands."""

    words: tuple[str, ...]
    text: str
    start: int
    end: int
    line: int

    @property
    def kind(self) -> str:
        return self.words[0] if self.words else ""

    @property
    def name(self) -> str:
        """The name of its source: of a bare condition, the segment's too; messages show it."""
        return "example.seg" if "wrong" in self.words else f"line_{self.line}"

    @property
    def source(self) -> Source:
        return Source.of(self.name, self.text)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the docs, and its blocks in order."""

    path: Path
    text: str
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, path: Path) -> Page:
        text = path.read_text(encoding="utf-8")
        blocks = (
            Block(tuple(found[2].split()), found[3], found.start(), found.end(), text.count("\n", 0, found.start()) + 1)
            for found in _FENCE.finditer(text)
        )
        return cls(path, text, tuple(blocks))

    @property
    def folder(self) -> Path:
        """The folder of the project whose catalog the page speaks of."""
        found = re.search(r"^<!-- catalog: (\w+) -->$", self.text, re.MULTILINE)
        return CATALOGS[found[1] if found else "shop"]

    def kept(self, before: Block) -> list[Block]:
        """Return the blocks that stand in the project when a block is run."""
        return [block for block in self.segql("kept") if block.start < before.start]

    def segql(self, *words: str) -> list[Block]:
        """Return the blocks of segments that carry all of these words."""
        return [block for block in self.blocks if block.kind == "segql" and set(words) <= set(block.words)]

    def analyzed(self, block: Block) -> Analyzed:
        """Read a block with what it may know: its page's catalog and other blocks, or nothing if it stands alone."""
        if "alone" in block.words:
            return compiler.check([block.source], _settings(None))
        return _read(self, block if "wrong" in block.words else None)

    def sql(self, block: Block) -> str:
        """Return the SQL of the last segment, score, tiers or split, without its comment, which names the version."""
        analyzed = self.analyzed(block)
        # Tiers and arms are segments, too, and stand behind the start of their declaration.
        asked = {name: ("members", each.span) for name, each in analyzed.definitions.items() if "." not in name}
        asked |= {name: ("values", each.span) for name, each in analyzed.outcomes.items()}
        of_block = [(span.start, name, form) for name, (form, span) in asked.items() if span.source.name == block.name]
        _, name, form = max(of_block)
        alone = "alone" in block.words
        lists = {
            each.name: _keys((self.path.parent if alone else self.folder) / each.path, each.key)
            for each in analyzed.catalog.lists.values()
        }
        clock = _clock(None if alone else self.folder)
        return compiler.compile(analyzed, [name], clock, form=form, lists=lists).sql.split("\n", 1)[1].rstrip() + "\n"

    def messages(self, block: Block) -> str:
        return full(self.analyzed(block).diagnostics)


@functools.cache
def _read(page: Page, wrong: Block | None) -> Analyzed:
    """Read the blocks of a page together; one that must be refused is seen by no other."""
    blocks = [each for each in page.segql() if not {"alone", "wrong"} & set(each.words)]
    catalog = Source.of("catalog.seg", (page.folder / "catalog.seg").read_text(encoding="utf-8"))
    sources = [each.source for each in (*blocks, *([wrong] if wrong else []))]
    return compiler.check([catalog, *sources], _settings(page.folder))


def _keys(path: Path, column: str) -> Sequence[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row[column] for row in csv.DictReader(file)]


def _project(folder: Path | None) -> Mapping[str, str]:
    """Return the settings of a project; a block that stands alone is asked at midnight of 1 December 2025 in UTC."""
    if folder is None:
        return {"as_of": "2025-12-01", "timezone": "UTC"}
    with (folder / "segql.toml").open("rb") as file:
        return tomllib.load(file)


def _settings(folder: Path | None) -> compiler.Settings:
    return compiler.Settings(_project(folder)["timezone"])


def _clock(folder: Path | None) -> Clock:
    settings = _project(folder)
    zone = ZoneInfo(settings["timezone"])
    return Clock(midnight(dt.date.fromisoformat(settings["as_of"]), zone), zone, 1)


def _shown(page: Page, block: Block, told: Callable[[Block], str], word: str) -> tuple[int, int, str]:
    """Return the place after a block where what it gives is to stand, and the text of that place as it is today."""
    following = [each for each in page.blocks if each.start > block.start]
    end = block.end
    if following and following[0].kind == _SHOWN[word] and not page.text[block.end : following[0].start].strip():
        end = following[0].end
    return block.end, end, f"\n```{_SHOWN[word]}\n{told(block)}```\n"


def _today(page: Page, shop: Path) -> str:
    """Return the text of a page with its SQL, its messages and its output as they are today."""
    places = [_shown(page, block, page.sql, "sql") for block in page.segql("sql")]
    places += [_shown(page, block, page.messages, "wrong") for block in page.segql("wrong")]
    for block in page.blocks:
        if block.kind == "console":
            places.append((block.start, block.end, f"```console\n{_session(block, page, shop)}```\n"))
    text = page.text
    for start, end, part in sorted(places, reverse=True):
        text = text[:start] + part + text[end:]
    return text


def _session(block: Block, page: Page, shop: Path) -> str:
    """Return commands with what they print; tables, as on a terminal."""
    folder = shop if page.folder == CATALOGS["shop"] else page.folder
    kept = page.kept(block)
    with tempfile.TemporaryDirectory() as copy:
        if kept:
            folder = Path(shutil.copytree(folder, copy, dirs_exist_ok=True))
            for each in kept:
                (folder / f"segments/{each.name}.seg").write_text(each.text, encoding="utf-8")
        lines = [line for line in block.text.splitlines() if line.startswith("$ ")]
        return "".join(f"{line}\n{_printed(line, folder)}" for line in lines)


@functools.cache
def _printed(line: str, folder: Path) -> str:
    program, *arguments = shlex.split(line.removeprefix("$ "), comments=True)
    assert program == "segql", f"{line}: only segql is run"
    is_table = arguments[0] in {"run", "list"} and "--format" not in arguments
    table = ["--format", "table"] if is_table else []
    done = subprocess.run(
        [sys.executable, "-m", "segql", *arguments, *table],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return "".join(f"{each}".rstrip() + "\n" for each in done.stdout.splitlines())


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "shop"
    demo.make(folder)
    return folder


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# ── segments, SQL, messages, output ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", [*PAGES, ROOT / "README.md"], ids=_id)
def test_every_block_of_segments_compiles(path: Path) -> None:
    page = Page.of(path)

    problems = [
        each for block in page.segql() if "wrong" not in block.words for each in page.analyzed(block).diagnostics
    ]

    # A block is called after the line of the page on which it begins.
    assert not problems, full(list(dict.fromkeys(problems)))


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_what_is_shown_after_a_block_is_what_it_gives(path: Path, shop: Path, *, updating: bool) -> None:
    page = Page.of(path)
    today = _today(page, shop)
    if updating:
        path.write_text(today, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == today, "is it meant? then UPDATE_GOLDEN=1"


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_a_block_that_must_be_refused_is_refused(path: Path) -> None:
    page = Page.of(path)

    for block in page.segql("wrong"):
        spans = [each.span for each in page.analyzed(block).diagnostics]
        assert spans, f"{path}:{block.line}: nothing is wrong with it"
        assert all(span is not None and span.source.name == block.name for span in spans)


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_the_sql_of_the_shop_runs_in_its_database(path: Path, shop: Path, tmp_path: Path) -> None:
    page = Page.of(path)
    # A copy: DuckDB opens a file once in a process, and a project may hold it with other settings.
    copy = shutil.copyfile(shop / "shop.duckdb", tmp_path / "copy.duckdb")

    with duckdb.connect(str(copy), read_only=True) as connection:
        for block in page.segql("sql"):
            if page.folder == CATALOGS["shop"] and "alone" not in block.words:
                connection.execute(page.sql(block)).fetchall()


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_the_words_behind_a_fence_are_known(path: Path) -> None:
    for block in Page.of(path).blocks:
        assert block.kind in {"segql", "sql", "text", "console", "sh", "python", "toml"}, f"{path}:{block.line}"
        assert set(block.words[1:]) <= {"sql", "alone", "wrong", "kept"}, f"{path}:{block.line}"


# ── the reference ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", REFERENCE, ids=_id)
def test_each_construct_of_the_reference_is_told_in_the_same_form(path: Path) -> None:
    sections = re.split(r"(?m)^## ", path.read_text(encoding="utf-8"))[1:]

    assert sections
    for section in sections:
        heading = section.split("\n", 1)[0]
        assert re.search(r"^\*\*Written:\*\* ", section, re.MULTILINE), f"{heading}: how is it written?"
        assert re.search(r"^\*\*Gives:\*\* ", section, re.MULTILINE), f"{heading}: of which type is it?"
        assert re.search(r"^```segql (?:alone )?sql$", section, re.MULTILINE), (
            f"{heading}: there is no example with SQL"
        )


def test_every_page_of_the_reference_is_on_its_list() -> None:
    listed = set(_LINK.findall((DOCS / "reference/README.md").read_text(encoding="utf-8")))

    assert {path.name for path in REFERENCE} <= listed


# ── links and the glossary ───────────────────────────────────────────────────────────────────────


def _anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as they are made where the page is shown."""
    without_blocks = _FENCE.sub("\n", path.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        for heading in _HEADING.findall(without_blocks)
    }


def _links(path: Path) -> Iterator[str]:
    text = _FENCE.sub("\n", path.read_text(encoding="utf-8"))
    return (link for link in _LINK.findall(text) if "://" not in link)


@pytest.mark.parametrize("path", LINKED, ids=_id)
def test_links_lead_somewhere(path: Path) -> None:
    for link in _links(path):
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{link}: there is no such file"
        assert not anchor or anchor in _anchors(target), f"{link}: there is no such heading"


def _entries() -> list[re.Match[str]]:
    return list(_ENTRY.finditer((DOCS / "glossary.md").read_text(encoding="utf-8")))


def test_the_glossary_is_in_alphabetical_order_and_names_each_term_once() -> None:
    terms = [unicodedata.normalize("NFKD", entry["term"]).casefold() for entry in _entries()]

    assert len(terms) >= 60
    assert terms == sorted(set(terms))


@pytest.mark.parametrize("entry", _entries(), ids=lambda entry: entry["term"])
def test_a_term_is_told_in_a_few_sentences_and_says_where_to_read_on(entry: re.Match[str]) -> None:
    text = " ".join(entry["text"].split())

    assert 1 <= len(re.findall(r"[.?](?= |$)", re.sub(r"`[^`]*`", "", text))) <= 4
    assert [link for link in _LINK.findall(text) if not link.startswith("#")], "where is it explained?"
