"""A ClickHouse server, by HTTP: rows come as a stream of Arrow."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import clickhouse_connect
import pyarrow as pa
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from clickhouse_connect.driver.external import ExternalData
from urllib3.exceptions import HTTPError

from segql.run.backends.backend import EngineError, Lost, Target, Unreachable
from segql.run.backends.clickhouse_tables import OLDEST, SETTINGS, ClickHouseTables, said
from segql.run.backends.database import hidden, secrets_of

_PORT, _SECURE_PORT = 8123, 8443
# How long a statement may be silent: as long as it needs, since the time-out of the connection is kept here.
_PATIENCE = 7 * 24 * 60 * 60
_CODE = re.compile(r"Code: (\d+)")
# How much of the end of an answer is kept for the error that may stand in it.
_LATE_MOST = 64 * 1024
# Why a server does not let us in, and what helps, by the number of the error.
_REFUSED = {
    "516": ("it does not know this user with this password", "check `password_env`, and the user in the `url`"),
    "81": ("it has no such database", "check the name after the last `/` of the `url`"),
}

# What goes wrong is told here; where nobody asked for its records, the driver is silent.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())


def connect(target: Target) -> ClickHouse:
    """Open a database for reading.

    `?secure=true` asks by HTTPS, which has port 8443 where none is given.

    Raises:
        ValueError: the URL is not of the form `clickhouse://user@host:8123/database`.
        Unreachable: the server cannot be reached, does not let us in, or is too old.

    Example:
        connect(Target("clickhouse://reader@localhost/shop", Path("."))).tables()
    """
    return ClickHouse(target)


class ClickHouse(ClickHouseTables):
    """A connection to a ClickHouse server, as `Backend` describes it."""

    def _open(self) -> None:
        options = _options(self._target)
        what = f"`{options['database']}` on {options['host']}"
        self._lent: dict[str, bytes] = {}
        self._answer: _Answer | None = None
        try:
            self._client: Any = clickhouse_connect.get_client(
                **options,
                connect_timeout=10,
                send_receive_timeout=_PATIENCE,
                query_retries=0,
                autogenerate_session_id=False,
                dedicated_pool=True,
                # A statement may be longer than an address.
                form_encode_query_params=True,
            )
            self._settings = self._wanted(what)
            # Who may read all of it is not told that a database is missing before it is asked for.
            self._client.raw_query("SELECT 1", settings=self._settings)
        except ClickHouseError as error:
            raise _unreachable(error, what, self._target) from None

    def _wanted(self, what: str) -> dict[str, str | int]:
        """Return the settings of each statement, if the server takes them."""
        version = str(self._client.server_version)
        year, month = (int(each) for each in version.split(".")[:2])
        if (year, month) < OLDEST:
            needed = ".".join(map(str, OLDEST))
            raise Unreachable(what, f"it is version {year}.{month}", f"ClickHouse {needed} or newer is needed")
        readonly = self._client.server_settings["readonly"].value
        if readonly == "1":
            why = "its profile for this user has `readonly = 1`, with which a statement cannot say what it needs"
            raise Unreachable(what, why, "give the user a profile with `readonly = 2`: it may read, and no more")
        settings: dict[str, str | int] = {
            **SETTINGS,
            "log_comment": self._tag,
            # Whose reader is gone is not worth finishing.
            "cancel_http_readonly_queries_on_client_close": 1,
        }
        return settings if readonly == "2" else settings | {"readonly": 2}

    def _shut(self) -> None:
        if self._answer is not None:
            self._answer.close()
        self._client.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        keys = self._keys_in(sql)
        self._answer = None
        response = self._client.raw_stream(sql, fmt="ArrowStream", settings=self._settings, external_data=keys)
        self._answer = _Answer(response)
        reader = pa.ipc.open_stream(self._answer)
        return pa.RecordBatchReader.from_batches(reader.schema, _closing(reader, self._answer))

    def _keys_in(self, sql: str) -> ExternalData | None:
        """Return the lists that a statement reads: they travel with it, so nothing is written."""
        found: ExternalData | None = None
        for name, keys in self._lent.items():
            if name in sql:
                given: dict[str, Any] = {
                    "file_name": name,
                    "data": keys,
                    "fmt": "ArrowStream",
                    "structure": "key String",
                }
                if found is None:
                    found = ExternalData(**given)
                else:
                    found.add_file(**given)
        return found

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        table = pa.table({"key": pa.array(keys, pa.string())})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        self._lent[name] = sink.getvalue().to_pybytes()

    def _told(self, error: Exception) -> EngineError:
        late = self._answer.error() if self._answer is not None else None
        if late is not None:
            return EngineError(said(Exception(late)))
        is_lost = isinstance(error, OperationalError | HTTPError | OSError | pa.ArrowInvalid)
        if is_lost and not _CODE.search(str(error)):
            return Lost("the connection to the server was lost")
        return EngineError(said(error))

    def interrupt(self) -> None:
        """Stop what is running."""
        with suppress(ClickHouseError):
            self._client.command(self._stop)


class _Answer:
    """The bytes of an answer as they come, as a file. What goes wrong after the first rows is said in their midst."""

    closed = False

    def __init__(self, response: Any) -> None:
        self._response = response
        self._mark = f"__exception__\r\n{response.headers.get('X-ClickHouse-Exception-Tag')}\r\n".encode()
        self._last = b""

    def read(self, size: int) -> bytes:
        """Return so many bytes, or what is left of them."""
        found = bytearray()
        # Piece by piece, since of a piece that is cut short nothing is known.
        while len(found) < size and (piece := self._response.read1(size - len(found))):
            found += piece
            self._last = (self._last + piece[-_LATE_MOST:])[-_LATE_MOST:]
        return bytes(found)

    def close(self) -> None:
        """Let go of the connection that it comes by."""
        self._response.close()

    def error(self) -> str | None:
        """Return what the server said after the first rows, if it did."""
        _, mark, told = self._last.partition(self._mark)
        return told.decode(errors="replace") if mark else None


def _closing(reader: pa.RecordBatchReader, answer: _Answer) -> Iterator[pa.RecordBatch]:
    """Yield what is read of an answer, and let go of it."""
    try:
        yield from reader
        # Read to its very end, the connection can serve again.
        answer.read(1)
    finally:
        answer.close()


def _options(target: Target) -> dict[str, Any]:
    parts = urlsplit(target.url or "")
    named = parse_qs(parts.query)
    database = unquote(parts.path.strip("/"))
    if not parts.hostname or not database or named.keys() - {"secure"}:
        raise ValueError("needs the form clickhouse://user@host:8123/database, and takes no option but `secure=true`")
    is_secure = named.get("secure") == ["true"]
    return {
        "host": parts.hostname,
        "port": parts.port or (_SECURE_PORT if is_secure else _PORT),
        "secure": is_secure,
        "username": unquote(parts.username) if parts.username else "default",
        "password": target.password if target.password is not None else unquote(parts.password or ""),
        "database": database,
    }


def _unreachable(error: ClickHouseError, what: str, target: Target) -> Unreachable:
    told = str(error)
    found = _CODE.search(told)
    if found is None:
        why = hidden(told.rsplit("(Caused by ", maxsplit=1)[-1].split("\n", maxsplit=1)[0], secrets_of(target))
        return Unreachable(what, why, "is the server running, and are host and port of the `url` right?")
    refused = (hidden(said(error), secrets_of(target)), "check the `url` of the connection in segql.toml")
    why, hint = _REFUSED.get(found[1], refused)
    return Unreachable(what, why, hint)
