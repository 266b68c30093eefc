"""Instants as a statement knows them: written out, or moving with the engine's clock, known by where they come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from segql.plan import Bound, Relative


@dataclass(frozen=True, slots=True)
class Moving:
    """What a bound is at the instant to which `way` leads from the engine's clock.

    Each bound of the way is taken at the instant before it, and never leads ahead of that.
    """

    way: tuple[Bound, ...]
    bound: Relative


@dataclass(frozen=True, slots=True)
class Outermost:
    """The earliest of several points, or the latest: which one that is may change with the clock."""

    points: tuple[Point, ...]
    is_latest: bool


Point: TypeAlias = dt.datetime | Moving | Outermost


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` up to, not including, `end`; None leaves that side open."""

    start: Point | None
    end: Point | None

    @property
    def is_empty(self) -> bool:
        """Whether it is certain that no instant lies in it."""
        if not (isinstance(self.start, dt.datetime) and isinstance(self.end, dt.datetime)):
            return False
        return self.start >= self.end


def earliest(points: Iterable[Point]) -> Point:
    """Return the earliest of some points, at every instant.

    Example:
        >>> from segql.plan import NOW, Unit
        >>> week, month = (Moving((), Relative(-1, unit)) for unit in (Unit.WEEK, Unit.MONTH))
        >>> earliest([Moving((), NOW), week]) == week
        True
        >>> earliest([month, week])
        Outermost(points=(Moving(way=(), bound=Relative(count=-1, unit=<Unit.MONTH: 'month'>, floor=None, then=0)), \
Moving(way=(), bound=Relative(count=-1, unit=<Unit.WEEK: 'week'>, floor=None, then=0))), is_latest=False)
    """
    return _outermost(points, is_latest=False)


def latest(points: Iterable[Point]) -> Point:
    """Return the latest of some points, at every instant."""
    return _outermost(points, is_latest=True)


def side(bound: Bound) -> int | None:
    """Return -1 for a bound that is never ahead of the clock, 1 for one that is never behind it, 0 for the clock's T.

    None where only the clock can tell.
    """
    if not isinstance(bound, Relative):
        return None
    count, then = bound.count, bound.then
    if bound.floor is None:
        return (count > 0) - (count < 0)
    if count <= 0 and then <= 0:
        return -1
    return 1 if count >= 0 and then > 0 else None


def _outermost(points: Iterable[Point], *, is_latest: bool) -> Point:
    fixed: list[dt.datetime] = []
    # Of one shape, the one that is further away is so at every instant.
    moving: dict[object, Moving] = {}
    others: list[Point] = []
    for each in _flat(points, is_latest=is_latest):
        match each:
            case dt.datetime():
                fixed.append(each)
            case Moving():
                shape = _shape(each)
                known = moving.get(shape)
                if known is None or (_distance(each) > _distance(known)) == is_latest:
                    moving[shape] = each
            case _:
                others.append(each)
    made: list[Point] = [max(fixed) if is_latest else min(fixed)] if fixed else []
    made += _beyond(list(moving.values()), is_latest=is_latest)
    made += [each for each in dict.fromkeys(others) if each not in made]
    return made[0] if len(made) == 1 else Outermost(tuple(made), is_latest)


def _flat(points: Iterable[Point], *, is_latest: bool) -> Iterable[Point]:
    for each in points:
        if isinstance(each, Outermost) and each.is_latest == is_latest:
            yield from each.points
        else:
            yield each


def _shape(point: Moving) -> object:
    """Return what points have in common of which one lies behind the other at every instant."""
    bound = point.bound
    return point.way, bound.unit if bound.count else None, bound.floor, bound.count if bound.floor else None


def _distance(point: Moving) -> int:
    return point.bound.then if point.bound.floor else point.bound.count


def _beyond(points: list[Moving], *, is_latest: bool) -> list[Moving]:
    """Leave out points on one side of the clock where others of the same clock lie on the other."""
    outer = 1 if is_latest else -1
    kept = points
    for way in {each.way for each in points}:
        sides = {side(each.bound) for each in points if each.way == way}
        out = {0, -outer} if outer in sides else {-outer} if 0 in sides else set[int]()
        kept = [each for each in kept if each.way != way or side(each.bound) not in out]
    return kept
