"""Whatever happens in a command ends in a message and a status, never in a traceback."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from segql.cli.console import Console
from segql.cli.status import Status, status_of
from segql.diagnostics import SegqlError


def guarded(command: Callable[..., Status]) -> Callable[..., None]:
    """Return `command` as the terminal calls it: its status becomes the exit status."""

    @wraps(command)
    def run(**options: Any) -> None:  # noqa: ANN401 (whatever the command takes)
        console = Console(options["quiet"], options["verbose"], options["color"])
        try:
            status = command(**options)
        except SegqlError as error:
            console.report(error.diagnostics)
            status = status_of(error.diagnostics)
        except KeyboardInterrupt:
            console.warn("interrupted")
            status = Status.INTERRUPTED
        except BrokenPipeError:
            # Whoever read our output has enough of it. Python would complain once more at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = Status.DONE
        except (typer.TyperException, typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if options["debug"]:
                raise
            _apologize(console, error)
            status = Status.FAILED
        raise typer.Exit(int(status))

    return run


def _apologize(console: Console, error: Exception) -> None:
    """Say that the fault is ours, and what a report needs."""
    # An import that only a failure needs.
    from segql import __version__  # noqa: PLC0415

    said = str(error).split("\n")[0]
    console.warn(f"internal error: {type(error).__name__}: {said}")
    console.warn("This is a mistake in segql, not in the segments. To report it, run the same command")
    console.warn("with --debug and send what it prints, with the segment if it may be shown.")
    console.warn(f"segql {__version__}, python {platform.python_version()}, {platform.system()}")
