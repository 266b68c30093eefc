"""The page of each message: the docstring of the function that makes it.

Pages are read from the text of the `errors.py` files, so that showing one loads no compiler.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

# The rooms with messages, in the order of their codes.
ROOMS = ("syntax", "analysis", "sql", "run", "workspace")

_CODE = re.compile(r"[A-Z]\d{3}")


@dataclass(frozen=True, slots=True)
class Page:
    """What a message means: one line, maybe more about it, an example of the mistake, and the cure."""

    code: str
    name: str
    summary: str
    more: str
    example: str
    cure: str

    def __str__(self) -> str:
        """Lay it out for reading."""
        parts = [f"{self.code} {self.name}", self.summary]
        if self.more:
            parts.append(self.more)
        parts.append(f"Example:\n{_indented(self.example)}")
        parts.append(f"Cure:\n{_indented(self.cure)}")
        return "\n\n".join(parts) + "\n"


def pages() -> list[Page]:
    """Return every page, by code.

    Example:
        >>> pages()[0].name
        'unexpected-word'
    """
    found = [page for room in ROOMS for page in _pages_of(room)]
    return sorted(found, key=lambda each: each.code)


def _pages_of(room: str) -> Iterator[Page]:
    text = (resources.files("segql") / room / "errors.py").read_text(encoding="utf-8")
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("_"):
            for code, name in dict.fromkeys(_codes(statement)):
                yield _page(code, name, ast.get_docstring(statement) or "")


def _codes(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Yield the code and name that a function gives to what it makes."""
    for each in ast.walk(function):
        match each:
            case ast.Call(args=[ast.Constant(str(code)), ast.Constant(str(name)), *_]):
                if _CODE.fullmatch(code):
                    yield code, name


def _page(code: str, name: str, docstring: str) -> Page:
    told, _, rest = inspect.cleandoc(docstring).partition("\nExample:\n")
    example, _, cure = rest.partition("\nCure:\n")
    summary, _, more = told.partition("\n\n")
    return Page(
        code,
        name,
        " ".join(summary.split()),
        more.strip(),
        inspect.cleandoc("\n" + example),
        inspect.cleandoc("\n" + cure),
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
