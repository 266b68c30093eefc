"""Make one range, or one window, of several about the same value.

Windows become one where it is certain for every instant, zone and calendar which of their bounds is the earlier.

before:  age < 30 and age < 40
after:   age < 30

before:  age >= 18 or age >= 21
after:   age >= 18

before:  age >= 30 and age <= 30
after:   age = 30

before:  age < 30 and age is known
after:   age < 30

before:  signed_up_at in last 30 days and signed_up_at in last 60 days
after:   signed_up_at in last 30 days

before:  signed_up_at in last 30 days or signed_up_at between 60 and 30 days ago
after:   signed_up_at in last 60 days
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from segql import plan
from segql.logic import bounds
from segql.logic.connectives import Connective, joined
from segql.logic.regions import Region
from segql.logic.tested import Tests, merged
from segql.optimizer.facts import Facts
from segql.optimizer.rewriting import Rules, rewritten
from segql.tree import replace

# More windows of one value are left as they are: each would be held against each.
_WINDOWS_MOST = 50


def merge_ranges(request: plan.Request, facts: Facts) -> plan.Request:
    """Return the request with one test where several bounded one value; those that contradict each other stay."""
    del facts
    return rewritten(request, _RULES)


def _merged(node: Any) -> Any:
    made = merged(node, _is_range)
    return _one_window(made) if isinstance(made, plan.And | plan.Or) else made


def _is_range(region: Region, tests: Tests) -> bool:
    return tests.is_ordered and not region.is_all_or_none


def _one_window(node: Connective) -> plan.Expr:
    windows: dict[plan.Expr, list[int]] = {}
    inside = [at for at, each in enumerate(node.operands) if isinstance(each, plan.InWindow)]
    if len(inside) < 2:
        return node
    for at in inside:
        each: Any = node.operands[at]
        windows.setdefault(each.value, []).append(at)
    operands: list[plan.Expr | None] = list(node.operands)
    join = bounds.common if isinstance(node, plan.And) else bounds.together
    for places in windows.values():
        if 1 < len(places) <= _WINDOWS_MOST:
            _join_windows(operands, places, join)
    if None not in operands:
        return node
    return joined(type(node), (each for each in operands if each is not None), node.span)


def _join_windows(
    operands: list[plan.Expr | None],
    places: Sequence[int],
    join: Callable[[plan.Window, plan.Window], plan.Window | None],
) -> None:
    """Put what is joined of two windows in the place of the first, and nothing in that of the second."""
    for late, at in enumerate(places):
        for earlier in places[:late]:
            one, two = operands[earlier], operands[at]
            if isinstance(one, plan.InWindow) and isinstance(two, plan.InWindow):
                window = join(one.window, two.window)
                if window is not None and not bounds.is_empty(window):
                    operands[earlier] = replace(one, window=window)
                    operands[at] = None


_RULES = Rules({plan.And: _merged, plan.Or: _merged})
