"""The rows that conditions read: members, their events, related and matching rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from segql import plan
from segql.catalog.model import Catalog, Field
from segql.reference.values import Value, is_missing, stored
from segql.tree import walk
from segql.types import TIMESTAMP, Type

Cells: TypeAlias = Mapping[str, object]
Tables: TypeAlias = Mapping[str, Sequence[Cells]]
Lists: TypeAlias = Mapping[str, Collection[object]]


class RepeatedKey(Exception):  # noqa: N818  the name says what is wrong with the data
    """A key that must be unique stands more than once in its table."""

    def __init__(self, table: str, keys: Sequence[object]) -> None:
        super().__init__(table, keys)
        self.table = table
        self.keys = tuple(keys)

    def __str__(self) -> str:
        return f"{self.table}: repeated key {', '.join(map(repr, self.keys[:5]))}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that conditions may read. `owner` is the entity, stream or relation it is a row of.

    An item of a list is a row without an owner and with one cell, `value`, in its final form.
    """

    owner: str | None
    cells: Cells
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The member in question, and the rows in sight: `rows[level]`, the member's own first."""

    key: object
    rows: tuple[Row, ...]

    def below(self, row: Row) -> Scope:
        """Return the scope of a condition about `row`, one level further in."""
        return Scope(self.key, (*self.rows, row))


@dataclass(frozen=True, slots=True)
class World:
    """All that a request looks at, at one instant.

    `existing` holds the rows of entities that leave some of their table out. `answers` gives the keys of the members of
    a segment at a clock, `members` what conditions see of each member of an entity; `kept` and
    `populations` hold what was worked out once for all of them.
    """

    catalog: Catalog
    clock: plan.Clock
    lists: Lists
    events: Mapping[str, Mapping[object, Sequence[Row]]]
    related: Mapping[str, Mapping[object, Sequence[Row]]]
    matches: Mapping[tuple[str, str], Mapping[object, Cells]]
    existing: Mapping[str, Sequence[Cells]]
    answers: Callable[[str, plan.Clock], set[object]]
    members: Callable[[str], list[Scope]]
    kept: dict[plan.Expr, set[object]] = field(default_factory=dict)
    populations: dict[plan.Population, dict[object, Value]] = field(default_factory=dict)


def world_of(  # noqa: PLR0913 (each is a part of it)
    expressions: Iterable[plan.Expr],
    catalog: Catalog,
    tables: Tables,
    clock: plan.Clock,
    lists: Lists,
    existing: Mapping[str, Sequence[Cells]],
    answers: Callable[[str, plan.Clock], set[object]],
    members: Callable[[str], list[Scope]],
) -> World:
    """Index the rows that the expressions look at, and nothing else."""
    nodes = [node for expr in expressions for node in walk(expr)]
    streams = {node.stream for node in nodes if isinstance(node, plan.Events | plan.AlsoWith)}
    manys = {node.relation for node in nodes if isinstance(node, plan.Related)}
    hops = {hop for node in nodes if isinstance(node, plan.Field | plan.InSegment) for hop in node.path}
    return World(
        catalog,
        clock,
        lists,
        events={name: _events(name, catalog, tables, clock) for name in streams},
        related={name: _related(name, catalog, tables) for name in manys},
        matches={
            place: by_key(existing.get(one.entity or "", tables[one.table.name]), one.key, one.table.name)
            for place, one in catalog.ones.items()
            if one.name in hops
        },
        existing=existing,
        answers=answers,
        members=members,
    )


def read(row: Row, path: tuple[str, ...], name: str, type_: Type, world: World) -> Value:
    """Return the field of the row, reached through the relations in `path`; None if missing."""
    if row.owner is None:
        return row.cells[name]
    cells, fields, _ = _reached(row, path, world)
    if cells is None:
        return None
    # A stream's filter may speak of a column that is not declared: it has the name of the field.
    declared = fields.get(name) or Field(name, type_, name)
    return stored(cells.get(declared.column), type_, declared.zone, world.clock.zone)


def key_of(row: Row, path: tuple[str, ...], world: World) -> object:
    """Return the key of the member that the row is, or that relations lead to from it; None if there is none."""
    if not path:
        entity = world.catalog.entity_of(row.owner or "")
        assert entity is not None
        return row.cells.get(world.catalog.entities[entity].key)
    cells, _, owner = _reached(row, path[:-1], world)
    one = world.catalog.one(owner or "", path[-1])
    assert one is not None
    return None if cells is None else cells.get(_column(one.by, owner or "", world.catalog))


def _reached(row: Row, path: tuple[str, ...], world: World) -> tuple[Cells | None, Mapping[str, Field], str | None]:
    """Follow relations from a row: the cells at the end, None if there are none, their fields, whose they are."""
    owner = row.owner
    cells = row.cells
    fields = _fields(owner or "", world.catalog)
    for hop in path:
        one = world.catalog.one(owner or "", hop)
        assert one is not None
        match = _match(cells.get(_column(one.by, owner or "", world.catalog)), world.matches[one.owner, one.name])
        if match is None:
            return None, fields, owner
        cells = match
        owner = one.entity
        fields = one.fields or (_fields(owner, world.catalog) if owner else {})
    return cells, fields, owner


def _column(name: str, owner: str, catalog: Catalog) -> str:
    """Return the column of a field, or the name itself where no field has it."""
    known = catalog.fields_of(owner) if owner else {}
    return known[name].column if name in known else name


def _fields(owner: str, catalog: Catalog) -> Mapping[str, Field]:
    """Return the fields of the owner; rows of a `many` may have those of an entity."""
    fields = catalog.fields_of(owner)
    if owner in catalog.manys and not fields:
        entity = catalog.manys[owner].entity
        return catalog.entities[entity].fields if entity else fields
    return fields


def _match(key: object, rows: Mapping[object, Cells]) -> Cells | None:
    return None if is_missing(key) else rows.get(key)


def by_key(table: Iterable[Cells], key: str, name: str) -> dict[object, Cells]:
    """Return the rows of the table of that name by their key; rows without one are nobody.

    Raises:
        RepeatedKey: a key stands twice.
    """
    rows: dict[object, Cells] = {}
    repeated: list[object] = []
    for cells in table:
        each = cells.get(key)
        if is_missing(each):
            continue
        if each in rows:
            repeated.append(each)
        rows[each] = cells
    if repeated:
        raise RepeatedKey(name, list(dict.fromkeys(repeated)))
    return rows


def _events(name: str, catalog: Catalog, tables: Tables, clock: plan.Clock) -> dict[object, list[Row]]:
    """Return the events before T by member; a row without `by` or `at` is no event."""
    stream = catalog.streams[name]
    events: dict[object, list[Row]] = {}
    for cells in tables[stream.table.name]:
        member = cells.get(stream.by)
        at = stored(cells.get(stream.at), TIMESTAMP, stream.zone, clock.zone)
        if not is_missing(member) and at is not None and at < clock.as_of:
            events.setdefault(member, []).append(Row(name, cells, at))
    return events


def _related(name: str, catalog: Catalog, tables: Tables) -> dict[object, list[Row]]:
    many = catalog.manys[name]
    rows: dict[object, list[Row]] = {}
    for cells in tables[many.table.name]:
        member = cells.get(many.by)
        if not is_missing(member):
            rows.setdefault(member, []).append(Row(name, cells))
    return rows
