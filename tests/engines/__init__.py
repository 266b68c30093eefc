"""The engines that the conformance suite asks, one a file."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import import_module

from tests.engines.engine import Absent, Backed, Database, Engine, Unfit

# The module of each engine, whose `engine` returns it or raises `Absent`.
ENGINES: Mapping[str, str] = {
    "duckdb": "tests.engines.duckdb",
    "sqlite": "tests.engines.sqlite",
    "datafusion": "tests.engines.datafusion",
    "postgres": "tests.engines.postgres",
    "mariadb": "tests.engines.mariadb",
    "clickhouse": "tests.engines.clickhouse",
    "spark": "tests.engines.spark",
}

# Those that come with the tests, and are asked for everything in each of their runs; one that is absent fails.
QUICK = ("duckdb", "sqlite", "datafusion", "postgres")


@functools.cache
def engine(name: str) -> Engine:
    """Return an engine, started once for the process.

    Raises:
        Absent: it cannot be had here.
    """
    made: Engine = import_module(ENGINES[name]).engine()
    return made


__all__ = ["ENGINES", "QUICK", "Absent", "Backed", "Database", "Engine", "Unfit", "engine"]
