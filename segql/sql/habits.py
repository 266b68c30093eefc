"""What an engine is good at: a small table for each dialect, every figure of it measured."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """How an engine wants to be asked. The defaults are the portable way; a dialect names what was measured there.

    `own_pass`: so many aggregates with a filter of their own are made in a pass over the table of their own, rather
    than with a `CASE` each in a pass for all; None: never, for engines that read whole rows or are paid by what they
    read.

    `sums_zero`: a `CASE` inside `SUM` gives 0 for the other rows rather than null.

    `counts_at_once`: segments that refer to no other are counted by their conditions, not by columns of them.
    Elsewhere it was not measured, and DataFusion 55 takes two conditions for one that differ in brackets only.

    `is_anti_join_quick`: in one segment, who has no such row is asked with `NOT EXISTS`, not by a count that is joined.

    `counts_by_filter`: rows that pass a condition are counted with `FILTER` rather than with a `CASE`.

    `joins_levels`: of counts and sums that many segments only compare, what is joined is how many of the numbers they
    reach, which is narrower, and only where they reach any.

    `joins_streams`: streams of one table, which differ in what of it they are, are read in one pass.
    """

    own_pass: int | None = None
    joins_levels: bool = False
    joins_streams: bool = False
    sums_zero: bool = False
    counts_by_filter: bool = False
    counts_at_once: bool = False
    is_anti_join_quick: bool = False


# DuckDB 2.0, 2 threads, ten million orders and twenty million events of a million people:
# - 50 segments of seed 7, CPU seconds of one pass a stream 5.7, of a pass for each filter 4.6; of 200: 12.3 and 10.7. A
#   pass for each aggregate takes longer than either.
# - 200 conditions of a million people, CPU seconds: a `CASE` around each 1.7, a column for each and then a `CASE` 2.9.
# - seven sums over one category in a year: with `ELSE 0` 0.27, without 0.35, with `FILTER` 0.37.
# - who bought, but not in the last 90 days: with `NOT EXISTS` 386 ms, with `NOT IN` 1,016, by the
#   latest event 1,216.
# - 200 segments in seconds, with levels joined 4.1, with values 4.8; 50 segments 1.65 and 1.95.
DUCKDB = Habits(own_pass=2, sums_zero=True, counts_at_once=True, is_anti_join_quick=True, joins_levels=True)

# PostgreSQL 18, a tenth of that data, a process that leads and one that helps; the 50 segments, in seconds:
# - one pass a stream 2.8, a pass for each filter 2.4; orders by filter, and events of all names in one pass 1.8.
# - counted with `FILTER` 1.39, with `CASE` 1.48.
POSTGRES = Habits(own_pass=2, joins_streams=True, counts_by_filter=True, is_anti_join_quick=True)
