"""What a change reaches: all that uses something, and by which way."""

from __future__ import annotations

from dataclasses import dataclass

from segql.analysis import Named
from segql.graph.graph import Declared, Graph


@dataclass(frozen=True, slots=True)
class Reached:
    """Something that a change of `start` reaches; `through` is what lies between the two, on a shortest way."""

    start: Named
    declared: Declared
    through: tuple[Named, ...]


def impact(start: Named, graph: Graph) -> list[Reached]:
    """Return what uses something: what does so directly first, then what is farther away, by name.

    Example:
        >>> from segql.analysis import Sort
        >>> age, young, vip = Named(Sort.FIELD, "c.age"), Named(Sort.SEGMENT, "young"), Named(Sort.SEGMENT, "vip")
        >>> uses = {young: frozenset([age]), vip: frozenset([young])}
        >>> graph = Graph({each: Declared(each) for each in (age, young, vip)}, uses)
        >>> [(str(each.declared.named), [str(one) for one in each.through]) for each in impact(age, graph)]
        [('segment:young', []), ('segment:vip', ['segment:young'])]
    """
    users = graph.users
    ways: dict[Named, tuple[Named, ...]] = {start: ()}
    found: list[Reached] = []
    nearby = [start]
    while nearby:
        further: dict[Named, tuple[Named, ...]] = {}
        for each in nearby:
            way = (*ways[each], each) if each != start else ()
            for user in users.get(each, ()):
                if user not in ways:
                    further[user] = min(further.get(user, way), way, key=lambda one: list(map(str, one)))
        ways |= further
        nearby = sorted(further, key=lambda each: (str(each.sort), each.name))
        found += [Reached(start, graph.declared[each], further[each]) for each in nearby]
    return found
