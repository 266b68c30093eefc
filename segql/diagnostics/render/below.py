"""What is said below a message, where there are no colours and no excerpts."""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics.diagnostic import Diagnostic


def below(diagnostic: Diagnostic) -> Iterator[str]:
    """Yield the example and the hint of a diagnostic, a line each, as far as it has them.

    Example:
        >>> list(below(Diagnostic("E201", "unknown-name", "unknown name `agee`", hint="try `age`")))
        ['hint: try `age`']
    """
    if diagnostic.example:
        yield f"example: {diagnostic.example}"
    if diagnostic.hint:
        yield f"hint: {diagnostic.hint}"
