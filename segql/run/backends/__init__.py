"""The engines that can be asked, one a file, by the scheme of their URL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec

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
    "bigquery": "segql.run.backends.bigquery",
    "chdb": "segql.run.backends.chdb",
    "clickhouse": "segql.run.backends.clickhouse",
    "databricks": "segql.run.backends.databricks",
    "datafusion": "segql.run.backends.datafusion",
    "duckdb": "segql.run.backends.duckdb",
    "mariadb": "segql.run.backends.mysql",
    "mssql": "segql.run.backends.tsql",
    "mysql": "segql.run.backends.mysql",
    "postgres": "segql.run.backends.postgres",
    "postgresql": "segql.run.backends.postgres",
    "redshift": "segql.run.backends.redshift",
    "sc": "segql.run.backends.spark",
    "snowflake": "segql.run.backends.snowflake",
    "spark": "segql.run.backends.spark",
    "sqlite": "segql.run.backends.sqlite",
    "trino": "segql.run.backends.trino",
}

# What each of them imports. The extra that installs it has the name of the backend's file.
DRIVERS: Mapping[str, str] = {
    "segql.run.backends.bigquery": "google.cloud.bigquery",
    "segql.run.backends.chdb": "chdb",
    "segql.run.backends.clickhouse": "clickhouse_connect",
    "segql.run.backends.databricks": "databricks.sql",
    "segql.run.backends.datafusion": "datafusion",
    "segql.run.backends.duckdb": "duckdb",
    "segql.run.backends.mysql": "pymysql",
    "segql.run.backends.postgres": "adbc_driver_postgresql",
    "segql.run.backends.redshift": "redshift_connector",
    "segql.run.backends.snowflake": "snowflake.connector",
    "segql.run.backends.spark": "pyspark",
    "segql.run.backends.sqlite": "sqlite3",
    "segql.run.backends.trino": "trino",
    "segql.run.backends.tsql": "mssql_python",
}

# Servers, whose URL may hold a password.
_SERVERS = {
    "clickhouse",
    "databricks",
    "mariadb",
    "mssql",
    "mysql",
    "postgres",
    "postgresql",
    "redshift",
    "snowflake",
    "trino",
}

# The engine that is built in, for projects without a connection.
DEFAULT = "duckdb"


def connect(target: Target) -> Backend:
    """Open the engine that `target` names by the scheme of its URL.

    Raises:
        KeyError: no engine has that scheme.
        ValueError: the URL is not of the form that the engine needs; the text says why.
        Unreachable: the database cannot be opened, or its driver is not installed.

    Example:
        connect(Target(None, Path("shop"))).dialect
    """
    scheme = target.url.split(":")[0] if target.url is not None else DEFAULT
    name = BACKENDS[scheme]
    place, _, path = (target.url or "").partition("://")[2].partition("?")[0].partition("/")
    if scheme in _SERVERS and ("@" in path or place.count("@") > 1):
        raise ValueError("has an `@` too many: in a password write `%40` for it, `%2F` for `/`, `%3F` for `?`")
    try:
        opened: Callable[[Target], Backend] = import_module(name).connect
    except ImportError:
        # Any other mistake in what is installed is no missing driver.
        if name not in DRIVERS or _is_installed(DRIVERS[name]):
            raise
        extra = name.rpartition(".")[2]
        what, why = f"of `{scheme}:`", f"its driver `{DRIVERS[name]}` is not installed"
        raise Unreachable(what, why, f'pip install "segql[{extra}]"') from None
    return opened(target)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


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
