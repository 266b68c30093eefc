"""The options that commands share, each told once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from segql.cli import completion
from segql.cli.console import Color

Selectors: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SELECTOR]...",
        help="A name, a pattern like 'churn*', tag:email, owner:…, a path; - reads standard input.",
        autocompletion=completion.segments,
    ),
]
Everything: TypeAlias = Annotated[bool, typer.Option("--all", help="Every segment.")]
Expression: TypeAlias = Annotated[
    str | None,
    typer.Option("-e", "--expression", metavar="CONDITION", help="A condition instead of a segment."),
]
EntityName: TypeAlias = Annotated[
    str | None,
    typer.Option("--entity", metavar="NAME", help="The entity of -e, where there are several."),
]
Settings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="The value of a param. Can be repeated."),
]
AsOfText: TypeAlias = Annotated[
    str | None,
    typer.Option("--as-of", metavar="T", help="The instant to ask for: a date or a timestamp."),
]
ProjectFolder: TypeAlias = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="The project's folder, else the one around."),
]
ConfigTexts: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--config", metavar="KEY=VALUE", help="A setting before those of segql.toml, in TOML. Can be repeated."
    ),
]
StdinFilename: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--stdin-filename", metavar="PATH", help="The file that standard input stands for, as an editor has it open."
    ),
]
NoCache: TypeAlias = Annotated[
    bool, typer.Option("--no-cache", help="Parse every file, also those that have not changed.")
]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what is wrong.")]
Verbose: TypeAlias = Annotated[bool, typer.Option("--verbose", "-v", help="Say what is read, and how long it takes.")]
ColorChoice: TypeAlias = Annotated[Color, typer.Option("--color", help="When to use colour.")]
Debug: TypeAlias = Annotated[bool, typer.Option("--debug", help="Show where in the program an internal error arose.")]
