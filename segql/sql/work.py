"""What a statement is estimated to cost each segment: row counts where they are known, sound defaults where not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segql import plan
from segql.catalog import Table
from segql.plan import Clock
from segql.plan.instants import resolve
from segql.sql.scans import Account, Scan, leaves, used_segments

# Of a table whose size nobody knows; all others are told beside it.
UNKNOWN_ROWS = 1.0
# A table is taken to hold so many days; a window has its share of them.
DAYS = 365
# What an aggregate, or a condition on a member, costs beside reading a row. On DuckDB 2.0 a condition of a million
# people took 8.5 ns of CPU each, and reading and grouping a row with some aggregates 190 (`habits.py`, `DUCKDB`).
ASIDE = 0.1


@dataclass(frozen=True, slots=True)
class ScanWork:
    """What a pass costs, in rows read: `rows` in its windows, at most so many `groups`, and all in all `work`."""

    rows: float
    groups: float
    work: float


@dataclass(frozen=True, slots=True)
class SegmentWork:
    """What a segment costs: its part of the `rows` that are read, and of the whole `work`, told as its `share`."""

    name: str
    rows: float
    groups: float
    work: float
    share: float


def rows_of(table: Table, sizes: Mapping[str, int]) -> float:
    """Return how many rows a table has: as is known by its name, else as many as the largest that is known."""
    known = sizes.get(table.name)
    if known is not None:
        return float(known)
    return float(max(sizes.values(), default=UNKNOWN_ROWS))


def scan_work(scan: Scan, members: float, clock: Clock, sizes: Mapping[str, int]) -> ScanWork:
    """Return what a pass costs.

    rows = rows of the table x days of the longest stretch that its windows span / 365, at most all; groups = rows, at
    most the members; work = rows + rows x aggregates / 10 + groups, and the rows once more where they are put in
    order. Conditions on rows are not estimated: a row is read before it is left out.
    """
    rows = rows_of(scan.table, sizes) * _share(scan.windows, clock)
    groups = min(rows, members)
    return ScanWork(rows, groups, rows * (1 + ASIDE * len(scan.made) + scan.has_order) + groups)


def segment_works(account: Account, clock: Clock, sizes: Mapping[str, int]) -> list[SegmentWork]:
    """Return what each asked segment costs, in the order asked.

    A pass is divided among those that use it, as are the conditions of a segment that others refer to, at a tenth of a
    row for each member; reading the members is divided among all.
    """
    members = rows_of(account.table, sizes)
    rows = dict.fromkeys(account.asked, members / len(account.asked))
    groups = dict.fromkeys(account.asked, 0.0)
    work = dict(rows)
    for scan in account.scans:
        made = scan_work(scan, members, clock, sizes)
        for name in scan.users:
            rows[name] += made.rows / len(scan.users)
            groups[name] += made.groups / len(scan.users)
            work[name] += made.work / len(scan.users)
    for name, count in conditions(account).items():
        work[name] += ASIDE * members * count
    whole = sum(work.values())
    return [SegmentWork(each, rows[each], groups[each], work[each], _part(work[each], whole)) for each in account.asked]


def conditions(account: Account) -> dict[str, float]:
    """Return how many conditions each asked segment or value stands for; those that several share are divided."""
    found = {each.name: float(leaves(each.expr)) for each in account.request.values}
    found |= dict.fromkeys(account.request.asked, 0.0)
    needed = used_segments(account.request)
    for segment in account.request.segments:
        users = needed[segment.name]
        for name in users:
            found[name] += leaves(segment.condition) / len(users)
    return found


def _share(windows: Sequence[plan.Window | None], clock: Clock) -> float:
    """Return which share of a table stands between the first start and the last end of windows."""
    starts, ends = [], []
    for window in windows:
        interval = None if window is None else resolve(window, clock)
        if interval is None or interval.start is None:
            return 1.0
        starts.append(interval.start)
        ends.append(min(interval.end or clock.as_of, clock.as_of))
    if not starts:
        return 1.0
    days = (max(ends) - min(starts)) / dt.timedelta(days=1)
    return min(1.0, max(0.0, days / DAYS))


def _part(of: float, whole: float) -> float:
    return of / whole if whole else 0.0
