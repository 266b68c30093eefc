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
from segql.tree import Node

# With what a count is compared, and whether that says that there are some.
_ASKED: dict[tuple[str, object], bool] = {
    (">", 0): True,
    (">=", 1): True,
    ("!=", 0): True,
    ("=", 0): False,
    ("<", 1): False,
    ("<=", 0): False,
}


def find(context: Context) -> Iterator[Diagnostic]:
    """Yield each count of events that is compared with nothing."""
    for seen in context.each(ast.Comparison):
        argument = None if seen.in_rows else _counted(seen.node, context)
        match argument:
            case ast.Argument(value=ast.Path() as event, window=window, where=where):
                is_some = _ASKED[seen.node.op, value_of(seen.node.right)]
                new = f"did {'' if is_some else 'not '}{event.span.text}"
                new += f" {window.span.text}" if window else ""
                new += f" where ({where.span.text})" if where else ""
                # Several lines would have to be laid out anew.
                is_short = "\n" not in new and not has_comment(seen.node.span)
                fix = (f"write `{new}`", put(seen.node.span, new)) if is_short else None
                hint = f"ask `did {event.text}`" if is_some else f"ask `did not {event.text}`"
                yield RULE.finding(seen.node.span, "this counts only to know whether there are any", hint, fix=fix)


def is_counted_for_any(node: Node, context: Context) -> bool:
    """Say whether events are counted here only to know whether there are any."""
    return isinstance(node, ast.Comparison) and _counted(node, context) is not None


def _counted(node: ast.Comparison, context: Context) -> ast.Argument | None:
    """Return the events that a comparison counts only to know whether there are any."""
    number, call = value_of(node.right), bare(node.left)
    if not isinstance(number, int) or (node.op, number) not in _ASKED:
        return None
    match call:
        case ast.Call(
            function=ast.Name(text="count"), arguments=(ast.Argument(value=ast.Path() as event) as argument,)
        ):
            is_plain = not argument.distinct and argument.among is None
            return argument if is_plain and event.text in context.analyzed.catalog.streams else None
    return None


RULE = Rule("L608", "count-for-did", find, Applicability.SAFE, needs_catalog=True)
