"""What the formatter says. The docstring of each is its page."""

from __future__ import annotations

from segql.diagnostics import Diagnostic
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
