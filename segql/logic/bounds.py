"""Which of two bounds of the clock is the earlier, whatever T, the zone and the first day of the week are."""

from __future__ import annotations

import datetime as dt

from segql.plan import MICROSECONDS, Bound, Fixed, Relative, Unit, Window

# Elapsed time, which no change of clocks lengthens.
_ELAPSED = {each: MICROSECONDS[each] for each in (Unit.SECOND, Unit.MINUTE, Unit.HOUR)}
_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}
# Nobody asks for more, and further away the calendar ends.
_COUNT_MOST = 100_000


def is_not_after(one: Bound, two: Bound) -> bool:
    """Say whether `one` is at every T the same instant as `two` or an earlier one; False where that is not certain.

    Steps of months land on the last day at the latest, so more of them never lead to an earlier day. Months are not
    compared with days, nor days with hours: clocks change.

    Example:
        >>> is_not_after(Relative(-2, Unit.WEEK), Relative(-10, Unit.DAY))
        True
        >>> is_not_after(Relative(-1, Unit.MONTH), Relative(-28, Unit.DAY))
        False
    """
    if one == two:
        return True
    match one, two:
        case Fixed(dt.datetime() as a), Fixed(dt.datetime() as b):
            # A wall-clock time that was skipped lies after later ones that were not.
            return a.tzinfo is not None and b.tzinfo is not None and a <= b
        case Fixed(a), Fixed(b) if not isinstance(a, dt.datetime) and not isinstance(b, dt.datetime):
            return a <= b
        case Relative(), Relative():
            return _is_not_after(one, two)
        case _:
            return False


def is_inside(inner: Window | None, outer: Window | None) -> bool:
    """Say whether at every T all of the first window lies in the second; None is all time."""
    if inner is None or outer is None:
        return outer is None
    is_begun = outer.start is None or (inner.start is not None and is_not_after(outer.start, inner.start))
    return is_begun and (outer.end is None or (inner.end is not None and is_not_after(inner.end, outer.end)))


def is_apart(one: Window, two: Window) -> bool:
    """Say whether one window is over, at every T, before the other begins."""
    return one.end is not None and two.start is not None and is_not_after(one.end, two.start)


def is_empty(window: Window) -> bool:
    """Say whether at no T anything lies in the window."""
    return window.start is not None and window.end is not None and is_not_after(window.end, window.start)


def common(one: Window, two: Window) -> Window | None:
    """Return the window of what lies in both; None where it is not certain which bounds are the later."""
    starts = [each.start for each in (one, two) if each.start is not None]
    ends = [each.end for each in (one, two) if each.end is not None]
    start, end = _last(starts), _first(ends)
    if (starts and start is None) or (ends and end is None):
        return None
    return Window(start, end)


def together(one: Window, two: Window) -> Window | None:
    """Return the window of what lies in one or the other; None where it is not certain that one such window exists."""
    for first, second in ((one, two), (two, one)):
        is_begun = first.start is None or (second.start is not None and is_not_after(first.start, second.start))
        touches = first.end is None or second.start is None or is_not_after(second.start, first.end)
        if is_begun and touches:
            if first.end is None or second.end is None:
                return Window(first.start, None)
            end = _last([first.end, second.end])
            if end is not None:
                return Window(first.start, end)
    return None


def _last(bounds: list[Bound]) -> Bound | None:
    return next((each for each in bounds if all(is_not_after(other, each) for other in bounds)), None)


def _first(bounds: list[Bound]) -> Bound | None:
    return next((each for each in bounds if all(is_not_after(each, other) for other in bounds)), None)


def _is_not_after(one: Relative, two: Relative) -> bool:
    if max(abs(one.count), abs(two.count)) > _COUNT_MOST:
        return False
    if one.floor is None and two.floor is None:
        if one.count <= 0 <= two.count:
            return True
        for lengths in (_ELAPSED, _DAYS, _MONTHS):
            if one.unit in lengths and two.unit in lengths:
                return one.count * lengths[one.unit] <= two.count * lengths[two.unit]
        return False
    # Hours may pass while the wall clock goes back to the day before, so only days and longer can be told apart.
    is_alike = one.floor is two.floor and one.unit is two.unit and one.unit not in _ELAPSED
    is_whole = one.floor is not None and one.floor not in _ELAPSED
    return is_alike and is_whole and one.count <= two.count and one.then <= two.then
