"""What GitHub is told about `.seg` files, whose language it does not know."""

from __future__ import annotations

# Lines for the `.gitattributes` of a project. Of the languages that GitHub colours AppleScript is nearest, as
# `python -m tests.highlight.nearest` measures it: comments begin with `#`, texts stand in double quotes, keywords are
# English. It is not counted among the languages of a repository, since nobody wrote any.
GITATTRIBUTES = """\
# Segments: GitHub does not know the language yet, so it colours them as one that looks alike.
*.seg text eol=lf linguist-language=AppleScript -linguist-detectable
"""
