"""A new project in a folder, drafted from a database or from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from segql.catalog import Catalog, Entity, Table
from segql.diagnostics import SegqlError
from segql.fmt import format_source
from segql.run.backends import BACKENDS, Backend, EngineError
from segql.source import Source
from segql.workspace import errors
from segql.workspace.config import Config, Connection
from segql.workspace.draft.facts import Declared, TableFacts, look_at
from segql.workspace.draft.guess import draft
from segql.workspace.draft.script import can_be_written
from segql.workspace.draft.settings import kept, settings_text, shown
from segql.workspace.draft.write import catalog_text, empty_catalog
from segql.workspace.engine import opened
from segql.workspace.root import SETTINGS, Home

CATALOG = "catalog.seg"
_FILES = (".csv", ".parquet")
# The engine of a database in a file, by the ending of its name; and what a file of SQLite begins with, whatever it is
# called.
_DATABASES = {".duckdb": "duckdb", ".ddb": "duckdb", ".db": "duckdb", ".sqlite": "sqlite", ".sqlite3": "sqlite"}
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Made:
    """What was written, and the environment variables that a run needs, since no secret is written."""

    files: tuple[Path, ...]
    variables: tuple[str, ...] = ()


def make(folder: Path, sources: Sequence[str]) -> Made:
    """Write a new project into `folder`, with a catalog for `sources`; return what was written.

    A source is the URL of a database, the path of a DuckDB or SQLite database, or that of a CSV or Parquet
    file inside of the folder; paths begin where we stand.

    Raises:
        SegqlError: a project is there already, or a source cannot be used.

    Example:
        make(Path("shop"), ["shop/customers.csv", "shop/orders.csv"])
    """
    folder = folder.absolute()
    for name in (SETTINGS, CATALOG):
        if (folder / name).exists():
            raise SegqlError([errors.already_there(str(folder / name))])
    url, tables = _sources(folder, sources)
    catalog = empty_catalog()
    if sources:
        catalog = _drafted(folder, url, tables, sources[0])
    # What is new begins in the one style, so that `segql fmt --check` has nothing against it.
    catalog = format_source(Source.of(CATALOG, catalog)).text
    folder.mkdir(parents=True, exist_ok=True)
    written = (folder / SETTINGS, folder / CATALOG)
    connection = None if url is None else kept(url)
    for path, text in zip(written, (settings_text(connection), catalog), strict=True):
        path.write_text(text, encoding="utf-8")
    return Made(written, tuple(connection.secrets) if connection else ())


def _sources(folder: Path, sources: Sequence[str]) -> tuple[str | None, list[Table]]:
    """Return the URL of the database, if there is one, and the files."""
    urls: list[str] = []
    files: list[Table] = []
    for each in sources:
        path = Path(each).absolute()
        if each.split(":")[0] in BACKENDS:
            urls.append(each)
        elif not path.is_file():
            raise SegqlError([errors.unreadable_data(shown(each), "is no file and no URL of an engine")])
        elif path.suffix.lower() in _DATABASES:
            urls.append(_url(path, folder))
        elif path.suffix.lower() not in _FILES:
            raise SegqlError([errors.unreadable_data(each, "is neither CSV nor Parquet")])
        elif not path.resolve().is_relative_to(folder.resolve()):
            why = "lies outside of the new project; put it into its folder first"
            raise SegqlError([errors.unreadable_data(each, why)])
        else:
            below = path.resolve().relative_to(folder.resolve()).as_posix()
            files.append(Table((below,), is_file=True))
    if len(urls) > 1:
        raise SegqlError([errors.unreadable_data(shown(urls[1]), "is a second database; one is enough")])
    return next(iter(urls), None), files


def _url(path: Path, folder: Path) -> str:
    with path.open("rb") as file:
        is_sqlite = file.read(len(_SQLITE)) == _SQLITE
    engine = "sqlite" if is_sqlite else _DATABASES[path.suffix.lower()]
    if path.resolve().is_relative_to(folder.resolve()):
        return f"{engine}:///{quote(path.resolve().relative_to(folder.resolve()).as_posix())}"
    return f"{engine}:///{quote(path.resolve().as_posix())}"


def _drafted(folder: Path, url: str | None, files: Sequence[Table], source: str) -> str:
    """Return the text of a catalog for a database and files; `source` is the first of what was named."""
    connections = {} if url is None else {"default": Connection(url)}
    backend = opened(Home(folder, Config(connections=connections)), "default")
    try:
        declared = Declared.of(backend)
        tables = [Table(tuple(name.split("."))) for name in backend.tables()] if url else []
        found = [_looked_at(each, backend, declared) for each in (*tables, *files)]
        drafted = draft([each for each in found if each is not None])
        if drafted is None:
            why = "has no column that is different in every row, so nothing names a person"
            raise SegqlError([errors.unreadable_data(shown(source), why)])
        return catalog_text(drafted, backend.quoted, backend.source)
    finally:
        backend.close()


def _looked_at(table: Table, backend: Backend, declared: Declared) -> TableFacts | None:
    """Return the facts about a table or file; None for a table that cannot be read, or whose name cannot be written."""
    if not table.is_file and not all(map(can_be_written, table.parts)):
        return None
    try:
        return look_at(table, _located(table, backend), backend, declared)
    except EngineError as error:
        if not table.is_file:
            return None
        raise SegqlError([errors.unreadable_data(table.name, f"cannot be read: {error}")]) from None


def _located(table: Table, backend: Backend) -> Table:
    alone = Catalog(entities={"": Entity("", table, "", {})})
    return backend.located(alone).entities[""].table
