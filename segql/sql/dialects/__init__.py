"""One engine a file, holding only its exceptions."""

from segql.sql.dialects.clickhouse import ClickHouse
from segql.sql.dialects.databricks import Databricks
from segql.sql.dialects.datafusion import DataFusion
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.duckdb import DuckDB
from segql.sql.dialects.mariadb import MariaDB
from segql.sql.dialects.mysql import MySQL
from segql.sql.dialects.postgres import Postgres
from segql.sql.dialects.spark import Spark
from segql.sql.dialects.sqlite import SQLite

# Every dialect that can be printed, by name.
DIALECTS: dict[str, Dialect] = {
    each.name: each
    for each in (
        DuckDB(),
        SQLite(),
        DataFusion(),
        Postgres(),
        MySQL(),
        MariaDB(),
        ClickHouse(),
        Spark(),
        Databricks(),
    )
}

__all__ = [
    "DIALECTS",
    "ClickHouse",
    "DataFusion",
    "Databricks",
    "Dialect",
    "DuckDB",
    "MariaDB",
    "MySQL",
    "Postgres",
    "SQLite",
    "Spark",
]
