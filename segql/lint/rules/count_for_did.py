"""Events are counted only to know whether there are any.

`count(purchase in last 90 days) > 0` is `did purchase in last 90 days`, which can be read aloud.

Bad:
    segment buyers
        where count(purchase in last 90 days where amount > 10) > 0
Good:
    segment buyers
        where did purchase in last 90 days where (amount > 10)
Fix:
    Safe: writes `did` or `did not`.
"""

from __future__ import annotations

from collections.abc import Iterator

from segql.diagnostics import Applicability, Diagnostic
from segql.lint.context import Context
from segql.lint.reading import bare, has_comment, put, value_of
from segql.lint.rule import Rule
from segql.syntax import ast

# With what a count is compared, and whether that says that there are some.
_ASKED = {(">", 0): True, (">=", 1): True, ("!=", 0): True, ("=", 0): False, ("<", 1): False, ("<=", 0): False}


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each count of events that is compared with nothing."""
    for seen in context.each(ast.Comparison):
        number = value_of(seen.node.right)
        is_some = _ASKED.get((seen.node.op, number)) if isinstance(number, int) else None
        call = bare(seen.node.left)
        if is_some is None or seen.in_rows or not isinstance(call, ast.Call) or call.function.text != "count":
            continue
        match call.arguments:
            case (ast.Argument(value=ast.Path() as event, distinct=False, window=window, where=where, among=None),):
                if event.text not in context.analyzed.catalog.streams:
                    continue
                new = f"did {'' if is_some else 'not '}{event.span.text}"
                new += f" {window.span.text}" if window else ""
                new += f" where ({where.span.text})" if where else ""
                # Several lines would have to be laid out anew.
                is_short = "\n" not in new and not has_comment(seen.node.span)
                fix = (f"write `{new}`", put(seen.node.span, new)) if is_short else None
                hint = f"ask `did {event.text}`" if is_some else f"ask `did not {event.text}`"
                yield RULE.finding(seen.node.span, "this counts only to know whether there are any", hint, fix=fix)


RULE = Rule("L608", "count-for-did", find, Applicability.SAFE, needs_catalog=True)
