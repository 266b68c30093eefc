"""Which field each name in a file stands for, read from the plans, which remember where they come from."""

from __future__ import annotations

from collections.abc import Iterator

from segql import plan
from segql.analysis import Analyzed
from segql.catalog import Catalog, Field
from segql.source import Span
from segql.tree import Node, children


def place(span: Span) -> tuple[str, int, int]:
    """Return what tells one place in a project from another."""
    return span.source.name, span.start, span.end


def fields_by_place(analyzed: Analyzed) -> dict[tuple[str, int, int], tuple[str, Field]]:
    """Return the fields that segments, scores, tier lists and splits read, with their tables, by the place of the name.

    A trait is written out where it is used, so its fields are known as soon as anything uses it.
    """
    found: dict[tuple[str, int, int], tuple[str, Field]] = {}
    for definition in analyzed.definitions.values():
        found.update(_fields(definition.condition, definition.entity, analyzed.catalog))
    for outcome in analyzed.outcomes.values():
        found.update(_fields(outcome.expr, outcome.entity, analyzed.catalog))
    return found


def _fields(expr: plan.Expr, entity: str, catalog: Catalog) -> Iterator[tuple[tuple[str, int, int], tuple[str, Field]]]:
    # Whose row stands at each level; None where nobody declares its fields.
    pending: list[tuple[Node, tuple[str | None, ...]]] = [(expr, (entity,))]
    while pending:
        each, owners = pending.pop()
        if isinstance(each, plan.Field):
            field = _declared(each, owners, catalog)
            if field is not None:
                yield place(each.span), field
        if isinstance(each, plan.Course):
            continue
        inner = (*owners, _owner(each.rows)) if isinstance(each, plan.Aggregate) else owners
        pending.extend((child, inner) for child in children(each))


def _owner(rows: plan.Rows) -> str | None:
    match rows:
        case plan.Events(stream=stream):
            return stream
        case plan.Related(relation=relation):
            return relation
    return None


def _declared(read: plan.Field, owners: tuple[str | None, ...], catalog: Catalog) -> tuple[str, Field] | None:
    owner = owners[read.level] if read.level < len(owners) else None
    if owner is None:
        return None
    fields = catalog.fields_of(owner)
    for hop in read.path:
        one = catalog.one(owner, hop)
        if one is None:
            return None
        owner = one.entity or hop
        fields = catalog.entities[one.entity].fields if one.entity else one.fields
    field = fields.get(read.name)
    return (owner, field) if field else None
