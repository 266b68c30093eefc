"""A project as a graph: what it declares, and what each of them uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from segql.analysis import Named
from segql.source import Span


@dataclass(frozen=True, slots=True)
class Declared:
    """Something with a name. `owner` and `tags` are those of a segment; `span` is None for what no file declares."""

    named: Named
    entity: str | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    description: str = ""
    span: Span | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Graph:
    """What is declared, by name in the order of the files, and what each of them uses directly.

    Whatever is used is declared, too. A field uses what declares it, so what makes a table useless makes its fields so.
    """

    declared: Mapping[Named, Declared]
    uses: Mapping[Named, frozenset[Named]]

    @property
    def users(self) -> dict[Named, frozenset[Named]]:
        """What uses each directly."""
        found: dict[Named, set[Named]] = {}
        for user, used in self.uses.items():
            for each in used:
                found.setdefault(each, set()).add(user)
        return {named: frozenset(each) for named, each in found.items()}

    def needed_by(self, start: Iterable[Named]) -> set[Named]:
        """Return what these use, directly and through others, and themselves."""
        return _reached(start, self.uses)

    def users_of(self, start: Iterable[Named]) -> set[Named]:
        """Return what uses these, directly and through others, and themselves."""
        return _reached(start, self.users)

    def only(self, kept: Iterable[Named]) -> Graph:
        """Return the part of the graph that is made of these."""
        inside = set(kept)
        declared = {named: each for named, each in self.declared.items() if named in inside}
        return Graph(declared, {named: self.uses[named] & inside for named in declared if named in self.uses})

    def without_idle_fields(self, kept: Iterable[Named] = ()) -> Graph:
        """Return the graph without fields that nothing uses, but for those to be kept: catalogs have many of them."""
        used = {*kept, *(each for used in self.uses.values() for each in used)}
        return self.only(each for each in self.declared if each.sort != "field" or each in used)


def _reached(start: Iterable[Named], ways: Mapping[Named, frozenset[Named]]) -> set[Named]:
    found, pending = set(start), list(start)
    while pending:
        for each in ways.get(pending.pop(), ()):
            if each not in found:
                found.add(each)
                pending.append(each)
    return found
