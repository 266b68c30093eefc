"""A name or a text mixes Latin letters with letters of another script that look like them.

`DЕ` with a Cyrillic second letter is not `DE`, and nobody sees it. Such a segment leaves people out, or in, and the
review that looks at it finds nothing.

Bad:
    segment from_one_city
        where city = "Pаris"
Good:
    segment from_one_city
        where city = "Paris"
Fix:
    Unsafe: writes the Latin letters. Of a name there is none, since others may use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import put
from segql.lint.rule import Rule
from segql.source import Span
from segql.syntax import ast
from segql.syntax.lookalikes import latin, named, strangers

_WORD = re.compile(r"\w+")


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each text, and each declared name, with letters that look like others."""
    for seen in context.each(ast.Text):
        if not seen.node.value.isascii():
            yield from _mixed(seen.node.span, can_fix=True)
    for each in context.declarations:
        # A file of one condition has no name in its text.
        if not each.name.text.isascii() and each.name.span.text.strip("`") == each.name.text:
            yield from _mixed(each.name.span, can_fix=False)


def _mixed(span: Span, *, can_fix: bool) -> Iterator[Diagnostic]:
    words = [each for each in _WORD.findall(span.text) if any(letter.isascii() and letter.isalpha() for letter in each)]
    found = [letter for word in words for letter in strangers(word) if latin(letter).isascii()]
    if found:
        message = f"`{span.text}` holds letters that only look Latin: {named(dict.fromkeys(found))}"
        new = "".join(latin(letter) if letter in found else letter for letter in span.text)
        fix = (f"write `{new}` in Latin letters", put(span, new)) if can_fix else None
        yield RULE.finding(span, message, "write the Latin letters", fix=fix)


RULE = Rule("L208", "confusable-letters", find, Applicability.UNSAFE)
