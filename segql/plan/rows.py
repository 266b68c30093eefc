"""Whose rows the parts of a plan read: level by level, by their keys in the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from segql.plan import expressions as plan
from segql.plan import sequences
from segql.tree import Node

# The owner of the row at each level; of an item of a list it is empty.
Rows: TypeAlias = tuple[str, ...]


def parts(node: Node, rows: Rows) -> Iterator[tuple[str, Any, list[Rows]]]:
    """Yield each field of a node: its name, its value, and the rows that it reads, of a tuple those of each item."""
    names: tuple[str, ...] = node.__match_args__
    for name in names:
        value = getattr(node, name)
        if isinstance(node, sequences.Sequence) and name == "steps":
            yield name, value, list(_of_steps(node, rows))
        else:
            inside = (*rows, _owner(node)) if (type(node), name) in _INSIDE else rows
            yield name, value, [inside] * (len(value) if type(value) is tuple else 1)


# What reads the row that the node is about, one level further in.
_INSIDE = {
    (plan.Aggregate, "value"),
    (plan.Events, "where"),
    (plan.Related, "where"),
    (plan.Items, "where"),
    (sequences.Step, "when"),
    (sequences.Resumed, "when"),
}


def _of_steps(node: sequences.Sequence, rows: Rows) -> Iterator[Rows]:
    for each in node.steps:
        yield rows
        if isinstance(each, sequences.Step):
            rows = (*rows, each.events.stream)


def _owner(node: Any) -> str:
    match node:
        case plan.Aggregate(rows=inner):
            return _owner(inner)
        case plan.Events(stream):
            return stream
        case plan.Related(relation):
            return relation
        case sequences.Step(events) | sequences.Resumed(events):
            return events.stream
        case _:
            return ""
