"""One message about a user's text or data, and the error that carries them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from segql.source import Span


class Severity(StrEnum):
    """How bad it is: an `ERROR` stops the command, a `WARNING` does not."""

    ERROR = "error"
    WARNING = "warning"


class Applicability(StrEnum):
    """Who may apply a fix: `SAFE` keeps the meaning, `UNSAFE` may change it, `DISPLAYED` is for reading only."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAYED = "displayed"


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of `span`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would mend the matter, with a title that says what it does."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.DISPLAYED


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that belongs to the message, with a few words about it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What is wrong, where, and the cure.

    `code` is stable for ever (`E201`), `name` says it in words (`unknown-name`). `span` is None where no text is
    to blame, as with a database that does not answer. `hint` holds the cure, `example` somebody made up who shows it.

    Example:
        >>> str(Diagnostic("E201", "unknown-name", "unknown name `agee`", None, hint="`age` is the closest"))
        'error[E201]: unknown name `agee`'
    """

    code: str
    name: str
    message: str
    span: Span | None = None
    hint: str = ""
    severity: Severity = Severity.ERROR
    fix: Fix | None = None
    labels: tuple[Label, ...] = ()
    example: str = ""

    def __str__(self) -> str:
        """Say it in one line, with the place in front where there is one."""
        place = f"{self.span.source.name}:{self.span.line}:{self.span.column}: " if self.span else ""
        return f"{place}{self.severity}[{self.code}]: {self.message}"


class SegqlError(Exception):
    """Raised by the public interface; `diagnostics` says what is wrong, one entry a matter.

    Example:
        >>> error = SegqlError([Diagnostic("E201", "unknown-name", "unknown name `agee`")])
        >>> error.diagnostics[0].code
        'E201'
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(_told(each) for each in self.diagnostics))


def _told(diagnostic: Diagnostic) -> str:
    return f"{diagnostic}\n  hint: {diagnostic.hint}" if diagnostic.hint else str(diagnostic)
