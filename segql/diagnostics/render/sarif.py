"""SARIF 2.1.0, the format of code scanning services."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

from segql.diagnostics.diagnostic import Diagnostic, Edit, Fix
from segql.diagnostics.render.below import below
from segql.diagnostics.render.places import place_of, uri_of
from segql.source import Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """Render a SARIF log of one run, with a rule for each code that occurs.

    Example:
        >>> json.loads(sarif([]))["version"]
        '2.1.0'
    """
    rules = dict(sorted({each.code: each.name for each in diagnostics}.items()))
    places = {code: index for index, code in enumerate(rules)}
    driver = {
        "name": "segql",
        "rules": [
            {"id": code, "name": name, "shortDescription": {"text": name.replace("-", " ")}}
            for code, name in rules.items()
        ],
    }
    run = {
        "tool": {"driver": driver},
        # Columns count characters, as in every other format; the default would be UTF-16 units.
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, places[each.code]) for each in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(diagnostic: Diagnostic, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": str(diagnostic.severity),
        "message": {"text": "\n".join([diagnostic.message, *below(diagnostic)])},
    }
    # Code scanning refuses a whole log for one result without a place: such a one is laid at the door of the project.
    nowhere = {"physicalLocation": {"artifactLocation": {"uri": "segql.toml"}, "region": {"startLine": 1}}}
    result["locations"] = [_location(diagnostic.span) if diagnostic.span else nowhere]
    if diagnostic.labels:
        result["relatedLocations"] = [
            _location(each.span) | {"id": number, "message": {"text": each.text}}
            for number, each in enumerate(diagnostic.labels, 1)
        ]
    # The schema wants at least one change in a fix.
    if diagnostic.fix and diagnostic.fix.edits:
        result["fixes"] = [_fix(diagnostic.fix)]
    return result


def _location(span: Span) -> dict[str, object]:
    artifact = {"uri": uri_of(place_of(span).path)}
    return {"physicalLocation": {"artifactLocation": artifact, "region": _region(span)}}


def _region(span: Span) -> dict[str, int]:
    place = place_of(span)
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(fix: Fix) -> dict[str, object]:
    edits = sorted(fix.edits, key=lambda each: each.span.source.name)
    changes = [
        {
            "artifactLocation": {"uri": uri_of(place_of(group[0].span).path)},
            "replacements": [_replacement(each) for each in group],
        }
        for group in (list(found) for _, found in groupby(edits, key=lambda each: each.span.source.name))
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _replacement(edit: Edit) -> dict[str, object]:
    return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
