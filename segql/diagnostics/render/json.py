"""An array of objects, for programs."""

from __future__ import annotations

import json as stdlib_json
from collections.abc import Sequence
from dataclasses import asdict

from segql.diagnostics.diagnostic import Diagnostic, Fix
from segql.diagnostics.render.places import place_of
from segql.source import Span


def json(diagnostics: Sequence[Diagnostic]) -> str:
    r"""Render a JSON array.

    Lines and columns count code points from 1; an end is just behind the last letter.

    Example:
        >>> json([])
        '[]\n'
    """
    entries = [_entry(each) for each in diagnostics]
    return stdlib_json.dumps(entries, indent=2 if entries else None) + "\n"


def _entry(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        "hint": diagnostic.hint or None,
        "example": diagnostic.example or None,
        "place": _place(diagnostic.span),
        "labels": [{"text": each.text, "place": _place(each.span)} for each in diagnostic.labels],
        "fix": _fix(diagnostic.fix),
    }


def _place(span: Span | None) -> dict[str, object] | None:
    return asdict(place_of(span)) if span else None


def _fix(fix: Fix | None) -> dict[str, object] | None:
    if fix is None:
        return None
    edits = [{"place": _place(each.span), "text": each.text} for each in fix.edits]
    return {"title": fix.title, "edits": edits, "applicability": str(fix.applicability)}
