"""Keys whose type the catalog does not say: what the database says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from segql import tree
from segql.catalog import Catalog, Entity, Field, Many, One, Stream, Table
from segql.types import Kind, Type

Owner = TypeVar("Owner", bound=Entity | Stream | One | Many)
# Returns the type of a column, None where it cannot be known.
TypeOf = Callable[[Table, str], Type | None]

_KINDS = {Kind.TEXT, Kind.INTEGER, Kind.DECIMAL}


def with_key_types(catalog: Catalog, type_of: TypeOf) -> Catalog:
    """Return a catalog in which keys have the types of their columns, as if they were declared.

    A key stays open where the columns that hold it have different types: that is told elsewhere.

    Example:
        >>> with_key_types(Catalog(), lambda table, column: None) == Catalog()
        True
    """
    entities = {name: _of_entity(each, catalog, type_of) for name, each in catalog.entities.items()}
    catalog = replace(catalog, entities=entities)
    for place in catalog.ones:
        catalog = _of_one(place, catalog, type_of)
    return catalog


def _of_entity(entity: Entity, catalog: Catalog, type_of: TypeOf) -> Entity:
    if entity.key_type is not None:
        return entity
    holders: list[Stream | Many] = [each for each in catalog.streams.values() if each.entity == entity.name]
    holders += [each for each in catalog.manys.values() if each.owner == entity.name]
    type_ = _common(type_of(entity.table, entity.key), *(type_of(each.table, each.by) for each in holders))
    return entity if type_ is None else _with(entity, f"{entity.key} (key)", entity.key, type_)


def _of_one(place: tuple[str, str], catalog: Catalog, type_of: TypeOf) -> Catalog:
    one = catalog.ones[place]
    family = next((each for each in ("entities", "streams", "manys") if one.owner in getattr(catalog, each)), None)
    if family is None:
        return catalog
    starts: Mapping[str, Entity | Stream | Many] = getattr(catalog, family)
    start = starts[one.owner]
    by, key = start.fields.get(one.by), _field_of(one, one.key)
    type_ = _common(
        by.type if by is not None else type_of(start.table, one.by),
        key.type if key is not None else type_of(one.table, one.key),
    )
    if type_ is None:
        return catalog
    if key is None:
        one = _with(one, f"{one.key} (key)", one.key, type_)
    if by is None:
        start = _with(start, one.by, one.by, type_)
    return replace(catalog, ones={**catalog.ones, place: one}, **{family: {**starts, one.owner: start}})  # type: ignore[arg-type]


def _field_of(owner: One, column: str) -> Field | None:
    return next((each for each in owner.fields.values() if each.column == column), None)


def _common(*types: Type | None) -> Type | None:
    """Return the type that all columns of a key have; None where they differ, or are of no use here."""
    first, *others = types
    is_one = first is not None and all(each is not None and each.kind is first.kind for each in others)
    return first if is_one and first is not None and first.kind in _KINDS else None


def _with(owner: Owner, name: str, column: str, type_: Type) -> Owner:
    return tree.replace(owner, fields={**owner.fields, name: Field(name, type_, column)})
