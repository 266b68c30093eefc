"""One engine a file, holding only its exceptions."""

from segql.sql.dialects.datafusion import DataFusion
from segql.sql.dialects.dialect import Dialect
from segql.sql.dialects.duckdb import DuckDB
from segql.sql.dialects.postgres import Postgres

# Every dialect that can be printed, by name.
DIALECTS: dict[str, Dialect] = {each.name: each for each in (DuckDB(), Postgres(), DataFusion())}

__all__ = ["DIALECTS", "DataFusion", "Dialect", "DuckDB", "Postgres"]
