"""Declarations → catalog, conditions → plan."""

from segql.analysis.analyzer import Analyzed, Definition, analyze

__all__ = ["Analyzed", "Definition", "analyze"]
