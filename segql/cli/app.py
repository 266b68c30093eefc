"""`segql`: the commands by name, each loaded when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

# The commands in the order of `segql --help`; each is the function of that name in a module of
# that name in `segql.cli.commands`.
COMMANDS = ("init", "check", "list", "compile", "run", "explain")


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
            holder.command(cmd_name)(guarded(getattr(module, cmd_name)))
            self.commands[cmd_name] = typer.main.get_command(holder)
        return self.commands[cmd_name]


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
    app(prog_name="segql")
