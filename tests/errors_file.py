"""A page of mistakes as it is written: Markdown → mistakes, each with its files and what is said about them.

What a page may hold is told in `spec/errors/README.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from segql.compiler import Analyzed, check
from segql.diagnostics.render.full import full
from segql.source import Source

PAGES = Path(__file__).parent / "spec" / "errors"

_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>\w+)[ \t]*(?P<about>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL
)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_UNNAMED = "example.seg"


@dataclass(frozen=True, slots=True)
class Mistake:
    """What stands under one heading: the files of a project, by name, and the messages as they are written down."""

    page: Path
    heading: str
    files: Mapping[str, str]
    told: str

    def __str__(self) -> str:
        """Say it as the name of a test."""
        return f"{self.page.stem}: {self.heading}"

    def analyzed(self) -> Analyzed:
        """Return what the project says, with the catalog that all pages share unless it brings its own."""
        files = {"catalog.seg": catalog(), **self.files}
        return check([Source.of(name, text) for name, text in files.items()])

    def messages(self) -> str:
        """Return the messages as a user sees them."""
        return full(self.analyzed().diagnostics)


def pages() -> list[Path]:
    """Return all pages of mistakes."""
    return sorted(path for path in PAGES.glob("*.md") if path.name != "README.md")


def catalog() -> str:
    """Return the catalog that all pages share."""
    found = _FENCE.search((PAGES / "README.md").read_text(encoding="utf-8"))
    assert found
    return found["text"]


def mistakes(page: Path) -> list[Mistake]:
    """Return the mistakes of a page in order."""
    return [_mistake(page, part) for part in _parts(page.read_text(encoding="utf-8"))[1:]]


def rewritten(page: Path) -> str:
    """Return the text of a page with its messages as they are today."""
    first, *parts = _parts(page.read_text(encoding="utf-8"))
    out = [first]
    for part in parts:
        mistake = _mistake(page, part)
        blocks = [found for found in _FENCE.finditer(part) if found["kind"] == "segql"]
        kept = part[: blocks[-1].end()]
        told = mistake.messages()
        fence = "````" if "```" in told else "```"
        out.append(f"{kept}\n\n{fence}text\n{told}{fence}\n\n")
    return "".join(out).rstrip() + "\n"


def _parts(text: str) -> list[str]:
    """Return what stands before the first mistake, then each mistake with its heading."""
    return re.split(r"(?m)^(?=## )", text)


def _mistake(page: Path, part: str) -> Mistake:
    heading = part.split("\n", 1)[0].removeprefix("## ")
    files: dict[str, str] = {}
    told = ""
    for found in _FENCE.finditer(part):
        if found["kind"] == "text":
            told = found["text"]
            continue
        about = found["about"].split()
        text = found["text"]
        if "escaped" in about:
            about.remove("escaped")
            text = _ESCAPED.sub(lambda each: chr(int(each[1], 16)), text)
        files[about[0] if about else _UNNAMED] = text
    return Mistake(page, heading, files, told)


ALL_FILES = tuple(text for page in pages() for mistake in mistakes(page) for text in mistake.files.values())
