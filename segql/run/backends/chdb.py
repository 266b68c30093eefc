"""ClickHouse in process, by chDB: the databases in a folder, or in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any
from urllib.parse import parse_qs

import pyarrow as pa
from chdb.state.sqlitelike import Connection

from segql.catalog import Table
from segql.run.backends.backend import Target, Unreachable
from segql.run.backends.clickhouse_tables import SETTINGS, ClickHouseTables, said
from segql.run.backends.files import database_file


def connect(target: Target) -> Chdb:
    """Open the databases of a folder for reading, or some in memory.

    A process can have one folder open at a time, and a folder be open in one process. `?database=` names the database
    whose tables need no name before theirs, `default` if there is none.

    Raises:
        ValueError: the URL is not of the form `chdb:///folder?database=name`.
        Unreachable: the folder cannot be opened.

    Example:
        connect(Target("chdb:///shop.chdb", Path("."))).tables()
    """
    return Chdb(target)


class Chdb(ClickHouseTables):
    """A connection to ClickHouse in this process, as `Backend` describes it."""

    def _open(self) -> None:
        path, _, options = (self._target.url or "").partition("?")
        named = parse_qs(options)
        if named.keys() - {"database"}:
            raise ValueError("takes no option but `database` after `?`")
        folder = database_file(path, self._target)
        what = "in memory" if folder is None else f"`{folder.name}`"
        if folder is not None and not folder.is_dir():
            raise Unreachable(what, "there is no such folder", "check the `url` of the connection in segql.toml")
        try:
            place = ":memory:" if folder is None else str(folder)
            self._connection = Connection(place)
            # What is under way can only be stopped from beside it.
            self._beside = Connection(place)
            for name in named.get("database", []):
                self._connection.query(f"USE {self.source(Table((name,)))}")
            settings = SETTINGS | {"log_comment": self._tag, "readonly": 2}
            self._connection.query("SET " + ", ".join(f"{name} = {value!r}" for name, value in settings.items()))
        except RuntimeError as error:
            hint = "is it open in another process, or another folder in this one?"
            raise Unreachable(what, said(error), hint) from None

    def _shut(self) -> None:
        self._connection.close()
        self._beside.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        chunks = self._chunks(sql)
        first = next(chunks, None)
        if first is None:
            # Without rows nothing comes, not even the names of the columns.
            return pa.ipc.open_stream(self._connection.query(sql, "ArrowStream").bytes())
        return pa.RecordBatchReader.from_batches(first.schema, chain([first], chunks))

    def _chunks(self, sql: str) -> Iterator[pa.RecordBatch]:
        stream: Any = self._connection.send_query(sql, "Arrow")
        try:
            while (chunk := stream.fetch()) is not None:
                yield from pa.ipc.open_file(chunk.bytes()).read_all().to_batches()
        except RuntimeError:
            # What a stopped statement had begun to write would come before the rows of the next that is streamed.
            self._connection.query("SELECT 1")
            raise
        finally:
            stream.close()

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        table = self.source(Table((name,)))
        self._connection.query(f"CREATE OR REPLACE TEMPORARY TABLE {table} (key String)")
        lent = pa.table({"key": pa.array(keys, pa.string())})
        assert lent is not None
        self._connection.query(f"INSERT INTO {table} SELECT key FROM Python(lent)")

    def interrupt(self) -> None:
        """Stop what is running."""
        with suppress(RuntimeError):
            self._beside.query(self._stop)
