"""Reports of what is wrong, in the format asked for: whole, whatever happens."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import wraps
from typing import ParamSpec

import typer

from segql.cli.console import Console
from segql.cli.failures import told_of
from segql.cli.status import Status
from segql.diagnostics import Diagnostic

_Given = ParamSpec("_Given")


class Format(StrEnum):
    """The formats of diagnostics, as `segql.diagnostics.render` has them."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"


_FOR_PEOPLE = frozenset({Format.FULL, Format.CONCISE})


def reporting(command: Callable[_Given, Status]) -> Callable[_Given, Status]:
    """Return a command that writes its report for programs also where it fails: an empty one cannot be read by them.

    What failed goes on to standard error and into the status, as with every command.
    """

    @wraps(command)
    def run(*args: _Given.args, **given: _Given.kwargs) -> Status:
        try:
            return command(*args, **given)
        except (typer.BadParameter, typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except Exception as error:
            console, format_ = args[0], given["format_"]
            if isinstance(console, Console) and isinstance(format_, Format) and format_ not in _FOR_PEOPLE:
                write(told_of(error), format_, console)
            raise

    return run


def write(diagnostics: Sequence[Diagnostic], format_: Format, console: Console) -> None:
    """Write diagnostics in a format to standard output."""
    if not diagnostics and format_ in {*_FOR_PEOPLE, Format.GITHUB}:
        return  # nothing to write, and nothing to load for it
    from segql.diagnostics.render import COLORED, RENDERERS  # noqa: PLC0415 (see above)

    if format_ in COLORED:
        console.data(COLORED[format_](diagnostics, console.colors(sys.stdout)))
    else:
        console.data(RENDERERS[format_](diagnostics))
