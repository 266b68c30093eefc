"""How much one statement may ask of each engine, and of how many segments it is quickest to ask at once.

Measured with segments like those of `benchmarks/many.py` over the demo shop, as far as an engine is named with a
version here; of the others the documented limits are taken, with room to spare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a statement holds: segments that are counted, segments whose members are given, columns, bytes.

    The numbers of segments are those at which the whole of a long request is about the quickest. `columns` bounds
    the columns of any one query in the statement, `length` the statement as it is printed.
    """

    counts: int
    members: int
    columns: int
    length: int


_MEGABYTE = 1_000_000

# Of engines that were not measured, the strictest of what is documented: a statement has at most 1,000,000 characters
# on Trino (as it comes), 1 MB on Snowflake and BigQuery, 16 MB on Redshift; a query 1,600 columns on Redshift, 4,096 on
# SQL Server, 10,000 on BigQuery.
_USUAL = Limits(400, 100, 1_500, 900_000)

# By the name of a dialect.
LIMITS: Mapping[str, Limits] = {
    # DuckDB 2.0.0 found no limit, but planning grows faster than the statement: counts of 400 take 3.8 s a thousand, of
    # 800 4.2, of 2,500 8.1, of 5,037 17.2; all of 5,000 by 400 34 s, by 800 41 s and a sixth more memory. Members are
    # parts of a union: 200 take 6.6 s a thousand, 400 10.4, 800 59.6.
    "duckdb": Limits(500, 200, 10_000, 10 * _MEGABYTE),
    # SQLite 3.40.1 ends at 2,000 columns ("too many columns in result set", at 1,990 segments), and at a union of 500
    # parts ("too many terms in compound SELECT", at 510). Counts of 400 take 4.3 s a thousand, of 1,600 3.5; members
    # of 100 11.7, of 400 14.8.
    "sqlite": Limits(800, 100, 1_900, 10 * _MEGABYTE),
    # DataFusion 55.0.0 found no limit: counts of 400 take 7.5 s a thousand, of 1,600 8.2; members of 400 6.1, of 800
    # 20.6.
    "datafusion": Limits(400, 400, 10_000, 10 * _MEGABYTE),
    # PostgreSQL 18.6 ends at 1,664 columns ("target lists can have at most 1664 entries"), with the columns between
    # at 1,600 segments. Counts of 100 take 2.0 s a thousand, of 800 1.8; members of 100 2.4, of 400 4.1, of 800 6.3.
    "postgres": Limits(800, 200, 1_600, 10 * _MEGABYTE),
    # MariaDB 10.11 ends somewhere between 1,600 and 3,000 segments ("Too many WITH elements", after 17 s). Counts of
    # 400 take 4.2 s a thousand, of 1,600 6.0; members of 100 6.9, of 400 12.6, of 800 28.6. By default it lets in a
    # packet of 16 MB; 4,096 columns are documented.
    "mariadb": Limits(400, 100, 4_000, 10 * _MEGABYTE),
    # ClickHouse 26.9 found no limit up to 1,600 segments, since the connection raises those of a statement's length
    # (262,144 bytes by default) and depth. Counts of 100 take 8.6 s a thousand, of 800 6.5, of 1,600 10.2; members
    # of 100 28.0, of 200 18.8, of 800 18.6, of 1,600 54.4.
    "clickhouse": Limits(800, 200, 10_000, 10 * _MEGABYTE),
    # Spark 4.3.0, tables of 1,000 rows: counts of 25 take 25 s in all, of 200 20 s, of 400 34 s.
    "spark": Limits(400, 200, 4_000, 10 * _MEGABYTE),
    # As documented: 4,096 columns; some servers let in a packet of no more than 4 MB.
    "mysql": Limits(400, 100, 4_000, 3 * _MEGABYTE),
}


def limits_of(dialect: str) -> Limits:
    """Return the limits of a dialect; of one that was not measured the strictest.

    Example:
        >>> limits_of("sqlite").members
        100
    """
    return LIMITS.get(dialect, _USUAL)
