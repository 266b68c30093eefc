"""A graph for Mermaid, which GitHub, GitLab and many wikis show."""

from __future__ import annotations

from segql.graph.graph import Graph
from segql.graph.lines import links


def mermaid(graph: Graph) -> str:
    """Return the graph as a flowchart; arrows go from what uses to what is used.

    Nodes are numbered, since names may be anything, also words of Mermaid.

    Example:
        >>> print(mermaid(Graph({}, {})), end="")
        flowchart LR
    """
    numbers = {named: number for number, named in enumerate(graph.declared, start=1)}
    lines = [f'    n{number}["{_text(f"{named.sort} {named.name}")}"]' for named, number in numbers.items()]
    lines += [f"    n{numbers[user]} --> n{numbers[used]}" for user, used in links(graph)]
    return "\n".join(["flowchart LR", *lines, ""])


def _text(text: str) -> str:
    r"""Return a text with all that Mermaid could read as its own written as the number of the letter.

    Example:
        >>> _text('the "end" #1')
        'the #34;end#34; #35;1'
    """
    return "".join(each if each.isalnum() or each in " _.-/" else f"#{ord(each)};" for each in text)
