"""One engine a file, holding only its exceptions."""

from segql.sql.dialects.bigquery import BigQuery
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.duckdb import DuckDB
from segql.sql.dialects.postgres import Postgres
from segql.sql.dialects.redshift import Redshift
from segql.sql.dialects.snowflake import Snowflake
from segql.sql.dialects.trino import Trino
from segql.sql.dialects.tsql import TSQL

# Every dialect that can be printed, by name.
DIALECTS: dict[str, Dialect] = {
    each.name: each for each in (DuckDB(), Postgres(), BigQuery(), Redshift(), Snowflake(), Trino(), TSQL())
}

__all__ = ["DIALECTS", "TSQL", "BigQuery", "Dialect", "DuckDB", "Postgres", "Redshift", "Snowflake", "Trino"]
