"""One engine a file, holding only its exceptions."""

from segql.sql.dialects.bigquery import BigQuery
from segql.sql.dialects.clickhouse import ClickHouse
from segql.sql.dialects.databricks import Databricks
from segql.sql.dialects.datafusion import DataFusion
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.duckdb import DuckDB
from segql.sql.dialects.mariadb import MariaDB
from segql.sql.dialects.mysql import MySQL
from segql.sql.dialects.postgres import Postgres
from segql.sql.dialects.redshift import Redshift
from segql.sql.dialects.snowflake import Snowflake
from segql.sql.dialects.spark import Spark
from segql.sql.dialects.sqlite import SQLite
from segql.sql.dialects.trino import Trino
from segql.sql.dialects.tsql import TSQL

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
        Snowflake(),
        BigQuery(),
        Redshift(),
        Trino(),
        TSQL(),
    )
}

__all__ = [
    "DIALECTS",
    "TSQL",
    "BigQuery",
    "ClickHouse",
    "DataFusion",
    "Databricks",
    "Dialect",
    "DuckDB",
    "MariaDB",
    "MySQL",
    "Postgres",
    "Redshift",
    "SQLite",
    "Snowflake",
    "Spark",
    "Trino",
]
