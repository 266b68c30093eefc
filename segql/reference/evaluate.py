"""Who is in each segment of a request."""

from __future__ import annotations

from collections.abc import Sequence

from segql import plan
from segql.catalog.model import Catalog
from segql.reference.meaning import holds, value
from segql.reference.values import Value
from segql.reference.world import Cells, Lists, Row, Scope, Tables, World, by_key, world_of


def evaluate(
    request: plan.Request, catalog: Catalog, tables: Tables, clock: plan.Clock, lists: Lists
) -> dict[str, set[object]]:
    """Return the member keys of every segment that was asked for.

    `tables` holds the rows of every table that the plan reads, by the table's name, each a mapping
    from column to value: None is missing, a float NaN too; json is its text; a `datetime` without a
    zone stands in its column's declared zone. `lists` holds the keys of static lists.

    Raises:
        RepeatedKey: a key stands twice in the entity's table, or in the table behind a `one`.

    Example:
        evaluate(request, catalog, {"customers": [{"id": 1, "age": 31}]}, clock, {})
    """
    answers = _Answers(request, catalog, tables, lists)
    return {name: answers.keys(name, clock) for name in request.asked}


def values(
    request: plan.Request, catalog: Catalog, tables: Tables, clock: plan.Clock, lists: Lists
) -> dict[object, tuple[Value, ...]]:
    """Return what each member gets, by key, the values in the order asked; who gets nothing is left out.

    Takes what `evaluate` takes, and raises what it raises.
    """
    answers = _Answers(request, catalog, tables, lists)
    world = answers.world(clock)
    made = {
        scope.key: tuple(value(each.expr, scope, world) for each in request.values)
        for scope in answers.members(request.entity)
    }
    return {key: each for key, each in made.items() if any(one is not None for one in each)}


def value_of(
    expr: plan.Expr,
    member: object,
    entity: str,
    catalog: Catalog,
    tables: Tables,
    clock: plan.Clock,
) -> Value:
    """Return what the expression gives for one member of `entity`, None if it is missing.

    The expression refers to no other segment and to no static list.
    """
    request = plan.Request(entity, (), (), values=(plan.Value("value", entity, expr, "value"),))
    return values(request, catalog, tables, clock, {}).get(member, (None,))[0]


class _Answers:
    """Who is in each segment, worked out when it is asked: of any entity, at any instant."""

    def __init__(self, request: plan.Request, catalog: Catalog, tables: Tables, lists: Lists) -> None:
        self.request, self.catalog, self.tables, self.lists = request, catalog, tables, lists
        self._worlds: dict[plan.Clock, World] = {}
        self._keys: dict[tuple[str, plan.Clock], set[object]] = {}

    def keys(self, name: str, clock: plan.Clock) -> set[object]:
        """Return the keys of the members of a segment."""
        if (name, clock) not in self._keys:
            segment, world = self.request.segment(name), self.world(clock)
            members = self.members(segment.entity)
            self._keys[name, clock] = {each.key for each in members if holds(segment.condition, each, world)}
        return self._keys[name, clock]

    def world(self, clock: plan.Clock) -> World:
        """Return all that the request looks at, as it is seen at an instant."""
        if clock not in self._worlds:
            segments, values = self.request.segments, self.request.values
            conditions = [*(each.condition for each in segments), *(each.expr for each in values)]
            self._worlds[clock] = world_of(
                conditions, self.catalog, self.tables, clock, self.lists, self._existing(clock), self.keys, self.members
            )
        return self._worlds[clock]

    def members(self, entity: str) -> list[Scope]:
        """Return what conditions see of each member of an entity."""
        home = self.catalog.entities[entity]
        rows = next(iter(self._worlds.values())).existing.get(entity, self.tables[home.table.name])
        members = by_key(rows, home.key, home.table.name)
        return [Scope(key, (Row(entity, cells),)) for key, cells in members.items()]

    def _existing(self, clock: plan.Clock) -> dict[str, list[Cells]]:
        empty = world_of([], self.catalog, {}, clock, {}, {}, self.keys, self.members)
        return {
            each.entity: [row for row in self._rows(each.entity) if _exists(each, row, empty)]
            for each in self.request.filters
        }

    def _rows(self, entity: str) -> Sequence[Cells]:
        return self.tables[self.catalog.entities[entity].table.name]


def _exists(only: plan.Filter, cells: Cells, world: World) -> bool:
    return holds(only.where, Scope(None, (Row(only.entity, cells),)), world)
