"""Whatever happens in a command ends in a message and a status, never in a traceback."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable

import typer

from segql.cli.console import Color, Console
from segql.cli.options import ColorChoice, Debug, Quiet, Verbose
from segql.cli.status import Status, status_of
from segql.diagnostics import SegqlError


def guarded(command: Callable[..., Status]) -> Callable[..., None]:
    """Return `command` as the terminal calls it, with the options that all commands have.

    A command takes a `console` first; its status becomes the exit status.
    """
    signature = inspect.signature(command, eval_str=True)
    own = [each for each in signature.parameters.values() if each.name != "console"]

    def run(*, quiet: bool, verbose: bool, color: Color, debug: bool, **given: object) -> None:
        console = Console(quiet, verbose, color)
        raise typer.Exit(int(_status(lambda: command(console, **given), console, debug)))

    run.__doc__ = command.__doc__
    shared = inspect.signature(_shared, eval_str=True).parameters.values()
    run.__dict__["__signature__"] = inspect.Signature([*own, *shared])
    return run


def _shared(
    *,
    quiet: Quiet = False,
    verbose: Verbose = False,
    color: ColorChoice = Color.AUTO,
    debug: Debug = False,
) -> tuple[bool, bool, Color, bool]:
    """Stand for the options that all commands have, behind their own in the help."""
    return quiet, verbose, color, debug


def _status(command: Callable[[], Status], console: Console, debug: bool) -> Status:
    try:
        return command()
    except SegqlError as error:
        console.report(error.diagnostics)
        return status_of(error.diagnostics)
    except KeyboardInterrupt:
        console.warn("interrupted")
        return Status.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough of it. Python would complain once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Status.DONE
    except (typer.BadParameter, typer.Exit, typer.Abort):
        raise
    # The last line of defence: what gets here is our mistake, or a disk that is full, or a door that is closed.
    except Exception as error:
        from segql.cli.failures import is_ours, told_of  # noqa: PLC0415 (only a failure needs it)

        if not is_ours(error):
            console.report(told_of(error))
            return status_of(told_of(error))
        if debug:
            raise
        _apologize(console, error)
        return Status.FAILED


def _apologize(console: Console, error: Exception) -> None:
    """Say that the fault is ours, and what a report needs."""
    import platform  # noqa: PLC0415 (only a failure needs these)

    from segql import __version__  # noqa: PLC0415

    said = str(error).split("\n")[0]
    console.warn(
        f"internal error: {type(error).__name__}: {said}\n"
        "This is a mistake in segql, not in the segments. To report it, run the same command\n"
        "with --debug, and send what it prints together with the segment, if it may be shown.\n"
        f"segql {__version__}, python {platform.python_version()}, {platform.system()}"
    )
