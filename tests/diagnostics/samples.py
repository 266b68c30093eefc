"""Diagnostics to render: the plain case, and everything that can stand in one."""

from segql.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from segql.source import Source, Span

LOYAL = Source.of("shop/loyal.seg", "segment loyal\n    where agee < 30\n      and agee > 40\n")


def word(source: Source, text: str, nth: int = 0) -> Span:
    """Return the place of the nth occurrence of `text`."""
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(text, start + 1)
    return source.span(start, start + len(text))


UNKNOWN = Diagnostic(
    "E201",
    "unknown-name",
    "unknown name `agee`",
    word(LOYAL, "agee"),
    hint="`age` is the closest field",
    fix=Fix("write `age`", (Edit(word(LOYAL, "agee"), "age"),)),
)
LABELLED = Diagnostic(
    "E307",
    "empty-window",
    "no value is both",
    word(LOYAL, "agee < 30"),
    labels=(Label(word(LOYAL, "agee > 40"), "and this"),),
)
WARNING = Diagnostic("W001", "mixed", "`and` mixed with `or`", word(LOYAL, "and"), severity=Severity.WARNING)
PLACELESS = Diagnostic("E502", "engine-unreachable", "the database `a` cannot be opened", hint="close it")
