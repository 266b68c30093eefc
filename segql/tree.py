"""What a tree is made of: frozen nodes; walk and rewrite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar, dataclass_transform

from segql.source import NOWHERE, Span

T = TypeVar("T")
N = TypeVar("N", bound="Node")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """Declare a tree node: immutable, slotted, compared without its span."""
    return dataclass(frozen=True, slots=True)(cls)


@node
class Node:
    """Anything in a tree. `span` is where it was written; two nodes that differ only there are equal."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


def children(tree: Node) -> Iterator[Node]:
    """Yield the nodes directly below `tree`, in the order of its fields."""
    for each in fields(tree):
        yield from _nodes(getattr(tree, each.name))


def walk(tree: Node) -> Iterator[Node]:
    """Yield `tree` and every node below it, parents first; deep trees need no recursion."""
    pending = [tree]
    while pending:
        each = pending.pop()
        yield each
        pending.extend(reversed(list(children(each))))


def rewrite(tree: N, change: Callable[[Any], Any]) -> N:
    """Return `tree` with `change` applied to every node, children first; the same object where nothing changed."""
    changes: dict[str, Any] = {}
    for each in fields(tree):
        before = getattr(tree, each.name)
        after = _rewritten(before, change)
        if after is not before:
            changes[each.name] = after
    result: N = change(replace(tree, **changes) if changes else tree)
    return result


def depth_of(tree: Node) -> int:
    """Return the number of nodes on the longest way from `tree` down."""
    deepest, pending = 0, [(tree, 1)]
    while pending:
        each, depth = pending.pop()
        deepest = max(deepest, depth)
        pending.extend((child, depth + 1) for child in children(each))
    return deepest


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)


def _rewritten(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, Node):
        return rewrite(value, change)
    if isinstance(value, tuple):
        items = tuple(_rewritten(each, change) for each in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
