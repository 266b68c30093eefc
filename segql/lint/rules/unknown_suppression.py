"""A comment was meant to silence a rule, and silences none.

Its rule is misspelt, or it is not written as such a comment is: `# segql: ignore[NAME] reason`, or
`# segql: snooze[NAME] until 2027-01-31 reason`, with the name or code of a rule.

Bad:
    segment young
        where age < 30  # segql: ignore[self-comparisn] it was needed once
Good:
    segment young
        where age < 30
Fix:
    Unsafe: takes the comment away.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic, nearest
from segql.lint.context import Context
from segql.lint.rule import Rule
from segql.lint.suppressions import without


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each comment that cannot be read, or names what is no rule."""
    for each in context.suppressions:
        if each.wrong:
            fix = ("take it away", without(each, []))
            yield RULE.finding(each.span, "this comment silences nothing", each.wrong, fix=fix)
            continue
        for name in each.names:
            if not each.codes[name]:
                near = nearest(name, context.rule_words)
                hint = f"`{near[0]}` is the closest" if near else "a code like `L101`, a name or a group is meant"
                left = [other for other in each.names if other != name]
                fix = ("take it away", without(each, left))
                yield RULE.finding(each.span, f"there is no rule `{name}` to silence", hint, fix=fix)
                break


RULE = Rule("L702", "unknown-suppression", find, Applicability.UNSAFE)
