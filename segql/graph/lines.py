"""The uses of a graph one by one, in the order in which its nodes stand."""

from __future__ import annotations

from collections.abc import Iterator

from segql.analysis import Named
from segql.graph.graph import Graph


def links(graph: Graph) -> Iterator[tuple[Named, Named]]:
    """Yield what uses and what is used, in the order of what is declared.

    Example:
        >>> list(links(Graph({}, {})))
        []
    """
    place = {named: number for number, named in enumerate(graph.declared)}
    for user in graph.declared:
        for used in sorted(graph.uses.get(user, ()), key=place.__getitem__):
            yield user, used
