"""What people who have one value of an event have more often than others: "who bought this also bought"."""

from __future__ import annotations

from decimal import Decimal

from segql import plan
from segql.analysis import errors
from segql.analysis.comparisons import check_values, fitted
from segql.analysis.rows import filter_in
from segql.analysis.scope import Scope, is_unknown
from segql.syntax import ast
from segql.types import BOOLEAN, Kind

_KINDS = {Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.BOOLEAN}


def also_with(tree: ast.AlsoWith, scope: Scope) -> plan.Expr:
    """Return whether a field of an event is one that goes with a value; mistakes are reported."""
    value, given = scope.read(tree.operand), scope.read(tree.value)
    if is_unknown(value, given):
        return plan.Unknown(BOOLEAN, span=tree.span)
    stream = scope.row.owner
    if not isinstance(value, plan.Field) or value.level != scope.row.level or stream not in scope.names.catalog.streams:
        hint = "write it about a field of an event, as in `did purchase where (product_id in also bought with …)`"
        return scope.report(errors.rows_needed(tree.span, "what goes together is seen from events", hint))
    if value.type.kind not in _KINDS:
        hint = "it is asked of fields with few values, such as the number of a product"
        return scope.report(errors.wrong_type(tree.operand.span, "`also`", "a plain value", value.type, hint))
    pair = fitted(value, given, tree.span, scope)
    if pair is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    if not isinstance(pair[1], plan.Literal):
        hint = 'name one value, as in `also bought with "P-100"`'
        return scope.report(errors.wrong_type(tree.value.span, "`with`", "one value that is written", given.type, hint))
    check_values(value, [pair[1]], scope)
    lift = Decimal(1) if tree.min_lift is None else Decimal(tree.min_lift.value)
    support, top = _whole(tree.min_support, scope), _whole(tree.top, scope)
    if support == 0 or top == 0:
        return plan.Unknown(BOOLEAN, span=tree.span)
    level, where = scope.row.level, filter_in(stream, scope)
    return plan.AlsoWith(value, stream, level, where, pair[1], lift, support or 1, top, span=tree.span)


def _whole(number: ast.Number | None, scope: Scope) -> int | None:
    """Return a number of at least 1, None where there is none; 0 where a mistake was reported."""
    if number is None:
        return None
    if number.value != int(number.value) or number.value < 1:
        hint = "people and values are counted in whole numbers of at least 1"
        scope.report(errors.impossible_count(number.span, "this is no number of people or values", hint))
        return 0
    return int(number.value)
