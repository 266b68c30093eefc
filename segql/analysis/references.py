"""Segments that use segments and lists; the circles that they must not make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segql import plan
from segql.analysis import errors
from segql.analysis.outcomes import parts_of
from segql.analysis.scope import Row, Scope, is_unknown
from segql.analysis.uses import Sort
from segql.analysis.windows import bound_of
from segql.diagnostics import nearest
from segql.source import Span
from segql.syntax import ast
from segql.syntax.lookalikes import latin
from segql.tree import replace
from segql.types import BOOLEAN


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whose membership is asked: that of the row at `level`, reached through the relations in `path`."""

    entity: str
    level: int
    path: tuple[str, ...]


def in_segment(tree: ast.InSegment, scope: Scope) -> plan.Expr:
    """Return whether the member, or the one that a relation leads to, is in a segment; mistakes are reported."""
    whom = _whom(tree, scope)
    if whom is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    inside = _member(tree.segment, whom, scope)
    if isinstance(inside, plan.Unknown) or tree.as_of is None:
        return inside
    as_of = _instant(tree.as_of, scope)
    return plan.Unknown(BOOLEAN, span=tree.span) if as_of is None else replace(inside, as_of=as_of, span=tree.span)


def any_segment(tree: ast.InAnySegment, scope: Scope) -> plan.Expr:
    """Return whether the member is in one of several segments."""
    whom = _whom(ast.InSegment(None, tree.segments[0], span=tree.span), scope)
    if whom is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    members = tuple(_member(each, whom, scope) for each in tree.segments)
    return members[0] if len(members) == 1 else plan.Or(members, span=tree.span)


def crossed(tree: ast.Crossed, scope: Scope) -> plan.Expr:
    """Return whether the member is in a segment and was not at the start of the window, or the other way round."""
    if not isinstance(tree.window, ast.Last):
        hint = "write `in last 30 days`: it is asked now, and at the start of that time"
        word = "left" if tree.out else "entered"
        return scope.report(errors.wrong_window(tree.window.span, f"`{word}` needs a time up to now", hint))
    length = tree.window.duration
    if length.count == 0:
        return scope.report(errors.empty_window(tree.window.span, "write a length of at least 1"))
    now = in_segment(ast.InSegment(None, tree.segment, span=tree.span), scope)
    if not isinstance(now, plan.InSegment):
        return now
    before = replace(now, as_of=plan.Relative(-length.count, plan.Unit(length.unit)))
    out: tuple[plan.Expr, plan.Expr] = (plan.Not(now, span=tree.span), before)
    into: tuple[plan.Expr, plan.Expr] = (now, plan.Not(before, span=tree.span))
    return plan.And(out if tree.out else into, span=tree.span)


def in_list(tree: ast.InList, scope: Scope) -> plan.Expr:
    """Return whether the member stands in a static list; mistakes are reported."""
    name, lists = tree.name.text, scope.names.catalog.lists
    if name not in lists:
        if scope.names.is_broken(name, "list"):
            return plan.Unknown(plan.TRUE.type, span=tree.span)
        if name in scope.names.segments:
            hint = "members of a segment are asked with `in segment`"
            return scope.report(errors.wrong_kind(tree.span, name, "a segment", "a list", hint, f"in segment {name}"))
        near = nearest(latin(name), lists)
        return scope.report(errors.unknown_name(tree.name.span, "list", name, near, known=list(lists)))
    whom = _of_row(tree.span, "in list", scope)
    if whom is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    if lists[name].entity != whom.entity:
        return scope.report(errors.other_entity(tree.name.span, "list", name, lists[name].entity, whom.entity))
    scope.uses.add(Sort.LIST, name, tree.name.span)
    return plan.InList(name, whom.level, span=tree.span)


def member(path: ast.Path, scope: Scope) -> plan.InSegment | plan.Unknown:
    """Return whether the member that the innermost row is belongs to a segment; mistakes are reported."""
    whom = _of_row(path.span, "in segment", scope)
    return plan.Unknown(BOOLEAN, span=path.span) if whom is None else _member(path, whom, scope)


def _whom(tree: ast.InSegment, scope: Scope) -> _Whom | None:
    """Return who is asked about; None where that was reported."""
    operand = tree.operand
    if operand is None:
        return _of_row(tree.span, "in segment", scope)
    if not isinstance(operand, ast.Path):
        hint = "before `in segment` stands a relation that leads to somebody, or nothing"
        scope.report(errors.rows_needed(operand.span, "this is nobody who could be in a segment", hint))
        return None
    names = [each.text for each in operand.names]
    # `customer` itself may be said, and must be inside the condition of a row.
    row = next((each for each in reversed(scope.rows) if not each.item and _called(each) == names[0]), None)
    hops = names if row is None else names[1:]
    row = row or scope.row
    catalog = scope.names.catalog
    entity = scope.names.catalog.entity_of(row.owner)
    owner = entity or row.owner
    for hop in hops:
        one = catalog.one(owner, hop)
        if one is None:
            known = list(catalog.ones_of(owner))
            near = nearest(latin(hop), known)
            scope.report(errors.unknown_name(operand.span, "relation", operand.text, near, known=known))
            return None
        owner, entity = one.entity or "", one.entity
    if entity is None:
        hint = "a relation leads to an entity where it is declared with `to`, as in `one team of customer to team by …`"
        message = f"`{operand.text}` is no entity, so it has no segments"
        scope.report(errors.rows_needed(operand.span, message, hint))
        return None
    places = [each.span for each in operand.names]
    if len(hops) < len(names):
        scope.uses.add_rows(row.owner, places.pop(0))
    scope.uses.add_way(row.owner, list(zip(hops, places, strict=True)))
    return _Whom(entity, row.level, tuple(hops))


def _of_row(span: Span, what: str, scope: Scope) -> _Whom | None:
    """Return the member that the innermost row is."""
    row = scope.row
    entity = None if row.item else scope.names.catalog.entity_of(row.owner)
    if entity is None:
        hint = (
            f"of the member, write `{scope.entity} {what} …`" if what == "in segment" else "ask it outside of `where`"
        )
        scope.report(errors.rows_needed(span, f"`{what}` asks about a member, not about a row", hint))
        return None
    return _Whom(entity, row.level, ())


def _called(row: Row) -> str:
    return row.owner.rpartition(".")[2]


def _instant(written: ast.AsOf, scope: Scope) -> plan.Bound | None:
    if written.ago is not None:
        return plan.Relative(-written.ago.count, plan.Unit(written.ago.unit))
    assert written.moment is not None
    if isinstance(written.moment, ast.Path) and written.moment.text.lower() == "yesterday":
        hint = "write `as of 1 day ago`, or a date"
        scope.report(errors.wrong_window(written.span, "yesterday was a whole day, not an instant", hint))
        return None
    expr = scope.read(written.moment)
    bound = bound_of(expr)
    if bound is None and not is_unknown(expr):
        hint = "write a date, as in `as of 2026-01-31`, or `as of 30 days ago`"
        scope.report(errors.wrong_window(written.span, "it is asked at one instant for everybody", hint))
    return bound


def _member(path: ast.Path, whom: _Whom, scope: Scope) -> plan.InSegment | plan.Unknown:
    name, names = path.names[0].text, scope.names
    if name in names.outcomes:
        return _part(path, whom, scope)
    if name not in names.segments or len(path.names) > 1:
        if names.is_broken(name, "segment", "tiers", "split", "score"):
            return plan.Unknown(plan.TRUE.type, span=path.span)
        if name in names.catalog.lists:
            hint = f"members of a list are asked with `in list {name}`"
            return scope.report(errors.wrong_kind(path.span, name, "a list", "a segment", hint))
        known = [*names.segments, *names.outcomes]
        near = nearest(latin(path.text), known)
        return scope.report(errors.unknown_name(path.span, "segment", path.text, near, known=known))
    theirs, _ = names.segments[name]
    if theirs != whom.entity:
        return scope.report(errors.other_entity(path.span, "segment", name, theirs, whom.entity))
    scope.uses.add(Sort.SEGMENT, name, path.names[0].span)
    return plan.InSegment(name, whom.level, whom.path, span=path.span)


def _part(path: ast.Path, whom: _Whom, scope: Scope) -> plan.InSegment | plan.Unknown:
    """Return whether the member is in a tier or arm."""
    name, names = path.names[0].text, scope.names
    theirs, written = names.outcomes[name]
    known = [each.text for each in parts_of(written)]
    if not known:
        hint = f"compare it with a number, as in `{name} >= 50`"
        return scope.report(errors.wrong_kind(path.span, name, "a score", "a segment", hint))
    if theirs != whom.entity:
        return scope.report(errors.other_entity(path.span, "segment", path.text, theirs, whom.entity))
    kind = "tier" if isinstance(written, ast.Tiers) else "arm"
    if len(path.names) == 1:
        listed = ", ".join(f"`{name}.{each}`" for each in known[:8])
        return scope.report(
            errors.wrong_kind(path.span, name, f"a list of {kind}s", "a segment", f"name one: {listed}")
        )
    part = path.names[1].text
    if part not in known or len(path.names) > 2:
        near = nearest(latin(part), known)
        return scope.report(errors.unknown_name(path.names[1].span, kind, part, near, known=known))
    scope.uses.add(names.sort_of(name), name, path.names[0].span)
    scope.uses.add(Sort(kind), path.text, path.names[1].span)
    return plan.InSegment(path.text, whom.level, whom.path, span=path.span)


def circle(uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Return the circles of references, each from a segment back to itself; every segment is in at most one.

    Example:
        >>> circle({"a": ["b"], "b": ["a"], "c": []})
        [['a', 'b', 'a']]
    """
    state: dict[str, int] = {}
    found: list[list[str]] = []
    for start in uses:
        if start in state:
            continue
        way, pending = [start], [iter(uses[start])]
        state[start] = 1
        while pending:
            following = next(pending[-1], None)
            if following is None:
                state[way.pop()] = 2
                pending.pop()
            elif state.get(following) == 1:
                found.append([*way[way.index(following) :], following])
            elif following not in state and following in uses:
                state[following] = 1
                way.append(following)
                pending.append(iter(uses[following]))
    return found
