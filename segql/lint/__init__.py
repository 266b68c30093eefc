"""The linter: what is legal and still deserves a second look, rule by rule."""

from segql.lint.engine import Finding, lint
from segql.lint.rule import Group, Rule
from segql.lint.rules import RULES
from segql.lint.selection import Selection, Settings, matching, names, selected

__all__ = ["RULES", "Finding", "Group", "Rule", "Selection", "Settings", "lint", "matching", "names", "selected"]
