"""Names joined by points → fields, traits, params, json values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from segql import plan
from segql.analysis import errors
from segql.analysis.scope import Row, Scope
from segql.analysis.uses import Sort
from segql.catalog import Field
from segql.diagnostics import Diagnostic, nearest
from segql.plan import Relative, Unit, Window
from segql.syntax import ast
from segql.syntax.lookalikes import latin
from segql.tree import children, walk
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
WINDOWED = "only a trait that is one aggregate over events, without a window of its own, can"

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
    param = _param(path, names, scope)
    if param is not None:
        return param
    outer = _qualified(path, names, scope)
    return outer if outer is not None else _unknown(path, names, scope)


def _param(path: ast.Path, names: Sequence[str], scope: Scope) -> plan.Expr | None:
    if len(names) > 1 or names[0] not in scope.names.params:
        return None
    scope.uses.add(Sort.PARAM, names[0], path.span)
    param = scope.names.params[names[0]]
    return plan.Literal(param.value, param.type, span=path.span)


# ── fields ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _from_row(path: ast.Path, row: Row, names: Sequence[str], scope: Scope) -> plan.Expr | None:
    """Follow names from a row: many-to-one relations, then a field, then the inside of a json."""
    catalog = scope.names.catalog
    owner, hops = row.owner, 0
    fields: Mapping[str, Field] = catalog.fields_of(owner)
    while names[hops] not in fields:
        one = catalog.one(owner, names[hops])
        if one is None or hops + 1 == len(names):
            return None if hops == 0 else _unknown_field(path, hops, fields, scope)
        fields, owner = one.fields, one.entity or ""
        hops += 1
    field = fields[names[hops]]
    base = plan.Field(row.level, tuple(names[:hops]), field.name, field.type, span=path.span)
    steps = tuple(names[hops + 1 :])
    if not steps or field.type.kind is Kind.JSON:
        scope.uses.add_way(row.owner, [(each.text, each.span) for each in path.names[:hops]])
        scope.uses.add_field(row.owner, names[:hops], field.name, path.names[hops].span)
    if not steps:
        return base
    if field.type.kind is Kind.JSON:
        return plan.JsonValue(base, steps, JSON, span=path.span)
    if field.type.kind is Kind.UNKNOWN:
        return plan.Unknown(UNKNOWN, span=path.span)
    if hops == 0 and names[0] == row.owner.rpartition(".")[2]:
        # `purchase.amount` of a purchase that has a field `purchase`, too.
        return None
    hint, ours = "only json and relations have parts", ""
    if steps in {("length",), ("size",)}:
        function = "size" if field.type.kind is Kind.LIST else "length"
        hint = f"how long it is, `{function}` says"
        ours = f"{function}({'.'.join(names[: hops + 1])})"
    message = f"`{'.'.join(names[: hops + 1])}` is {field.type} and has no `{steps[0]}`"
    return scope.report(errors.wrong_field(path.span, message, hint, ours), UNKNOWN)


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
    param = _param(path, names, scope)
    if param is not None:
        return param
    outer = _qualified(path, names, scope)
    if outer is not None:
        return outer
    hint = "an item of a list is called `value` here"
    return scope.report(errors.unknown_name(path.span, "field", ".".join(names), [], hint, ours="value"), UNKNOWN)


def _qualified(path: ast.Path, names: list[str], scope: Scope) -> plan.Expr | None:
    """Resolve `customer.age` or `purchase.amount`: a row in sight by the name of what it is a row of."""
    if len(names) < 2:
        return None
    for row in reversed(scope.rows):
        if row.item is None and row.name == names[0]:
            rest = ast.Path(path.names[1:], span=path.span)
            found = _from_row(rest, row, names[1:], scope)
            if found is None and row.level == 0 and len(names) == 2:
                found = _trait_or_suffix(names[1], path, scope)
                if found is not None and scope.row.level > 0:
                    found = _inside_where(found, path, scope)
            if found is None:
                return _unknown_field(path, 1, scope.names.catalog.fields_of(row.owner), scope)
            if row.alias is None:
                scope.uses.add_rows(row.owner, path.names[0].span)
            return found
    return None


def _inside_where(trait: plan.Expr, path: ast.Path, scope: Scope) -> plan.Expr:
    """Return a trait of the member as a row reads it; what is decided after the rows were read is reported."""
    for each in walk(trait):
        if isinstance(each, plan.Population):
            return scope.report(errors.members_compared(path.span, path.text), UNKNOWN)
    return trait


# ── traits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _trait_or_suffix(name: str, path: ast.Path, scope: Scope) -> plan.Expr | None:
    span = path.names[-1].span
    if (scope.entity, name) in scope.names.traits:
        scope.uses.add(Sort.TRAIT, name, span)
        return _trait(name, path, scope)
    if scope.names.outcomes.get(name, ("",))[0] == scope.entity:
        scope.uses.add(scope.names.sort_of(name), name, span)
        return _trait(name, path, scope)
    found = _SUFFIX.fullmatch(name)
    if found is None or (scope.entity, found[1]) not in scope.names.traits:
        return None
    if int(found[2]) == 0:
        hint = f"a window has a length, as in `{found[1]}_30{found[3]}`"
        return scope.report(errors.empty_window(path.span, hint), UNKNOWN)
    scope.uses.add(Sort.TRAIT, found[1], span)
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
            return scope.report(errors.wrong_window(path.span, message, WINDOWED), base.type)


def _trait(name: str, path: ast.Path, scope: Scope) -> plan.Expr:
    project, key = scope.project, (scope.entity, name)
    if key in project.traits:
        return project.traits[key]
    if key in project.reading:
        circle = [each for _, each in project.reading[project.reading.index(key) :]]
        project.traits[key] = scope.report(errors.reference_cycle(path.span, [*circle, name]), UNKNOWN)
        return project.traits[key]
    if len(project.reading) >= _TRAITS_DEEP:
        return scope.report(errors.grown_too_large(path.span), UNKNOWN)
    project.reading.append(key)
    whole = Scope(project, scope.entity, (Row(0, scope.entity),))
    written = scope.names.traits.get(key)
    if written is None:
        outcome = scope.names.outcomes[name][1]
        expr, span = project.read_outcome(outcome, whole), outcome.name.span
    else:
        expr, span = whole.read(written.body), written.name.span
    project.reading.pop()
    # A circle that was found while reading has put its own mark there.
    if key in project.traits:
        return project.traits[key]
    size = _size(expr, project.sizes)
    if size > _SIZE_MAX:
        expr = scope.report(errors.grown_too_large(span), UNKNOWN)
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

# Words of other languages for a value, and hard words of this one, which are misspelt as well as any name.
_OTHER_VALUES = {"yes": "true", "no": "false", "current_date": "today", "current_timestamp": "now", "sysdate": "now"}
_NOTHING = frozenset(["null", "none", "nil", "nan", "undefined", "empty", "blank"])
_WORDS = ("true", "false", "everyone", "nobody", "today", "now", "yesterday", "tomorrow")


def _unknown_field(path: ast.Path, at: int, fields: Mapping[str, Field], scope: Scope) -> plan.Expr:
    name = path.names[at]
    near = nearest(latin(name.text), fields)
    return scope.report(errors.unknown_name(name.span, "field", name.text, near, known=list(fields)), UNKNOWN)


def _unknown(path: ast.Path, names: list[str], scope: Scope) -> plan.Expr:
    catalog, row = scope.names.catalog, scope.row
    first, span = names[0], path.names[0].span
    if scope.names.is_broken(first):
        return plan.Unknown(UNKNOWN, span=path.span)
    if first in scope.names.outcomes:
        theirs, _ = scope.names.outcomes[first]
        if theirs != scope.entity:
            return scope.report(errors.other_entity(span, "value", first, theirs, scope.entity), UNKNOWN)
        if len(names) > 1:
            hint = f"members of a tier or arm are asked with `in segment {path.text}`"
            return scope.report(
                errors.wrong_kind(path.span, path.text, "a segment", "a field", hint, f"in segment {path.text}"),
                UNKNOWN,
            )
    other = _unknown_step(path, names, scope) or _other_kind(path, names, scope)
    if other is not None:
        return scope.report(other, UNKNOWN)
    fields = list(catalog.fields_of(row.owner))
    known = near_names(scope)
    near = nearest(latin(first), known)
    suffix = _SUFFIX.fullmatch(first)
    if not near and suffix:
        near = [f"{each}_{suffix[2]}{suffix[3]}" for each in nearest(suffix[1], scope.names.traits_of(scope.entity))]
    hint, ours, what = "", "", "field"
    if len(names) == 1 and not near:
        ours = _OTHER_VALUES.get(first.lower(), "")
        near = nearest(first, _WORDS)
        hint = f"it is written `{ours}` here" if ours else f"`{near[0]}` is the closest word" if near else ""
    entity = catalog.entities.get(row.owner)
    if entity is not None and entity.key == first:
        near, hint, ours = [], "it is the key; list it among the fields, with its type, to compare it", ""
    if first.lower() in _NOTHING:
        near, hint = [], "whether there is a value is asked with `is missing` and `is known`"
    tables = {each.table.name: each.name for each in catalog.entities.values()}
    if len(names) > 1 and tables.get(first) == row.owner and not row.level:
        near, hint, ours = [], "a field stands without its table", ".".join(names[1:])
        return scope.report(errors.unknown_name(path.span, what, path.text, near, hint, ours=ours), UNKNOWN)
    return scope.report(errors.unknown_name(span, what, first, near, hint, known=fields, ours=ours), UNKNOWN)


def _unknown_step(path: ast.Path, names: list[str], scope: Scope) -> Diagnostic | None:
    """Say which step of a sequence was meant by the first of several names."""
    steps = [row for row in scope.rows[:-1] if row.alias is not None]
    if len(names) < 2 or not steps:
        return None
    span = path.names[0].span
    for row in steps:
        if row.owner == names[0]:
            hint = f"name the step, as in `{row.owner} as v`, and write `v.{'.'.join(names[1:])}`"
            hint = f"it is called `{row.alias}` here" if row.alias else hint
            return errors.unknown_name(span, "step", names[0], [], hint, ours=row.alias or "")
    known = [row.alias for row in steps if row.alias]
    near = nearest(latin(names[0]), known)
    if near or not _is_declared(names[0], scope):
        return errors.unknown_name(span, "step", names[0], near, known=known)
    return None


def _is_declared(name: str, scope: Scope) -> bool:
    """Say whether a name stands for something else than a step."""
    catalog = scope.names.catalog
    return name in near_names(scope) or name in catalog.streams or name in catalog.manys


def is_trait(name: str, scope: Scope) -> bool:
    """Say whether a name stands for a trait of the member, maybe in a window by its suffix."""
    suffix = _SUFFIX.fullmatch(name)
    return any((scope.entity, each) in scope.names.traits for each in (name, suffix[1] if suffix else name))


def near_names(scope: Scope) -> list[str]:
    """Return the names that a value may have here."""
    catalog, row = scope.names.catalog, scope.row
    if row.item is not None:
        return ["value", *scope.names.params]
    known = [*catalog.fields_of(row.owner), *catalog.ones_of(row.owner), *scope.names.params]
    return [*known, *scope.names.traits_of(scope.entity)] if row.level == 0 else known


def is_nameless(name: str, scope: Scope) -> bool:
    """Say whether nothing has such a name, or one near it: it may be a text without its quotes."""
    path = ast.Path((ast.Name(name),))
    known = near_names(scope)
    entity = scope.names.catalog.entities.get(scope.row.owner)
    if (
        name in known
        or name in scope.names.outcomes
        or (entity and entity.key == name)
        or _other_kind(path, [name], scope) is not None
    ):
        return False
    suffix = _SUFFIX.fullmatch(name)
    return not nearest(latin(name), known) and not (suffix and (scope.entity, suffix[1]) in scope.names.traits)


def _other_kind(path: ast.Path, names: list[str], scope: Scope) -> Diagnostic | None:
    """Say what a name is that is known, but no value."""
    catalog, row = scope.names.catalog, scope.row
    first, span = names[0], path.names[0].span
    if row.level > 0 and len(names) == 1:
        member = catalog.entities[scope.entity]
        if first in member.fields or (scope.entity, first) in scope.names.traits:
            ours = f"{scope.entity}.{first}"
            kind, needed = f"a field of the {scope.entity}", f"of the {row.owner or 'item'}"
            return errors.wrong_kind(span, first, kind, needed, f"inside `where` it is written `{ours}`", ours)
    if first in catalog.streams:
        hint = f"what somebody did is asked with `did {first}` or `count({first})`"
        if len(names) > 1 and names[1] in catalog.streams[first].fields:
            hint = f"of all of them, write `sum({path.text})`, `last({path.text})`, or `did {first} where (…)`"
        return errors.wrong_kind(span, first, "an event", "a field", hint)
    if first in catalog.manys:
        return errors.wrong_kind(span, first, "a relation", "a field", f"write `any {first} where (…)`")
    one = catalog.one(row.owner, first)
    if one is not None:
        fields = list(one.fields)
        hint = f"name one of its fields, as in `{first}.{fields[0]}`" if fields else "name one of its fields"
        return errors.wrong_kind(span, first, "a relation", "a field", hint)
    if first in scope.names.segments:
        return errors.wrong_kind(
            span,
            first,
            "a segment",
            "a field",
            "members of a segment are asked with `in segment`",
            f"in segment {first}",
        )
    if first in catalog.lists:
        return errors.wrong_kind(
            span, first, "a list", "a field", "members of a list are asked with `in list`", f"in list {first}"
        )
    near = near_names(scope)
    owners = [each for each in catalog.streams.values() if first in each.fields and each.entity == scope.entity]
    if row.level == 0 and row.item is None and owners and not any(each.casefold() == first.casefold() for each in near):
        name = f"{owners[0].name}.{first}"
        how = "sum" if owners[0].fields[first].type.is_number else "last"
        hint = f"write `{how}({name})`, or `did {owners[0].name} where ({first} …)`"
        return errors.wrong_kind(span, first, f"a field of `{owners[0].name}`", f"of the {scope.entity}", hint)
    return None
