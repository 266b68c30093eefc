"""What the tests ask of an engine: a database with rows of theirs, and answers by the backend that users have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from segql.catalog import Catalog
from segql.run.backends import Backend
from segql.types import Kind, Type
from tests.spec_data import Rows


class Database(Protocol):
    """A database that holds the tables of a test."""

    def located(self, catalog: Catalog) -> Catalog:
        """Return a catalog as the engine finds it."""
        ...

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """Return the rows of a statement."""
        ...

    def provide(self, name: str, keys: Sequence[str]) -> None:
        """Make the keys of a list a table."""
        ...


class Engine(Protocol):
    """An engine that can be run here; it starts when it is first asked, and ends with the process."""

    name: str
    # Whether CSV and Parquet files are tables of it.
    reads_files: bool
    # Whether it answers quickly enough to be asked for each segment alone, too.
    is_quick: bool

    def version(self) -> str:
        """Return what the engine calls its version."""
        ...

    def database(self, tables: Mapping[str, Rows], folder: Path) -> AbstractContextManager[Database]:
        """Lend a database with these tables, and their files in `folder`."""
        ...


@dataclass(frozen=True, slots=True)
class Backed:
    """A database that is asked through its backend."""

    backend: Backend

    def located(self, catalog: Catalog) -> Catalog:
        return self.backend.located(catalog)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        table = self.backend.execute(sql).read_all()
        return list(zip(*(each.to_pylist() for each in table.columns), strict=True))

    def provide(self, name: str, keys: Sequence[str]) -> None:
        self.backend.provide(name, keys)


class Absent(Exception):  # noqa: N818 (it reads as what is the case)
    """The engine cannot be had here; the text says why."""


class Unfit(Exception):  # noqa: N818
    """The engine has no place for these tables; the text says why."""


def sql_type(rows: Rows, name: str, words: Mapping[Kind, str], aware: str) -> str:
    """Return the type of a column in an engine's words; `aware` is that of instants with a zone."""
    type_ = rows.columns[name]
    if type_.kind is Kind.DECIMAL:
        return f"{words[Kind.DECIMAL]}({type_.precision}, {type_.scale})"
    return aware if is_aware(rows, name) else words[type_.kind]


def is_aware(rows: Rows, name: str) -> bool:
    """Say whether the timestamps of a column carry a zone."""
    return any(getattr(row[name], "tzinfo", None) for row in rows.rows)


def item_of(type_: Type) -> Type:
    """Return the type of the items of a list."""
    assert type_.item is not None
    return type_.item
