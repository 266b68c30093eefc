"""Files at one moment, for whoever changes them and looks again."""

from __future__ import annotations

from dataclasses import dataclass

from segql.analysis import Analyzed
from segql.lint.engine import Finding
from segql.syntax import Parsed


@dataclass(frozen=True, slots=True)
class State:
    """Files as they are at one moment, what they say together, and what was found in them."""

    parsed: tuple[Parsed, ...]
    analyzed: Analyzed
    findings: tuple[Finding, ...]
