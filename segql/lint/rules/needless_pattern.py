"""A pattern says no more than that a text begins, ends, or holds another.

`like "/coffee*"` is `path starts with "/coffee"`, which reads like what it means; and engines find a beginning by an
index, of a pattern not always.

Bad:
    segment coffee_lookers
        where did page_view where (path like "/coffee*")
Good:
    segment coffee_lookers
        where did page_view where (path starts with "/coffee")
Fix:
    Unsafe: says it without the pattern. It is the same, but the plans do not show that.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import has_comment, put
from segql.lint.rule import Rule
from segql.syntax import ast


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each pattern with stars at its ends only."""
    for seen in context.each(ast.TextMatch):
        node = seen.node
        if node.test != "like" or node.any_of or len(node.values) != 1 or not isinstance(node.values[0], ast.Text):
            continue
        text = node.values[0]
        words = _words(text.value)
        # In quotes a star and a backslash may be written in more ways than one.
        if not words or "\\" in text.span.text or has_comment(node.span):
            continue
        quote = text.span.text[0]
        said = f"{'not ' if node.negated else ''}{words} {quote}{text.value.strip('*')}{quote}"
        # Which case the letters have is said behind it.
        behind = node.span.source.text[text.span.end : node.span.end]
        new = f"{node.operand.span.text} {said}{behind}"
        fix = (f"write `{new}`", put(node.span, new))
        yield RULE.finding(text.span, f"this pattern is `{words}`", f"write `{said}`", fix=fix)


def _words(pattern: str) -> str:
    """Return the words for a pattern that needs none, or an empty text."""
    inner = pattern.strip("*")
    if not inner or "*" in inner or "?" in inner or '"' in inner or "'" in inner:
        return ""
    ends = pattern.startswith("*"), pattern.endswith("*")
    return {(False, True): "starts with", (True, False): "ends with", (True, True): "contains"}.get(ends, "")


RULE = Rule("L401", "needless-pattern", find, Applicability.UNSAFE)
