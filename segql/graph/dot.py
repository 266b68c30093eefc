"""A graph for Graphviz."""

from __future__ import annotations

from segql.graph.graph import Graph
from segql.graph.lines import links

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})


def dot(graph: Graph) -> str:
    """Return the graph in the language of `dot`; arrows go from what uses to what is used.

    Example:
        >>> print(dot(Graph({}, {})), end="")
        digraph segql {
            rankdir=LR;
            node [shape=box];
        }
    """
    numbers = {named: number for number, named in enumerate(graph.declared, start=1)}
    lines = [f'    n{number} [label="{_text(f"{named.sort} {named.name}")}"];' for named, number in numbers.items()]
    lines += [f"    n{numbers[user]} -> n{numbers[used]};" for user, used in links(graph)]
    return "\n".join(["digraph segql {", "    rankdir=LR;", "    node [shape=box];", *lines, "}", ""])


def _text(text: str) -> str:
    # Control letters have no meaning in a label, and some end a string for other readers.
    shown = "".join(each if each.isprintable() else "?" for each in text)
    return shown.translate(_ESCAPES)
