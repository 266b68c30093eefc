"""Findings that are known already, so that only new ones are told.

A finding is known by the name of its declaration, the code, and a hash of what is written where it was found, so that
it stays known where a file is moved, laid out anew or gets other segments; and where its declaration is renamed, as
long as nothing of that name is left.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, cast

from segql.lint.engine import Finding
from segql.lint.reading import is_inside
from segql.source import Span
from segql.syntax import ast
from segql.tree import Node, walk

_VERSION = 1
# Between the names of several declarations.
_BETWEEN = ", "


class Known(NamedTuple):
    """What tells one finding from another."""

    name: str
    code: str
    hash: str


def written(findings: Sequence[Finding]) -> str:
    r"""Return the text of a baseline that holds these findings.

    Example:
        >>> written([])
        '{\n  "version": 1,\n  "findings": []\n}\n'
    """
    entries = [each._asdict() for each in sorted(known(findings))]
    return json.dumps({"version": _VERSION, "findings": entries}, indent=2, ensure_ascii=False) + "\n"


def read(text: str) -> list[Known]:
    """Return what a baseline holds.

    Raises:
        ValueError: it is none; the message says why.
    """
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno} is no JSON") from None
    if not isinstance(found, dict) or found.get("version") != _VERSION or not isinstance(found.get("findings"), list):
        raise ValueError("it was not written by this version")
    entries = [
        [each.get(key) for key in Known._fields] if isinstance(each, dict) else [None] for each in found["findings"]
    ]
    if not all(isinstance(value, str) for entry in entries for value in entry):
        raise ValueError("an entry lacks a name, a code or a hash")
    return [Known(*cast("list[str]", entry)) for entry in entries]


def new(findings: Sequence[Finding], baseline: Sequence[Known], names: frozenset[str]) -> list[Finding]:
    """Return the findings that a baseline does not know; `names` are those of all declarations that there are.

    Each entry stands for one finding: of two that are alike and one entry, one is new.
    """
    left = Counter(baseline)
    unknown: list[tuple[Finding, Known]] = []
    for each, own in zip(findings, known(findings), strict=True):
        if left[own]:
            left[own] -= 1
        else:
            unknown.append((each, own))
    # What was renamed is known by the rest of it.
    renamed = Counter({entry[1:]: 0 for entry in left})
    for entry, count in left.items():
        if not names.issuperset(entry.name.split(_BETWEEN)):
            renamed[entry[1:]] += count
    fresh: list[Finding] = []
    for each, own in unknown:
        if renamed[own[1:]]:
            renamed[own[1:]] -= 1
        else:
            fresh.append(each)
    return fresh


def known(findings: Iterable[Finding]) -> list[Known]:
    """Return what each finding is known by."""
    subjects = _Subjects()
    return [Known(_BETWEEN.join(sorted(each.names)), each.rule.code, subjects.hash_of(each)) for each in findings]


class _Subjects:
    """What is written where something was found; each declaration is walked once."""

    def __init__(self) -> None:
        self._by_place: dict[int, dict[tuple[int, int], Node]] = {}
        self._hashes: dict[int, str] = {}

    def hash_of(self, finding: Finding) -> str:
        """Return a hash of what is written there, and of the same in the other declarations that it is about."""
        span, declaration = finding.diagnostic.span, finding.declaration
        if span is None or declaration is None:
            return _hash(span.text if span else "")
        told = [self._hash(span, declaration)]
        for each in finding.beside:
            spans = (label.span for label in finding.diagnostic.labels)
            told += (self._hash(one, each) for one in spans if is_inside(one, each.span))
        return told[0] if len(told) == 1 else _hash(" ".join(sorted(told)))

    def _hash(self, span: Span, declaration: ast.Declaration) -> str:
        subject = self._subject(span, declaration)
        # All nodes are kept by their declarations, so that no other one gets the place of one that is gone.
        if id(subject) not in self._hashes:
            self._hashes[id(subject)] = _hash(subject)
        return self._hashes[id(subject)]

    def _subject(self, span: Span, declaration: ast.Declaration) -> Node:
        """Return the smallest part of a declaration that holds a place; for its name, what it says."""
        if id(declaration) not in self._by_place:
            every = (each for each in walk(declaration) if not isinstance(each, ast.Comment))
            by_place: dict[tuple[int, int], Node] = {}
            for each in every:
                by_place.setdefault((each.span.start, each.span.end), each)
            self._by_place[id(declaration)] = by_place
        by_place = self._by_place[id(declaration)]
        smallest = by_place.get((span.start, span.end))
        if smallest is None:
            holding = [each for (start, end), each in by_place.items() if start <= span.start and span.end <= end]
            smallest = min(holding, key=lambda each: each.span.end - each.span.start, default=declaration)
        if isinstance(declaration, ast.Segment) and (smallest is declaration.name or smallest is declaration):
            return declaration.condition
        return smallest


def _hash(subject: Node | str) -> str:
    return hashlib.blake2b(repr(subject).encode(), digest_size=8).hexdigest()
