"""What members did and what they have: counts, sums and other values made of events, related rows and list items."""

from __future__ import annotations

from collections.abc import Iterator

from segql import plan
from segql.analysis import errors
from segql.analysis.fields import type_of
from segql.analysis.paths import resolve
from segql.analysis.scope import Scope, as_json, is_json, is_unknown
from segql.analysis.windows import of_events
from segql.diagnostics import nearest
from segql.plan import Op, Tally, Window
from segql.source import Span
from segql.syntax import ast
from segql.tree import walk
from segql.types import (
    DURATION,
    FLOAT,
    INTEGER,
    JSON,
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
        needed = "one event or field in its brackets, as in `count(purchase)` or `sum(purchase.amount)`"
        return scope.report(errors.wrong_arguments(call.span, name, needed), UNKNOWN)
    argument = call.arguments[0]
    source = _source(argument.value, scope)
    if source is None:
        return _not_rows(call, name, argument, scope)
    bare = isinstance(argument.value, ast.Path) and len(argument.value.names) == 1
    rows = _rows(source, argument.window, argument.where, scope, call.span)
    if rows is None:
        return plan.Unknown(UNKNOWN, span=call.span)
    if tally in _OF_TIME and not isinstance(rows, plan.Events):
        hint = "rows of a relation have no time; declare them with `events` and `at` if they have"
        return scope.report(errors.rows_needed(call.span, f"`{name}` needs events", hint), UNKNOWN)
    if bare:
        return _of_rows(call, name, tally, argument, rows, scope)
    value = scope.inside(source).read(argument.value)
    return _of_values(call, tally, argument, rows, value, scope)


def _of_rows(
    call: ast.Call, name: str, tally: Tally, argument: ast.Argument, rows: plan.Rows, scope: Scope
) -> plan.Expr:
    if tally not in _OF_ROWS or argument.distinct or argument.read_as is not None:
        stream = argument.value.span.text
        shown = f"count(distinct {stream}.…)" if argument.distinct else f"{name}({stream}.…)"
        hint = f"name a field: `{shown}`" + ("; of the time itself, `first` and `last`" if name in "min max" else "")
        return scope.report(
            errors.rows_needed(argument.span, f"`{name}` needs a field of `{stream}`", hint),
            UNKNOWN,
        )
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
        message, hint = f"`{name}` needs events, not a field", f"write `{name}({stream})`"
        return scope.report(errors.rows_needed(argument.span, message, hint), UNKNOWN)
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
        return scope.report(
            errors.wrong_type(argument.span, f"`{name}`", "values that compare", value.type),
            UNKNOWN,
        )
    if tally in _OF_NUMBERS and not value.type.is_number:
        return scope.report(errors.wrong_type(argument.span, f"`{name}`", "a number", value.type), UNKNOWN)
    if argument.distinct:
        if tally is not Tally.COUNT:
            hint = "only `count(distinct …)` is possible"
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
    if event.alias is not None or event.first or isinstance(event.window, ast.Rhythm | ast.Sliding):
        what = "a named step" if event.alias else "`first`" if event.first else "a rhythm of events"
        return scope.report(errors.not_yet(event.span, what))
    source = _stream(event.event, scope)
    if source is None:
        return plan.Unknown(INTEGER, span=tree.span)
    rows = _rows(source, event.window, event.where, scope, event.span)
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
        written = f"did {name}" if tree.how == "any" else f"did not {name}"
        hint = f"of events it is written `{written}`"
        return scope.report(errors.rows_needed(tree.rows.span, f"`{name}` is an event", hint))
    if tree.how == "every" and tree.where is None:
        hint = f"write `every {name} where (…)`"
        return scope.report(errors.rows_needed(tree.span, "`every` needs a condition", hint))
    # Every row satisfies it where no row does not.
    where = ast.Not(tree.where, span=tree.where.span) if tree.how == "every" and tree.where else tree.where
    rows = _rows_of(tree.rows, tree.window, where, scope)
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


def items(of: plan.Expr, where: ast.Condition | None, scope: Scope) -> plan.Items | None:
    """Return the items of a list or json array for which `where` holds; None where a mistake was reported."""
    if is_unknown(of):
        return None
    item = of.type.item if of.type.kind is Kind.LIST else JSON
    if item is None or of.type.kind not in {Kind.LIST, Kind.JSON}:
        hint = "rows are those of a `many` relation, a list or a json array"
        scope.report(errors.rows_needed(of.span, f"`{of.span.text}` has no rows", hint))
        return None
    condition = None if where is None else scope.inside("", item).read(where)
    if condition is not None:
        condition = need_condition(condition, scope)
    return plan.Items(of, condition, span=of.span)


def need_condition(expr: plan.Expr, scope: Scope) -> plan.Expr:
    """Return a condition: json is read as true or false, anything else that is no condition is reported."""
    expr = as_json(expr, plan.TRUE.type)
    if is_unknown(expr) or expr.type.kind is Kind.BOOLEAN:
        return expr
    hints = {
        Kind.DATE: f"write a window, as in `{expr.span.text} in last 30 days`",
        Kind.TIMESTAMP: f"write a window, as in `{expr.span.text} in last 30 days`",
        Kind.LIST: f'write `{expr.span.text} has "…"`',
    }
    hint = hints.get(expr.type.kind, f"compare it with a value, as in `{_short(expr.span)} = …`")
    return scope.report(errors.condition_needed(expr.span, expr.type, hint))


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rows_of(path: ast.Path, window: ast.Window | None, where: ast.Condition | None, scope: Scope) -> plan.Rows | None:
    name = path.names[0].text
    if len(path.names) == 1 and scope.row.item is None and scope.row.level == 0:
        source = _relation(name, scope)
        if source is not None:
            return _rows(source, window, where, scope, path.span)
        if scope.names.is_broken(name, "events", "many"):
            return None
        known = [
            *scope.names.catalog.fields_of(scope.row.owner),
            *scope.names.catalog.ones_of(scope.row.owner),
        ]
        if name not in known:
            near = nearest(name, [*_relations(scope), *known])
            scope.report(errors.unknown_name(path.span, "relation or list", name, near))
            return None
    if window is not None:
        hint = "only events have a time of their own"
        scope.report(errors.wrong_window(window.span, "a window cannot stand here", hint))
        return None
    return items(resolve(path, scope), where, scope)


def _rows(
    source: str, window: ast.Window | None, where: ast.Condition | None, scope: Scope, span: Span
) -> plan.Rows | None:
    """Return rows of a stream or relation, its own filter taken in; None where a mistake was reported."""
    inner = scope.inside(source)
    conditions: list[plan.Expr] = []
    own = _filter(source, inner)
    if own is not None:
        conditions.append(own)
    time: Window | None = None
    if window is not None:
        if source not in scope.names.catalog.streams:
            hint = "only events have a time; ask about a date field inside `where`"
            scope.report(errors.wrong_window(window.span, f"rows of `{source}` have no time", hint))
            return None
        found = of_events(window, scope)
        if found is None:
            return None
        if isinstance(found, Window):
            time = found
        else:
            conditions.append(found(plan.Moment(inner.row.level, span=window.span)))
    if where is not None:
        conditions.append(need_condition(inner.read(where), inner))
    if is_unknown(*conditions):
        return None
    condition = _all(conditions, span)
    if source in scope.names.catalog.streams:
        return plan.Events(source, time, condition, span=span)
    return plan.Related(source, condition, span=span)


def _filter(source: str, inner: Scope) -> plan.Expr | None:
    """Return the condition that the declaration of a stream or relation puts on its table; read once."""
    project, key = inner.project, (source, inner.row.level)
    if source not in inner.names.filters:
        return None
    if key not in project.filters:
        project.filters[key] = need_condition(inner.read(inner.names.filters[source]), inner)
    return project.filters[key]


def own_filter(entity: str, scope: Scope) -> plan.Expr | None:
    """Return the condition that the declaration of an entity puts on its table."""
    if entity not in scope.names.filters:
        return None
    key = (entity, 0)
    if key not in scope.project.filters:
        scope.project.filters[key] = need_condition(scope.read(scope.names.filters[entity]), scope)
    return scope.project.filters[key]


def _source(value: ast.Condition, scope: Scope) -> str | None:
    """Return the one stream or relation whose fields a value is made of, or None."""
    if scope.row.level > 0:
        return None
    found: list[str] = []
    for path in _paths(value):
        name = path.names[0].text
        relation = _relation(name, scope)
        is_field = name in scope.names.catalog.fields_of(scope.row.owner)
        if relation is not None and not (is_field and len(path.names) == 1 and path is not value):
            found.append(relation)
    return found[0] if len(set(found)) == 1 else None


def _paths(value: ast.Condition) -> Iterator[ast.Path]:
    return (each for each in walk(value) if isinstance(each, ast.Path))


def _relation(name: str, scope: Scope) -> str | None:
    """Return the stream or `many` relation of that name that starts at the member, by its key in the catalog."""
    catalog, owner = scope.names.catalog, scope.row.owner
    if name in catalog.streams and catalog.streams[name].entity == owner:
        return name
    return next(
        (key for key, each in catalog.manys.items() if each.owner == owner and each.name == name),
        None,
    )


def _relations(scope: Scope) -> list[str]:
    catalog, owner = scope.names.catalog, scope.row.owner
    manys = [each.name for each in catalog.manys.values() if each.owner == owner]
    return [*(each.name for each in catalog.streams.values() if each.entity == owner), *manys]


def _stream(path: ast.Path, scope: Scope) -> str | None:
    """Return the stream that `did` names; None where it names something else, which is reported."""
    name, catalog = path.names[0].text, scope.names.catalog
    if scope.row.level > 0:
        hint = "ask about the member outside of this `where`"
        scope.report(errors.rows_needed(path.span, "`did` asks about a member, not about a row", hint))
        return None
    if len(path.names) == 1 and name in catalog.streams:
        if catalog.streams[name].entity == scope.entity:
            return name
        theirs = catalog.streams[name].entity
        scope.report(errors.other_entity(path.span, "event", name, theirs, scope.entity))
        return None
    if scope.names.is_broken(name, "events"):
        return None
    known = [each.name for each in catalog.streams.values() if each.entity == scope.entity]
    hint = ""
    if _relation(name, scope) is not None:
        hint = f"`{name}` is a relation without a time: write `any {name} where (…)`"
    near = [] if hint else nearest(name, known)
    scope.report(errors.unknown_name(path.span, "event", path.text, near, hint or ("" if near else _listed(known))))
    return None


def _not_rows(call: ast.Call, name: str, argument: ast.Argument, scope: Scope) -> plan.Expr:
    """Report an aggregate of something that is neither events nor rows."""
    if scope.row.level > 0:
        hint = "aggregates are of a member; compare the row's own fields here"
        return scope.report(errors.rows_needed(call.span, f"`{name}` cannot stand inside `where`", hint), UNKNOWN)
    value = argument.value
    first = value.names[0].text if isinstance(value, ast.Path) else ""
    if scope.names.is_broken(first):
        return plan.Unknown(UNKNOWN, span=call.span)
    known = _relations(scope)
    fields = scope.names.catalog.fields_of(scope.row.owner)
    if first in fields and fields[first].type.kind is Kind.LIST:
        hint = f"the number of items is `size({first})`"
        return scope.report(errors.rows_needed(value.span, f"`{first}` is a list of the member", hint), UNKNOWN)
    if first in fields or (scope.entity, first) in scope.names.traits:
        hint = f"an aggregate takes events, as in `{name}({known[0] if known else 'purchase'})`"
        return scope.report(errors.rows_needed(value.span, f"`{first}` has one value a member", hint), UNKNOWN)
    if not first or first in known:
        hint = "take the fields of one stream, as in `sum(purchase.amount)`"
        return scope.report(errors.rows_needed(value.span, f"`{name}` needs events of one stream", hint), UNKNOWN)
    assert isinstance(value, ast.Path)
    near = nearest(first, known)
    listed = "" if near else _listed(known)
    return scope.report(errors.unknown_name(value.names[0].span, "event", first, near, listed), UNKNOWN)


def _listed(known: list[str]) -> str:
    return "known are " + ", ".join(f"`{each}`" for each in known[:8]) if known else "declare it with `events`"


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


def _all(conditions: list[plan.Expr], span: Span) -> plan.Expr | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return plan.And(tuple(conditions), span=span)


def _short(span: Span) -> str:
    text = " ".join(span.text.split())
    return text if len(text) <= 30 else "…"
