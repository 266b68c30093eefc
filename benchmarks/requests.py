"""Bars of requests to DuckDB: one segment, batches, a sequence."""

from __future__ import annotations

import statistics
from dataclasses import replace
from functools import partial

from benchmarks.bench import LARGEST_BATCH, Bench
from benchmarks.pairs import Measured, in_turn, seconds, together
from benchmarks.shapes import SEQUENCE, shapes
from benchmarks.vocabulary import Drawn

_SMALL_BATCH = 50

# What no answer about purchases and events can do without: every row once, and its customer. What nobody reads is not
# computed, so the totals are read.
_BARE = (
    "select max(n), max(spent) from (select count(*) as n, sum(amount) as spent from orders group by customer_id) as t",
    "select max(n) from (select count(*) as n from events group by customer_id) as t",
)


def one_segment(bench: Bench) -> Measured:
    """Measure each of the twelve shapes alone."""
    found = together([(each.condition, _against_expert(bench, [each])) for each in shapes()])
    compiled = statistics.median(seconds(partial(bench.duckdb.statement, [each.name])) for each in shapes())
    return replace(found, note=f"{compiled * 1000:.1f} ms of each request are the compiler's")


def batch_of_50(bench: Bench) -> Measured:
    """Measure fifty segments in one request."""
    return _against_expert(bench, bench.drawn(_SMALL_BATCH))


def batch_of_200(bench: Bench) -> Measured:
    """Measure two hundred segments in one request."""
    return _against_expert(bench, bench.drawn(LARGEST_BATCH))


def growth(bench: Bench) -> Measured:
    """Measure two hundred segments against fifty of the same vocabulary."""
    few, many = (bench.compared(bench.drawn(each)) for each in (_SMALL_BATCH, LARGEST_BATCH))
    ask = bench.duckdb.request
    return in_turn(lambda: ask(many), lambda: ask(few), bench.options.pairs)


def bare_pass(bench: Bench) -> Measured:
    """Measure fifty segments against the plainest pass over what they read."""
    names = bench.compared(bench.drawn(_SMALL_BATCH))
    asked = bench.duckdb
    return in_turn(lambda: asked.request(names), lambda: [asked.rows(each) for each in _BARE], bench.options.pairs)


def sequence(bench: Bench) -> Measured:
    """Measure a sequence of three steps."""
    return _against_expert(bench, [SEQUENCE])


def _against_expert(bench: Bench, drawn: list[Drawn]) -> Measured:
    names = bench.compared(drawn)
    asked = bench.duckdb
    return in_turn(lambda: asked.request(names), lambda: asked.expert(drawn), bench.options.pairs)
