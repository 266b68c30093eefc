"""Apache Spark, in this process, on a cluster of its own, or by Spark Connect: rows come partition by partition."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl, quote, unquote
from uuid import uuid4

import pyarrow as pa
from pyspark import RDD, SparkContext
from pyspark.errors import AnalysisException
from pyspark.logger import PySparkLogger
from pyspark.serializers import NoOpSerializer
from pyspark.sql import DataFrame, SparkSession

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, hidden
from segql.run.backends.files import path_below
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
# How Spark is started where none runs; the options of the URL come after them.
_STARTED = {
    "spark.api.mode": "classic",
    "spark.app.name": "segql",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
# On one machine it needs no name of that machine in the network.
_STARTED_HERE = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}

# `spark://local`, `spark://local[2]/data`, `spark://host:7077`, with options after a `?`.
_DRIVEN = re.compile(r"spark://(?:local(\[(?:\d+|\*)\])?|([^/?\[\]@]+:\d+(?:,[^/?@]+)?))(?:/([^?]*))?(?:\?(.*))?")
_SERVED = re.compile(r"sc://([^/;?]+)((?:/.*)?)")
_ALL_THREADS = "local[*]"
_JAVA = 17
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
        self._place = _place(target)
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
            said = hidden(_first_line(error), self._secrets)
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
        self._place.tag(session, self._tag, _label(sql))
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
        return EngineError(_first_line(error))

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


# ── where Spark runs ─────────────────────────────────────────────────────────────────────────────────────────────────


class _Place(Protocol):
    """Where Spark runs."""

    @property
    def shown(self) -> str:
        """The URL without what may be secret."""
        ...

    def opened(self) -> SparkSession:
        """Return a session of our own."""
        ...

    def closed(self, session: SparkSession) -> None:
        """End a session."""
        ...

    def files(self) -> Sequence[tuple[str, Path]]:
        """Return the files and folders that are tables, by name."""
        ...

    def batches(self, rows: DataFrame, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Return rows as they come, no more than a part of them at a time."""
        ...

    def tag(self, session: SparkSession, tag: str, label: str) -> None:
        """Mark what this thread is about to run: `tag` to stop it by, `label` for those who watch."""
        ...

    def stop(self, session: SparkSession, tag: str) -> None:
        """Stop what runs with a tag."""
        ...


@dataclass(frozen=True, slots=True)
class _Driven:
    """Spark that this process drives, with threads of its own or on a cluster; all that drive it share one."""

    shown: str
    master: str
    options: Mapping[str, str]
    folder: Path | None

    def opened(self) -> SparkSession:
        running = SparkContext._active_spark_context  # noqa: SLF001 (nothing else tells without starting one)
        if running is None:
            _check_java()
            builder = SparkSession.builder.master(self.master)
            here = _STARTED_HERE if self.master.startswith("local") else {}
            for name, value in {**_STARTED, **here, **self.options}.items():
                builder = builder.config(name, value)
            return builder.getOrCreate().newSession()
        master = str(running.master)
        if master != self.master and not (self.master == _ALL_THREADS and master.startswith("local")):
            why = f"this process drives Spark at `{master}` already"
            raise Unreachable(f"Spark at `{self.shown}`", why, "ask one Spark in a process, or use Spark Connect")
        return SparkSession.builder.getOrCreate().newSession()

    def closed(self, session: SparkSession) -> None:
        """Leave it running for others: it ends with the process."""

    def files(self) -> list[tuple[str, Path]]:
        if self.folder is None:
            return []
        if not self.folder.is_dir():
            raise Unreachable(f"`{self.folder}`", "there is no such folder", "check the path in the `url`")
        return [(each.stem, each) for each in sorted(self.folder.iterdir()) if _is_table(each)]

    def batches(self, rows: DataFrame, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        # One part after the other, as Spark's own rows come in Python, but in batches of Arrow: a tenth of the time.
        made = cast("Any", rows)._jdf.toArrowBatchRdd().toJavaRDD()  # noqa: SLF001
        each: bytes
        for each in RDD(made, rows.sparkSession.sparkContext, NoOpSerializer()).toLocalIterator():
            yield pa.ipc.read_record_batch(pa.py_buffer(each), schema)

    def tag(self, session: SparkSession, tag: str, label: str) -> None:
        # Tags of the session do not reach the jobs that bring rows.
        session.sparkContext.addJobTag(tag)
        session.sparkContext.setJobDescription(label)

    def stop(self, session: SparkSession, tag: str) -> None:
        session.sparkContext.cancelJobsWithTag(tag)


@dataclass(frozen=True, slots=True)
class _Served:
    """A server of Spark Connect."""

    shown: str
    url: str

    def opened(self) -> SparkSession:
        try:
            # They need gRPC, which Spark in this process does not.
            from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415
            from pyspark.sql.connect.session import SparkSession as Served  # noqa: PLC0415
        except ImportError as error:
            hint = "install it: pip install 'segql[spark]'"
            raise Unreachable(f"Spark at `{self.shown}`", _first_line(error), hint) from None
        session = Served.builder.remote(self.url).create()
        # It would go on trying for ten minutes.
        session.client.set_retry_policies([DefaultPolicy(max_retries=4, initial_backoff=200, max_backoff=5_000)])
        return cast("SparkSession", session)

    def closed(self, session: SparkSession) -> None:
        # A server that is gone need not be told.
        with suppress(Exception):
            session.stop()

    def files(self) -> list[tuple[str, Path]]:
        return []

    def batches(self, rows: DataFrame, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        client, plan = cast("Any", rows.sparkSession).client, cast("Any", rows)._plan  # noqa: SLF001
        for each in client.to_table_as_iterator(plan.to_proto(client), {}):
            if isinstance(each, pa.Table):
                yield from each.cast(schema).to_batches()

    def tag(self, session: SparkSession, tag: str, label: str) -> None:
        session.clearTags()
        session.addTag(tag)
        session.addTag(label)

    def stop(self, session: SparkSession, tag: str) -> None:
        session.interruptTag(tag)


def _place(target: Target) -> _Place:
    url = target.url or ""
    if found := _SERVED.fullmatch(url):
        host, options = found.groups("")
        given = options.strip("/")
        if target.password is not None:
            given += f";token={quote(target.password, safe='')}"
        return _Served(f"sc://{host}", f"sc://{host}/{given}" if given else f"sc://{host}")
    found = _DRIVEN.fullmatch(url)
    if found is None:
        raise ValueError("needs the form spark://local, spark://host:7077 or sc://host:15002")
    threads, host, path, options = found.groups()
    settings = dict(parse_qsl(options or ""))
    foreign = [each for each in settings if not each.startswith("spark.")]
    if foreign:
        raise ValueError(f"has an option that is none of Spark's: {foreign[0]}")
    if host is not None:
        if path:
            raise ValueError("has a path, and the tables of a cluster are those of its catalog")
        return _Driven(f"spark://{host}", f"spark://{host}", settings, None)
    folder = path_below(unquote(path), target) if path else None
    return _Driven(f"spark://local{threads or ''}", f"local{threads}" if threads else _ALL_THREADS, settings, folder)


def _is_table(path: Path) -> bool:
    """Say whether a file is of Parquet, or a folder holds such."""
    if path.name.startswith((".", "_")):
        return False
    return path.suffix == ".parquet" if path.is_file() else next(path.rglob("*.parquet"), None) is not None


def _check_java() -> None:
    """Raise Unreachable where there is no Java that can run Spark."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    hint = f"install Java {_JAVA} or newer, or set JAVA_HOME; a server of Spark Connect (`sc://`) needs none here"
    if java is None:
        raise Unreachable("Spark", f"it needs Java, and there is none {'in JAVA_HOME' if home else 'here'}", hint)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)  # noqa: S603 (of the user)
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    if found is None or int(found[1]) < _JAVA:
        which = f"Java {found[1]}" if found else "no Java that tells its version"
        raise Unreachable("Spark", f"it needs Java {_JAVA} or newer, and there is {which}", hint)


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


def _label(sql: str) -> str:
    """Return the first line of a statement, which tells what it is for; Spark allows no comma in it."""
    first = sql.split("\n", 1)[0].removeprefix("--").strip()
    return f"segql: {first.replace(',', ' ')[:200]}"


def _first_line(error: BaseException) -> str:
    """Return what Spark says, without its number of the error and the trace of Java."""
    said = str(error)
    if found := re.search(r"\[[A-Z][A-Z0-9_]+(?:\.[A-Z0-9_]+)*\] *([^\n]*)", said):
        return found[1].split(" SQLSTATE:")[0].strip()
    return next((each.strip() for each in said.split("\n") if each.strip()), type(error).__name__)
