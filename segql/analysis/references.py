"""Segments that use segments and lists; the circles that they must not make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segql import plan
from segql.analysis import errors
from segql.analysis.outcomes import parts_of
from segql.analysis.scope import Scope
from segql.diagnostics import nearest
from segql.syntax import ast
from segql.syntax.lookalikes import latin


def in_segment(tree: ast.InSegment, scope: Scope) -> plan.Expr:
    """Return whether the member is in a segment; mistakes are reported."""
    if tree.operand is not None:
        return scope.report(errors.not_yet(tree.span, "a segment of a related entity"))
    return member(tree.segment, scope)


def any_segment(tree: ast.InAnySegment, scope: Scope) -> plan.Expr:
    """Return whether the member is in one of several segments."""
    members = tuple(member(each, scope) for each in tree.segments)
    return members[0] if len(members) == 1 else plan.Or(members, span=tree.span)


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
    if scope.row.level > 0:
        return scope.report(errors.not_yet(tree.span, "a list of a related entity"))
    if lists[name].entity != scope.entity:
        return scope.report(errors.other_entity(tree.name.span, "list", name, lists[name].entity, scope.entity))
    return plan.InList(name, span=tree.span)


def member(path: ast.Path, scope: Scope) -> plan.InSegment | plan.Unknown:
    """Return whether the member is in the segment of that name; mistakes are reported."""
    name, names = path.names[0].text, scope.names
    if scope.row.level > 0:
        return scope.report(errors.not_yet(path.span, "a segment of a related entity"))
    if name in names.outcomes:
        return _part(path, scope)
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
    if theirs != scope.entity:
        return scope.report(errors.other_entity(path.span, "segment", name, theirs, scope.entity))
    return plan.InSegment(name, span=path.span)


def _part(path: ast.Path, scope: Scope) -> plan.InSegment | plan.Unknown:
    """Return whether the member is in a tier or arm."""
    name, names = path.names[0].text, scope.names
    theirs, written = names.outcomes[name]
    known = [each.text for each in parts_of(written)]
    if not known:
        hint = f"compare it with a number, as in `{name} >= 50`"
        return scope.report(errors.wrong_kind(path.span, name, "a score", "a segment", hint))
    if theirs != scope.entity:
        return scope.report(errors.other_entity(path.span, "segment", path.text, theirs, scope.entity))
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
    return plan.InSegment(path.text, span=path.span)


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
