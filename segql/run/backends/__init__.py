"""The engines that can be asked, one a file, by the scheme of their URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from segql.run.backends.backend import (
    Backend,
    Column,
    CompoundKey,
    DeclaredKey,
    EngineError,
    Lost,
    Overdue,
    Promise,
    Target,
    Unreachable,
)

# The module of each engine, whose `connect` takes a `Target`. Named, not imported: a driver is
# loaded when its engine is asked for, and may not be installed before.
BACKENDS: Mapping[str, str] = {
    "chdb": "segql.run.backends.chdb",
    "clickhouse": "segql.run.backends.clickhouse",
    "datafusion": "segql.run.backends.datafusion",
    "duckdb": "segql.run.backends.duckdb",
    "mariadb": "segql.run.backends.mysql",
    "mysql": "segql.run.backends.mysql",
    "postgres": "segql.run.backends.postgres",
    "postgresql": "segql.run.backends.postgres",
    "sqlite": "segql.run.backends.sqlite",
    "sc": "segql.run.backends.spark",
    "spark": "segql.run.backends.spark",
}

# The engine that is built in, for projects without a connection.
DEFAULT = "duckdb"


def connect(target: Target) -> Backend:
    """Open the engine that `target` names by the scheme of its URL.

    Raises:
        KeyError: no engine has that scheme.
        ValueError: the URL is not of the form that the engine needs; the text says why.
        Unreachable: the database cannot be opened.

    Example:
        connect(Target(None, Path("shop"))).dialect
    """
    scheme = target.url.split(":")[0] if target.url is not None else DEFAULT
    opened: Callable[[Target], Backend] = import_module(BACKENDS[scheme]).connect
    return opened(target)


__all__ = [
    "BACKENDS",
    "Backend",
    "Column",
    "CompoundKey",
    "DeclaredKey",
    "EngineError",
    "Lost",
    "Overdue",
    "Promise",
    "Target",
    "Unreachable",
    "connect",
]
