"""Colour by plain terminal sequences, only where it was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from segql.diagnostics.diagnostic import Severity

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_BLUE = "\x1b[1;34m"
_GREEN = "\x1b[32m"
_RED = "\x1b[31m"
_SEVERITY = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}


@dataclass(frozen=True, slots=True)
class Paint:
    """Colours text if `on`, else leaves it alone.

    Example:
        >>> Paint(False).bold("age")
        'age'
    """

    on: bool

    def severity(self, severity: Severity, text: str) -> str:
        """Return `text` in the colour of an error or a warning."""
        return self._with(_SEVERITY[severity], text)

    def bold(self, text: str) -> str:
        """Return `text` in bold."""
        return self._with(_BOLD, text)

    def frame(self, text: str) -> str:
        """Return `text` in the colour of gutters and arrows."""
        return self._with(_BLUE, text)

    def removed(self, text: str) -> str:
        """Return `text` in the colour of what a fix takes away."""
        return self._with(_RED, text)

    def added(self, text: str) -> str:
        """Return `text` in the colour of what a fix brings."""
        return self._with(_GREEN, text)

    def _with(self, sequence: str, text: str) -> str:
        return f"{sequence}{text}{_RESET}" if self.on and text else text
