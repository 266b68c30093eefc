"""Places among everyone else: `in top 10%`, `rank(…)`, `quantile(…)`, `average(…)` and their like."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from segql import plan
from segql.analysis import errors
from segql.analysis.aggregates import TALLIES
from segql.analysis.comparisons import is_number
from segql.analysis.references import member
from segql.analysis.rows import relation_named
from segql.analysis.scope import Scope, as_json, is_unknown
from segql.plan import Average, End, Extreme, Measure, Median, Percentile, Quantile, Rank
from segql.source import Span
from segql.syntax import ast
from segql.tree import Node, children
from segql.types import BOOLEAN, FLOAT, INTEGER, RESULT, UNKNOWN, Kind

# What each function takes, and how it is written.
MEASURES = {
    "average": ("one value of each member", "average(spend)"),
    "median": ("one value of each member", "median(spend)"),
    "percentile": ("a value and a percentage from 0 to 100", "percentile(spend, 90)"),
    "quantile": ("a value and a whole number of parts, at least 2", "quantile(spend, 5)"),
    "rank": ("a value, and maybe the group it is counted in", "rank(spend within country)"),
}

# Those that need no number.
_ALONE: dict[str, Measure] = {"average": Average(), "median": Median(), "rank": Rank()}

_MOST_PARTS = 1_000_000
# With more places the sizes that are compared would outgrow whole numbers.
_PLACES = 6
_HAVE_ORDER = {Kind.DATE, Kind.TIMESTAMP, Kind.DURATION}
_NO_GROUPS = {Kind.LIST, Kind.JSON, Kind.KEY}


def in_extreme(tree: ast.InExtreme, scope: Scope) -> plan.Expr:
    """Return whether a value is among the highest or lowest of everyone's; mistakes are reported."""
    what = f"in {tree.end}"
    if scope.row.level > 0:
        return scope.report(errors.members_compared(tree.span, what))
    percent = tree.percent.value
    if not (0 < percent <= 100 and _places(percent) <= _PLACES):
        needed = f"a percentage above 0, up to 100, with at most {_PLACES} decimals"
        return scope.report(errors.wrong_arguments(tree.percent.span, what, needed, f"spend in {tree.end} 10%"))
    value = _ordered(scope.read(tree.operand), what, scope, tree.operand.span)
    among = _among(tree.among, scope)
    if is_unknown(value) or isinstance(among, plan.Unknown):
        return plan.Unknown(BOOLEAN, span=tree.span)
    measure = Extreme(End(tree.end), percent)
    return plan.Population(measure, value, None, among, BOOLEAN, span=tree.span)


def is_of_everyone(tree: ast.Call, scope: Scope) -> bool:
    """Say whether a function is about all members.

    `median` and `average` are so where their value is one of the member; of rows `median(purchase.amount)` is an
    aggregate, and `average` is called `avg`.
    """
    name = tree.function.text.lower()
    if name not in {"average", "median"} or not tree.arguments:
        return name in MEASURES
    value = tree.arguments[0].value
    names = [each.names[0].text for each in _own_paths(value)]
    if any(relation_named(each, scope) is not None for each in names):
        fields = scope.names.catalog.fields_of(scope.row.owner)
        return isinstance(value, ast.Path) and len(value.names) == 1 and names[0] in fields
    return True


def of_everyone(tree: ast.Call, scope: Scope) -> plan.Expr:
    """Return `rank(x)`, `quantile(x, 5)`, `average(x)` and their like; mistakes are reported."""
    name = tree.function.text.lower()
    if scope.row.level > 0:
        return scope.report(errors.members_compared(tree.span, name), UNKNOWN)
    wanted = 2 if name in {"percentile", "quantile"} else 1
    if len(tree.arguments) != wanted or not _is_plain(tree, name):
        return _wrong(tree, scope)
    argument = tree.arguments[0]
    value = _value(argument, name, scope)
    group, among = _group(argument, scope), _among(argument.among, scope)
    measure = _measure(name, tree, scope)
    if measure is None or is_unknown(value, *([] if group is None else [group])) or isinstance(among, plan.Unknown):
        return plan.Unknown(UNKNOWN, span=tree.span)
    type_ = value.type
    if isinstance(measure, Rank | Quantile):
        type_ = INTEGER
    elif isinstance(measure, Average | Median):
        type_ = FLOAT if value.type.kind is Kind.FLOAT else RESULT
    return plan.Population(measure, value, group, among, type_, span=tree.span)


# ── what a function is given ─────────────────────────────────────────────────────────────────────────────────────────


def _is_plain(tree: ast.Call, name: str) -> bool:
    """Say whether there is nothing that only aggregates take; groups are for ranks, and a number stands alone."""
    first, *numbers = tree.arguments
    if any(each.distinct or each.read_as or each.where for each in tree.arguments):
        return False
    if any(each.window or each.among for each in numbers):
        return False
    return name == "rank" or not isinstance(first.window, ast.RankArgument)


def _value(argument: ast.Argument, name: str, scope: Scope) -> plan.Expr:
    written, window = argument.value, argument.window
    if window is not None and not isinstance(window, ast.RankArgument):
        # `rank(spend in last 365 days)`: the window belongs to the trait.
        written = ast.InWindow(written, window, span=argument.span)
    value = scope.read(written)
    if name in {"average", "median"}:
        return is_number(value, f"`{name}`", scope, written.span) or plan.Unknown(UNKNOWN, span=written.span)
    return _ordered(value, name, scope, written.span)


def _group(argument: ast.Argument, scope: Scope) -> plan.Expr | None:
    if not isinstance(argument.window, ast.RankArgument):
        return None
    written = argument.window.group
    group = scope.read(written)
    if not is_unknown(group) and group.type.kind in _NO_GROUPS:
        hint = "members are of one group where a text, a number or a date of theirs is the same"
        return scope.report(errors.wrong_type(written.span, "`within`", "a single value", group.type, hint), UNKNOWN)
    return group


def _measure(name: str, tree: ast.Call, scope: Scope) -> Measure | None:
    """Return what is asked; None where its number is none, which is reported."""
    if name in _ALONE:
        return _ALONE[name]
    written = tree.arguments[1]
    number = scope.read(written.value)
    if isinstance(number, plan.Unknown):
        return None
    given = number.value if isinstance(number, plan.Literal) else None
    if name == "quantile" and isinstance(given, int) and number.type == INTEGER and 2 <= given <= _MOST_PARTS:
        return Quantile(given)
    is_percent = isinstance(given, int | Decimal) and number.type.is_number and 0 <= given <= 100
    if name == "percentile" and is_percent and not isinstance(written.value, ast.Percent):
        percent = Decimal(str(given))
        if _places(percent) <= _PLACES:
            return Percentile(percent)
    _wrong(tree, scope, written.span)
    return None


def _wrong(tree: ast.Call, scope: Scope, place: Span | None = None) -> plan.Expr:
    name = tree.function.text.lower()
    return scope.report(errors.wrong_arguments(place or tree.span, name, *MEASURES[name]), UNKNOWN)


def _among(path: ast.Path | None, scope: Scope) -> plan.InSegment | plan.Unknown | None:
    return None if path is None else member(path, scope)


# ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ordered(value: plan.Expr, what: str, scope: Scope, place: Span) -> plan.Expr:
    """Return a value by which members can be put in order, json read as a number; others are reported."""
    value = as_json(value, RESULT)
    if is_unknown(value):
        return plan.Unknown(UNKNOWN, span=place)
    if value.type.is_number or value.type.kind in _HAVE_ORDER:
        return value
    hint = "members are put in order by a number, a date or a time of theirs"
    return scope.report(errors.wrong_type(place, f"`{what}`", "a number or a date", value.type, hint), UNKNOWN)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _own_paths(tree: Node) -> Iterator[ast.Path]:
    """Yield the names in a value, but for those inside aggregates, which make one value of many."""
    if isinstance(tree, ast.Path):
        yield tree
        return
    if isinstance(tree, ast.Call) and tree.function.text.lower() in TALLIES:
        return
    for each in children(tree):
        yield from _own_paths(each)
