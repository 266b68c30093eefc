"""Apache Spark, in this process, on a cluster of its own, or by Spark Connect: rows come partition by partition."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from pyspark.errors import AnalysisException
from pyspark.logger import PySparkLogger
from pyspark.sql import SparkSession

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, hidden, label_of
from segql.run.backends.spark_places import first_line, place_of
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of

_TYPES: dict[str, tuple[Type, pa.DataType]] = {
    "boolean": (BOOLEAN, pa.bool_()),
    "tinyint": (INTEGER, pa.int8()),
    "smallint": (INTEGER, pa.int16()),
    "int": (INTEGER, pa.int32()),
    "bigint": (INTEGER, pa.int64()),
    "float": (FLOAT, pa.float32()),
    "double": (FLOAT, pa.float64()),
    # A text with a collation has another name: its values would not be compared byte for byte.
    "string": (TEXT, pa.string()),
    "date": (DATE, pa.date32()),
    "timestamp": (TIMESTAMP, pa.timestamp("us", "UTC")),
    "timestamp_ntz": (TIMESTAMP, pa.timestamp("us")),
    "variant": (JSON, pa.string()),
}
_INSTANT = "timestamp"
_DECIMAL = re.compile(r"decimal\((\d+),(-?\d+)\)")

# What the statements rely on; each is of our session alone.
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    # What is too large fails, and no place behind the point is given up to make room.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.caseSensitive": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    # A `char` is what stands in it, with its blanks.
    "spark.sql.legacy.charVarcharAsString": "true",
    # The last of two values under one key, as everywhere else.
    "spark.sql.variant.allowDuplicateKeys": "true",
}
# They write whole traces of Java to the terminal for what is raised anyway.
_LOUD = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
_MISSING = {"TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "REQUIRES_SINGLE_PART_NAMESPACE", "CATALOG_NOT_FOUND"}
_STOPPED = {"SPARK_JOB_CANCELLED", "OPERATION_CANCELED", "OPERATION_CANCELLED"}
# What is said of a Spark that is no longer there.
_GONE = (
    "UNAVAILABLE",
    "SESSION_CLOSED",
    "INVALID_HANDLE.SESSION",
    "SparkContext was shut down",
    "stopped SparkContext",
)


def connect(target: Target) -> Spark:
    """Open Spark where the URL says.

    `spark://local` runs it in this process, `spark://local[2]` with two threads, and `spark://local/data` with the
    Parquet files and folders of `data` as its tables. A path begins at the root of the project, with a slash of its own
    (`spark://local//srv/data`) at that of the disk. `spark://host:7077` is a cluster of Spark's own kind, whose catalog
    has the tables. Options of Spark come after a `?`: `spark://local/data?spark.driver.memory=8g`.

    `sc://host:15002` is a server of Spark Connect, which needs no Java here; its options come as Spark has them:
    `sc://host:443/;use_ssl=true`. A password of the connection is its `token`.

    Raises:
        ValueError: the URL is of none of these forms.
        Unreachable: there is no Java, or no server.

    Example:
        connect(Target("spark://local/data", Path("shop"))).tables()
    """
    return Spark(target)


class Spark(Database):
    """A session of Spark, as `Backend` describes it.

    Spark has nothing that forbids to write, so every statement is read as a query in brackets, and what writes is none.
    """

    dialect = "spark"
    ignores_case = True
    # A key that is declared is a promise.
    enforces_keys = False
    quote = "`"

    def __init__(self, target: Target) -> None:
        self._place = place_of(target)
        # Statements of this connection are known by it, whoever else uses the same Spark.
        self._tag = f"segql-{uuid4()}"
        self._session: SparkSession | None = None
        super().__init__(target)

    def _open(self) -> None:
        for each in _LOUD:
            PySparkLogger.getLogger(each).disabled = True
        try:
            # It warns of versions of pandas, which nobody uses here, and of settings that have grown old.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._session = self._prepared()
        except Unreachable:
            raise
        except Exception as error:  # noqa: BLE001 (of Java, of gRPC, of Spark)
            said = hidden(first_line(error), self._secrets)
            hint = "is it running, and are host and port of the `url` right?"
            raise Unreachable(f"Spark at `{self._place.shown}`", said, hint) from None

    def _prepared(self) -> SparkSession:
        session = self._place.opened()
        for name, value in _SETTINGS.items():
            session.conf.set(name, value)
        for name, path in self._place.files():
            session.read.parquet(_literal(path)).createOrReplaceTempView(_quoted(name))
        return session

    def _shut(self) -> None:
        if self._session is not None:
            self._place.closed(self._session)
            self._session = None

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        session = self._known()
        # Spark allows no comma in it.
        self._place.tag(session, self._tag, label_of(sql).replace(",", " "))
        with _stopped_is_interrupted():
            rows = session.sql(f"SELECT * FROM (\n{sql}\n)")
            schema = pa.schema([pa.field(name, _arrow(word)) for name, word in rows.dtypes])
            batches = _batches(self._place.batches(rows, schema))
            # A server runs nothing until it is asked for rows.
            first = list(islice(batches, 1))
        return pa.RecordBatchReader.from_batches(schema, chain(first, batches))

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        rows = self._known().createDataFrame([(each,) for each in keys], "key string")
        rows.createOrReplaceTempView(_quoted(name))

    def _told(self, error: Exception) -> EngineError:
        if any(each in str(error) for each in _GONE):
            return Lost("the connection to Spark was lost")
        return EngineError(first_line(error))

    def interrupt(self) -> None:
        """Stop what is running."""
        # What has ended by now has nothing running.
        with suppress(Exception):
            self._place.stop(self._known(), self._tag)

    def tables(self) -> list[str]:
        """Return tables and views; those of the current database without its name."""
        return self._safely(self._names)

    def declared_keys(self) -> list[DeclaredKey]:
        """Return nothing: tables of Spark declare no keys, and those of others do not tell them alike."""
        return []

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        return self._safely(lambda: self._columns(table))

    def _known(self) -> SparkSession:
        assert self._session is not None
        return self._session

    def _names(self) -> list[str]:
        session = self._known()
        current = session.catalog.currentDatabase()
        found: set[str] = set()
        for (database,) in session.sql("SHOW DATABASES").collect():
            for row in session.sql(f"SHOW TABLES IN {_quoted(database)}").collect():
                is_current = row.isTemporary or database == current
                found.add(row.tableName if is_current else f"{database}.{row.tableName}")
        return sorted(found)

    def _columns(self, table: Table) -> dict[str, Column] | None:
        try:
            found = self._known().sql(f"SELECT * FROM {self.source(table)}").dtypes
        except AnalysisException as error:
            if error.getCondition() in _MISSING:
                return None
            raise
        return {name: Column(name, word, _type(word), has_zone=word == _INSTANT) for name, word in found}


# ── rows and words ───────────────────────────────────────────────────────────────────────────────────────────────────


def _batches(found: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    with _stopped_is_interrupted():
        yield from found


@contextmanager
def _stopped_is_interrupted() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if any(each in str(error) for each in _STOPPED):
            raise KeyboardInterrupt from None
        raise


def _arrow(word: str) -> pa.DataType:
    if found := _DECIMAL.fullmatch(word):
        return pa.decimal128(int(found[1]), int(found[2]))
    if word not in _TYPES:
        raise EngineError(f"a result of type {word} is not known")
    return _TYPES[word][1]


def _type(word: str) -> Type:
    if found := _DECIMAL.fullmatch(word):
        return decimal(int(found[1]), int(found[2]))
    if word.startswith("array<"):
        item = _type(word[len("array<") : -1])
        return UNKNOWN if item == UNKNOWN else list_of(item)
    if re.fullmatch(r"(var)?char\(\d+\)", word):
        return TEXT
    return _TYPES[word][0] if word in _TYPES else UNKNOWN


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _literal(path: Path) -> str:
    """Return a path in which Spark sees no pattern, though it holds `*`, `?` or brackets."""
    return "file:" + re.sub(r"[*?\[\]{}\\]", r"\\\g<0>", str(path.resolve()))
