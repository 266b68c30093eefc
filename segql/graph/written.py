"""What a declaration says by its own words: what it declares, and what it names besides its conditions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from segql.analysis import Analyzed, Named, Sort, Use
from segql.analysis.names import SORTS
from segql.analysis.outcomes import parts_of
from segql.analysis.uses import rows_named
from segql.catalog import Catalog
from segql.syntax import ast


def named_of(written: ast.Declaration, catalog: Catalog) -> Named:
    """Return what a declaration declares."""
    name = written.name.text
    match written:
        case ast.Entity():
            return Named(Sort.ENTITY, name)
        case ast.Events():
            return Named(Sort.EVENT, name)
        case ast.One(owner=owner) | ast.Many(owner=owner):
            return Named(Sort.RELATION, f"{rows_named(owner.text, catalog).name}.{name}")
        case ast.Trait():
            return Named(Sort.TRAIT, name)
        case ast.Param():
            return Named(Sort.PARAM, name)
        case ast.StaticList():
            return Named(Sort.LIST, name)
        case ast.Segment():
            return Named(Sort.SEGMENT, name)
        case ast.Score() | ast.Tiers() | ast.Split():
            return Named(SORTS[type(written)], name)
        case _:
            assert_never(written)


def entity_of(written: ast.Declaration, analyzed: Analyzed) -> str | None:
    """Return the entity that a declaration is of; None for params."""
    name, catalog = written.name.text, analyzed.catalog
    match written:
        case ast.Segment():
            return analyzed.definitions[name].entity
        case ast.Score() | ast.Tiers() | ast.Split():
            return analyzed.outcomes[name].entity
        case ast.Trait(owner=owner):
            return owner.text if owner else next(iter(catalog.entities))
        case ast.Events(owner=owner) | ast.StaticList(owner=owner) | ast.Many(owner=owner):
            return owner.text
        case ast.One(owner=owner):
            stream, many = catalog.streams.get(owner.text), catalog.manys.get(owner.text)
            return stream.entity if stream else many.owner if many else owner.text
        case ast.Entity():
            return name
        case ast.Param():
            return None
        case _:
            assert_never(written)


def rows_of(written: ast.Declaration) -> tuple[ast.FieldRow, ...]:
    """Return the fields that a declaration lists."""
    return written.fields if isinstance(written, ast.Entity | ast.Events | ast.One | ast.Many) else ()


def parts(written: ast.Declaration, named: Named) -> Iterator[tuple[Named, ast.Name]]:
    """Yield the tiers or arms that a declaration lists."""
    if isinstance(written, ast.Tiers | ast.Split):
        sort = Sort.ARM if isinstance(written, ast.Split) else Sort.TIER
        for name in parts_of(written):
            yield Named(sort, f"{named.name}.{name.text}"), name


def uses_of(written: ast.Declaration, catalog: Catalog) -> Iterator[Use]:
    """Yield the places outside of conditions that name something, the declared names themselves among them."""
    named = named_of(written, catalog)
    # What a bare condition is called stands in no place of its text.
    if written.name.span.text.strip("`") == written.name.text:
        yield Use(named, written.name.span)
    for row in rows_of(written):
        yield Use(Named(Sort.FIELD, f"{named.name}.{row.name.text}"), row.name.span)
    for part, name in parts(written, named):
        yield Use(part, name.span)
    match written:
        case ast.Entity(key=key):
            yield from _columns(written, named.name, key)
        case ast.Events(by=by, at=at):
            yield from _entity(written.owner)
            yield from _columns(written, named.name, by, at)
        case ast.One(owner=owner):
            yield Use(rows_named(owner.text, catalog), owner.span)
            yield from _entity(written.target)
            if written.key is not None:
                yield from _columns(written, named.name, written.key)
        case ast.Many(table=None, by=by):
            yield from _entity(written.owner)
            yield from _entity(written.name)
            if by.text in catalog.entities[written.name.text].fields:
                yield Use(Named(Sort.FIELD, f"{written.name.text}.{by.text}"), by.span)
        case ast.Many(by=by):
            yield from _entity(written.owner)
            yield from _columns(written, named.name, by)
        case ast.Split(of_segment=True) | ast.Param():
            return
        case ast.StaticList() | ast.Trait() | ast.Segment() | ast.Score() | ast.Tiers() | ast.Split():
            yield from _entity(written.owner)
        case _:
            assert_never(written)


def _entity(name: ast.Name | None) -> Iterator[Use]:
    if name is not None:
        yield Use(Named(Sort.ENTITY, name.text), name.span)


def _columns(written: ast.Declaration, owner: str, *names: ast.Name) -> Iterable[Use]:
    """Yield the places that name a field of the declaration itself; others name columns."""
    declared = {row.name.text for row in rows_of(written)}
    return [Use(Named(Sort.FIELD, f"{owner}.{each.text}"), each.span) for each in names if each.text in declared]
