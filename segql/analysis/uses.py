"""What is named where: each word of a condition that stands for something declared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from segql.catalog import Catalog
from segql.source import Span


class Sort(StrEnum):
    """What has a name; the words are those of messages and of `kind:name`."""

    ENTITY = "entity"
    EVENT = "event"
    RELATION = "relation"
    FIELD = "field"
    TRAIT = "trait"
    PARAM = "param"
    LIST = "list"
    SEGMENT = "segment"
    SCORE = "score"
    TIERS = "tiers"
    SPLIT = "split"
    TIER = "tier"
    ARM = "arm"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Named:
    """Something that has a name, by its whole one: `customer.age`, `customer.account.plan`, `value_tier.gold`.

    Example:
        >>> str(Named(Sort.FIELD, "customer.age"))
        'field:customer.age'
    """

    sort: Sort
    name: str

    def __str__(self) -> str:
        """Say what it is, and its name."""
        return f"{self.sort}:{self.name}"

    @property
    def last(self) -> str:
        """The part of its name that its declaration writes."""
        return self.name if self.sort is Sort.TABLE else self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Use:
    """A place that names something; of a place that stands for several without a word of theirs, each."""

    named: Named
    span: Span


class Uses:
    """The places that analysis came by, each once, since a trait is read for each entity that could have it."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        # A check asks for none of them, so they are kept as they come.
        self._found: dict[tuple[int, int, int, Sort, str], Span] = {}

    def add(self, sort: Sort, name: str, span: Span) -> None:
        """Note that a place names something."""
        self._found[id(span.source), span.start, span.end, sort, name] = span

    def all(self) -> tuple[Use, ...]:
        """Return the places in the order in which they were read."""
        return tuple(Use(Named(sort, name), span) for (*_, sort, name), span in self._found.items())

    def add_rows(self, owner: str, span: Span) -> None:
        """Note that a place names an entity, a stream or a relation, by its key in the catalog."""
        named = rows_named(owner, self.catalog)
        self.add(named.sort, named.name, span)

    def add_way(self, owner: str, hops: Sequence[tuple[str, Span]]) -> None:
        """Note that a place goes through many-to-one relations from the rows of `owner`."""
        for hop, span in hops:
            one = self.catalog.one(owner, hop)
            if one is None:
                return
            self.add(Sort.RELATION, f"{rows_named(one.owner, self.catalog).name}.{one.name}", span)
            owner = one.entity or ""

    def add_field(self, owner: str, hops: Sequence[str], name: str, span: Span) -> None:
        """Note that a place reads a field at the end of a way."""
        self.add(Sort.FIELD, f"{end_of(owner, hops, self.catalog)}.{name}", span)


def rows_named(owner: str, catalog: Catalog) -> Named:
    """Return what the rows of an entity, a stream or a relation are called, by its key in the catalog."""
    if owner in catalog.entities:
        return Named(Sort.ENTITY, owner)
    if owner in catalog.streams:
        return Named(Sort.EVENT, owner)
    many = catalog.manys.get(owner)
    return Named(Sort.RELATION, f"{many.owner}.{many.name}" if many else owner)


def end_of(owner: str, hops: Sequence[str], catalog: Catalog) -> str:
    """Return the name of what declares the fields at the end of a way, which begins at rows of `owner`."""
    name = catalog.entity_of(owner) or rows_named(owner, catalog).name
    for hop in hops:
        one = catalog.one(owner, hop)
        assert one is not None
        name = one.entity or f"{rows_named(one.owner, catalog).name}.{one.name}"
        owner = one.entity or ""
    return name


__all__ = ["Named", "Sort", "Use", "Uses", "end_of", "rows_named"]
