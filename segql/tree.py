"""What a tree is made of: frozen nodes; walk and rewrite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import Any, TypeVar, dataclass_transform

from segql.source import NOWHERE, Span

T = TypeVar("T")
N = TypeVar("N", bound="Node")


# What every node has besides its fields.
_KEPT = ("span", "kinds", "idle", "_hash")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def node(cls: type[T]) -> type[T]:
    """Declare a tree node: immutable, slotted, compared without its span.

    It makes what `dataclass(frozen=True, slots=True)` would, without the compiling of four methods a class: a command
    that only checks a file would spend more on that than on the file.

    Example:
        >>> @node
        ... class Leaf(Node):
        ...     number: int
        >>> Leaf(1) == Leaf(1), Leaf(1)
        (True, Leaf(number=1))
    """
    own = tuple(name for name in cls.__dict__.get("__annotations__", {}) if name not in _KEPT)
    names: tuple[str, ...] = (*getattr(cls, "__match_args__", ()), *own)
    namespace = {name: value for name, value in cls.__dict__.items() if name not in {"__dict__", "__weakref__"}}
    defaults = {name: namespace.pop(name) for name in own if name in namespace}
    for name in _KEPT:
        namespace.pop(name, None)
    namespace["__slots__"] = _KEPT if object in cls.__bases__ else own
    namespace["__match_args__"] = names
    # What has the same name, the same operands, has nearly always the same type, and that takes long to hash.
    namespace["_hashed"] = tuple(name for name in names if name != "type")

    def first(self: T, *given: Any, **named: Any) -> None:
        # Most kinds of nodes do not occur in the files of one command.
        made.__init__ = _initializer(names, defaults)  # type: ignore[misc]
        made.__init__(self, *given, **named)  # type: ignore[misc]

    namespace["__init__"] = first
    made = type(cls.__name__, cls.__bases__, namespace)
    return made


def _initializer(names: tuple[str, ...], defaults: dict[str, Any]) -> Any:
    """Return the `__init__` of a node: its fields by place or name, `span` by name only."""
    given = ", ".join(f"{name}=defaults[{name!r}]" if name in defaults else name for name in names)
    lines = [f"def __init__(self, {given + ', ' if given else ''}*, span=nowhere):"]
    lines += [f"    put(self, {name!r}, {name})" for name in (*names, "span")]
    made: dict[str, Any] = {}
    # The text is made of names of fields only, which are Python's own identifiers.
    exec("\n".join(lines), {"put": object.__setattr__, "nowhere": NOWHERE, "defaults": defaults}, made)  # noqa: S102
    return made["__init__"]


@node
class Node:
    """Anything in a tree. `span` is where it was written; two nodes that differ only there are equal."""

    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)
    # Which kinds of nodes stand in the tree, and which rules change nothing in it, as the optimizer numbers them; set
    # when it first looks.
    kinds: int = field(init=False, compare=False, repr=False)
    idle: int = field(init=False, compare=False, repr=False)
    # Worked out when it is first asked for: whoever compares conditions asks for that of each part many times.
    _hash: int = field(init=False, compare=False, repr=False)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a node is never changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a node is never changed: {name}")

    def __eq__(self, other: object) -> bool:
        return self is other or (type(other) is type(self) and values(self) == values(other))

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            names: tuple[str, ...] = self._hashed  # type: ignore[attr-defined]
            found = hash((type(self), *[getattr(self, name) for name in names]))
            object.__setattr__(self, "_hash", found)
            return found

    def __repr__(self) -> str:
        names: tuple[str, ...] = self.__match_args__
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}({told})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), values(self), self.span)


def values(tree: Any) -> tuple[Any, ...]:
    """Return the values of a node's fields, in order, without its span."""
    return tuple([getattr(tree, name) for name in tree.__match_args__])


def replace(tree: N, **changes: Any) -> N:
    """Return `tree` with some of its fields changed."""
    kept = {name: getattr(tree, name) for name in (*tree.__match_args__, "span")}
    return type(tree)(**{**kept, **changes})


def children(tree: Node) -> list[Node]:
    """Return the nodes directly below `tree`, in the order of its fields."""
    found: list[Node] = []
    names: tuple[str, ...] = tree.__match_args__
    for name in names:
        value = getattr(tree, name)
        if isinstance(value, Node):
            found.append(value)
        elif type(value) is tuple:
            found += _nodes(value)
    return found


def walk(tree: Node) -> Iterator[Node]:
    """Yield `tree` and every node below it, parents first; deep trees need no recursion."""
    pending = [tree]
    while pending:
        each = pending.pop()
        yield each
        pending += reversed(children(each))


def rewrite(tree: N, change: Callable[[Any], Any]) -> N:
    """Return `tree` with `change` applied to every node, children first; the same object where nothing changed."""
    changes: dict[str, Any] = {}
    names: tuple[str, ...] = tree.__match_args__
    for name in names:
        before = getattr(tree, name)
        after = _rewritten(before, change)
        if after is not before:
            changes[name] = after
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


def _rebuilt(kind: type[N], fields: tuple[Any, ...], span: Span) -> N:
    return kind(*fields, span=span)


def _nodes(values: tuple[Any, ...]) -> Iterator[Node]:
    for each in values:
        if isinstance(each, Node):
            yield each
        elif type(each) is tuple:
            yield from _nodes(each)


def _rewritten(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, Node):
        return rewrite(value, change)
    if isinstance(value, tuple):
        items = tuple(_rewritten(each, change) for each in value)
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value
