"""What members did and what they have: counts, sums and other values made of events, related rows and list items."""

from __future__ import annotations

from collections.abc import Mapping

from segql import plan
from segql.analysis import errors
from segql.analysis.fields import type_of
from segql.analysis.rows import relation_named, relations, rows_in, rows_of, source_of, stream_named
from segql.analysis.scope import Scope, as_json, is_json, is_unknown
from segql.analysis.sequences import burst
from segql.catalog import Field
from segql.diagnostics import nearest
from segql.plan import Op, Tally
from segql.source import Span
from segql.syntax import ast
from segql.syntax.lookalikes import latin
from segql.tree import walk
from segql.types import (
    DURATION,
    FLOAT,
    INTEGER,
    RESULT,
    TIMESTAMP,
    UNKNOWN,
    Kind,
    Type,
    decimal,
)

TALLIES = {
    "count": Tally.COUNT,
    "sum": Tally.SUM,
    "avg": Tally.AVG,
    "min": Tally.MIN,
    "max": Tally.MAX,
    "median": Tally.MEDIAN,
    "first": Tally.FIRST,
    "last": Tally.LAST,
    "most common": Tally.MOST_COMMON,
    "active days": Tally.ACTIVE_DAYS,
    "avg gap": Tally.GAP,
}

_OF_TIME = {Tally.FIRST, Tally.LAST, Tally.ACTIVE_DAYS, Tally.GAP}
_OF_ROWS = {Tally.COUNT, Tally.FIRST, Tally.LAST, Tally.ACTIVE_DAYS, Tally.GAP}
_OF_NUMBERS = {Tally.SUM, Tally.AVG, Tally.MEDIAN}


# ── aggregates ───────────────────────────────────────────────────────────────────────────────────────────────────────


def aggregate(call: ast.Call, scope: Scope) -> plan.Expr:
    """Return `count(…)`, `sum(…)` and their like; mistakes are reported."""
    name = call.function.text.lower()
    tally = TALLIES[name]
    if len(call.arguments) != 1:
        needed = "one event or field in its brackets"
        return scope.report(errors.wrong_arguments(call.span, name, needed, _example(name, scope)), UNKNOWN)
    argument = call.arguments[0]
    if any(isinstance(each, ast.Hole) for each in walk(argument.value)):
        return plan.Unknown(UNKNOWN, span=call.span)
    source = source_of(argument.value, scope)
    if source is None:
        return _not_rows(call, name, argument, scope)
    match argument.where:
        case ast.InWindow(ast.Group() as condition, window) if argument.window is None:
            message = "the window stands before `where`"
            inner = " ".join(condition.span.text.split())
            hint = f"write `{name}({argument.value.span.text} {' '.join(window.span.text.split())} where {inner})`"
            return scope.report(errors.wrong_window(window.span, message, hint), UNKNOWN)
    bare = isinstance(argument.value, ast.Path) and len(argument.value.names) == 1
    rows = rows_in(source, argument.window, argument.where, scope, call.span)
    if rows is None:
        return plan.Unknown(UNKNOWN, span=call.span)
    if tally in _OF_TIME and not isinstance(rows, plan.Events):
        hint = "rows of a relation have no time; declare them with `events` and `at` if they have"
        return scope.report(errors.rows_needed(call.span, f"`{name}` needs events", hint), UNKNOWN)
    if bare:
        scope.uses.add_rows(source, argument.value.span)
        return _of_rows(call, name, tally, argument, rows, scope)
    value = scope.inside(source).read(argument.value)
    return _of_values(call, tally, argument, rows, value, scope)


def _of_rows(
    call: ast.Call, name: str, tally: Tally, argument: ast.Argument, rows: plan.Rows, scope: Scope
) -> plan.Expr:
    if tally not in _OF_ROWS or argument.distinct or argument.read_as is not None:
        stream = argument.value.span.text
        fields = _fitting(name, stream, scope)
        field = f"{stream}.{fields[0] if fields else '…'}"
        hint = f"name a field, as in `{name}({'distinct ' if argument.distinct else ''}{field})`"
        hint += "; of the time itself, `first` and `last`" if name in {"min", "max"} else ""
        ours = field if len(fields) == 1 else ""
        message = f"`{name}` needs a field of `{stream}`"
        return scope.report(errors.rows_needed(argument.value.span, message, hint, ours), UNKNOWN)
    types = {Tally.FIRST: TIMESTAMP, Tally.LAST: TIMESTAMP, Tally.GAP: DURATION}
    return plan.Aggregate(tally, rows, None, types.get(tally, INTEGER), span=call.span)


def _of_values(
    call: ast.Call,
    tally: Tally,
    argument: ast.Argument,
    rows: plan.Rows,
    value: plan.Expr,
    scope: Scope,
) -> plan.Expr:
    if argument.read_as is not None:
        value = as_json(value, _result(type_of(argument.read_as, scope.project.found)))
    if is_unknown(value):
        return plan.Unknown(UNKNOWN, span=call.span)
    name = call.function.text.lower()
    if tally in {Tally.ACTIVE_DAYS, Tally.GAP}:
        stream = argument.value.span.text.partition(".")[0]
        message, hint = f"`{name}` needs events, not a field", "it is about when they happened"
        return scope.report(errors.rows_needed(argument.value.span, message, hint, stream), UNKNOWN)
    if tally is Tally.COUNT and not argument.distinct:
        return plan.Aggregate(tally, _also(rows, _known(value)), None, INTEGER, span=call.span)
    if is_json(value):
        hint = f"say what it is: `{name}({argument.value.span.text} as decimal)`, or `as text`, `as integer`"
        return scope.report(
            errors.wrong_type(argument.span, f"`{name}`", "a value of a known type", value.type, hint),
            UNKNOWN,
        )
    if value.type.kind in {Kind.LIST, Kind.KEY} or (
        tally in {Tally.MIN, Tally.MAX} and value.type.kind is Kind.BOOLEAN
    ):
        hint = "lists, keys and booleans have no order"
        problem = errors.wrong_type(argument.value.span, f"`{name}`", "values that compare", value.type, hint)
        return scope.report(problem, UNKNOWN)
    if tally in _OF_NUMBERS and not value.type.is_number:
        stream, _, field = argument.value.span.text.partition(".")
        hint = f"how often each value occurs is counted: `count({stream} where {field} = …)`"
        if value.type.kind is Kind.BOOLEAN:
            hint = f"what is true is counted: `count({stream} where {field})`"
        return scope.report(errors.wrong_type(argument.value.span, f"`{name}`", "a number", value.type, hint), UNKNOWN)
    if argument.distinct:
        if tally is not Tally.COUNT:
            hint = "only `count` can take it, as in `count(distinct purchase.category)`"
            return scope.report(errors.rows_needed(argument.span, f"`{name}` cannot take `distinct`", hint), UNKNOWN)
        tally = Tally.DISTINCT
    return plan.Aggregate(tally, rows, value, _type_of(tally, value.type), span=call.span)


def _type_of(tally: Tally, value: Type) -> Type:
    match tally:
        case Tally.DISTINCT | Tally.COUNT:
            return INTEGER
        case Tally.SUM if value.kind is Kind.DECIMAL:
            return decimal(38, value.scale)
        case Tally.AVG | Tally.MEDIAN:
            return FLOAT if value.kind is Kind.FLOAT else RESULT
        case _:
            return value


def _result(type_: Type) -> Type:
    """Return the type that a json value is read as: its numbers have six places."""
    return RESULT if type_.is_number else type_


# ── did ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def did(tree: ast.Did, scope: Scope) -> plan.Expr:
    """Return whether the event happened as often as asked; mistakes are reported."""
    event = tree.occurrence
    if event.alias is not None:
        hint = "leave the name out, or go on with `then`"
        return scope.report(
            errors.wrong_step(event.alias.span, "there is no later step that could use this name", hint)
        )
    if isinstance(event.window, ast.Sliding):
        return burst(tree, event.window, scope)
    source = stream_named(event.event, scope)
    if source is None:
        return plan.Unknown(INTEGER, span=tree.span)
    rows = rows_in(source, event.window, event.where, scope, event.span)
    if rows is None:
        return plan.Unknown(INTEGER, span=tree.span)
    count = plan.Aggregate(Tally.COUNT, rows, None, INTEGER, span=event.span)
    how_many = event.how_many or ast.HowMany(1, None, span=event.span)
    condition = within_bounds(count, how_many, scope)
    return plan.Not(condition, span=tree.span) if tree.negated else condition


def within_bounds(count: plan.Expr, how_many: ast.HowMany, scope: Scope) -> plan.Expr:
    """Return whether a count lies between the bounds; bounds that say nothing are reported."""
    low, high, span = how_many.at_least, how_many.at_most, how_many.span
    if low is not None and high is not None and low > high:
        hint = "the smaller number comes first"
        return scope.report(errors.impossible_count(span, "no number lies between these", hint))
    if high is None and low == 0:
        hint = "write `at least 1`, or leave the condition out"
        return scope.report(errors.impossible_count(span, "`at least 0` always holds", hint))

    def bound(op: Op, number: int) -> plan.Expr:
        return plan.Compare(op, count, plan.Literal(number, INTEGER, span=span), span=count.span)

    if low is not None and low == high:
        return bound(Op.EQ, low)
    if low is None:
        assert high is not None
        return bound(Op.LE, high)
    if high is None:
        return bound(Op.GE, low)
    return plan.And((bound(Op.GE, low), bound(Op.LE, high)), span=count.span)


# ── any, no, every ───────────────────────────────────────────────────────────────────────────────────────────────────


def quantified(tree: ast.Quantified, scope: Scope) -> plan.Expr:
    """Return whether any, no, every or so many of the rows satisfy the condition; mistakes are reported."""
    name = tree.rows.names[0].text
    is_event = len(tree.rows.names) == 1 and name in scope.names.catalog.streams
    if is_event and tree.how in {"any", "no"}:
        ours = f"did {name}" if tree.how == "any" else f"did not {name}"
        hint = "what somebody did is asked with `did`"
        place = Span(tree.span.source, tree.span.start, tree.rows.span.end)
        return scope.report(errors.wrong_kind(place, name, "an event", "a relation", hint, ours))
    if tree.how == "every" and tree.where is None:
        hint = f"write `every {name} where (…)`"
        return scope.report(errors.rows_needed(tree.span, "`every` needs a condition", hint))
    # Every row satisfies it where no row does not.
    where = ast.Not(tree.where, span=tree.where.span) if tree.how == "every" and tree.where else tree.where
    rows = rows_of(tree.rows, tree.window, where, scope)
    if rows is None:
        return plan.Unknown(INTEGER, span=tree.span)
    count = plan.Aggregate(Tally.COUNT, rows, None, INTEGER, span=tree.span)
    bounds = {
        "any": ast.HowMany(1, None),
        "no": ast.HowMany(None, 0),
        "every": ast.HowMany(None, 0),
    }
    how_many = tree.how_many or bounds[tree.how]
    condition = within_bounds(count, how_many, scope)
    if isinstance(condition, plan.Compare) and condition.op is Op.LE and tree.how in {"no", "every"}:
        return plan.Compare(Op.EQ, count, condition.right, span=tree.span)
    return condition


# ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _not_rows(call: ast.Call, name: str, argument: ast.Argument, scope: Scope) -> plan.Expr:
    """Report an aggregate of something that is neither events nor rows."""
    if scope.row.level > 0:
        hint = "aggregates are of a member; compare the row's own fields here"
        return scope.report(errors.rows_needed(call.span, f"`{name}` cannot stand inside `where`", hint), UNKNOWN)
    value = argument.value
    first = value.names[0].text if isinstance(value, ast.Path) else ""
    if scope.names.is_broken(first):
        return plan.Unknown(UNKNOWN, span=call.span)
    known = relations(scope)
    fields = scope.names.catalog.fields_of(scope.row.owner)
    if first in fields and fields[first].type.kind is Kind.LIST:
        hint = f"the number of items is `size({first})`"
        return scope.report(errors.rows_needed(value.span, f"`{first}` is a list of the member", hint), UNKNOWN)
    if first in fields or (scope.entity, first) in scope.names.traits:
        hint = f"an aggregate is made of many values, as in `{_example(name, scope)}`"
        if name == "avg":
            hint += f"; everyone's average is `average({value.span.text})`"
        return scope.report(errors.rows_needed(value.span, f"`{first}` has one value a member", hint), UNKNOWN)
    if not first or first in known:
        hint = f"take the fields of one event, as in `{_example(name, scope)}`"
        return scope.report(errors.rows_needed(value.span, f"`{name}` needs events of one stream", hint), UNKNOWN)
    assert isinstance(value, ast.Path)
    owners = [each for each in known if first in _fields(each, scope)]
    if owners and len(value.names) == 1:
        hint, ours = f"it is written `{owners[0]}.{first}`", f"{owners[0]}.{first}"
        kind = f"a field of `{owners[0]}`"
        return scope.report(errors.wrong_kind(value.span, first, kind, "an event", hint, ours), UNKNOWN)
    near = nearest(latin(first), known)
    return scope.report(errors.unknown_name(value.names[0].span, "event", first, near, known=known), UNKNOWN)


def _example(name: str, scope: Scope) -> str:
    """Return how an aggregate is written, with a stream of this catalog where it has one."""
    streams = [each.name for each in scope.names.catalog.streams.values() if each.entity == scope.entity]
    stream = streams[0] if streams else "purchase"
    if name in {"count", "active days", "avg gap"}:
        return f"{name}({stream})"
    fields = _fitting(name, stream, scope) if streams else ["amount"]
    return f"{name}({stream}.{fields[0] if fields else '…'})"


def _fitting(name: str, stream: str, scope: Scope) -> list[str]:
    """Return the fields of a stream that an aggregate can be made of."""
    fields = _fields(stream, scope)
    numbers = TALLIES[name] in _OF_NUMBERS
    return [
        each.name for each in fields.values() if (each.type.is_number if numbers else each.type.kind is not Kind.LIST)
    ]


def _fields(stream: str, scope: Scope) -> Mapping[str, Field]:
    source = relation_named(stream, scope)
    return scope.names.catalog.fields_of(source) if source else {}


def _also(rows: plan.Rows, condition: plan.Expr) -> plan.Rows:
    """Return the rows for which one more condition holds."""
    both = condition if rows.where is None else plan.And((rows.where, condition), span=rows.span)
    match rows:
        case plan.Events(stream, window, _):
            return plan.Events(stream, window, both, span=rows.span)
        case plan.Related(relation, _):
            return plan.Related(relation, both, span=rows.span)
        case plan.Items(of, _):
            return plan.Items(of, both, span=rows.span)


def _known(value: plan.Expr) -> plan.Expr:
    return plan.Not(plan.IsMissing(value, span=value.span), span=value.span)
