"""What a generated project knows about its people; the text of its catalog comes from this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from segql.plan import Clock
from segql.types import BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, Type, list_of

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "America/Santiago",  # the clocks change at midnight
    "Africa/Cairo",  # these too
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Auckland",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A field: `name` as conditions write it, `column` as the table calls it, `type` as declared.

    `aware`: the stored timestamps carry a zone themselves. `options` are the only values there are.
    """

    name: str
    type: str
    column: str = ""
    zone: str | None = None
    aware: bool = False
    options: tuple[str, ...] = ()
    optional: bool = True

    @property
    def stored(self) -> str:
        """The name of the column in the table."""
        return self.column or self.name

    @property
    def value_type(self) -> Type:
        """The type of the column's values."""
        if self.type.startswith("list of "):
            return list_of(TYPES[self.type.removeprefix("list of ")])
        return TYPES[self.type]

    def declaration(self) -> str:
        """Return the row of the catalog."""
        zone = f' in "{self.zone}"' if self.zone else ""
        listed = ", ".join(f'"{each}"' for each in self.options)
        options = f" one of ({listed})" if listed else ""
        column = f' column "{self.column}"' if self.column else ""
        optional = " optional" if self.optional else ""
        return f"    {self.name} {self.type}{zone}{options}{optional}{column}"


TYPES = {str(each): each for each in (BOOLEAN, INTEGER, DECIMAL, FLOAT, TEXT, DATE, TIMESTAMP, JSON)}


@dataclass(frozen=True, slots=True)
class Owner:
    """Something with fields: the entity, an event, a relation.

    `head` is its declaration without fields. `ones` are its many-to-one relations; `stored` are
    columns that are no fields, such as keys.
    """

    name: str
    head: str
    table: str
    columns: tuple[Column, ...]
    stored: tuple[Column, ...] = ()
    ones: tuple[Owner, ...] = ()

    def declaration(self) -> Iterator[str]:
        """Yield the lines of the catalog, those of its relations too."""
        yield self.head
        if " to " not in self.head:
            yield from self.rows()
        for one in self.ones:
            yield from one.declaration()

    def rows(self) -> Iterator[str]:
        """Yield the lines of its fields."""
        yield from (column.declaration() for column in self.columns)

    def of_type(self, *types: str) -> Iterator[tuple[str, Column]]:
        """Yield the fields of these types, its relations' too, by the path that reads them."""
        for column in self.columns:
            if column.type in types:
                yield column.name, column
        for one in self.ones:
            for path, column in one.of_type(*types):
                yield f"{one.name}.{path}", column


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What both the data and the segments of a project use, so that they meet."""

    durations: tuple[tuple[int, str], ...]
    units: tuple[str, ...]
    texts: tuple[str, ...]
    dates: tuple[dt.date, ...]
    stamps: tuple[dt.datetime, ...]


@dataclass(frozen=True, slots=True)
class Project:
    """A generated project: its clock, its catalog, its rows."""

    clock: Clock
    week_starts: int
    member: Owner
    streams: tuple[Owner, ...]
    manys: tuple[Owner, ...]
    key_type: str
    words: Vocabulary
    extras: tuple[str, ...]  # traits, params and lists, as text
    params: Mapping[str, str]
    lists: Mapping[str, tuple[object, ...]]
    rows: Mapping[str, tuple[Mapping[str, object], ...]] = field(default_factory=dict)

    @property
    def of_customer(self) -> str:
        """What follows the name of a segment: its entity, where there are several."""
        return " of customer" if any(each.startswith("entity") for each in self.extras) else ""

    def at(self, instant: dt.datetime) -> Project:
        """Return the project as it is asked at an instant."""
        return replace(self, clock=replace(self.clock, as_of=instant))

    def owners(self) -> Iterator[Owner]:
        """Yield everything that has fields, relations last."""
        for owner in (self.member, *self.streams, *self.manys):
            yield owner
            yield from owner.ones

    def tables(self) -> dict[str, dict[str, Column]]:
        """Return the columns of every table by name; events may share a table."""
        tables: dict[str, dict[str, Column]] = {}
        for owner in self.owners():
            columns = {each.stored: each for each in (*owner.stored, *owner.columns)}
            tables.setdefault(owner.table, {}).update(columns)
        return tables

    def catalog(self) -> str:
        """Return the text of the catalog."""
        owners = (self.member, *self.streams, *self.manys)
        return "\n".join([*(line for each in owners for line in each.declaration()), *self.extras])
