"""Events in an order or with a rhythm that no single one shows → courses of the plan."""

from __future__ import annotations

from segql import plan
from segql.analysis import errors
from segql.analysis.rows import rows_in, stream_named
from segql.analysis.scope import Row, Scope
from segql.analysis.windows import elapsed, of_events
from segql.plan import Window
from segql.source import Span
from segql.syntax import ast
from segql.types import BOOLEAN


def sequence(tree: ast.Sequence, scope: Scope) -> plan.Expr:
    """Return whether somebody made the steps one after the other; mistakes are reported."""
    unknown = plan.Unknown(BOOLEAN, span=tree.span)
    within = None if tree.within is None else elapsed(tree.within, scope)
    between = _between(tree, scope)
    if between is None or (within is None and tree.within is not None):
        return unknown
    inside, steps = scope, list[plan.Step | plan.Absence]()
    for written in (ast.Step("then", tree.first, (), span=tree.first.span), *tree.steps):
        source = _stream(written.occurrence, inside, scope)
        if source is None:
            return unknown
        step: plan.Step | plan.Absence | None
        if written.how == "not":
            step = _absence(written, source, inside, scope)
        else:
            step = _step(written, source, between, inside, scope)
            alias = written.occurrence.alias
            row = Row(inside.row.level + 1, source, alias=alias.text if alias else "")
            inside = Scope(inside.project, inside.entity, (*inside.rows, row))
        if step is None:
            return unknown
        steps.append(step)
    if tree.within is not None and len(inside.rows) < 3:
        hint = "`all within` measures from the first step to the last"
        return scope.report(errors.wrong_step(tree.within.span, "there is only one step to measure", hint))
    return plan.Sequence(tuple(steps), within, span=tree.span)


def any_order(tree: ast.AnyOrder, scope: Scope) -> plan.Expr:
    """Return whether all of several events lie near each other; mistakes are reported."""
    unknown = plan.Unknown(BOOLEAN, span=tree.span)
    within = elapsed(tree.within, scope)
    found = _events(tree.events, scope, scope)
    if within is None or found is None:
        return unknown
    if len(found) == 1:
        hint = f"one event alone is asked with `did {found[0].stream}`"
        return scope.report(errors.wrong_step(tree.span, "an order is one of several events", hint))
    for number, name in enumerate(tree.events):
        if name.text in [each.text for each in tree.events[:number]]:
            hint = f"several of one kind are asked with `did {name.text} at least 2 times in any …`"
            return scope.report(errors.wrong_step(name.span, f"`{name.text}` is listed twice", hint))
    return plan.AnyOrder(found, within, span=tree.span)


def burst(tree: ast.Did, window: ast.Sliding, scope: Scope) -> plan.Expr:
    """Return whether an event came so often in any stretch of that length; mistakes are reported."""
    event, how_many = tree.occurrence, tree.occurrence.how_many
    source, within = stream_named(event.event, scope), elapsed(window.duration, scope)
    if source is None or within is None:
        return plan.Unknown(BOOLEAN, span=tree.span)
    low, high = (how_many.at_least, how_many.at_most) if how_many else (1, None)
    if low is not None and high is not None:
        assert how_many is not None
        hint = f"write `at least {max(low, 2)} times`"
        message = "in any stretch an event can be asked for `at least` or `at most` so often"
        return scope.report(errors.wrong_step(how_many.span, message, hint))
    # No stretch has more than so many where none has one more.
    count = low if low is not None else (high or 0) + 1
    if count < 2:
        place = how_many.span if how_many else window.span
        hint = f"write `at least 2 times`, or ask `{'did' if low is not None else 'never did'} {source}`"
        return scope.report(errors.wrong_step(place, "once in any stretch is once in all history", hint))
    rows = rows_in(source, None, event.where, scope, event.span)
    if not isinstance(rows, plan.Events):
        return plan.Unknown(BOOLEAN, span=tree.span)
    made: plan.Expr = plan.Burst(rows, count, within, span=tree.span)
    if low is None:
        made = plan.Not(made, span=tree.span)
    return plan.Not(made, span=tree.span) if tree.negated else made


def resumed(tree: ast.Resumed, scope: Scope) -> plan.Expr:
    """Return whether an event in a window came after a gap; mistakes are reported."""
    unknown = plan.Unknown(BOOLEAN, span=tree.span)
    source, gap = stream_named(tree.event, scope), elapsed(tree.gap, scope)
    when = None if source is None else _moment_in(tree.window, scope.row.level + 1, scope)
    if source is None or gap is None or when is None:
        return unknown
    rows = rows_in(source, None, tree.where, scope, tree.event.span)
    return plan.Resumed(rows, when, gap, span=tree.span) if isinstance(rows, plan.Events) else unknown


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _stream(event: ast.Occurrence, inside: Scope, scope: Scope) -> str | None:
    """Return the stream of a step, after a look at what no step can have."""
    source = stream_named(event.event, scope)
    if source is None:
        return None
    if event.how_many is not None:
        hint = f"write it again, as in `did {source} then {source}`, or ask how often apart from the order"
        scope.report(errors.wrong_step(event.how_many.span, "a step is one event", hint))
        return None
    if isinstance(event.window, ast.Rhythm | ast.Sliding):
        scope.report(errors.wrong_step(event.window.span, "a step is one event", "ask for the rhythm apart from it"))
        return None
    return source if event.alias is None or _is_free(event.alias, inside) else None


def _is_free(alias: ast.Name, inside: Scope) -> bool:
    """Say whether a step can go by a name: what has it already would hide the step."""
    catalog, name = inside.names.catalog, alias.text
    taken = {each.name for each in catalog.streams.values()} | {inside.entity}
    if name in taken or any(name == row.alias for row in inside.rows):
        hint = "give the step a name of its own"
        inside.report(errors.wrong_step(alias.span, f"the name `{name}` is taken", hint))
        return False
    return True


def _step(
    written: ast.Step, source: str, between: tuple[ast.Name, ...], inside: Scope, scope: Scope
) -> plan.Step | None:
    event = written.occurrence
    if not _are_seen(source, event.event.span, inside):
        return None
    window, within = event.window, None
    if isinstance(window, ast.Within) and window.side == "step" and inside is not scope:
        within = elapsed(window.duration, scope)
        if within is None:
            return None
        window = None
    after = None
    if isinstance(window, ast.Apart) and inside is not scope:
        after = elapsed(window.least, scope)
        within = None if window.most is None else elapsed(window.most, scope)
        if after is None or (within is None and window.most is not None):
            return None
        if within is not None and within < after:
            hint = "`after` is how long at least, `within` how long at most"
            scope.report(errors.wrong_step(window.span, "no time is both", hint))
            return None
        window = None
    when = None
    if event.first and window is not None:
        when = _moment_in(window, inside.row.level + 1, scope)
        if when is None:
            return None
        window = None
    rows = rows_in(source, window, event.where, inside, event.span, scope)
    excluded = between if written.how == "immediately" else written.without
    without = _events(excluded, inside, scope)
    if not isinstance(rows, plan.Events) or without is None:
        return None
    return plan.Step(rows, event.first, when, within, without, after, span=written.span)


def _absence(written: ast.Step, source: str, inside: Scope, scope: Scope) -> plan.Absence | None:
    event = written.occurrence
    if event.alias is not None:
        hint = "only an event that happened has fields"
        scope.report(errors.wrong_step(event.alias.span, "`then not` leaves no event to name", hint))
        return None
    if not isinstance(event.window, ast.Within) or event.window.side != "step":
        said = " ".join(event.span.text.split())
        hint = "write how long it must not happen, as in `within 7 days`"
        ours = "" if event.window or event.where else f"{said} within 7 days"
        scope.report(errors.wrong_step(event.span, "`then not` needs `within`", hint, ours))
        return None
    within = elapsed(event.window.duration, scope)
    if within is None or not _are_seen(source, event.event.span, inside):
        return None
    rows = rows_in(source, None, event.where, inside, event.span)
    return plan.Absence(rows, within, span=written.span) if isinstance(rows, plan.Events) else None


def _are_seen(source: str, span: Span, inside: Scope) -> bool:
    """Say whether the names of earlier steps can be read beside the fields of this one."""
    catalog = inside.names.catalog
    for row in inside.rows:
        if row.alias and (row.alias in catalog.fields_of(source) or (source, row.alias) in catalog.ones):
            hint = f"give the step another name than `{row.alias}`"
            message = f"`{source}` has a field or relation with the name of a step before it"
            inside.report(errors.wrong_step(span, message, hint))
            return False
    return True


def _between(tree: ast.Sequence, scope: Scope) -> tuple[ast.Name, ...] | None:
    """Return the streams of which there is nothing before what comes `immediately`."""
    is_asked = any(each.how == "immediately" for each in tree.steps)
    if tree.among is not None and not is_asked:
        hint = "write `then immediately …`, or leave `among` out"
        scope.report(errors.wrong_step(tree.span, "`among` belongs to `immediately`", hint))
        return None
    if tree.among:
        return tree.among
    if tree.among is not None:
        streams = [each for each in scope.names.catalog.streams.values() if each.entity == scope.entity]
        return tuple(ast.Name(each.name, span=tree.span) for each in streams)
    named = [tree.first.event, *(each.occurrence.event for each in tree.steps)]
    names = [path.names[0] for path in named] + [name for each in tree.steps for name in each.without]
    return tuple({each.text: each for each in names}.values()) if is_asked else ()


def _events(names: tuple[ast.Name, ...], inside: Scope, scope: Scope) -> tuple[plan.Events, ...] | None:
    """Return all events of some streams, read as the next step is."""
    found: list[plan.Events] = []
    for name in names:
        source = stream_named(ast.Path((name,), span=name.span), scope)
        rows = None if source is None else rows_in(source, None, None, inside, name.span)
        if not isinstance(rows, plan.Events):
            return None
        found.append(rows)
    return tuple(found)


def _moment_in(written: ast.Window, level: int, scope: Scope) -> plan.Expr | None:
    """Return whether the event at a level lies in a window; None where a mistake was reported."""
    found, moment = of_events(written, scope), plan.Moment(level, span=written.span)
    if found is None:
        return None
    return plan.InWindow(moment, found, span=written.span) if isinstance(found, Window) else found(moment)
