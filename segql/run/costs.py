"""What the segments of a request cost in an engine, measured from outside: dependable on every one of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from segql import plan
from segql.plan import Clock
from segql.plan.explain import show
from segql.run.backends import EngineError, Lost
from segql.sql import Account, Scan
from segql.sql.work import conditions, rows_of, scan_work, segment_works
from segql.tree import replace, walk

# A short query is asked again, and its shortest time counts: the first one reads what is not in memory yet.
_TIMES_MOST = 3
_REPEATED_WITHIN = 0.5
# Of the dearest segment so many conditions are asked alone at most, and none after so many seconds.
_CONDITIONS_MOST = 20
_SECONDS_MOST = 20.0

# The name of a condition while it is asked for; no segment in a file can be called so.
_PART = "?"


@dataclass(frozen=True, slots=True)
class PassCost:
    """A pass over a table asked alone: for whom, how long it took, and its part of the work that was estimated."""

    name: str
    table: str
    users: tuple[str, ...]
    seconds: float
    estimated: float


@dataclass(frozen=True, slots=True)
class SegmentCost:
    """The part of a segment, or value, in the time that the whole request took, and in the work estimated before."""

    name: str
    seconds: float
    share: float
    estimated: float


@dataclass(frozen=True, slots=True)
class ConditionCost:
    """A condition of the dearest segment and how long counting those takes for whom it holds, asked alone."""

    condition: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Costs:
    """How long a request took, and what of it each segment and pass did, the dearest first.

    `dearest` is the segment that costs most; `unasked` of its conditions were not asked for want of time, or as the
    engine cannot answer them alone.
    """

    seconds: float
    segments: tuple[SegmentCost, ...]
    passes: tuple[PassCost, ...]
    conditions: tuple[ConditionCost, ...]
    unasked: int

    @property
    def dearest(self) -> str:
        """The segment that costs most."""
        return self.segments[0].name


def least(ask: Callable[[], None]) -> float:
    """Ask, a few times where it is quick, and return the seconds of the quickest time.

    Example:
        >>> least(lambda: None) < 1
        True
    """
    times: list[float] = []
    while len(times) < _TIMES_MOST and sum(times) < _REPEATED_WITHIN:
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return min(times)


def costs(
    accounts: Sequence[tuple[Account, float]],
    time_of: Callable[[str], float],
    time_of_part: Callable[[plan.Request, plan.Expr], float],
    clock: Clock,
    sizes: Mapping[str, int],
) -> Costs:
    """Return the costs of statements that took so many seconds each.

    Each pass is timed alone and divided among the segments that use it. What is left of the statement's time is divided
    by the number of conditions. Where the passes take longer one by one than the statement did, they are scaled.

    Raises:
        EngineError: the engine could not do it.
    """
    segments: list[SegmentCost] = []
    passes: list[PassCost] = []
    for account, seconds in accounts:
        timed = [(scan, time_of(scan.sql)) for scan in account.scans]
        own = _divided(account, timed, seconds)
        estimated = {each.name: each.work for each in segment_works(account, clock, sizes)}
        segments += [SegmentCost(name, own[name], 0, estimated[name]) for name in account.asked]
        members = rows_of(account.table, sizes)
        for scan, took in timed:
            work = scan_work(scan, members, clock, sizes).work
            passes.append(PassCost(scan.name, scan.table.name, scan.users, took, work))
    whole = sum(seconds for _, seconds in accounts)
    work = sum(each.estimated for each in segments)
    told = [
        SegmentCost(each.name, each.seconds, _part(each.seconds, whole), _part(each.estimated, work))
        for each in segments
    ]
    told.sort(key=lambda each: -each.seconds)
    passes = [PassCost(each.name, each.table, each.users, each.seconds, _part(each.estimated, work)) for each in passes]
    passes.sort(key=lambda each: -each.seconds)
    asked, unasked = _conditions(told[0].name, accounts, time_of_part)
    return Costs(whole, tuple(told), tuple(passes), tuple(asked), unasked)


def asked_alone(request: plan.Request, condition: plan.Expr) -> plan.Request:
    """Return a request for those for whom a condition holds, which may speak of the segments of another request."""
    segments = (*request.segments, plan.Segment(_PART, request.entity, condition))
    return replace(request, asked=(_PART,), segments=segments, values=())


def _divided(account: Account, timed: Sequence[tuple[Scan, float]], seconds: float) -> dict[str, float]:
    """Return the seconds of each segment; together they are those of the statement."""
    of_passes = sum(took for _, took in timed)
    scale = min(1.0, seconds / of_passes) if of_passes else 1.0
    counted = conditions(account)
    own = dict.fromkeys(account.asked, 0.0)
    for scan, took in timed:
        for name in scan.users:
            own[name] += took * scale / len(scan.users)
    rest = max(0.0, seconds - of_passes)
    for name in own:
        own[name] += rest * counted[name] / sum(counted.values())
    return own


def _part(of: float, whole: float) -> float:
    """Return a part of a whole; of nothing, nothing, as where no table has rows."""
    return of / whole if whole else 0.0


def _conditions(
    name: str, accounts: Sequence[tuple[Account, float]], time_of_part: Callable[[plan.Request, plan.Expr], float]
) -> tuple[list[ConditionCost], int]:
    """Ask for the conditions of a segment one by one, and return what each took, and how many were not asked."""
    request = next(account.request for account, _ in accounts if name in account.asked)
    parts = list(dict.fromkeys(_parts(request, name)))
    found: list[ConditionCost] = []
    until = time.monotonic() + _SECONDS_MOST
    for each in parts[:_CONDITIONS_MOST]:
        if time.monotonic() > until:
            break
        try:
            found.append(ConditionCost(show(each), time_of_part(request, each)))
        except Lost:
            raise
        except EngineError:
            # One that guards another may have to stand before it: alone, that fails.
            continue
    return sorted(found, key=lambda each: -each.seconds), len(parts) - len(found)


def _parts(request: plan.Request, name: str) -> Iterator[plan.Expr]:
    """Yield the conditions that are joined in a segment, or on which a value depends."""
    value = next((each.expr for each in request.values if each.name == name), None)
    if value is not None:
        for each in walk(value):
            if isinstance(each, plan.Choice):
                yield from each.conditions
        return
    condition = request.segment(name).condition
    while isinstance(condition, plan.InSegment) and condition.is_own:
        condition = request.segment(condition.name).condition
    yield from condition.operands if isinstance(condition, plan.And | plan.Or) else (condition,)
