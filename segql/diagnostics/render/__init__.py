"""Diagnostics as text: one output format a file, each a pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from segql.diagnostics.diagnostic import Diagnostic
from segql.diagnostics.render.concise import concise
from segql.diagnostics.render.full import full
from segql.diagnostics.render.github import github
from segql.diagnostics.render.gitlab import gitlab
from segql.diagnostics.render.json import json
from segql.diagnostics.render.junit import junit
from segql.diagnostics.render.sarif import sarif
from segql.diagnostics.render.visible import visible

Renderer: TypeAlias = Callable[[Sequence[Diagnostic]], str]

# Every format by the name that `--format` takes: for people first, then for programs.
RENDERERS: Mapping[str, Renderer] = {
    "full": full,
    "concise": concise,
    "json": json,
    "github": github,
    "gitlab": gitlab,
    "sarif": sarif,
    "junit": junit,
}

# The ones that can also be had in colour, by a second argument.
COLORED: Mapping[str, Callable[[Sequence[Diagnostic], bool], str]] = {
    "full": full,
    "concise": concise,
}

__all__ = [
    "COLORED",
    "RENDERERS",
    "Renderer",
    "concise",
    "full",
    "github",
    "gitlab",
    "json",
    "junit",
    "sarif",
    "visible",
]
