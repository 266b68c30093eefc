"""One line a diagnostic: `path:line:column: error[E201]: message`."""

from __future__ import annotations

from collections.abc import Sequence

from segql.diagnostics.diagnostic import Diagnostic
from segql.diagnostics.render.paint import Paint
from segql.diagnostics.render.visible import visible


def concise(diagnostics: Sequence[Diagnostic], color: bool = False) -> str:
    r"""Render one line each, as editors and `grep` read them.

    Example:
        >>> concise([Diagnostic("E201", "unknown-name", "unknown name `agee`")])
        'error[E201]: unknown name `agee`\n'
    """
    paint = Paint(color)
    return "".join(f"{_line(each, paint)}\n" for each in diagnostics)


def _line(diagnostic: Diagnostic, paint: Paint) -> str:
    span = diagnostic.span
    place = f"{visible(span.source.name)}:{span.line}:{span.column}: " if span else ""
    head = paint.severity(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.code}]")
    return f"{place}{head}: {visible(diagnostic.message)}"
