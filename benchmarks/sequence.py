"""A sequence of three steps against the window functions that an expert writes.

`python benchmarks/sequence.py DATA.duckdb [PAIRS]`

DATA is the database of the benchmarks: a million customers, twenty million events in order of time over one year. Both
give the same members, which is checked first. Printed are the median times and the median ratio of pairs run in turn.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time

import duckdb

from segql import compiler
from segql.compiler import Settings
from segql.plan import Clock
from segql.source import Source

CATALOG = """entity customer
    from customers
    key customer_id
    customer_id integer

""" + "\n".join(
    f"""events {name} of customer
    from events where (name = "{name}")
    by customer_id
    at occurred_at
    page text
"""
    for name in ("page_view", "add_to_cart", "email_click")
)
SEGMENT = """segment bought_after_mail of customer
    where did page_view then add_to_cart within 7 days then email_click within 14 days
"""
# Both windows have the same order, so one sort serves them; the later kind first, so that equal instants do not follow
# each other.
EXPERT = """
WITH e AS (
  SELECT customer_id, occurred_at AS happened,
         CASE name WHEN 'page_view' THEN 1 WHEN 'add_to_cart' THEN 2 ELSE 3 END AS kind
  FROM events
  WHERE name IN ('page_view', 'add_to_cart', 'email_click') AND occurred_at < TIMESTAMP '2025-01-01'
), first AS (
  SELECT *, max(CASE WHEN kind = 1 THEN happened END)
    OVER (PARTITION BY customer_id ORDER BY happened, kind DESC ROWS UNBOUNDED PRECEDING) AS viewed
  FROM e
), second AS (
  SELECT *, max(CASE WHEN kind = 2 AND happened <= viewed + INTERVAL 7 DAY THEN happened END)
    OVER (PARTITION BY customer_id ORDER BY happened, kind DESC ROWS UNBOUNDED PRECEDING) AS carted
  FROM first
)
SELECT DISTINCT customer_id FROM second WHERE kind = 3 AND happened <= carted + INTERVAL 14 DAY
"""
PAIRS = 9


def main(path: str, pairs: int = PAIRS) -> int:
    """Compare, and print what came of it; 1 if the members differ."""
    clock = Clock(dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    analyzed = compiler.check([Source.of("catalog.seg", CATALOG), Source.of("segments.seg", SEGMENT)], Settings())
    ours = compiler.compile(analyzed, ["bought_after_mail"], clock, form="counts").sql
    members = compiler.compile(analyzed, ["bought_after_mail"], clock).sql
    with duckdb.connect(path, read_only=True) as connection:
        connection.execute("SET threads = 2")
        told = set(connection.execute(members).fetchall())
        if told != set(connection.execute(EXPERT).fetchall()):
            sys.stdout.write("the members differ\n")
            return 1
        theirs = f"SELECT count(*) FROM ({EXPERT})"
        # The first pair warms up.
        _, *kept = [(_seconds(connection, theirs), _seconds(connection, ours)) for _ in range(pairs + 1)]
    expert, own = (statistics.median(each) for each in zip(*kept, strict=True))
    ratio = statistics.median(mine / other for other, mine in kept)
    sys.stdout.write(f"{len(told):,} members\nexpert {expert:.2f} s\nsegql  {own:.2f} s\nratio  {ratio:.2f}\n")
    return 0


def _seconds(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    began = time.perf_counter()
    connection.execute(sql).fetchall()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(each) for each in sys.argv[2:3])))
