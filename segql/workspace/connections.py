"""The settings of a connection, with environment variables filled in at the last moment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from segql.diagnostics import Diagnostic, SegqlError, nearest
from segql.source import Span
from segql.workspace import errors
from segql.workspace.config import Connection, expanded, variables
from segql.workspace.root import Home


def connection_of(home: Home, name: str) -> Connection | None:
    """Return the settings of a connection, or None for a `default` that was left out.

    Raises:
        SegqlError: there is no such connection.

    Example:
        connection_of(find_home(Path("shop")), "default").password_env
    """
    known = home.config.connections
    if name not in known and name != "default":
        near = nearest(name, known)
        raise SegqlError([errors.unknown_connection(name, near, sorted(known))])
    return known.get(name)


def allowed_folders(home: Home, name: str) -> list[Path]:
    """Return the folders outside of the project that a connection allows.

    Raises:
        SegqlError: there is no such connection, or an environment variable is not set.

    Example:
        allowed_folders(find_home(Path("shop")), "default")
    """
    connection = connection_of(home, name)
    written = filled(home, name, connection.folders if connection else ())
    return [home.root / Path(each).expanduser() for each in written]


def filled(home: Home, name: str, texts: Sequence[str]) -> list[str]:
    """Return texts of a connection's settings with each `${NAME}` replaced by its value.

    Raises:
        SegqlError: an environment variable is not set.

    Example:
        filled(home, "default", ["duckdb:///${SHOP}.duckdb"])
    """
    missing = {each: None for text in texts for each in variables(text) if each not in os.environ}
    if missing:
        span = place_of(home, name, "url")
        setting = f"connections.{name}"
        problems: list[Diagnostic] = [errors.missing_variable(span, setting, each) for each in missing]
        raise SegqlError(problems)
    return [expanded(each, os.environ) for each in texts]


def place_of(home: Home, name: str, setting: str) -> Span | None:
    """Return where a setting of a connection stands, or None where there is no such text."""
    return home.text.value(("connections", name, setting)) if home.text else None
