"""Declarations → catalog, conditions → plan."""

from segql.analysis.analyzer import Analyzed, Definition, analyze
from segql.analysis.uses import Named, Sort, Use

__all__ = ["Analyzed", "Definition", "Named", "Sort", "Use", "analyze"]
