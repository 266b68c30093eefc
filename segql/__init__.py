"""SegQL: say who belongs to a group of customers, and get the same people from every engine.

Example:
    import segql
    project = segql.open("shop")
    project["young_repeat_buyers"].members()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from segql.version import VERSION as __version__  # noqa: N811

# `import segql` costs next to nothing; what is asked for is loaded when it is asked for.
if TYPE_CHECKING:
    from segql.diagnostics import Diagnostic, SegqlError
    from segql.workspace.project import Project, Segment, compile, open  # noqa: A004
    from segql.workspace.schema import config_schema

_HOMES = {
    "Diagnostic": "segql.diagnostics",
    "Project": "segql.workspace.project",
    "Segment": "segql.workspace.project",
    "SegqlError": "segql.diagnostics",
    "compile": "segql.workspace.project",
    "config_schema": "segql.workspace.schema",
    "open": "segql.workspace.project",
}

__all__ = [
    "Diagnostic",
    "Project",
    "Segment",
    "SegqlError",
    "__version__",
    "compile",
    "config_schema",
    "open",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'segql' has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
