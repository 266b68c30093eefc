"""What GitHub is told, which does not know the language: how its files are coloured there, and that they are code."""

from __future__ import annotations

# The lines for the `.gitattributes` of a project.
GITATTRIBUTES = """\
# Segments, until GitHub knows them: coloured as their nearest relative, and counted as code.
*.seg linguist-language=SQL linguist-detectable
"""
