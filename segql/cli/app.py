"""`segql`: the commands by name, each loaded when it is called."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

# The commands in the order of `segql --help`; each is the function of that name in a module of
# that name in `segql.cli.commands`.
COMMANDS = (
    *("init", "check", "lint", "fmt", "list", "graph", "impact", "mv", "compile", "run"),
    *("config", "explain"),
)


class Commands(TyperGroup):
    """A group that knows its commands by name and imports only the one that is called."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (typer's own signature)
        """Return the names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return a command, or None where there is no such one."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            from segql.cli.guard import guarded  # noqa: PLC0415 (a version needs none of it)

            module = import_module(f"segql.cli.commands.{cmd_name}")
            holder = typer.Typer(add_completion=False, rich_markup_mode=None)
            holder.command(cmd_name, cls=Command)(guarded(getattr(module, cmd_name)))
            self.commands[cmd_name] = typer.main.get_command(holder)
        return self.commands[cmd_name]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is called; one that is misspelt is compared with all of them."""
        if args and args[0] not in COMMANDS:
            for each in COMMANDS:
                self.get_command(ctx, each)
        return super().resolve_command(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the options that stand before the command."""
        return _plainly(super().get_params(ctx))


class Command(TyperCommand):
    """A command whose options are taken as they are, where little has to be converted."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return its arguments and options."""
        return _plainly(super().get_params(ctx))


def _plainly(parameters: list[Any]) -> list[Any]:
    for each in parameters:
        # Where typer keeps the converter of a parameter, once it is made.
        vars(each).setdefault("_runtime_param", None)
        vars(each)["_runtime_param"] = vars(each)["_runtime_param"] or Plain(each)
    return parameters


@dataclass(frozen=True, slots=True)
class Plain:
    """Takes an option's value as it is, or as the one of its choices or the path that it names.

    Typer makes a pydantic validator for each option of a command, set or not, and loading pydantic
    takes as long as a whole check. What is wrong is left to typer, which says so in its words.
    """

    parameter: Any

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value that the command gets."""
        described = self.parameter.type_descriptor
        kind = described.annotation
        if value is None or kind is str or (isinstance(kind, type) and isinstance(value, kind)):
            return value
        if kind is Path:
            return Path(value)
        if isinstance(kind, type) and issubclass(kind, StrEnum) and value in set(kind):
            return kind(value)
        if described.is_list and described.parameter_info.parser is None:
            return list(value)
        from typer._coercion import build_runtime_param  # noqa: PLC0415 (loads pydantic)

        return build_runtime_param(described).coerce(value, param, ctx)


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from segql import __version__  # noqa: PLC0415 (seldom asked)

        typer.echo(f"segql {__version__}")
        raise typer.Exit


@app.callback()
def _segql(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Say who belongs to a group of customers, and get the same people from every engine."""


def main() -> None:
    """Run the command line."""
    # A command makes trees and ends; what it needs of memory lives as long as it does, so that looking for cycles in it
    # takes a tenth of a short command's time and frees nothing.
    gc.disable()
    try:
        app(prog_name="segql")
    except SystemExit as end:
        _leave(end.code)
        raise


def _leave(status: object) -> None:
    """End the process at once where the command has nothing open but its output.

    Taking down all modules and trees one by one would be a fifth of a check's time. Commands that reach an engine or
    write files end in the ordinary way.
    """
    short = {"check", "list", "graph", "impact", "config", "explain"}
    is_short = bool(short & set(sys.argv[1:2])) and "--live" not in sys.argv
    if not isinstance(status, int) or not is_short:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return
    os._exit(status)
