"""Ask once for the latest event instead of counting the events of several windows that end at T.

Whether there was one in the last d days is, for every d, whether the latest lies in them. A window whose events are
counted for another reason keeps its count.

before:  (did purchase or age < 30) and (did not purchase in last 30 days or did purchase in last 7 days)
after:   (last(purchase) is known or age < 30) and (not last(purchase) in last 30 days or last(purchase) in last 7 days)
"""

from __future__ import annotations

from typing import Any, TypeAlias

from segql import plan
from segql.logic.bounds import is_inside
from segql.logic.counts import counted
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, found, rewritten
from segql.plan import Relative, Tally, Window
from segql.tree import replace
from segql.types import TIMESTAMP

# Of fewer windows the latest event takes no less time than the counts.
_WINDOWS_LEAST = 3

# Of more windows each would be held against each.
_WINDOWS_MOST = 50

# Which events: those of a stream for which a condition holds.
_Kind: TypeAlias = tuple[str, plan.Expr | None]


def ask_for_latest(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request with one latest event where several windows asked for any."""
    del facts
    widest = _widest(request)
    if not widest:
        return request

    def changed(node: plan.Compare) -> plan.Expr:
        rows = _asked(node)
        if rows is None:
            return node
        wide = widest.get((rows.stream, rows.where))
        if wide is None or rows.window not in wide:
            return node
        return _in_window(node, rows, wide[rows.window])

    return rewritten(request, Rules({plan.Compare: changed}, is_kept=False))


def _widest(request: plan.Request) -> dict[_Kind, dict[Window | None, Window | None]]:
    """Return for each kind of events and each window the widest one that is asked too, where there are several."""
    tested: dict[_Kind, dict[Window | None, int]] = {}
    made: dict[tuple[_Kind, Window | None], int] = {}
    for each in found(request, plan.Compare):
        rows = _asked(each)
        if rows is not None:
            windows = tested.setdefault((rows.stream, rows.where), {})
            windows[rows.window] = windows.get(rows.window, 0) + 1
    if not any(len(windows) >= _WINDOWS_LEAST for windows in tested.values()):
        return {}
    for count in found(request, plan.Aggregate):
        if count.tally is Tally.COUNT and isinstance(count.rows, plan.Events):
            place = (count.rows.stream, count.rows.where), count.rows.window
            made[place] = made.get(place, 0) + 1
    widest: dict[_Kind, dict[Window | None, Window | None]] = {}
    for kind, windows in tested.items():
        free = [each for each, times in windows.items() if times == made[kind, each]][:_WINDOWS_MOST]
        for wide in free:
            inside = [each for each in free if is_inside(each, wide)]
            if len(inside) >= _WINDOWS_LEAST and len(inside) > len(widest.get(kind, ())):
                widest[kind] = dict.fromkeys(inside, wide)
    return widest


def _asked(node: plan.Compare) -> plan.Events | None:
    """Return the events of a window up to T, or of all time, of which a comparison asks whether there are any."""
    count = counted(node)
    if count is None or count.least != 1 or count.made.tally is not Tally.COUNT:
        return None
    rows = count.made.rows
    if not isinstance(rows, plan.Events):
        return None
    match rows.window:
        case None | Window(_, Relative(0, _, None, _)):
            return rows
        case _:
            return None


def _in_window(node: plan.Compare, rows: plan.Events, wide: Window | None) -> plan.Expr:
    count: Any = counted(node)
    latest = plan.Aggregate(Tally.LAST, replace(rows, window=wide), None, TIMESTAMP, span=node.left.span)
    is_there: plan.Expr
    if rows.window is None:
        is_there = plan.Not(plan.IsMissing(latest, span=node.span), span=node.span)
        return is_there if count.is_there else plan.IsMissing(latest, span=node.span)
    is_there = plan.InWindow(latest, rows.window, span=node.span)
    return is_there if count.is_there else plan.Not(is_there, span=node.span)
