"""What each member gets: points of a score, a tier, an arm of a split."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import assert_never

from segql import plan
from segql.analysis import errors
from segql.analysis.names import Outcome
from segql.analysis.rows import need_condition, rows_in, stream_named
from segql.analysis.scope import Scope, is_unknown
from segql.plan import Op, Sign, Tally
from segql.source import Span
from segql.syntax import ast
from segql.types import INTEGER, KEY, RESULT, TEXT, UNKNOWN, Kind, Type

_BUCKETS = 10_000
# Keys that every engine writes as text in the same way.
_KEYS = {Kind.INTEGER, Kind.TEXT, Kind.KEY}
# Aggregates that are a number for everybody.
_NEVER_MISSING = {Tally.COUNT, Tally.SUM, Tally.DISTINCT, Tally.ACTIVE_DAYS}


def outcome(written: Outcome, scope: Scope) -> plan.Expr:
    """Return the value that a score, a tier list or a split gives; mistakes are reported."""
    match written:
        case ast.Score():
            return _score(written, scope)
        case ast.Tiers():
            return _tiers(written, scope)
        case ast.Split():
            return _split(written, scope)
        case _:
            assert_never(written)


def parts_of(written: Outcome) -> tuple[ast.Name, ...]:
    """Return the names of the tiers or arms."""
    match written:
        case ast.Score():
            return ()
        case ast.Tiers(_, _, _, rows):
            return tuple(each.name for each in rows)
        case ast.Split():
            return tuple(each.name for each in written.arms)
        case _:
            assert_never(written)


# ── scores ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _score(written: ast.Score, scope: Scope) -> plan.Expr:
    given = [each.points for each in written.rows] + [each.cap.value for each in written.rows if each.cap]
    type_ = INTEGER if all(each == int(each) for each in given) else RESULT
    terms = [_points(each, type_, scope) for each in written.rows]
    if is_unknown(*terms):
        return plan.Unknown(UNKNOWN, span=written.name.span)
    total = terms[0]
    for each in terms[1:]:
        total = plan.Arithmetic(Sign.ADD, total, each, type_, span=written.name.span)
    return total


def _points(row: ast.Points, type_: Type, scope: Scope) -> plan.Expr:
    points = _number(row.points, type_)
    if row.condition is not None:
        condition = need_condition(scope.read(row.condition), scope, row.condition.span)
        if is_unknown(condition):
            return condition
        return plan.Choice((condition,), (points,), _number(0, type_), type_, span=row.span)
    assert row.event is not None
    source = stream_named(ast.Path((row.event,), span=row.event.span), scope)
    rows = None if source is None else rows_in(source, row.window, row.where, scope, row.span)
    if rows is None:
        return plan.Unknown(UNKNOWN, span=row.span)
    count = plan.Aggregate(Tally.COUNT, rows, None, INTEGER, span=row.span)
    made = plan.Arithmetic(Sign.MUL, count, points, type_, span=row.span)
    if row.cap is None:
        return made
    if row.cap.value < abs(row.points):
        hint = "write a number that at least one event reaches, or leave the limit out"
        return scope.report(errors.wrong_points(row.cap.span, "this limit is less than one event gives", hint), UNKNOWN)
    # Points that are taken away are limited in the other direction.
    op, limit = (Op.GT, row.cap.value) if row.points > 0 else (Op.LT, -row.cap.value)
    most = _number(limit, type_)
    return plan.Choice((plan.Compare(op, made, most, span=row.span),), (most,), made, type_, span=row.span)


def _number(value: int | Decimal, type_: Type) -> plan.Literal:
    return plan.Literal(int(value) if type_ is INTEGER else Decimal(value), type_)


# ── tiers ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _tiers(written: ast.Tiers, scope: Scope) -> plan.Expr:
    _check_names(parts_of(written), scope)
    conditions: list[plan.Expr] = []
    values: list[plan.Expr] = []
    otherwise: plan.Literal | None = None
    for row in written.rows:
        name = plan.Literal(row.name.text, TEXT, span=row.name.span)
        if otherwise is not None:
            hint = "`otherwise` comes last, since it takes everybody who is left"
            scope.report(errors.unreachable_tier(row.name.span, row.name.text, hint))
        elif row.condition is None:
            otherwise = name
        else:
            condition = need_condition(scope.read(row.condition), scope, row.condition.span)
            _check_reach(row, condition, conditions, written, scope)
            conditions.append(condition)
            values.append(name)
    if is_unknown(*conditions):
        return plan.Unknown(UNKNOWN, span=written.name.span)
    if otherwise is None and not _covers(conditions):
        last = written.rows[-1]
        scope.report(errors.missing_otherwise(last.span, written.name.text, last.span))
        return plan.Unknown(UNKNOWN, span=written.name.span)
    if not conditions:
        conditions, values = [plan.TRUE], [otherwise] if otherwise else []
    return plan.Choice(tuple(conditions), tuple(values), otherwise, TEXT, span=written.name.span)


def _check_names(names: Sequence[ast.Name], scope: Scope) -> None:
    first: dict[str, Span] = {}
    for each in names:
        known = first.setdefault(each.text, each.span)
        if known is not each.span:
            scope.report(errors.repeated_name(each.span, "name", each.text, known))


def _check_reach(
    row: ast.Tier, condition: plan.Expr, earlier: Sequence[plan.Expr], written: ast.Tiers, scope: Scope
) -> None:
    """Report a tier that nobody can be in, since its condition never holds or an earlier tier takes them all."""
    if condition == plan.FALSE:
        scope.report(errors.unreachable_tier(row.name.span, row.name.text, "its condition never holds"))
        return
    for number, each in enumerate(earlier):
        if _implies(condition, each):
            taken = written.rows[number].name.text
            hint = f"everybody in it is in `{taken}` before; the narrower condition comes first"
            scope.report(errors.unreachable_tier(row.name.span, row.name.text, hint))
            return


def _implies(first: plan.Expr, second: plan.Expr) -> bool:
    """Say whether the second condition certainly holds wherever the first does."""
    if second in {first, plan.TRUE} or first == plan.FALSE:
        return True
    if isinstance(first, plan.And) and any(_implies(each, second) for each in first.operands):
        return True
    if isinstance(first, plan.Or) and all(_implies(each, second) for each in first.operands):
        return True
    if isinstance(second, plan.Or) and any(_implies(first, each) for each in second.operands):
        return True
    if isinstance(second, plan.And) and all(_implies(first, each) for each in second.operands):
        return True
    match first, second:
        case plan.Compare(op, left, plan.Literal(a)), plan.Compare(other, same, plan.Literal(b)) if left == same:
            return _is_inside(op, a, other, b)
    return False


def _is_inside(op: Op, a: object, other: Op, b: object) -> bool:
    """Say whether every value that stands in `op` to `a` stands in `other` to `b`."""
    if not (_is_number(a) and _is_number(b)):
        return False
    low, high = Decimal(str(a)), Decimal(str(b))
    match op, other:
        case (Op.EQ, Op.GE) | (Op.GT | Op.GE, Op.GE) | (Op.GT, Op.GT):
            return low >= high
        case (Op.EQ | Op.GE, Op.GT):
            return low > high
        case (Op.EQ, Op.LE) | (Op.LT | Op.LE, Op.LE) | (Op.LT, Op.LT):
            return low <= high
        case (Op.EQ | Op.LE, Op.LT):
            return low < high
        case _:
            return False


def _covers(conditions: Sequence[plan.Expr]) -> bool:
    """Say whether one of the conditions certainly holds for everybody."""
    for each in conditions:
        if each == plan.TRUE or any(other == plan.Not(each) for other in conditions):
            return True
    return any(_meet(first, second) for first in conditions for second in conditions)


def _meet(first: plan.Expr, second: plan.Expr) -> bool:
    """Say whether a number that is never missing is below one bound or above another, whatever it is."""
    match first, second:
        case plan.Compare(op, left, plan.Literal(a)), plan.Compare(other, same, plan.Literal(b)):
            is_never_missing = isinstance(left, plan.Aggregate) and left.tally in _NEVER_MISSING
            if left != same or not is_never_missing or not (_is_number(a) and _is_number(b)):
                return False
            high, low = Decimal(str(a)), Decimal(str(b))
            is_closed = op is Op.LE or other is Op.GE
            return op in {Op.LT, Op.LE} and other in {Op.GT, Op.GE} and (low <= high if is_closed else low < high)
        case _:
            return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


# ── splits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _split(written: ast.Split, scope: Scope) -> plan.Expr:
    _check_names(parts_of(written), scope)
    key = _split_key(written, scope)
    total = sum((each.percent.value for each in written.arms), Decimal(0))
    sizes = [each.percent.value * 100 for each in written.arms]
    for arm, size in zip(written.arms, sizes, strict=True):
        if size != int(size) or size <= 0:
            hint = "arms are cut in steps of 0.01%, and each has at least that"
            scope.report(errors.wrong_arms(arm.percent.span, f"`{arm.percent.span.text}` cannot be an arm", hint))
            return plan.Unknown(UNKNOWN, span=written.name.span)
    if total != 100:
        hint = "what is left over is an arm, too, as in `rest 10%`"
        message = f"the arms make {total.normalize():f}% in all, not 100%"
        return scope.report(errors.wrong_arms(written.name.span, message, hint), UNKNOWN)
    inside: tuple[plan.Expr, ...] = ()
    if written.of_segment:
        member = scope.read(ast.InSegment(None, ast.Path((written.owner,), span=written.owner.span)))
        inside = (member,)
    if is_unknown(key, *inside):
        return plan.Unknown(UNKNOWN, span=written.name.span)
    bucket = plan.Bucket(written.seed.value, key, span=written.seed.span)
    conditions: list[plan.Expr] = []
    start = 0
    for size in sizes:
        end = start + int(size)
        bounds = [plan.Compare(Op.LT, bucket, plan.Literal(end, INTEGER), span=written.name.span)]
        if start:
            bounds.insert(0, plan.Compare(Op.GE, bucket, plan.Literal(start, INTEGER), span=written.name.span))
        parts = (*inside, *bounds)
        conditions.append(parts[0] if len(parts) == 1 else plan.And(parts, span=written.name.span))
        start = end
    names = tuple(plan.Literal(each.name.text, TEXT, span=each.name.span) for each in written.arms)
    return plan.Choice(tuple(conditions), names, None, TEXT, span=written.name.span)


def _split_key(written: ast.Split, scope: Scope) -> plan.Expr:
    """Return what decides on the arm: the key, or the field that is named."""
    catalog = scope.names.catalog
    if written.by is None:
        entity = catalog.entities[scope.entity]
        type_ = entity.key_type or KEY
        key: plan.Expr = plan.MemberKey(type_, span=written.name.span)
        place, shown = written.name.span, entity.key
        # In CSV a key is text; elsewhere an undeclared one may be anything.
        if type_ is KEY and not (entity.table.is_file and entity.table.name.lower().endswith(".csv")):
            hint = f"list it among the fields of {entity.name}, as in `{shown} integer`"
            message = f"the type of the key `{shown}` is not declared, and not every one can be split by"
            return scope.report(errors.wrong_arms(place, message, hint))
    else:
        place, shown = written.by.span, written.by.text
        key = scope.read(ast.Path((written.by,), span=place))
    if not is_unknown(key) and key.type.kind not in _KEYS:
        hint = "name a field of whole numbers or of text with `by`"
        return scope.report(errors.wrong_arms(place, f"`{shown}` is {key.type}, by which nobody can be split", hint))
    return key
