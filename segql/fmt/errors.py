"""What the formatter says."""

from __future__ import annotations

from segql.diagnostics import Diagnostic
from segql.source import Span


def not_kept(span: Span) -> Diagnostic:
    """What was laid out does not read as it did before.

    Example:
        segql fmt           # a defect of the formatter itself
    Cure:
        leave the file as it is, and report it
    """
    return Diagnostic(
        "E901",
        "not-kept",
        "the file could not be formatted without changing what it says, so it was left as it is",
        span.source.span(span.start, span.start),
        hint="this is a defect of the formatter; please report it with the file",
    )
