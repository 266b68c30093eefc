"""What a backend is: a connection to one engine, behind a handful of methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from segql.catalog import Catalog, Table
from segql.types import Type


class EngineError(Exception):
    """The engine could not do it. The text is the engine's own first line."""


class Overdue(EngineError):  # noqa: N818 (it reads as what happened)
    """It took longer than the connection allows, and was stopped."""


class Lost(EngineError):  # noqa: N818 (it reads as what happened)
    """The connection to the engine is gone; what was only read can be asked again."""


class Unreachable(Exception):  # noqa: N818 (it reads as what happened)
    """The database cannot be opened: `what` it is, `why`, and the cure."""

    def __init__(self, what: str, why: str, hint: str) -> None:
        self.what, self.why, self.hint = what, why, hint
        super().__init__(f"{what}: {why}")


@dataclass(frozen=True, slots=True)
class Target:
    """What to connect to: a URL, or None for the engine that is built in, in memory.

    Files are read below `root`, and below `folders` where the connection allows some. A statement may take `timeout`
    seconds; None: as long as it needs. An engine in this process, if it can be told, uses no more than `memory_limit`,
    as `1GB`, and so many `threads`.
    """

    url: str | None
    root: Path
    folders: Sequence[Path] = ()
    password: str | None = None
    timeout: float | None = None
    memory_limit: str | None = None
    threads: int | None = None

    def __repr__(self) -> str:
        """Say what it is without what it holds: a URL can carry a password."""
        return f"Target(root={self.root})"


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the engine has it: `engine_type` in its own words, `type` in ours.

    `type` is None where the column holds only text and is read as declared, as in CSV files. It is
    of kind `UNKNOWN` where the language has no such type. `has_zone`: its timestamps are instants. `values` are the
    only ones that its type has, as that of an enum. `holds_lists`: it is of json, in which the engine keeps lists, too.
    """

    name: str
    engine_type: str
    type: Type | None
    has_zone: bool = False
    values: tuple[str, ...] = ()
    holds_lists: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """What a database says of a column: whether a value `may_miss` (None: it does not say), and what it is about.

    `is_unique`: it lets no value stand twice.
    """

    may_miss: bool | None = None
    comment: str = ""
    is_unique: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredKey:
    """What a database says about a column: it is the key of its table, or names a row of another.

    `target` is the table and column that it names, or None for a primary key.
    """

    table: str
    column: str
    target: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class CompoundKey:
    """What a database says about several columns together: they are the key of their table, or name a row of another.

    `target` is the table and the columns that they name, or None for a primary key.
    """

    table: str
    columns: tuple[str, ...]
    target: tuple[str, tuple[str, ...]] | None


class Backend(Protocol):
    """A connection to an engine. It reads and never writes; it is closed when it is done with."""

    @property
    def dialect(self) -> str:
        """The dialect of SQL that it understands."""
        ...

    @property
    def ignores_case(self) -> bool:
        """Whether it takes `Age` for the column `age`."""
        ...

    @property
    def enforces_keys(self) -> bool:
        """Whether a declared primary key is unique for certain, and not only by promise."""
        ...

    def located(self, catalog: Catalog) -> Catalog:
        """Return the catalog with files named as this engine finds them, wherever it runs."""
        ...

    def tables(self) -> Sequence[str]:
        """Return the names of the tables and views, as a catalog would write them."""
        ...

    def declared_keys(self) -> Sequence[DeclaredKey]:
        """Return the keys of one column that the database declares; tables as in `tables`."""
        ...

    def compound_keys(self) -> Sequence[CompoundKey]:
        """Return the keys of several columns that the database declares; tables as in `tables`."""
        ...

    def promises(self, table: Table) -> Mapping[str, Promise]:
        """Return what the database says of the columns of a located table, by name; it may say nothing."""
        ...

    def sizes(self, tables: Sequence[Table]) -> Mapping[str, int]:
        """Return about how many rows located tables have, by name, as far as it is known without counting."""
        ...

    def quoted(self, name: str) -> str:
        """Return the name of a column as it stands in a statement."""
        ...

    def source(self, table: Table) -> str:
        """Return a located table or file as it stands in a `FROM`; of CSV files all is text."""
        ...

    def describe(self, table: Table) -> Mapping[str, Column] | None:
        """Return the columns of a located table by name, or None where there is no such table."""
        ...

    def provide(self, name: str, keys: Sequence[str]) -> None:
        """Make `keys` a table called `name` with one text column, `key`, for this connection."""
        ...

    def execute(self, sql: str) -> pa.RecordBatchReader:
        """Run one statement and return its rows as they come.

        Raises:
            EngineError: here or while reading.
            KeyboardInterrupt: the query was interrupted.
        """
        ...

    def interrupt(self) -> None:
        """Stop what is running; may be called from another thread."""
        ...

    def close(self) -> None:
        """End the connection and take away what it left on disk."""
        ...
