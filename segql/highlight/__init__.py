"""Colours for the language in editors and on pages: one table of what a text is made of, and who reads it."""

from segql.highlight.linguist import GITATTRIBUTES

__all__ = ["GITATTRIBUTES"]
