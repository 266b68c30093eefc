"""A graph for programs."""

from __future__ import annotations

import json

from segql.graph.graph import Declared, Graph
from segql.graph.lines import links


def document(graph: Graph) -> str:
    r"""Return the graph as JSON: `nodes`, and `edges` from what uses to what is used, by the `id` of nodes.

    Example:
        >>> document(Graph({}, {}))
        '{\n  "nodes": [],\n  "edges": []\n}\n'
    """
    nodes = [_node(each) for each in graph.declared.values()]
    edges = [{"from": str(user), "to": str(used)} for user, used in links(graph)]
    return json.dumps({"nodes": nodes, "edges": edges}, indent=2, ensure_ascii=False) + "\n"


def _node(declared: Declared) -> dict[str, object]:
    span = declared.span
    return {
        "id": str(declared.named),
        "kind": str(declared.named.sort),
        "name": declared.named.name,
        "entity": declared.entity,
        "owner": declared.owner,
        "tags": list(declared.tags),
        "description": declared.description,
        "file": span.source.name if span else None,
        "line": span.line if span else None,
    }
