"""Findings that are known already, so that only new ones are told.

A finding is known by the name of its declaration, the code, and a hash of what is written where it was found, so that
it stays known where a file is moved, laid out anew or gets other segments; and where its declaration is renamed, as
long as nothing of that name is left.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, cast

from segql.lint.engine import Finding
from segql.syntax import ast
from segql.tree import Node, walk

_VERSION = 1


class Known(NamedTuple):
    """What tells one finding from another."""

    name: str
    code: str
    hash: str


def known(finding: Finding) -> Known:
    """Return what a finding is known by."""
    declaration = finding.declaration
    name = declaration.name.text if declaration is not None else ""
    return Known(name, finding.rule.code, _hash(_subject(finding)))


def written(findings: Sequence[Finding]) -> str:
    r"""Return the text of a baseline that holds these findings.

    Example:
        >>> written([])
        '{\n  "version": 1,\n  "findings": []\n}\n'
    """
    entries = [each._asdict() for each in sorted(map(known, findings))]
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
    unknown: list[Finding] = []
    for each in findings:
        own = known(each)
        if left[own]:
            left[own] -= 1
        else:
            unknown.append(each)
    # What was renamed is known by the rest of it.
    renamed = Counter({entry[1:]: 0 for entry in left})
    for entry, count in left.items():
        if entry.name not in names:
            renamed[entry[1:]] += count
    fresh: list[Finding] = []
    for each in unknown:
        rest = known(each)[1:]
        if renamed[rest]:
            renamed[rest] -= 1
        else:
            fresh.append(each)
    return fresh


def _subject(finding: Finding) -> Node | str:
    """Return the smallest part of a declaration that holds a finding; for its name, what it says."""
    span, declaration = finding.diagnostic.span, finding.declaration
    if span is None or declaration is None:
        return span.text if span else ""
    holding = [
        each
        for each in walk(declaration)
        if each.span.start <= span.start and span.end <= each.span.end and not isinstance(each, ast.Comment)
    ]
    smallest = min(holding, key=lambda each: each.span.end - each.span.start, default=declaration)
    if isinstance(declaration, ast.Segment) and smallest in (declaration.name, declaration):
        return declaration.condition
    return smallest


def _hash(subject: Node | str) -> str:
    return hashlib.blake2b(repr(subject).encode(), digest_size=8).hexdigest()
