"""What the shell can complete: segments, dialects, codes. It never fails; at worst it is silent."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress


def segments(incomplete: str) -> list[tuple[str, str]]:
    """Return the segments of the project around the current folder, with their descriptions."""
    found: list[tuple[str, str]] = []
    # A broken project must not spill a traceback into somebody's prompt, here and below.
    with suppress(Exception):
        from segql.workspace.root import find_home  # noqa: PLC0415 (only when completing)
        from segql.workspace.workspace import Workspace  # noqa: PLC0415

        definitions = Workspace(find_home()).analyzed.definitions.values()
        tags = sorted({f"tag:{tag}" for each in definitions for tag in each.tags})
        found = [(each.name, each.description) for each in definitions]
        found += [(each, "") for each in tags]
    return [(name, told) for name, told in found if name.startswith(incomplete)]


def names(incomplete: str) -> list[tuple[str, str]]:
    """Return everything of the project around the current folder that has a name, with its description."""
    found: list[tuple[str, str]] = []
    with suppress(Exception):
        from segql.graph import graph_of  # noqa: PLC0415 (only when completing)
        from segql.workspace.root import find_home  # noqa: PLC0415
        from segql.workspace.workspace import Workspace  # noqa: PLC0415

        declared = graph_of(Workspace(find_home()).sound()).declared.values()
        found = [(each.named.name, each.description) for each in declared]
    return [(name, told) for name, told in found if name.startswith(incomplete)]


def dialects(incomplete: str) -> list[str]:
    """Return the dialects that can be printed."""
    found: list[str] = []
    with suppress(Exception):
        from segql.sql.dialects import DIALECTS  # noqa: PLC0415 (only when completing)

        found = list(DIALECTS)
    return _beginning(incomplete, found)


def codes(incomplete: str) -> list[tuple[str, str]]:
    """Return the codes and names of messages and rules, with their first lines."""
    found: list[tuple[str, str]] = []
    with suppress(Exception):
        from segql.cli.pages import pages  # noqa: PLC0415 (only when completing)
        from segql.lint import RULES  # noqa: PLC0415 (see above)
        from segql.lint.pages import page  # noqa: PLC0415 (see above)

        for rule in RULES:
            found += [(rule.code, page(rule).summary), (rule.name, page(rule).summary)]
        for each in pages():
            found += [(each.code, each.summary), (each.name, each.summary)]
    return [(name, told) for name, told in found if name.startswith(incomplete)]


def rules(incomplete: str) -> list[str]:
    """Return the words that stand for rules of the linter; of several parted by commas, for the last."""
    found: list[str] = []
    with suppress(Exception):
        from segql.lint import names  # noqa: PLC0415 (only when completing)

        before, comma, _ = incomplete.rpartition(",")
        found = [f"{before}{comma}{each}" for each in names()]
    return _beginning(incomplete, found)


def connections(incomplete: str) -> list[str]:
    """Return the connections of the project around the current folder."""
    found: list[str] = []
    with suppress(Exception):
        from segql.workspace.root import find_home  # noqa: PLC0415 (only when completing)

        found = list(find_home().config.connections)
    return _beginning(incomplete, found)


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [each for each in names if each.startswith(incomplete)]
