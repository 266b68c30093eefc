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
ROOMS = ("syntax", "analysis", "sql", "run", "workspace", "graph", "lint", "fmt")

_CODE = re.compile(r"[A-Z]\d{3}")


@dataclass(frozen=True, slots=True)
class Case:
    """One way to get a message: one line about it, maybe more, an example of the mistake, the cure."""

    summary: str
    more: str
    example: str
    cure: str

    def __str__(self) -> str:
        """Lay it out for reading."""
        parts = [self.summary, self.more, f"Example:\n{_indented(self.example)}"]
        parts.append(f"Cure:\n{_indented(self.cure)}")
        return "\n\n".join(each for each in parts if each)


@dataclass(frozen=True, slots=True)
class Page:
    """What a message means; several functions may make it, each for a case of its own."""

    code: str
    name: str
    cases: tuple[Case, ...]

    @property
    def summary(self) -> str:
        """What it means, in one line."""
        return self.cases[0].summary

    def __str__(self) -> str:
        """Lay it out for reading."""
        return "\n\n".join([f"{self.code} {self.name}", *map(str, self.cases)]) + "\n"


def pages() -> list[Page]:
    """Return every page, by code.

    Example:
        >>> pages()[0].name
        'unexpected-word'
    """
    found: dict[tuple[str, str], list[Case]] = {}
    for room in ROOMS:
        for code, name, case in _cases_of(room):
            found.setdefault((code, name), []).append(case)
    return [Page(code, name, tuple(cases)) for (code, name), cases in sorted(found.items())]


def _cases_of(room: str) -> Iterator[tuple[str, str, Case]]:
    text = (resources.files("segql") / room / "errors.py").read_text(encoding="utf-8")
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef) and not statement.name.startswith("_"):
            for code, name in dict.fromkeys(_codes(statement)):
                yield code, name, case_of(ast.get_docstring(statement) or "")


def _codes(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Yield the code and name that a function gives to what it makes."""
    for each in ast.walk(function):
        match each:
            case ast.Call(args=[ast.Constant(str(code)), ast.Constant(str(name)), *_]):
                if _CODE.fullmatch(code):
                    yield code, name


def case_of(docstring: str) -> Case:
    r"""Return what the docstring of a function in `errors.py` tells.

    Example:
        >>> case_of("A slip.\n\nExample:\n    agee\nCure:\n    age").cure
        'age'
    """
    told, _, rest = inspect.cleandoc(docstring).partition("\nExample:\n")
    example, _, cure = rest.partition("\nCure:\n")
    summary, _, more = told.partition("\n\n")
    return Case(
        " ".join(summary.split()),
        more.strip(),
        inspect.cleandoc("\n" + example),
        inspect.cleandoc("\n" + cure),
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
