"""Which aggregates are made together: what they read, what their filters have in common, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence

from segql import plan
from segql.plan import Relative, Tally, Unit
from segql.plan.conjuncts import conjuncts
from segql.sql.points import Stretch, earliest, latest
from segql.tree import children, walk

# Tallies that need the rows of a member in order, each in a CTE of its own.
_ORDERED = {Tally.MEDIAN, Tally.MOST_COMMON}
# Each is one more table to join.
_OWN_MOST = 20
_SHORT = {
    Unit.HOUR: "h",
    Unit.DAY: "d",
    Unit.WEEK: "w",
    Unit.MONTH: "m",
    Unit.QUARTER: "q",
    Unit.YEAR: "y",
}


def collect(expr: plan.Expr, found: dict[plan.Aggregate | plan.Course, None]) -> None:
    """Find the aggregates and courses of members in an expression, those inside others first."""
    pending: list[tuple[plan.Expr, bool]] = [(expr, False)]
    while pending:
        each, is_done = pending.pop()
        is_own = isinstance(each, plan.Course) or (
            isinstance(each, plan.Aggregate) and not isinstance(each.rows, plan.Items)
        )
        if is_done:
            assert isinstance(each, plan.Aggregate | plan.Course)
            found[each] = None
            continue
        if is_own:
            pending.append((each, True))
        pending.extend((child, False) for child in reversed(list(children(each))))  # type: ignore[misc]


def source_of(aggregate: plan.Aggregate) -> str:
    """Return the stream or relation whose rows an aggregate is made of."""
    match aggregate.rows:
        case plan.Events(stream, _, _):
            return stream
        case plan.Related(relation, _):
            return relation
        case plan.Items():
            raise AssertionError("items are counted in place")


def is_ordered(aggregate: plan.Aggregate) -> bool:
    """Say whether an aggregate needs the rows of a member in order."""
    has_value = aggregate.value is not None
    return aggregate.tally in _ORDERED or (aggregate.tally in {Tally.FIRST, Tally.LAST} and has_value)


def is_alone(aggregate: plan.Aggregate) -> bool:
    """Say whether an aggregate needs a CTE of its own: an order, or something of the member that is joined."""
    if is_ordered(aggregate):
        return True
    return any(
        (isinstance(each, plan.Field) and each.level == 0)
        or (isinstance(each, plan.Aggregate | plan.Course) and each is not aggregate)
        for each in walk(aggregate)
    )


def reads_own_row(aggregate: plan.Aggregate) -> bool:
    """Say whether an aggregate reads columns of its rows alone: nothing is joined to them, no list is opened."""
    return not any(getattr(each, "path", ()) or isinstance(each, plan.Items) for each in walk(aggregate))


def passes(group: Sequence[plan.Aggregate], own_pass: int | None) -> list[list[plan.Aggregate]]:
    """Return aggregates of one stream by passes: many with the same filter together, the rest in one for all.

    Where all rows are read anyway, the rest goes with that pass.
    """
    if own_pass is None:
        return [list(group)]
    alike: dict[tuple[plan.Expr, ...], list[plan.Aggregate]] = {}
    for each in group:
        alike.setdefault(conjuncts(each.rows.where), []).append(each)
    by_size = sorted(alike, key=lambda where: -len(alike[where]))
    own = [where for where in by_size if len(alike[where]) >= own_pass][:_OWN_MOST]
    rest = [each for where in by_size if where not in own for each in alike[where]]
    if not rest:
        return [alike[where] for where in own]
    broadest = next((where for where in own if all(set(where) <= set(each) for each in alike)), None)
    made = [alike[where] + (rest if where == broadest else []) for where in own]
    return made if broadest is not None else [*made, rest]


def hull_of(stretches: Sequence[Stretch | None]) -> Stretch | None:
    """Return the shortest interval that holds all others."""
    given = [each for each in stretches if each is not None]
    if not given:
        return None
    starts = [each.start for each in given]
    ends = [each.end for each in given]
    start = None if None in starts else earliest(each for each in starts if each is not None)
    end = None if None in ends else latest(each for each in ends if each is not None)
    return Stretch(start, end)


def rest_of(stretch: Stretch, hull: Stretch) -> Stretch:
    """Return what is left to ask of an interval where its hull is known to hold."""
    start = None if stretch.start == hull.start else stretch.start
    end = None if stretch.end == hull.end else stretch.end
    # An empty interval stays empty only while both its ends are asked.
    return stretch if stretch.is_empty else Stretch(start, end)


def label(aggregate: plan.Aggregate, suffix: str, shown: str = "") -> str:
    """Return a name that tells what an aggregate is: `purchase_count_90d`."""
    parts = [shown, aggregate.tally.value.replace(" ", "_")]
    if isinstance(aggregate.value, plan.Field):
        parts.append(aggregate.value.name)
    rows = aggregate.rows
    window = rows.window if isinstance(rows, plan.Events) else None
    match window:
        case plan.Window(Relative(count, unit, None, _), Relative(0, _, None, _)) if unit in _SHORT:
            parts.append(f"{-count}{_SHORT[unit]}")
        case _:
            pass
    return "_".join(each for each in [*parts, suffix] if each)
