"""A code quality report that GitLab shows in a merge request."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from segql.diagnostics.diagnostic import Diagnostic, Severity
from segql.diagnostics.render.places import place_of

_SEVERITY = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def gitlab(diagnostics: Sequence[Diagnostic]) -> str:
    r"""Render the JSON array that GitLab takes as a `codequality` report.

    A fingerprint holds no line number: a matter stays the same one when lines are put above it.

    Example:
        >>> gitlab([])
        '[]\n'
    """
    seen: Counter[str] = Counter()
    entries = [_entry(each, seen) for each in diagnostics]
    return json.dumps(entries, indent=2 if entries else None) + "\n"


def _entry(diagnostic: Diagnostic, seen: Counter[str]) -> dict[str, object]:
    # GitLab wants a place; what has none is laid at the door of the project.
    path, line = "segql.toml", 1
    if diagnostic.span:
        place = place_of(diagnostic.span)
        path, line = place.path, place.line
    known = f"{path}\0{diagnostic.code}\0{diagnostic.message}"
    seen[known] += 1
    return {
        "description": f"{diagnostic.code} {diagnostic.message}",
        "check_name": diagnostic.name,
        "fingerprint": hashlib.sha256(f"{known}\0{seen[known]}".encode("utf-8", "replace")).hexdigest(),
        "severity": _SEVERITY[diagnostic.severity],
        "location": {"path": path, "lines": {"begin": line}},
    }
