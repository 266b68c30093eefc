"""What uses what in a project: the graph, what a change reaches, names given anew."""

from segql.graph.find import find
from segql.graph.graph import Declared, Graph
from segql.graph.impact import Reached, impact
from segql.graph.make import graph_of
from segql.graph.rename import Renamed, renamed

__all__ = ["Declared", "Graph", "Reached", "Renamed", "find", "graph_of", "impact", "renamed"]
