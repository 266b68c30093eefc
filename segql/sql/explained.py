"""What is shared in a statement, and the work that is estimated for each segment, as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from segql.plan import Clock
from segql.plan.explain import show
from segql.sql.scans import Account, used_segments, users
from segql.sql.work import segment_works

# Of several names so many are told, and so many of what one pass makes.
_NAMED = 4
_TOLD = 12


def explained(account: Account, alone: Mapping[str, Account], clock: Clock) -> str:
    """Return what segments share, and how much work each is; `alone` has how each would be answered alone.

    No engine is asked, so all tables count as equally large.
    """
    shared = list(_shared(account)) or ["nothing: no pass over a table, and no segment, is used by two"]
    return "\n".join(["-- shared", *shared, "", *_works(account, alone, clock)])


def names_of(names: Sequence[str], most: int = _NAMED) -> str:
    """Return names, the first of them where they are many.

    Example:
        >>> names_of(["a", "b", "c"], most=2)
        'a, b and 1 more'
    """
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _shared(account: Account) -> Iterator[str]:
    by_part = users(account.request)
    for scan in account.scans:
        if len(scan.users) < 2:
            continue
        yield f"{scan.name}, one pass over {scan.table.name}, for {names_of(scan.users)}"
        for made in scan.made[:_TOLD]:
            yield f"  {show(made)}, for {names_of(by_part.get(made, ()))}"
        if len(scan.made) > _TOLD:
            yield f"  and {len(scan.made) - _TOLD} more"
    for name, using in used_segments(account.request).items():
        others = [each for each in using if each != name]
        if len(using) > 1 and others:
            yield f"segment {name}, for {names_of(using)}"


def _works(account: Account, alone: Mapping[str, Account], clock: Clock) -> Iterator[str]:
    yield "-- work, estimated: a table counts as 1, a window as its share of a year; what is shared is divided"
    header = ("segment", "rows", "groups", "work", "share", "alone")
    rows: list[Sequence[str]] = [header]
    for each in segment_works(account, clock, {}):
        (own,) = segment_works(alone[each.name], clock, {})
        figures = map(_figure, (each.rows, each.groups, each.work))
        rows.append((each.name, *figures, f"{each.share:.0%}", _figure(own.work)))
    widths = [max(len(row[index]) for row in rows) for index in range(len(header))]
    for name, *others in rows:
        rest = [each.rjust(width) for each, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([name.ljust(widths[0]), *rest])


def _figure(value: float) -> str:
    return f"{value:.2f}"
