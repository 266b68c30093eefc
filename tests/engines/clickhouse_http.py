"""ClickHouse behind HTTP, in place of a server: the engine is real, that of this process; what speaks HTTP is ours.

What the engine says and does is its own: rows, errors, settings, how it is stopped. How the server words a request and
an answer is only written down here, so of a server's own HTTP nothing is proved.
"""

from __future__ import annotations

import base64
import email.parser
import email.policy
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, urlsplit

import pyarrow as pa
import pytest

pytest.importorskip("chdb", reason="chdb is not installed")

from chdb.state.sqlitelike import Connection

USER, PASSWORD = "reader", "s3cret/ö"
# What a request says that is no setting.
_OWN = {
    *("query", "database", "query_id", "session_id", "client_protocol_version"),
    *("enable_http_compression", "wait_end_of_query"),
}
_CODE = re.compile(r"Code: (\d+)")
_PIECE = 64 * 1024
_TAG = "bdmrokfgpkjhcvai"


class Server(ThreadingHTTPServer):
    """`profile` holds the settings of its user.

    It cuts the connection instead of the next `breaks` answers, and in answers that are longer than `cut` bytes, after
    those; `late` is what it says there of an error, in the way of a server since 25.11.
    """

    daemon_threads = True

    def __init__(self, profile: Mapping[str, object]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.profile = profile
        self.breaks = 0
        self.cut: int | None = None
        self.late = ""

    def url(self, database: str = "", password: str = "") -> str:
        """Return the URL of its reader."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"clickhouse://{USER}{secret}@127.0.0.1:{self.server_address[1]}/{database}"


@contextmanager
def served(profile: Mapping[str, object] | None = None) -> Iterator[Server]:
    """Lend a server; its databases are those that this process has in memory."""
    server = Server(profile or {})
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self._answer(200, b"Ok.\n")

    def do_POST(self) -> None:
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        files: dict[str, bytes] = {}
        if self.headers.get_content_type() == "multipart/form-data":
            for name, content, is_file in _parts(self.headers["Content-Type"], body):
                if is_file:
                    files[name] = content
                else:
                    given[name] = content.decode()
        elif self.headers.get_content_type() == "application/x-www-form-urlencoded":
            given |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        else:
            given["query"] = given.get("query", "") + body.decode()
        known = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != known:
            self._fail("Code: 516. DB::Exception: reader: Authentication failed. (AUTHENTICATION_FAILED)")
            return
        if self._is_cut():
            return
        try:
            found = _run(given, files, self.server.profile)
        except RuntimeError as error:
            # It may have been cut while it was at work.
            if not self._is_cut():
                self._fail(str(error))
            return
        self._stream(found)

    def _is_cut(self) -> bool:
        if not self.server.breaks:
            return False
        self.server.breaks -= 1
        self.close_connection = True
        return True

    def _fail(self, told: str) -> None:
        code = _CODE.search(told)
        self._answer(500, told.encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "0"})

    def _stream(self, body: bytes) -> None:
        """Answer piece by piece, as a server does that does not know yet how it will end."""
        cut = self.server.cut
        is_cut = cut is not None and len(body) > cut
        body = body[:cut] if is_cut else body
        pieces = [body[start : start + _PIECE] for start in range(0, len(body), _PIECE)]
        if is_cut and self.server.late:
            told = self.server.late
            pieces.append(f"__exception__\r\n{_TAG}\r\n{told}\r\n{len(told)} {_TAG}\r\n__exception__\r\n".encode())
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("X-ClickHouse-Exception-Tag", _TAG)
        self.end_headers()
        with suppress(ConnectionError):
            for piece in pieces:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            if not is_cut:
                self.wfile.write(b"0\r\n\r\n")
                return
        self.close_connection = True

    def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        # Who was interrupted reads no more.
        with suppress(ConnectionError):
            self.wfile.write(body)
            return
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def _run(given: Mapping[str, str], files: Mapping[str, bytes], profile: Mapping[str, object]) -> bytes:
    connection = Connection(":memory:")
    try:
        if "database" in given:
            connection.query(f'USE "{given["database"]}"')
        for name, content in files.items():
            lent = pa.ipc.open_stream(content).read_all()
            connection.query(f'CREATE OR REPLACE TEMPORARY TABLE "{name}" ({given[f"{name}_structure"]})')
            connection.query(f'INSERT INTO "{name}" SELECT * FROM Python(lent)')
            assert lent is not None
        asked = {name: value for name, value in given.items() if name not in _OWN and not name.startswith(tuple(files))}
        # Whether it may only be read comes last, since nothing can be set after it.
        for settings in (profile, asked):
            for name, value in sorted(settings.items(), key=lambda each: each[0] == "readonly"):
                connection.query(f"SET {name} = '{value}'")
        return bytes(connection.query(given["query"], "TSV").bytes())
    finally:
        connection.close()


def _parts(kind: str, body: bytes) -> Iterator[tuple[str, bytes, bool]]:
    """Yield name and content of the parts of a form, and whether each is a file."""
    parser = email.parser.BytesParser(policy=email.policy.HTTP)
    form = parser.parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(name, str)
        assert isinstance(content, bytes)
        yield name, content, part.get_filename() is not None
