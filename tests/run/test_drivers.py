"""Backends of servers that cannot be run here: their drivers, as far as they go without a server."""

from __future__ import annotations

import importlib
import socket
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from segql.run import backends
from segql.run.backends import BACKENDS, DRIVERS, Target, Unreachable
from segql.run.backends.lent import with_lists

# A URL of each, with a host that is never asked.
URLS = {
    "bigquery": "bigquery://my-project/shop",
    "databricks": "databricks://host.example/sql/1.0/warehouses/abc",
    "mssql": "mssql://ada@host.example/shop",
    "postgresql": "postgresql://ada@host.example/shop",
    "redshift": "redshift://ada@host.example/shop",
    "snowflake": "snowflake://ada@account/shop",
    "trino": "trino://ada@host.example/hive/shop",
}
PROJECT = Path(__file__).parents[2] / "pyproject.toml"
EXTRAS = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
WRONG = [
    ("bigquery://my-project", "needs the form"),
    ("bigquery://my-project/shop/orders", "needs the form"),
    ("bigquery://my-project/shop?token=s3cret", "has an option `token`; known are"),
    ("databricks:///sql", "needs the form"),
    ("mssql://host", "needs the form"),
    ("mssql://host:port/shop", "needs the form"),
    ("redshift://host/shop?sslmode=off", "has an option `sslmode`"),
    ("snowflake://account", "needs the form"),
    ("snowflake://account/db/schema/table", "needs the form"),
    ("snowflake://account/db?password=x", "has an option `password`"),
    ("trino://host/hive", "needs the form"),
    ("trino:hive/shop", "needs the form"),
]
BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name == {driver!r} or name.startswith({driver!r} + "."):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
from pathlib import Path
from segql.run.backends import Target, Unreachable, connect
try:
    connect(Target({url!r}, Path(".")))
except Unreachable as error:
    print(error.what, error.why, error.hint, sep="|")
"""


def is_installed(name: str) -> bool:
    try:
        return find_spec(DRIVERS[name]) is not None
    except ModuleNotFoundError:
        return False


def needs(scheme: str) -> None:
    if not is_installed(BACKENDS[scheme]):
        pytest.skip(f"`{DRIVERS[BACKENDS[scheme]]}` is not installed")


def refused() -> int:
    """Return a port of this machine where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


# ── drivers that are missing ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scheme", URLS)
def test_a_driver_that_is_missing_is_told_with_what_installs_it(scheme: str) -> None:
    driver = DRIVERS[BACKENDS[scheme]]
    code = BLOCKED.format(driver=driver, url=URLS[scheme])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    extra = BACKENDS[scheme].rpartition(".")[2]
    what, why, hint = done.stdout.strip().split("|")
    assert what == f"of `{scheme}:`"
    assert why == f"its driver `{driver}` is not installed"
    assert hint == f'pip install "segql[{extra}]"'
    assert extra in EXTRAS


def test_a_driver_that_is_broken_is_not_taken_for_missing(tmp_path: Path) -> None:
    (tmp_path / "redshift_connector.py").write_text("import a_module_that_is_not_there\n")
    asked = BLOCKED.format(driver="nothing", url=URLS["redshift"])
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{asked}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "No module named 'a_module_that_is_not_there'" in done.stderr


@pytest.mark.parametrize("name", dict.fromkeys(BACKENDS.values()))
def test_each_backend_has_a_driver_and_a_dialect(name: str) -> None:
    assert name in DRIVERS
    if not is_installed(name):
        pytest.skip(f"`{DRIVERS[name]}` is not installed")

    assert importlib.import_module(name).connect


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("url", "why"), WRONG)
def test_a_url_of_another_form_is_refused_without_what_it_holds(url: str, why: str) -> None:
    needs(url.split(":", maxsplit=1)[0])
    with pytest.raises(ValueError, match=why) as raised:
        backends.connect(Target(url, Path()))

    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("scheme", ["mssql", "redshift", "trino"])
def test_a_server_that_is_down_is_told_without_secrets(scheme: str) -> None:
    needs(scheme)
    path = "hive/shop" if scheme == "trino" else "shop"
    url = f"{scheme}://ada:s3cret@127.0.0.1:{refused()}/{path}"
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target(url, Path()))

    told = f"{raised.value.what} {raised.value.why} {raised.value.hint}"
    assert "127.0.0.1" in raised.value.what
    assert "s3cret" not in told


def test_an_account_that_does_not_answer_is_told_without_secrets() -> None:
    needs("snowflake")
    url = f"snowflake://ada:s3cret@account/shop?host=127.0.0.1&port={refused()}&protocol=http"
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target(url, Path()))

    assert raised.value.what == "`shop` of `account`"
    assert "s3cret" not in f"{raised.value.why} {raised.value.hint}"


def test_bigquery_without_credentials_is_told(tmp_path: Path) -> None:
    needs("bigquery")
    url = f"bigquery://my-project/shop?credentials_file={tmp_path}/none.json"
    with pytest.raises(Unreachable) as raised:
        backends.connect(Target(url, Path()))

    assert raised.value.what == "`my-project.shop`"
    assert "gcloud auth" in raised.value.hint


def test_bigquery_opens_without_asking_anybody() -> None:
    needs("bigquery")
    backend = backends.connect(Target(f"bigquery://my-project/shop?endpoint=http://127.0.0.1:{refused()}", Path()))

    assert backend.dialect == "bigquery"
    backend.close()


def test_databricks_without_a_token_is_told() -> None:
    needs("databricks")
    with pytest.raises(Unreachable, match="without a token"):
        backends.connect(Target(URLS["databricks"], Path()))


# ── types ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("word", "type_"),
    [
        ("varchar(20)", "text"),
        ("decimal(10,2)", "decimal(10, 2)"),
        ("timestamp(6) with time zone", "timestamp"),
        ("array(varchar)", "list of text"),
        ("row(x bigint)", "unknown"),
    ],
)
def test_types_of_trino(word: str, type_: str) -> None:
    needs("trino")
    module = importlib.import_module(BACKENDS["trino"])

    assert str(module._column("x", word).type) == type_
    assert module._column("x", word).has_zone == word.endswith("zone")


@pytest.mark.parametrize(
    ("word", "type_"),
    [
        ("string", "text"),
        ("decimal(10,2)", "decimal(10, 2)"),
        ("array<bigint>", "list of integer"),
        ("struct<a:int>", "unknown"),
    ],
)
def test_types_of_databricks(word: str, type_: str) -> None:
    needs("databricks")

    assert str(importlib.import_module(BACKENDS["databricks"])._type(word)) == type_


def test_types_of_bigquery() -> None:
    needs("bigquery")
    module = importlib.import_module(BACKENDS["bigquery"])
    field = module.bigquery.SchemaField
    told = [
        field("a", "STRING", mode="REPEATED"),
        field("b", "NUMERIC"),
        field("c", "NUMERIC", precision=10, scale=2),
        field("d", "TIMESTAMP"),
        field("e", "RECORD"),
    ]

    types = [str(module._column(each).type) for each in told]
    assert types == ["list of text", "decimal", "decimal(10, 2)", "timestamp", "unknown"]
    assert module._column(told[3]).has_zone


def test_what_a_server_says_is_its_first_line() -> None:
    needs("redshift")
    module = importlib.import_module(BACKENDS["redshift"])
    error = module.driver.ProgrammingError({"S": "ERROR", "C": "42P01", "M": 'relation "x" does not exist'})

    assert module._first_line(error) == 'relation "x" does not exist'


def test_lists_stand_before_what_reads_them() -> None:
    sql = '-- segment a\nWITH "b" AS (SELECT 1) SELECT "key" FROM "vip"'

    assert with_lists(sql, {'"vip"': "SELECT 7 AS key", '"other"': "SELECT 8 AS key"}) == (
        '-- segment a\nWITH "vip" AS (SELECT 7 AS key), "b" AS (SELECT 1) SELECT "key" FROM "vip"'
    )
    assert with_lists(sql, {}) == sql


def test_a_sign_for_a_remainder_is_no_place_of_a_value_to_redshift() -> None:
    needs("redshift")
    core = importlib.import_module("redshift_connector.core")

    sent, _ = core.convert_paramstyle("qmark", "SELECT 7 % 2, 'a ? b'")

    assert sent == "SELECT 7 % 2, 'a ? b'"
