"""`segql explain`: a message, or a rule of the linter, at length."""

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
        typer.Argument(metavar="CODE", help="A code like E201 or L101, or its name.", autocompletion=codes),
    ],
) -> Status:
    """Tell what a message means, or what a rule is about, with an example and the cure."""
    wanted = code.strip("[]").casefold()
    known = pages()
    meant = [page for page in known if wanted in {page.code.casefold(), page.name}]
    if meant:
        console.data("\n".join(map(str, meant)))
        return Status.DONE
    from segql.lint import RULES  # noqa: PLC0415 (a message needs no rules)
    from segql.lint.pages import page as page_of  # noqa: PLC0415 (see above)

    rule = next((each for each in RULES if wanted in {each.code.casefold(), each.name}), None)
    if rule is not None:
        console.data(str(page_of(rule)))
        return Status.DONE
    names = [name for page in known for name in (page.code, page.name)]
    names += [name for each in RULES for name in (each.code, each.name)]
    near = nearest(code, names)
    told = f"; '{near[0]}' is the closest" if near else ""
    raise typer.BadParameter(f"there is no message or rule '{code}'{told}", param_hint="CODE")
