"""`segql config`: the settings in force, and who says so."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from segql.cli.console import Console
from segql.cli.options import ConfigTexts, ProjectFolder
from segql.cli.status import Status
from segql.workspace.root import find_home
from segql.workspace.settled import Setting, settings, settings_below, written


class Format(StrEnum):
    """How settings are written."""

    TOML = "toml"
    JSON = "json"


def config(
    console: Console,
    *,
    why: Annotated[
        str | None, typer.Option("--why", metavar="KEY", help="Only this setting or table, and all who say it.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of segql.toml instead.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="How to write the settings.")] = Format.TOML,
    project: ProjectFolder = None,
    config: ConfigTexts = None,
) -> Status:
    """Show the settings in force, with the file that says each. Secrets are shown as dots."""
    if schema:
        from segql.workspace.schema import schema_text  # noqa: PLC0415 (loads the validator)

        console.data(schema_text())
        return Status.DONE
    home = find_home(project, None, config or ())
    found = settings(home) if why is None else settings_below(home, why)
    if format_ is Format.JSON:
        console.data(json.dumps([_entry(each) for each in found], indent=2, ensure_ascii=False) + "\n")
    elif why is None:
        console.data("".join(f"{line}\n" for line in _lines(found)))
    else:
        console.data("\n".join("".join(f"{line}\n" for line in _reasons(each)) for each in found))
    console.detail(f"the project is {home.root}")
    return Status.DONE


def _lines(found: Sequence[Setting]) -> Iterator[str]:
    """Yield a line a setting, in TOML; what is not set stands there as a comment."""
    said = [(_assigned(each), each.sources[0] if each.sources else "default") for each in found]
    width = max(len(text) for text, _ in said)
    return (f"{text:<{width}}  # {source}" for text, source in said)


def _reasons(setting: Setting) -> Iterator[str]:
    yield f"{_assigned(setting)}  # {setting.about}"
    yield from (f"    {'said by' if at == 0 else 'not by '} {each}" for at, each in enumerate(setting.sources))
    default = "there is no default" if setting.default is None else f"the default is {written(setting.default)}"
    yield f"    {default}" if setting.sources else f"    nobody says it; {default}"


def _assigned(setting: Setting) -> str:
    return f"# {setting.key} is not set" if setting.value is None else f"{setting.key} = {written(setting.value)}"


def _entry(setting: Setting) -> dict[str, object]:
    sources = list(setting.sources)
    return {"key": setting.key, "value": setting.value, "from": sources or ["default"], "about": setting.about}
