"""One engine a file, holding only its exceptions."""

from segql.sql.dialects.clickhouse import ClickHouse
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.duckdb import DuckDB
from segql.sql.dialects.postgres import Postgres

# Every dialect that can be printed, by name.
DIALECTS: dict[str, Dialect] = {each.name: each for each in (DuckDB(), Postgres(), ClickHouse())}

__all__ = ["DIALECTS", "ClickHouse", "Dialect", "DuckDB", "Postgres"]
