"""Workflow commands that GitHub shows as annotations beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import category

from segql.diagnostics.diagnostic import Diagnostic
from segql.diagnostics.render.below import below
from segql.diagnostics.render.places import place_of
from segql.diagnostics.render.visible import visible


def github(diagnostics: Sequence[Diagnostic]) -> str:
    r"""Render one `::error` or `::warning` command each.

    Example:
        >>> github([Diagnostic("E201", "unknown-name", "unknown name `agee`")])
        '::error title=E201 unknown-name::unknown name `agee`\n'
    """
    return "".join(f"{_command(each)}\n" for each in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    properties = {"title": f"{diagnostic.code} {diagnostic.name}"}
    if diagnostic.span:
        place = place_of(diagnostic.span)
        properties |= {"file": _file(place.path), "line": str(place.line), "endLine": str(place.end_line)}
        # GitHub reads columns only where the words stand on one line.
        if place.line == place.end_line:
            properties |= {"col": str(place.column), "endColumn": str(place.end_column)}
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    said = "\n".join([visible(diagnostic.message), *(visible(each) for each in below(diagnostic))])
    return f"::{diagnostic.severity} {told}::{_data(said)}"


def _file(path: str) -> str:
    """Return a path as it is, since GitHub looks for a file of that name, but without what commands a terminal."""
    return "".join(each if each == "\n" or category(each) not in {"Cc", "Cs"} else visible(each) for each in path)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
