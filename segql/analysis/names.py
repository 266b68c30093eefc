"""All that a project's files declare, by name, before any condition is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from segql.analysis.uses import Sort
from segql.catalog import Catalog
from segql.plan import Literal
from segql.syntax import Broken, ast

Outcome: TypeAlias = ast.Score | ast.Tiers | ast.Split

SORTS: Mapping[type[ast.Declaration], Sort] = {
    ast.Score: Sort.SCORE,
    ast.Tiers: Sort.TIERS,
    ast.Split: Sort.SPLIT,
}


@dataclass(frozen=True, slots=True)
class Names:
    """The catalog and what conditions may refer to.

    `filters` are the `where` conditions of tables, by the name of the entity, stream or relation. Traits are kept by
    entity and name. `segments` holds each segment with its entity; `outcomes` the scores, tier lists and splits
    with theirs. `broken` are declarations that could not be read, for whose absence nobody is blamed.
    """

    catalog: Catalog
    filters: Mapping[str, ast.Condition] = field(default_factory=dict)
    traits: Mapping[tuple[str, str], ast.Trait] = field(default_factory=dict)
    params: Mapping[str, Literal] = field(default_factory=dict)
    segments: Mapping[str, tuple[str, ast.Segment]] = field(default_factory=dict)
    outcomes: Mapping[str, tuple[str, Outcome]] = field(default_factory=dict)
    broken: frozenset[Broken] = frozenset()

    def is_broken(self, name: str, *words: str) -> bool:
        """Say whether a declaration of that name, begun with one of the words, could not be read."""
        return any(each.name == name and (each.word in words or not words) for each in self.broken)

    def sort_of(self, outcome: str) -> Sort:
        """Return what a score, tier list or split is; raises KeyError for another name."""
        return SORTS[type(self.outcomes[outcome][1])]

    def traits_of(self, entity: str) -> list[str]:
        """Return the names of the traits of an entity, and of what else is a value of each of its members."""
        others = [name for name, (owner, _) in self.outcomes.items() if owner == entity]
        return [*(name for owner, name in self.traits if owner == entity), *others]
