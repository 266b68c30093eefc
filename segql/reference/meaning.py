"""What each expression of a plan means for the rows in sight: one `match`, one case a node."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias, assert_never

from segql import plan
from segql.plan import Function, Op, Part
from segql.reference.numbers import arithmetic, round_to
from segql.reference.population import by_group, measured
from segql.reference.sequences import took
from segql.reference.tallies import of_rows, of_values
from segql.reference.texts import bucket, found, lower, passes, upper
from segql.reference.values import Value, compare, from_json, inside, moment
from segql.reference.windows import in_window, near, recurs, resolve
from segql.reference.world import Row, Scope, World, key_of, read
from segql.types import Kind

_DAY = dt.timedelta(days=1)


# The nodes that test one value, and all that are true or false (or count what is true).
_Test: TypeAlias = plan.IsMissing | plan.OneOf | plan.Matches | plan.InWindow | plan.Anniversary
_Condition: TypeAlias = (
    plan.And
    | plan.Or
    | plan.Not
    | plan.CountTrue
    | plan.InSegment
    | plan.InList
    | plan.AlsoWith
    | plan.Compare
    | plan.TextMatch
    | plan.Near
    | plan.Course
    | _Test
)


def holds(condition: plan.Expr, scope: Scope, world: World) -> bool:
    """Say whether the condition is true; a missing boolean is not."""
    return value(condition, scope, world) is True


def value(expr: plan.Expr, scope: Scope, world: World) -> Value:
    """Return what the expression gives for the rows in sight, None if it is missing."""
    match expr:
        case plan.Literal(constant):
            return constant
        case plan.ClockTime(bound, type_):
            at = resolve(bound, world.clock)
            return at if type_.kind is Kind.TIMESTAMP else at.astimezone(world.clock.zone).date()
        case plan.Field(level, path, name, type_):
            return read(scope.rows[level], path, name, type_, world)
        case plan.Moment(level):
            return scope.rows[level].at
        case plan.Aggregate():
            return _aggregate(expr, scope, world)
        case plan.JsonValue(base, steps, type_):
            return from_json(inside(value(base, scope, world), steps), type_)
        case plan.Arithmetic(sign, left, right):
            return arithmetic(sign, value(left, scope, world), value(right, scope, world))
        case plan.Call(function, arguments):
            return _call(function, *(value(each, scope, world) for each in arguments))
        case plan.Choice(conditions, values, otherwise):
            chosen = (each for one, each in zip(conditions, values, strict=True) if holds(one, scope, world))
            first = next(chosen, otherwise)
            return None if first is None else value(first, scope, world)
        case plan.MemberKey():
            return scope.key
        case plan.Bucket(seed, inner):
            return bucket(seed, value(inner, scope, world))
        case plan.DatePart() | plan.Instant() | plan.DaysSince():
            return _of_moment(expr, value(expr.value, scope, world), world.clock)
        case plan.Population():
            return _of_everyone(expr, scope, world)
        case plan.Unknown():
            raise ValueError("a plan that analysis refused has no meaning")
        case _:
            return _condition(expr, scope, world)


def _condition(expr: _Condition, scope: Scope, world: World) -> bool | int:
    """Say whether the condition holds, or count those that do."""
    match expr:
        case plan.And(operands):
            return all(holds(each, scope, world) for each in operands)
        case plan.Or(operands):
            return any(holds(each, scope, world) for each in operands)
        case plan.Not(operand):
            return not holds(operand, scope, world)
        case plan.CountTrue(conditions):
            return sum(holds(each, scope, world) for each in conditions)
        case plan.InSegment():
            return _in_segment(expr, scope, world)
        case plan.InList(name, level):
            key = scope.key if level == 0 else key_of(scope.rows[level], (), world)
            return key in world.lists[name]
        case plan.AlsoWith(inner):
            return value(inner, scope, world) in going_with(expr, world)
        case plan.Compare(op, left, right):
            return compare(op, value(left, scope, world), value(right, scope, world))
        case plan.TextMatch(test, left, right):
            return passes(test, value(left, scope, world), value(right, scope, world))
        case plan.Near(inner, side, duration, anchor):
            at, from_ = value(inner, scope, world), value(anchor, scope, world)
            return near(_instant(at, world), side, duration, _instant(from_, world))
        case plan.Course():
            return took(
                expr,
                _of_member(scope),
                lambda events, inside: _rows(events, inside, world),
                lambda condition, inside: holds(condition, inside, world),
                world.clock.as_of,
            )
        case _:
            return _test(expr, value(expr.value, scope, world), world.clock)


def _in_segment(expr: plan.InSegment, scope: Scope, world: World) -> bool:
    is_member = expr.level == 0 and not expr.path
    key = scope.key if is_member else key_of(scope.rows[expr.level], expr.path, world)
    clock = world.clock
    if expr.as_of is not None:
        clock = replace(clock, as_of=min(resolve(expr.as_of, clock), clock.as_of))
    return key in world.answers(expr.name, clock)


def going_with(expr: plan.AlsoWith, world: World) -> set[object]:
    """Return the values that people who have `expr.given` have more often than others; worked out once."""
    if expr not in world.kept:
        people: dict[object, set[object]] = {}
        for member in world.members(world.catalog.streams[expr.stream].entity):
            for row in world.events[expr.stream].get(member.key, ()):
                # Rows between the member and the event are of no matter here.
                inner = Scope(member.key, (*member.rows, *[row] * expr.level))
                if expr.where is None or holds(expr.where, inner, world):
                    people.setdefault(value(expr.value, inner, world), set()).add(member.key)
        people.pop(None, None)
        world.kept[expr] = _lifted(expr, people)
    return world.kept[expr]


def _lifted(expr: plan.AlsoWith, people: dict[object, set[object]]) -> set[object]:
    given = people.get(expr.given.value, set())
    everyone = len(set().union(*people.values()))
    lifts: dict[object, Fraction] = {}
    for each, those in people.items():
        both = len(those & given)
        if each != expr.given.value and both >= expr.min_support:
            lift = Fraction(both * everyone, len(those) * len(given))
            if lift >= Fraction(expr.min_lift):
                lifts[each] = lift
    ordered = sorted(lifts, key=lambda each: (-lifts[each], each))
    return set(ordered[: expr.top])


def _test(expr: _Test, known: Value, clock: plan.Clock) -> bool:
    """Test one value, which may be missing."""
    match expr:
        case plan.IsMissing():
            return known is None
        case plan.OneOf(_, options):
            return any(compare(Op.EQ, known, option.value) for option in options)
        case plan.Matches(_, pattern):
            return known is not None and found(pattern, known)
        case plan.InWindow(_, window):
            return known is not None and in_window(moment(known, clock.zone), window, clock)
        case plan.Anniversary(_, window):
            return known is not None and recurs(_on_the_wall(known, clock), window, clock)
        case _:
            assert_never(expr)


def _of_moment(expr: plan.DatePart | plan.Instant | plan.DaysSince, at: dt.date | None, clock: plan.Clock) -> Value:
    """Make a value of a date or a timestamp."""
    if at is None:
        return None
    match expr:
        case plan.Instant():
            return moment(at, clock.zone)
        case plan.DatePart(part):
            return _part(part, _on_the_wall(at, clock))
        case plan.DaysSince():
            return _days_since(at, clock)
        case _:
            assert_never(expr)


def _of_member(scope: Scope) -> Scope:
    """Return what is asked of the member alone: a trait of theirs is the same, whatever row it is read from."""
    return Scope(scope.key, scope.rows[:1])


def _aggregate(expr: plan.Aggregate, scope: Scope, world: World) -> Value:
    scope = scope if isinstance(expr.rows, plan.Items) else _of_member(scope)
    scopes = [scope.below(row) for row in _rows(expr.rows, scope, world)]
    instants = [at for each in scopes if (at := each.rows[-1].at) is not None]
    zone = world.clock.zone
    if expr.value is None:
        return of_rows(expr.tally, instants, len(scopes), zone)
    values = [value(expr.value, each, world) for each in scopes]
    return of_values(expr.tally, values, instants, zone)


def _of_everyone(expr: plan.Population, scope: Scope, world: World) -> Value:
    """Return what a measure finds for the member among everyone; it is worked out for all of them at once."""
    if expr not in world.populations:
        among = expr.among
        compared = [
            each for each in world.members(scope.rows[0].owner or "") if among is None or holds(among, each, world)
        ]
        known = {each.key: own for each in compared if (own := value(expr.value, each, world)) is not None}
        if expr.within is None:
            world.populations[expr] = measured(expr.measure, known)
        else:
            groups = {each.key: value(expr.within, each, world) for each in compared}
            world.populations[expr] = by_group(expr.measure, known, groups)
    # A condition is false for whoever is not compared, a value is missing.
    return world.populations[expr].get(scope.key, False if expr.type.kind is Kind.BOOLEAN else None)


def _rows(rows: plan.Rows, scope: Scope, world: World) -> Sequence[Row]:
    """Return the rows that an aggregate sees."""
    found_: Iterable[Row]
    match rows:
        case plan.Events(stream, window):
            events = world.events[stream].get(scope.key, ())
            found_ = [row for row in events if window is None or (row.at and in_window(row.at, window, world.clock))]
        case plan.Related(relation):
            found_ = world.related[relation].get(scope.key, ())
        case plan.Items(of):
            items = value(of, scope, world)
            found_ = [Row(None, {"value": each}) for each in items] if isinstance(items, list) else []
        case _:
            assert_never(rows)
    where = rows.where
    return [row for row in found_ if where is None or holds(where, scope.below(row), world)]


def _call(function: Function, known: Value, places: int = 0) -> Value:
    if known is None:
        return None
    match function:
        case Function.LOWER:
            return lower(known)
        case Function.UPPER:
            return upper(known)
        case Function.LENGTH:
            return len(known)
        case Function.SIZE:
            # Of json that is no array there is no size.
            return len(known) if isinstance(known, list | tuple) else None
        case Function.ABS:
            return known.copy_abs() if isinstance(known, Decimal) else abs(known)
        case Function.ROUND:
            return round_to(known, places)
        case _:
            assert_never(function)


def _instant(at: dt.date | None, world: World) -> dt.datetime | None:
    return None if at is None else moment(at, world.clock.zone)


def _on_the_wall(at: dt.date, clock: plan.Clock) -> dt.date:
    """Return the moment as the project's wall clock shows it; a date is what it is."""
    return at.astimezone(clock.zone) if isinstance(at, dt.datetime) else at


def _part(part: Part, at: dt.date) -> int:
    match part:
        case Part.YEAR:
            return at.year
        case Part.QUARTER:
            return (at.month + 2) // 3
        case Part.MONTH:
            return at.month
        case Part.DAY:
            return at.day
        case Part.WEEKDAY:
            return at.isoweekday()
        case Part.HOUR:
            return at.hour if isinstance(at, dt.datetime) else 0
        case _:
            assert_never(part)


def _days_since(at: dt.date, clock: plan.Clock) -> int:
    if not isinstance(at, dt.datetime):
        return (clock.today - at).days
    whole = abs(clock.as_of - at) // _DAY
    return whole if at <= clock.as_of else -whole
