"""text → ast."""

from segql.syntax.parser import Broken, Parsed, parse

__all__ = ["Broken", "Parsed", "parse"]
