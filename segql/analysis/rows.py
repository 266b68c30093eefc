"""Rows of a member: events, related rows, items of lists; by name, in a window, for a condition."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from segql import plan
from segql.analysis import errors
from segql.analysis.paths import resolve
from segql.analysis.scope import Project, Row, Scope, as_json, is_unknown
from segql.analysis.windows import of_events
from segql.diagnostics import nearest
from segql.plan import Window
from segql.source import Span
from segql.syntax import ast
from segql.syntax.lookalikes import latin
from segql.tree import Node, replace, rewrite, walk
from segql.types import JSON, Kind


def rows_of(path: ast.Path, window: ast.Window | None, where: ast.Condition | None, scope: Scope) -> plan.Rows | None:
    """Return the rows that a quantifier names: of a relation, a stream or a list; None where a mistake was reported."""
    name = path.names[0].text
    if len(path.names) == 1 and scope.row.item is None and scope.row.level == 0:
        source = relation_named(name, scope)
        if source is not None:
            scope.uses.add_rows(source, path.span)
            return rows_in(source, window, where, scope, path.span)
        if scope.names.is_broken(name, "events", "many"):
            return None
        known = [
            *scope.names.catalog.fields_of(scope.row.owner),
            *scope.names.catalog.ones_of(scope.row.owner),
        ]
        if name not in known:
            near = nearest(latin(name), [*relations(scope), *known])
            scope.report(errors.unknown_name(path.span, "relation or list", name, near, known=relations(scope)))
            return None
    if window is not None:
        hint = "only events have a time of their own"
        scope.report(errors.wrong_window(window.span, "a window cannot stand here", hint))
        return None
    return items(resolve(path, scope), where, scope)


def rows_in(
    source: str,
    window: ast.Window | None,
    where: ast.Condition | None,
    scope: Scope,
    span: Span,
    around: Scope | None = None,
) -> plan.Rows | None:
    """Return rows of a stream or relation, its own filter taken in; None where a mistake was reported.

    The window is read in `around`, if that is another scope.
    """
    inner = scope.inside(source)
    conditions: list[plan.Expr] = []
    own = filter_in(source, inner)
    if own is not None:
        conditions.append(own)
    time: Window | None = None
    if window is not None:
        if source not in scope.names.catalog.streams:
            hint = "only events have a time; ask about a date field inside `where`"
            scope.report(errors.wrong_window(window.span, f"rows of `{source}` have no time", hint))
            return None
        found = of_events(window, around or scope)
        if found is None:
            return None
        if isinstance(found, Window):
            time = found
        else:
            conditions.append(found(plan.Moment(inner.row.level, span=window.span)))
    if where is not None:
        conditions.append(need_condition(inner.read(where), inner, where.span))
    if is_unknown(*conditions):
        return None
    condition = _all(conditions, span)
    if source in scope.names.catalog.streams:
        return plan.Events(source, time, condition, span=span)
    return plan.Related(source, condition, span=span)


def filter_in(source: str, inner: Scope) -> plan.Expr | None:
    """Return the condition that the declaration of a stream or relation puts on its table; read once."""
    project, key = inner.project, (source, inner.row.level)
    many = inner.names.catalog.manys.get(source)
    if many is not None and many.entity is not None:
        own = filter_of(many.entity, project)
        return None if own is None else rewrite(own, partial(_deeper, levels=inner.row.level))
    if source not in inner.names.filters:
        return None
    if key not in project.filters:
        written = inner.names.filters[source]
        project.filters[key] = need_condition(inner.read(written), inner, written.span)
    return project.filters[key]


def _deeper(part: Any, levels: int) -> Any:
    """Return what reads a row as it is read `levels` further in."""
    if isinstance(part, plan.Field | plan.Moment):
        return replace(part, level=part.level + levels)
    return part


def filter_of(entity: str, project: Project) -> plan.Expr | None:
    """Return the condition that the declaration of an entity puts on its table; read once.

    It decides which rows there are, before anything else can be asked of them, so it reads nothing but its own row.
    """
    key = (entity, 0)
    if entity in project.names.filters and key not in project.filters:
        scope = Scope(project, entity, (Row(0, entity),))
        written = project.names.filters[entity]
        expr = need_condition(scope.read(written), scope, written.span)
        wide = next((each for each in walk(expr) if _is_wide(each)), None)
        if wide is not None:
            place = wide.span if wide.span.source is written.span.source else written.span
            is_inside = written.span.start <= place.start and place.end <= written.span.end
            expr = scope.report(errors.wide_filter(place if is_inside else written.span, entity))
        project.filters[key] = expr
    return project.filters.get(key)


def _is_wide(part: Node) -> bool:
    """Say whether something reads more than the row itself."""
    match part:
        case plan.InSegment() | plan.InList() | plan.Events() | plan.Related() | plan.Population():
            return True
        case plan.Field(_, path):
            return bool(path)
        case _:
            return False


def source_of(value: ast.Condition, scope: Scope) -> str | None:
    """Return the one stream or relation whose fields a value is made of, or None."""
    if scope.row.level > 0:
        return None
    found: list[str] = []
    for path in _paths(value):
        name = path.names[0].text
        relation = relation_named(name, scope)
        is_field = name in scope.names.catalog.fields_of(scope.row.owner)
        if relation is not None and not (is_field and len(path.names) == 1 and path is not value):
            found.append(relation)
    return found[0] if len(set(found)) == 1 else None


def _paths(value: ast.Condition) -> Iterator[ast.Path]:
    return (each for each in walk(value) if isinstance(each, ast.Path))


def relation_named(name: str, scope: Scope) -> str | None:
    """Return the stream or `many` relation of that name that starts at the member, by its key in the catalog."""
    catalog, owner = scope.names.catalog, scope.row.owner
    if name in catalog.streams and catalog.streams[name].entity == owner:
        return name
    return next(
        (key for key, each in catalog.manys.items() if each.owner == owner and each.name == name),
        None,
    )


def relations(scope: Scope) -> list[str]:
    """Return the names of the streams and `many` relations of the member."""
    catalog, owner = scope.names.catalog, scope.row.owner
    manys = [each.name for each in catalog.manys.values() if each.owner == owner]
    return [*(each.name for each in catalog.streams.values() if each.entity == owner), *manys]


def stream_named(path: ast.Path, scope: Scope) -> str | None:
    """Return the stream that `did` names; None where it names something else, which is reported."""
    name, catalog = path.names[0].text, scope.names.catalog
    if scope.row.level > 0:
        hint = "ask about the member outside of this `where`"
        if scope.row.item is None and catalog.entity_of(scope.row.owner):
            hint = f"make it a segment of {catalog.entity_of(scope.row.owner)}, and ask `in segment …` here"
        scope.report(errors.rows_needed(path.span, "`did` asks about a member, not about a row", hint))
        return None
    if len(path.names) == 1 and name in catalog.streams:
        if catalog.streams[name].entity == scope.entity:
            scope.uses.add_rows(name, path.span)
            return name
        theirs = catalog.streams[name].entity
        scope.report(errors.other_entity(path.span, "event", name, theirs, scope.entity))
        return None
    if scope.names.is_broken(name, "events"):
        return None
    known = [each.name for each in catalog.streams.values() if each.entity == scope.entity]
    if relation_named(name, scope) is not None:
        hint = f"it has no time; write `any {name} where (…)`"
        scope.report(errors.wrong_kind(path.span, name, "a relation", "an event", hint))
    elif name in catalog.fields_of(scope.entity) or (scope.entity, name) in scope.names.traits:
        kind = "a field" if name in catalog.fields_of(scope.entity) else "a trait"
        hint = f"`did` asks for what somebody did; known are {', '.join(f'`{each}`' for each in known[:8])}"
        scope.report(errors.wrong_kind(path.span, name, kind, "an event", hint))
    else:
        scope.report(errors.unknown_name(path.span, "event", path.text, nearest(latin(name), known), known=known))
    return None


def items(of: plan.Expr, where: ast.Condition | None, scope: Scope) -> plan.Items | None:
    """Return the items of a list or json array for which `where` holds; None where a mistake was reported."""
    if is_unknown(of):
        return None
    item = of.type.item if of.type.kind is Kind.LIST else JSON
    if item is None or of.type.kind not in {Kind.LIST, Kind.JSON}:
        hint = "rows are those of a `many` relation, a list or a json array"
        scope.report(errors.rows_needed(of.span, f"`{_short(of.span)}` has no rows", hint))
        return None
    condition = None if where is None else need_condition(scope.inside("", item).read(where), scope, where.span)
    return plan.Items(of, condition, span=of.span)


def need_condition(expr: plan.Expr, scope: Scope, place: Span) -> plan.Expr:
    """Return a condition: json is read as true or false, anything else that is no condition is reported at `place`."""
    expr = as_json(expr, plan.TRUE.type)
    if is_unknown(expr) or expr.type.kind is Kind.BOOLEAN:
        return expr
    shown = _short(place)
    hints = {
        Kind.DATE: f"write a window, as in `{shown} in last 30 days`",
        Kind.TIMESTAMP: f"write a window, as in `{shown} in last 30 days`",
        Kind.LIST: f'write `{shown} has "…"`',
    }
    hint = hints.get(expr.type.kind, f"compare it with a value, as in `{shown} = …`")
    if isinstance(expr, plan.Literal):
        hint = "both sides of `and` and `or` are whole conditions; one of several values is asked with `in (…)`"
    return scope.report(errors.condition_needed(place, expr.type, hint))


def _all(conditions: list[plan.Expr], span: Span) -> plan.Expr | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return plan.And(tuple(conditions), span=span)


def _short(span: Span) -> str:
    text = " ".join(span.text.split())
    return text if len(text) <= 30 else "…"
