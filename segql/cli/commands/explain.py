"""`segql explain`: a message at length."""

from __future__ import annotations

from typing import Annotated

import typer

from segql.cli.completion import codes
from segql.cli.console import Console
from segql.cli.pages import pages
from segql.cli.status import Status
from segql.diagnostics import nearest


def explain(
    console: Console,
    *,
    code: Annotated[
        str,
        typer.Argument(metavar="CODE", help="A code like E201, or its name.", autocompletion=codes),
    ],
) -> Status:
    """Tell what a message means, with an example and the cure."""
    wanted = code.strip("[]").casefold()
    known = pages()
    meant = [page for page in known if wanted in {page.code.casefold(), page.name}]
    if meant:
        console.data("\n".join(map(str, meant)))
        return Status.DONE
    names = [name for page in known for name in (page.code, page.name)]
    near = nearest(code, names)
    told = f"; '{near[0]}' is the closest" if near else ""
    raise typer.BadParameter(f"there is no message '{code}'{told}", param_hint="CODE")
