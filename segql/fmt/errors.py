"""What the formatter says. The docstring of each is its page."""

from __future__ import annotations

from segql.diagnostics import Diagnostic, Severity
from segql.source import Span


def not_kept(span: Span) -> Diagnostic:
    """A file would read otherwise once it is laid out, so it is left as it is.

    This is a defect of the formatter. The text is read again before anything is written, and nothing of it is lost.

    Example:
        segql fmt segments.seg                  # and the tree or a comment would not be the same
    Cure:
        segql check segments.seg                # the file still says what it said; please report it, with the file
    """
    message = "this file would say something else once it is laid out, so it is left as it is"
    hint = "this is a defect of `segql fmt`; please report it, with the file"
    return Diagnostic("E901", "not-kept", message, span, hint)


def silences_otherwise(span: Span) -> Diagnostic:
    """A comment would silence the findings of other words, so its declaration is left as it is.

    Such a comment is about what begins in its line. Where that line is to become several, nobody but its author knows
    which of them it is about.

    Example:
        segment vip where age = age and spend > 100  # segql: ignore[self-comparison] only who told us
    Cure:
        segment vip
            where age = age  # segql: ignore[self-comparison] only who told us
              and spend > 100
    """
    message = "laid out, this comment would be about other words, so its declaration is left as it is"
    hint = "give what it is about a line of its own, with the comment behind it; or put it above the declaration"
    return Diagnostic("E902", "silences-otherwise", message, span, hint, Severity.WARNING)
