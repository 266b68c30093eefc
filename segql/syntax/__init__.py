"""text → ast."""

from segql.syntax.parser import Broken, Parsed, parse, pieces

__all__ = ["Broken", "Parsed", "parse", "pieces"]
