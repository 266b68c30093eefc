"""A database that is asked in both ways: by SegQL in one request, and by the queries of an expert one after another.

A request is what a process does that has read and checked its segments: compile them to one statement of counts, run
it by the backend, read the last batch. `whole` adds what `Project.count` does besides: it looks at the tables, and asks
the database whether its keys stand once.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.analyst import CLOCK
from benchmarks.vocabulary import CATALOG, Drawn
from segql import compiler
from segql.run.backends import Backend, Target, connect
from segql.run.backends.duckdb import DuckDB
from segql.run.runner import Runner
from segql.source import Source

THREADS = 2

_NOWHERE = Path("/nonexistent")


class Different(Exception):  # noqa: N818 (it reads as what is the case)
    """Both ways do not give the same members; a time would mean nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A database: `backend` is ours, `rows` runs a query of an expert by the bare driver.

    Example:
        with on_duckdb(path, drawn) as asked:
            asked.compare(drawn)
            asked.request([each.name for each in drawn])
    """

    analyzed: compiler.Analyzed
    backend: Backend
    rows: Callable[[str], pa.Table]
    whole: bool = False

    def request(self, names: Sequence[str]) -> list[int]:
        """Return how many members segments have, all asked for at once."""
        if self.whole:
            return list(Runner(self.analyzed, {}, _NOWHERE, self.backend).counts(names, CLOCK).counts.values())
        return [int(each[0].as_py()) for each in self._answer(names, "counts").columns]

    def expert(self, drawn: Sequence[Drawn]) -> list[int]:
        """Return how many members segments have, by a query for each."""
        return [self.rows(f"select count(*) from ({each.expert}) as members").column(0)[0].as_py() for each in drawn]

    def compare(self, drawn: Sequence[Drawn]) -> None:
        """Make sure that both ways find the same members, and that they are as many as are counted.

        Raises:
            Different: they do not.
        """
        names = [each.name for each in drawn]
        answer = self._answer(names, "members")
        found = _by_segment(answer) if len(names) > 1 else {names[0]: answer.column(0)}
        for each, count in zip(drawn, self.request(names), strict=True):
            ours = found.get(each.name, pa.chunked_array([[]], pa.int64())).cast(pa.int64())
            theirs = self.rows(f"select customer_id from ({each.expert}) as members order by customer_id")
            if not ours.equals(theirs.column(0).cast(pa.int64())):
                raise Different(f"{each.name} has {len(ours):,} members, by the expert's query {theirs.num_rows:,}")
            if count != len(ours):
                raise Different(f"{each.name} has {len(ours):,} members, and {count:,} are counted")

    def statement(self, names: Sequence[str], form: str = "counts") -> str:
        """Return the one statement that answers for segments."""
        located = replace(self.analyzed, catalog=self.backend.located(self.analyzed.catalog))
        return compiler.compile(located, names, CLOCK, dialect=self.backend.dialect, form=form).sql

    def _answer(self, names: Sequence[str], form: str) -> pa.Table:
        return self.backend.execute(self.statement(names, form)).read_all()


@contextmanager
def on_duckdb(path: Path, drawn: Sequence[Drawn], *, whole: bool = False, memory: str | None = None) -> Iterator[Asked]:
    """Open a DuckDB database with two threads, and as much memory as it likes unless told.

    Example:
        with on_duckdb(path, drawn, memory="1GB") as asked: ...
    """
    limits: dict[str, str | bool | int | float | list[str]] = {"threads": THREADS}
    if memory is not None:
        limits["memory_limit"] = memory
    connection = duckdb.connect(str(path), read_only=True, config=limits)
    # Both see the same instance of the engine, so what one has read is there for the other.
    other = connection.cursor()
    # The connection is one that was made here, since a URL cannot say how many threads.
    backend = DuckDB(connection, Target(None, _NOWHERE))
    try:
        yield Asked(analyzed_of(drawn), backend, lambda sql: other.sql(sql).to_arrow_table(), whole)
    finally:
        other.close()
        backend.close()


@contextmanager
def on_postgres(uri: str, drawn: Sequence[Drawn], *, whole: bool = False) -> Iterator[Asked]:
    """Open a PostgreSQL database twice, for both ways.

    Example:
        with on_postgres(uri, drawn) as asked: ...
    """
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 (it may not be installed)

    backend = connect(Target(uri, _NOWHERE))
    try:
        with dbapi.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:

            def rows(sql: str) -> pa.Table:
                cursor.execute(sql)
                return cursor.fetch_arrow_table()

            yield Asked(analyzed_of(drawn), backend, rows, whole)
    finally:
        backend.close()


def analyzed_of(drawn: Sequence[Drawn]) -> compiler.Analyzed:
    """Return segments as a process has them that has checked its files.

    Example:
        analyzed_of(draw(50, seed=7)).definitions["s0000"]
    """
    analyzed = compiler.check([Source.of("catalog.seg", CATALOG), Source.of("segments.seg", segments_text(drawn))])
    assert not analyzed.diagnostics, analyzed.diagnostics[0].message
    return analyzed


def segments_text(drawn: Sequence[Drawn]) -> str:
    """Return segments as one file.

    Example:
        segments_text(shapes())
    """
    return "\n".join(each.text for each in drawn)


def _by_segment(answer: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Return the keys of each segment of an answer, in which the rows of a segment stand together."""
    runs = pc.run_end_encode(answer.column(0).combine_chunks(), run_end_type=pa.int64())
    chunks = runs.chunks if isinstance(runs, pa.ChunkedArray) else [runs]
    assert len(chunks) == 1
    names, ends = chunks[0].values.to_pylist(), [0, *chunks[0].run_ends.to_pylist()]
    assert len(names) == len(set(names))
    return {
        name: answer.column(1).slice(start, end - start)
        for name, (start, end) in zip(names, itertools.pairwise(ends), strict=True)
    }
