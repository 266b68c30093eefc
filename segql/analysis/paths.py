"""Names joined by points → fields, traits, params, json values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from segql import plan
from segql.analysis import errors
from segql.syntax.lookalikes import latin
from segql.analysis.scope import Row, Scope
from segql.catalog import Field
from segql.diagnostics import nearest
from segql.plan import Relative, Unit, Window
from segql.syntax import ast
from segql.tree import children
from segql.types import JSON, UNKNOWN, Kind

_SUFFIX = re.compile(r"(.+)_(\d{1,5})([hdwmqy])")
_UNITS = {
    "h": Unit.HOUR,
    "d": Unit.DAY,
    "w": Unit.WEEK,
    "m": Unit.MONTH,
    "q": Unit.QUARTER,
    "y": Unit.YEAR,
}
# Traits inside traits; deeper ones could not be followed by a reader, nor by recursion.
_TRAITS_DEEP = 40
_SIZE_MAX = 50_000


def resolve(path: ast.Path, scope: Scope) -> plan.Expr:
    """Return what a path stands for, seen from the innermost row; mistakes are reported."""
    names = [each.text for each in path.names]
    row = scope.row
    if row.item is not None:
        return _of_item(path, row, names, scope)
    found = _from_row(path, row, names, scope)
    if found is not None:
        return found
    if row.level == 0 and len(names) == 1:
        trait = _trait_or_suffix(names[0], path, scope)
        if trait is not None:
            return trait
    if len(names) == 1 and names[0] in scope.names.params:
        param = scope.names.params[names[0]]
        return plan.Literal(param.value, param.type, span=path.span)
    outer = _qualified(path, names, scope)
    return outer if outer is not None else _unknown(path, names, scope)


# ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _from_row(path: ast.Path, row: Row, names: Sequence[str], scope: Scope) -> plan.Expr | None:
    """Follow names from a row: many-to-one relations, then a field, then the inside of a json."""
    catalog = scope.names.catalog
    owner, hops = row.owner, 0
    fields: Mapping[str, Field] = catalog.fields_of(owner)
    while names[hops] not in fields:
        one = catalog.ones.get((owner, names[hops]))
        if one is None or hops + 1 == len(names):
            return None if hops == 0 else _unknown_field(path, hops, fields, scope)
        fields, owner = one.fields, one.entity or ""
        hops += 1
    field = fields[names[hops]]
    base = plan.Field(row.level, tuple(names[:hops]), field.name, field.type, span=path.span)
    steps = tuple(names[hops + 1 :])
    if not steps:
        return base
    if field.type.kind is Kind.JSON:
        return plan.JsonValue(base, steps, JSON, span=path.span)
    if field.type.kind is Kind.UNKNOWN:
        return plan.Unknown(UNKNOWN, span=path.span)
    hint = "only json has an inside"
    message = f"`{'.'.join(names[: hops + 1])}`, {field.type},"
    return scope.report(errors.wrong_field(path.span, f"{message} has no `{steps[0]}`", hint), UNKNOWN)


def _of_item(path: ast.Path, row: Row, names: list[str], scope: Scope) -> plan.Expr:
    assert row.item is not None
    value = plan.Field(row.level, (), "value", row.item, span=path.span)
    if row.item.kind is Kind.JSON:
        outer = _qualified(path, names, scope)
        if outer is not None:
            return outer
        steps = tuple(names[1:] if names[0] == "value" else names)
        return plan.JsonValue(value, steps, JSON, span=path.span)
    if names == ["value"]:
        return value
    if len(names) == 1 and names[0] in scope.names.params:
        param = scope.names.params[names[0]]
        return plan.Literal(param.value, param.type, span=path.span)
    outer = _qualified(path, names, scope)
    if outer is not None:
        return outer
    hint = "an item of a list is called `value` here"
    return scope.report(errors.unknown_name(path.span, "field", ".".join(names), [], hint), UNKNOWN)


def _qualified(path: ast.Path, names: list[str], scope: Scope) -> plan.Expr | None:
    """Resolve `customer.age` or `purchase.amount`: a row in sight by the name of what it is a row of."""
    if len(names) < 2:
        return None
    for row in reversed(scope.rows):
        if row.item is None and row.owner.rpartition(".")[2] == names[0]:
            rest = ast.Path(path.names[1:], span=path.span)
            found = _from_row(rest, row, names[1:], scope)
            if found is None and row.level == 0 and len(names) == 2:
                found = _trait_or_suffix(names[1], path, scope)
            if found is None:
                return _unknown_field(path, 1, scope.names.catalog.fields_of(row.owner), scope)
            return found
    return None


# ── traits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _trait_or_suffix(name: str, path: ast.Path, scope: Scope) -> plan.Expr | None:
    if (scope.entity, name) in scope.names.traits:
        return _trait(name, path, scope)
    found = _SUFFIX.fullmatch(name)
    if found is None or (scope.entity, found[1]) not in scope.names.traits:
        return None
    if int(found[2]) == 0:
        hint = f"write `{found[1]}_30d`"
        return scope.report(errors.empty_window(path.span, hint), UNKNOWN)
    base = _trait(found[1], path, scope)
    window = Window(Relative(-int(found[2]), _UNITS[found[3]]), plan.NOW)
    return windowed(base, window, path, scope)


def windowed(base: plan.Expr, window: Window | plan.Expr, path: ast.Condition, scope: Scope) -> plan.Expr:
    """Return a trait counted in a window of its own; a condition about each event may stand for the window."""
    if isinstance(base, plan.Unknown):
        return base
    match base:
        case plan.Aggregate(tally, plan.Events(stream, None, where), value, type_):
            if isinstance(window, Window):
                rows = plan.Events(stream, window, where, span=path.span)
            else:
                both = window if where is None else plan.And((where, window), span=path.span)
                rows = plan.Events(stream, None, both, span=path.span)
            return plan.Aggregate(tally, rows, value, type_, span=path.span)
        case _:
            name = path.span.text
            message = f"`{name}` cannot be given a window"
            hint = "only a trait that is one aggregate over events, without a window of its own, can"
            return scope.report(errors.wrong_window(path.span, message, hint), base.type)


def _trait(name: str, path: ast.Path, scope: Scope) -> plan.Expr:
    project, key = scope.project, (scope.entity, name)
    if key in project.traits:
        return project.traits[key]
    if key in project.reading:
        circle = [each for _, each in project.reading[project.reading.index(key) :]]
        project.traits[key] = scope.report(errors.reference_cycle(path.span, [*circle, name]), UNKNOWN)
        return project.traits[key]
    if len(project.reading) >= _TRAITS_DEEP:
        return scope.report(errors.too_large(path.span), UNKNOWN)
    project.reading.append(key)
    whole = Scope(project, scope.entity, (Row(0, scope.entity),))
    expr = whole.read(scope.names.traits[key].body)
    project.reading.pop()
    # A circle that was found while reading has put its own mark there.
    if key in project.traits:
        return project.traits[key]
    size = _size(expr, project.sizes)
    if size > _SIZE_MAX:
        expr = scope.report(errors.too_large(scope.names.traits[key].name.span), UNKNOWN)
        size = 1
    project.sizes[id(expr)] = size
    project.traits[key] = expr
    return expr


def _size(expr: plan.Expr, known: Mapping[int, int]) -> int:
    """Return the number of nodes, those of traits inside it counted from what is known of them."""
    size, pending = 0, list(children(expr))
    while pending and size <= _SIZE_MAX:
        each = pending.pop()
        if id(each) in known:
            size += known[id(each)]
        else:
            size += 1
            pending.extend(children(each))
    return size + 1


# ── what is unknown ──────────────────────────────────────────────────────────────────────────────────────────────────


def _unknown_field(path: ast.Path, at: int, fields: Mapping[str, Field], scope: Scope) -> plan.Expr:
    name = path.names[at]
    near = nearest(latin(name.text), fields)
    return scope.report(errors.unknown_name(name.span, "field", name.text, near), UNKNOWN)


def _unknown(path: ast.Path, names: list[str], scope: Scope) -> plan.Expr:
    catalog, row = scope.names.catalog, scope.row
    first, span = names[0], path.names[0].span
    if scope.names.is_broken(first):
        return plan.Unknown(UNKNOWN, span=path.span)
    fields = list(catalog.fields_of(row.owner))
    known = [*fields, *catalog.ones_of(row.owner), *scope.names.params]
    if row.level == 0:
        known += scope.names.traits_of(scope.entity)
    hint = _hint(first, names, scope)
    near = [] if hint else nearest(latin(first), known)
    suffix = _SUFFIX.fullmatch(first)
    if not near and not hint and suffix:
        near = [f"{each}_{suffix[2]}{suffix[3]}" for each in nearest(suffix[1], scope.names.traits_of(scope.entity))]
    return scope.report(errors.unknown_name(span, "field", first, near, hint), UNKNOWN)


def _hint(first: str, names: list[str], scope: Scope) -> str:
    """Say what a name is that is known, but no field."""
    catalog, row = scope.names.catalog, scope.row
    if row.level > 0 and len(names) == 1:
        member = catalog.entities[scope.entity]
        if first in member.fields or (scope.entity, first) in scope.names.traits:
            return f"it belongs to the {scope.entity}: write `{scope.entity}.{first}`"
    if first in catalog.streams:
        what = f"`did {first}`, `count({first})`"
        return f"`{first}` is an event: write {what}" + (f" or `sum({'.'.join(names)})`" if len(names) > 1 else "")
    if first in catalog.manys:
        return f"`{first}` is a relation: write `any {first} where (…)`"
    if first in scope.names.segments:
        return f"`{first}` is a segment: write `in segment {first}`"
    if first in catalog.lists:
        return f"`{first}` is a list: write `in list {first}`"
    if first in scope.names.later:
        return ""
    return ""
