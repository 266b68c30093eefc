"""How a command ends, for the program that called it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from segql.diagnostics import Diagnostic, Severity


class Status(IntEnum):
    """The exit statuses of every command.

    `DONE`: done and clean. `ERRORS`: the segments, the catalog or the data have errors. `USAGE`: the
    command line or the settings are wrong. `FAILED`: the engine failed or could not be reached, or
    the program itself did. `INTERRUPTED`: Ctrl-C, as shells expect it.
    """

    DONE = 0
    ERRORS = 1
    USAGE = 2
    FAILED = 3
    INTERRUPTED = 130


# What the first digits of a code mean for the caller; every other error lies in the input.
_USAGE = ("E60", "E61", "E75", "E76", "E80")
_BY_CODE = {"E50": Status.FAILED, "E64": Status.FAILED, **dict.fromkeys(_USAGE, Status.USAGE)}


def status_of(diagnostics: Iterable[Diagnostic]) -> Status:
    """Return the gravest status that the diagnostics stand for; warnings are none.

    Example:
        >>> status_of([])
        <Status.DONE: 0>
    """
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    found = (_BY_CODE.get(each.code[:3], Status.ERRORS) for each in errors)
    return max(found, default=Status.DONE)
