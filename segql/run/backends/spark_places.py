"""Where Spark runs: driven by this process, here or on a cluster, or asked by Spark Connect."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl, quote, unquote

import pyarrow as pa
from pyspark import RDD, SparkContext
from pyspark.serializers import NoOpSerializer
from pyspark.sql import DataFrame, SparkSession

from segql.run.backends.backend import Target, Unreachable
from segql.run.backends.files import parquet_tables, path_below

# How Spark is started where none runs; the options of the URL come after them.
_STARTED = {
    "spark.api.mode": "classic",
    "spark.app.name": "segql",
    # A statement makes many groups side by side, and each takes a page, which would else be a sixteenth of all memory.
    "spark.buffer.pageSize": "1m",
    # What goes wrong is raised; the traces of Java stay away from the terminal.
    "spark.log.level": "FATAL",
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


class Place(Protocol):
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
    options: Mapping[str, str] = field(repr=False)
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
        return list(parquet_tables(self.folder).items())

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
    url: str = field(repr=False)

    def opened(self) -> SparkSession:
        try:
            # They need gRPC, which Spark in this process does not.
            from pyspark.sql.connect.client.retries import DefaultPolicy  # noqa: PLC0415
            from pyspark.sql.connect.session import SparkSession as Served  # noqa: PLC0415
        except ImportError as error:
            hint = "install it: pip install 'segql[spark]'"
            raise Unreachable(f"Spark at `{self.shown}`", first_line(error), hint) from None
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


def place_of(target: Target) -> Place:
    """Return where the Spark of a URL runs.

    Raises:
        ValueError: the URL is of no known form.
    """
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


def first_line(error: BaseException) -> str:
    """Return what Spark says, without its number of the error and the trace of Java."""
    said = str(error)
    if found := re.search(r"\[[A-Z][A-Z0-9_]+(?:\.[A-Z0-9_]+)*\] *([^\n]*)", said):
        return found[1].split(" SQLSTATE:")[0].strip()
    # What Java says stands in the second line, after the name of the error.
    said = said.split("\n: ", 1)[-1]
    return next((each.strip() for each in said.split("\n") if each.strip()), type(error).__name__)
