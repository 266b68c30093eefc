"""A comment says that something is still to do.

It will be forgotten there; an issue will not. Off by default.

Bad:
    # XXX: ask the shop which countries
    segment germans
        where country = "DE"
Good:
    # The shop delivers to Germany only.
    segment germans
        where country = "DE"
Fix:
    None: it has to be done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from segql.diagnostics import Diagnostic
from segql.lint.context import Context
from segql.lint.rule import Rule

# In two parts, so that this file holds none itself.
_MARK = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XXX)\b")


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each comment with such a mark."""
    for one in context.parsed:
        for comment in one.module.comments:
            found = _MARK.search(comment.text)
            if found:
                start = comment.span.start + found.start()
                place = one.source.span(start, start + len(found[0]))
                yield RULE.finding(place, "something is still to do here", "do it, or plan it where work is planned")


RULE = Rule("L609", "todo-comment", find, is_on=False)
