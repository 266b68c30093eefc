"""A JUnit report, which every build server can show."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from segql.diagnostics.diagnostic import Diagnostic, Severity
from segql.diagnostics.render.below import below
from segql.diagnostics.render.concise import concise
from segql.diagnostics.render.places import place_of
from segql.diagnostics.render.visible import visible


def junit(diagnostics: Sequence[Diagnostic]) -> str:
    """Render one suite a file and one case a diagnostic; without any, one case that passed.

    A warning passes and is told in the case's output, so that it breaks no build.

    Example:
        >>> 'tests="1" failures="0"' in junit([])
        True
    """
    failures = sum(each.severity is Severity.ERROR for each in diagnostics)
    counts = {"tests": str(max(1, len(diagnostics))), "failures": str(failures), "errors": "0"}
    root = ET.Element("testsuites", {"name": "segql", **counts})
    if not diagnostics:
        suite = ET.SubElement(root, "testsuite", {"name": "segql", **counts})
        ET.SubElement(suite, "testcase", {"name": "segql check", "classname": "segql"})
    ordered = sorted(diagnostics, key=_path)
    for path, found in groupby(ordered, key=_path):
        _suite(root, path, list(found))
    ET.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _path(diagnostic: Diagnostic) -> str:
    return place_of(diagnostic.span).path if diagnostic.span else "segql"


def _suite(root: ET.Element, path: str, diagnostics: Sequence[Diagnostic]) -> None:
    failures = sum(each.severity is Severity.ERROR for each in diagnostics)
    counts = {"tests": str(len(diagnostics)), "failures": str(failures), "errors": "0"}
    suite = ET.SubElement(root, "testsuite", {"name": visible(path), **counts})
    for each in diagnostics:
        line = f"{each.span.line}:{each.span.column} " if each.span else ""
        # XML has no way to write most control characters, so text is made visible first.
        name = f"{line}{each.code} {each.name}"
        case = ET.SubElement(suite, "testcase", {"name": name, "classname": visible(path)})
        told = concise([each]) + "".join(f"{visible(line)}\n" for line in below(each))
        if each.severity is Severity.ERROR:
            failure = ET.SubElement(case, "failure", {"message": visible(each.message)})
            failure.text = told
        else:
            ET.SubElement(case, "system-out").text = told
