"""What the connections to database servers share: one statement at a time, lost connections, secrets kept."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import ClassVar, TypeAlias, TypeVar
from urllib.parse import unquote

import pyarrow as pa

from segql.catalog import Catalog, Table
from segql.run.backends.backend import Column, CompoundKey, DeclaredKey, EngineError, Lost, Promise, Target, Unreachable
from segql.run.backends.worker import Worker

T = TypeVar("T")
Work: TypeAlias = Callable[[], T]


class Database(ABC):
    """A connection to a server, or to an engine that has tables and no files.

    A heir says how to open it, how to run one statement, and what its errors mean. A connection that is lost before
    the first rows are here is opened once more: everything is only read, so nothing can be done twice.
    """

    dialect: str
    ignores_case: ClassVar[bool] = False
    enforces_keys: ClassVar[bool] = True
    quote: ClassVar[str] = '"'

    def __init__(self, target: Target) -> None:
        self._target = target
        self._secrets = secrets_of(target)
        self._provided: dict[str, Sequence[str]] = {}
        # Which statement it is: most drivers give up the rows of one for those of the next.
        self._turn = 0
        self._worker = Worker(self.interrupt, target.timeout)
        try:
            self._worker.do(self._open)
        except BaseException:
            self._worker.close()
            # What was opened in part; where nothing was, this fails.
            if not self._worker.is_stuck:
                with suppress(Exception):
                    self._shut()
            raise

    # ── what each engine says ────────────────────────────────────────────────────────────────────────────────────────

    @abstractmethod
    def _open(self) -> None:
        """Open the connection, for reading where the engine has a way to say so; raises `Unreachable`."""

    @abstractmethod
    def _shut(self) -> None:
        """End the connection."""

    @abstractmethod
    def _begin(self, sql: str) -> pa.RecordBatchReader:
        """Run a statement and return its rows as they come."""

    @abstractmethod
    def _lend(self, name: str, keys: Sequence[str]) -> None:
        """Make keys a table of this connection, in place of one of that name."""

    @abstractmethod
    def _told(self, error: Exception) -> EngineError:
        """Return what an error of the driver means: `Lost`, or what the engine said."""

    @abstractmethod
    def interrupt(self) -> None:
        """Stop what is running; may be called from another thread."""

    @abstractmethod
    def tables(self) -> Sequence[str]:
        """Return the names of the tables and views, as a catalog would write them."""

    @abstractmethod
    def declared_keys(self) -> Sequence[DeclaredKey]:
        """Return the keys of one column that the database declares."""

    @abstractmethod
    def describe(self, table: Table) -> Mapping[str, Column] | None:
        """Return the columns of a table by name, or None where there is no such table."""

    # ── what all do alike ────────────────────────────────────────────────────────────────────────────────────────────

    def located(self, catalog: Catalog) -> Catalog:
        """Return the catalog as it is: there are no files to find."""
        return catalog

    def compound_keys(self) -> Sequence[CompoundKey]:
        """Return the keys of several columns that the database declares; none, where an heir does not know."""
        return ()

    def promises(self, table: Table) -> Mapping[str, Promise]:
        """Return what the database promises of the columns of a table; nothing, where an heir does not know."""
        del table
        return {}

    def sizes(self, tables: Sequence[Table]) -> Mapping[str, int]:
        """Return about how many rows tables have; nothing, where an heir does not know."""
        del tables
        return {}

    def quoted(self, name: str) -> str:
        """Return a name as it stands in a statement."""
        return self.quote + name.replace(self.quote, self.quote * 2) + self.quote

    def source(self, table: Table) -> str:
        """Return a table as it stands in a `FROM`."""
        return ".".join(map(self.quoted, table.parts))

    def provide(self, name: str, keys: Sequence[str]) -> None:
        """Make keys a table for this connection, and for one that takes its place."""
        self._safely(lambda: self._lend(name, keys))
        self._provided[name] = keys

    def execute(self, sql: str) -> pa.RecordBatchReader:
        """Run one statement and return its rows in batches of Arrow, to be read before the next statement is run."""
        self._turn += 1
        # Until the first rows are here nothing was given to anybody, so it can be done again.
        reader, first = self._safely(lambda: _begun(self._begin(sql)))
        return pa.RecordBatchReader.from_batches(reader.schema, self._batches(first, reader, self._turn))

    def close(self) -> None:
        """End the connection."""
        self._worker.close()
        if not self._worker.is_stuck:
            self._shut()

    def _rows(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a small statement."""
        table = self.execute(sql).read_all()
        return list(zip(*(each.to_pylist() for each in table.columns), strict=True)) if table.num_columns else []

    def _safely(self, work: Work[T]) -> T:
        """Do something that can be done again, once more where the connection was lost; its time begins to count."""
        self._worker.restart()
        try:
            return self._translated(work)
        except Lost as lost:
            try:
                self._translated(self._reopen)
            except Unreachable as error:
                raise Lost(f"{lost}, and cannot be opened again: {error.why}") from None
            return self._translated(work)

    def _reopen(self) -> None:
        # What is lost may not even close.
        with suppress(Exception):
            self._shut()
        self._open()
        for name, keys in self._provided.items():
            self._lend(name, keys)

    def _translated(self, work: Work[T]) -> T:
        try:
            return self._worker.do(work)
        except (EngineError, Unreachable, KeyboardInterrupt):
            raise
        except Exception as error:  # noqa: BLE001 (each driver has its own)
            found = self._told(error)
            raise type(found)(self._hidden(str(found))) from None

    def _batches(
        self, first: pa.RecordBatch | None, reader: pa.RecordBatchReader, turn: int
    ) -> Iterator[pa.RecordBatch]:
        batch = first
        while batch is not None:
            yield batch
            if turn != self._turn:
                raise EngineError("another statement was run before all rows of this one were read")
            batch = self._translated(lambda: next(reader, None))

    def _hidden(self, text: str) -> str:
        return hidden(text, self._secrets)


def _begun(reader: pa.RecordBatchReader) -> tuple[pa.RecordBatchReader, pa.RecordBatch | None]:
    return reader, next(reader, None)


def label_of(sql: str) -> str:
    r"""Return what a statement is for, as those see it who watch the engine: its first line tells.

    Example:
        >>> label_of("-- segment young, as of 2025-12-01T00:00:00Z, by segql 0.1.0\nSELECT 1")
        'segql: segment young, as of 2025-12-01T00:00:00Z, by segql 0.1.0'
    """
    first = sql.split("\n", maxsplit=1)[0]
    return f"segql: {first.removeprefix('--').strip()[:200]}" if first.startswith("--") else "segql"


def secrets_of(target: Target) -> tuple[str, ...]:
    """Return what must never be shown of a target: its password, and whatever options of its URL look like secrets.

    Example:
        >>> from pathlib import Path
        >>> secrets_of(Target("postgresql://ada:s3cret@db/shop", Path()))
        ('s3cret',)
    """
    # Not every place is a host as others know it: some have brackets in them, or options after a semicolon.
    rest = (target.url or "").partition("://")[2]
    # A password may hold a slash that should have been written `%2F`; an `@` in the options comes after theirs.
    raw = re.split(r"[?;]", rest, maxsplit=1)[0].rpartition("@")[0].partition(":")[2]
    options = re.findall(r"(?i)(?:pass\w*|token|secret|key|credentials?)[\w.]*=([^&;]+)", rest)
    found = [target.password, raw, unquote(raw), *options, *map(unquote, options)]
    return tuple(sorted({each for each in found if each}, key=len, reverse=True))


def hidden(text: str, secrets: Sequence[str]) -> str:
    """Return a text without secrets.

    Example:
        >>> hidden("no role for ada:s3cret", ["s3cret"])
        'no role for ada:***'
    """
    for each in secrets:
        text = text.replace(each, "***")
    return text
