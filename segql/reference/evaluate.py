"""Who is in each segment of a request."""

from __future__ import annotations

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
    _, world = _answered(request, catalog, tables, clock, lists)
    return {name: world.segments[name] for name in request.asked}


def values(
    request: plan.Request, catalog: Catalog, tables: Tables, clock: plan.Clock, lists: Lists
) -> dict[object, tuple[Value, ...]]:
    """Return what each member gets, by key, the values in the order asked; who gets nothing is left out.

    Takes what `evaluate` takes, and raises what it raises.
    """
    members, world = _answered(request, catalog, tables, clock, lists)
    made = {scope.key: tuple(value(each.expr, scope, world) for each in request.values) for scope in members}
    return {key: each for key, each in made.items() if any(one is not None for one in each)}


def _answered(
    request: plan.Request, catalog: Catalog, tables: Tables, clock: plan.Clock, lists: Lists
) -> tuple[list[Scope], World]:
    """Return the members, and the world in which every segment of the request is answered."""
    conditions = [*(each.condition for each in request.segments), *(each.expr for each in request.values)]
    empty = world_of([], catalog, {}, clock, {}, {})
    existing = {
        each.entity: [row for row in tables[catalog.entities[each.entity].table.name] if _exists(each, row, empty)]
        for each in request.filters
    }
    world = world_of(conditions, catalog, tables, clock, lists, existing)
    world.members.extend(_members(request.entity, tables, world))
    for segment in request.segments:
        world.segments[segment.name] = {scope.key for scope in world.members if holds(segment.condition, scope, world)}
    return world.members, world


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
    world = world_of([expr], catalog, tables, clock, {}, {})
    world.members.extend(_members(entity, tables, world))
    return next(value(expr, scope, world) for scope in world.members if scope.key == member)


def _exists(only: plan.Filter, cells: Cells, world: World) -> bool:
    return holds(only.where, Scope(None, (Row(only.entity, cells),)), world)


def _members(entity: str, tables: Tables, world: World) -> list[Scope]:
    """Return what conditions see of each member."""
    home = world.catalog.entities[entity]
    members = by_key(world.existing.get(entity, tables[home.table.name]), home.key, home.table.name)
    return [Scope(key, (Row(entity, cells),)) for key, cells in members.items()]
