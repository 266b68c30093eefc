"""`segql explain`: a message, or a rule of the linter, at length; of a group, its rules."""

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
        typer.Argument(
            metavar="CODE", help="A code like E201 or L101, its name, or a group of rules.", autocompletion=codes
        ),
    ],
) -> Status:
    """Tell what a message means, or what a rule is about, with an example and the cure."""
    wanted = code.strip("[]").casefold()
    known = pages()
    meant = [page for page in known if wanted in {page.code.casefold(), page.name}]
    if meant and wanted == meant[0].code.casefold():
        console.data(str(meant[0]))
        return Status.DONE
    from segql.lint import RULES, Group  # noqa: PLC0415 (the code of a message needs no rules)
    from segql.lint.pages import group  # noqa: PLC0415 (see above)
    from segql.lint.pages import page as page_of  # noqa: PLC0415 (see above)

    # A group may have the name of a message.
    told = [*map(str, meant), *([group(Group(wanted), RULES)] if wanted in set(Group) else [])]
    if told:
        console.data("\n".join(told))
        return Status.DONE
    rule = next((each for each in RULES if wanted in {each.code.casefold(), each.name}), None)
    if rule is not None:
        console.data(str(page_of(rule)))
        return Status.DONE
    names = [name for page in known for name in (page.code, page.name)]
    names += [*Group, *(name for each in RULES for name in (each.code, each.name))]
    near = nearest(code, names)
    closest = f"; '{near[0]}' is the closest" if near else ""
    raise typer.BadParameter(f"there is no message or rule '{code}'{closest}", param_hint="CODE")
