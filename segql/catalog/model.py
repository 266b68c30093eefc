"""The catalog as frozen values; analysis makes it from declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from segql.source import Span
from segql.tree import Node, node
from segql.types import Type


@node
class Table(Node):
    """Where rows come from: a table or view by its dotted name, or a file by its path below the project root."""

    parts: tuple[str, ...]
    is_file: bool = False

    @property
    def name(self) -> str:
        """The name or path as it was written."""
        return ".".join(self.parts)


@node
class Field(Node):
    """A column that conditions may read. `zone` is the time zone of a timestamp that carries none (UTC if None).

    `values` are the only ones that may occur (`one of (…)`), or None. `optional`: the value can be missing.
    """

    name: str
    type: Type
    column: str
    optional: bool = False
    pii: bool = False
    values: tuple[object, ...] | None = None
    zone: str | None = None
    description: str = ""


@node
class Entity(Node):
    """A kind of member, one row each: `key` is the column that names it, `fields` by name."""

    name: str
    table: Table
    key: str
    fields: Mapping[str, Field]
    description: str = ""

    @property
    def key_type(self) -> Type | None:
        """The declared type of the key, or None where the key is opaque."""
        return next((each.type for each in self.fields.values() if each.column == self.key), None)


@node
class Stream(Node):
    """Events of an entity: `by` is the column that names the member, `at` the one with the instant.

    `zone` is the time zone of an `at` that carries none (UTC if None); `at_type` its declared type, if any.
    """

    name: str
    entity: str
    table: Table
    by: str
    at: str
    zone: str | None
    fields: Mapping[str, Field]
    description: str = ""

    @property
    def at_type(self) -> Type | None:
        """The declared type of the column `at`, or None where it is not among the fields."""
        return next((each.type for each in self.fields.values() if each.column == self.at), None)


@node
class One(Node):
    """A many-to-one relation: the row of `table` whose `key` equals the owner's column `by`.

    `owner` is the name of an entity, a stream or a `many` relation. `entity` is set where the target is an entity.
    """

    name: str
    owner: str
    table: Table
    key: str
    by: str
    fields: Mapping[str, Field]
    entity: str | None = None
    description: str = ""


@node
class Many(Node):
    """A one-to-many relation without a time: the rows of `table` whose `by` names the owner, an entity.

    `entity` is set where the rows are members of an entity of their own.
    """

    name: str
    owner: str
    table: Table
    by: str
    fields: Mapping[str, Field]
    entity: str | None = None
    description: str = ""


@node
class StaticList(Node):
    """Members named one by one in a CSV file: `path` below the project root, `key` the column that names them."""

    name: str
    entity: str
    path: str
    key: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that is known, by name; `ones` by owner and name.

    `places` holds where the columns behind `key`, `by` and `at` were written: ask `place`.
    """

    entities: Mapping[str, Entity] = field(default_factory=dict)
    streams: Mapping[str, Stream] = field(default_factory=dict)
    ones: Mapping[tuple[str, str], One] = field(default_factory=dict)
    manys: Mapping[str, Many] = field(default_factory=dict)
    lists: Mapping[str, StaticList] = field(default_factory=dict)
    places: Mapping[tuple[str, str, str], Span] = field(default_factory=dict, repr=False, compare=False)

    def place(self, owner: Entity | Stream | One | Many, word: str) -> Span:
        """Return where the column behind `key`, `by` or `at` of a declaration was written."""
        start = owner.owner if isinstance(owner, One | Many) else ""
        return self.places.get((start, owner.name, word), owner.span)

    def fields_of(self, owner: str) -> Mapping[str, Field]:
        """Return the fields of the entity, stream or `many` relation called `owner`."""
        for family in (self.entities, self.streams, self.manys):
            if owner in family:
                return family[owner].fields
        raise KeyError(owner)

    def one(self, owner: str, name: str) -> One | None:
        """Return the many-to-one relation of that name that starts at `owner`, or None."""
        return self.ones.get((self.entity_of(owner) or owner, name)) or self.ones.get((owner, name))

    def ones_of(self, owner: str) -> dict[str, One]:
        """Return the many-to-one relations that start at `owner`, by name."""
        starts = {owner, self.entity_of(owner)}
        return {one.name: one for (start, _), one in self.ones.items() if start in starts}

    def entity_of(self, owner: str) -> str | None:
        """Return the entity whose members the rows of an entity or `many` relation are; None for other rows."""
        if owner in self.entities:
            return owner
        return self.manys[owner].entity if owner in self.manys else None
