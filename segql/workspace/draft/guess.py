"""From facts about tables to a catalog: who the people are, what they do, what belongs to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segql.catalog import Table
from segql.workspace.draft.facts import TableFacts
from segql.workspace.draft.schema import Link, Schema, time_of
from segql.workspace.draft.words import role


@dataclass(frozen=True, slots=True)
class Happening:
    """A table of events: `by` names the member, `at` is the time. `is_sure`: a foreign key or the same name says so."""

    name: str
    facts: TableFacts
    by: str
    at: str
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Belonging:
    """A table of rows without a time that belong to a member, named by `by`."""

    name: str
    facts: TableFacts
    by: str
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """The row of another table that `by` of the owner names; `is_member`: a member of the entity itself."""

    name: str
    owner: str
    facts: TableFacts
    key: str
    by: str
    is_member: bool = False


@dataclass(frozen=True, slots=True)
class Distant:
    """A table whose rows name a row that belongs to a member: `by` names `parent_key` of the `parent`.

    `references` are the rows that it names besides.
    """

    name: str
    facts: TableFacts
    by: str
    parent: Happening | Belonging
    parent_key: str
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Beyond:
    """A table that only the row of a reference leads to, by `by` of that row."""

    facts: TableFacts
    by: str
    through: Reference


@dataclass(frozen=True, slots=True)
class Draft:
    """A catalog before it is written; `unused` are tables for which no place was found."""

    entity: str
    facts: TableFacts
    key: str
    happenings: tuple[Happening, ...]
    belongings: tuple[Belonging, ...]
    references: tuple[Reference, ...]
    distant: tuple[Distant, ...]
    beyond: tuple[Beyond, ...]
    unused: tuple[TableFacts, ...]


def draft(tables: Sequence[TableFacts]) -> Draft | None:
    """Return the likeliest catalog for these tables, or None where nothing looks like people.

    There is one entity, so that a condition need not say whose it is: other people are rows that a member names.

    Example:
        >>> draft([]) is None
        True
    """
    schema = Schema(tables)
    whole = schema.main()
    return None if whole is None else _Drafting(schema, whole).draft()


class _Drafting:
    """Gives each table its place around the one that holds the people."""

    def __init__(self, schema: Schema, whole: TableFacts) -> None:
        self.schema, self.whole = schema, whole
        self.names = _Names()
        self.entity = self.names.new(schema.words[whole.table], whole)

    def draft(self) -> Draft:
        owned = [part for each in self.schema.tables for part in self._owned(each)]
        happenings = tuple(each for each in owned if isinstance(each, Happening))
        belongings = tuple(each for each in owned if isinstance(each, Belonging))
        references = (*self._own_references(), *self._references([*happenings, *belongings]))
        placed = {self.whole.table, *(each.facts.table for each in (*owned, *references))}
        distant = tuple(self._distant([*happenings, *belongings], placed))
        named = [reference for each in distant for reference in each.references]
        placed |= {each.facts.table for each in distant} | {each.facts.table for each in named}
        beyond = tuple(self._beyond([*references, *named], placed))
        placed |= {each.facts.table for each in beyond}
        unused = tuple(each for each in self.schema.tables if each.table not in placed)
        key = self.schema.keys[self.whole.table]
        return Draft(self.entity, self.whole, key, happenings, belongings, references, distant, beyond, unused)

    def _owned(self, facts: TableFacts) -> Iterator[Happening | Belonging]:
        """Yield a table as events or rows of a member, once for each way in which it names one."""
        if facts is self.whole or self._is_half(facts):
            return
        at = time_of(facts)
        word = self.schema.words[facts.table]
        for number, link in enumerate(self.schema.ways_to(self.whole, facts)):
            name = self.names.new(f"{word}_as_{role(link.column)}" if number else word, facts)
            is_sure = link.is_declared or link in self.schema.links[facts.table]
            if at is None:
                yield Belonging(name, facts, link.column, is_sure)
            else:
                yield Happening(name, facts, link.column, at, is_sure)

    def _is_half(self, facts: TableFacts) -> bool:
        """Say whether each row is the other half of a member's: its key names the member."""
        key = self.schema.keys.get(facts.table)
        ways = self.schema.ways_to(self.whole, facts) if facts is not self.whole else []
        return any(each.column == key and each.is_declared for each in ways)

    def _own_references(self) -> Iterator[Reference]:
        """Yield what a member's own row leads to: lookups, other members, and the halves that stand elsewhere."""
        names = _Names(_columns(self.whole))
        key = self.schema.keys[self.whole.table]
        for link in self.schema.links[self.whole.table]:
            name = self._name(link, self.whole, names)
            is_member = link.target is self.whole and link.target_column == key
            yield Reference(name, self.entity, link.target, link.target_column, link.column, is_member)
        for each in self.schema.tables:
            if each is not self.whole and self._is_half(each):
                name = names.new(self.schema.words[each.table], each)
                yield Reference(name, self.entity, each, self.schema.keys[each.table], key)

    def _references(self, owners: Sequence[Happening | Belonging]) -> Iterator[Reference]:
        for owner in owners:
            yield from self._references_of(owner.name, owner.facts, {owner.by})

    def _references_of(self, owner: str, facts: TableFacts, known: set[str]) -> Iterator[Reference]:
        """Yield what the rows of a table lead to, but for the member and by what is known already."""
        names = _Names({*_columns(facts), self.entity})
        for link in self.schema.links[facts.table]:
            if link.target is not self.whole and link.column not in known:
                name = self._name(link, facts, names)
                yield Reference(name, owner, link.target, link.target_column, link.column)

    def _name(self, link: Link, facts: TableFacts, names: _Names) -> str:
        """Return the name of a relation: what its column says of the row, else the word for the row."""
        word = self.schema.words[link.target.table]
        same = [each for each in self.schema.links[facts.table] if each.target is link.target]
        is_plain = link.target is not facts and len(same) == 1
        wanted = word if is_plain else role(link.column)
        # A column that is called like the relation it begins gives way to it.
        return names.new(wanted, link.target, is_free=wanted == link.column.casefold())

    def _distant(self, parents: Sequence[Happening | Belonging], placed: set[Table]) -> Iterator[Distant]:
        """Yield the tables that name what a member did or has, and no member."""
        for each in self.schema.tables:
            if each.table in placed:
                continue
            ways = ((link, parent) for link in self.schema.links[each.table] for parent in parents)
            found = next(((link, parent) for link, parent in ways if link.target is parent.facts), None)
            if found is not None:
                link, parent = found
                name = self.names.new(self.schema.words[each.table], each)
                references = tuple(self._references_of(name, each, {link.column}))
                yield Distant(name, each, link.column, parent, link.target_column, references)

    def _beyond(self, references: Sequence[Reference], placed: set[Table]) -> Iterator[Beyond]:
        """Yield the tables that only references lead to, each once."""
        seen = set(placed)
        for through in references:
            for link in self.schema.links[through.facts.table]:
                if link.target.table not in seen:
                    seen.add(link.target.table)
                    yield Beyond(link.target, link.column, through)


class _Names:
    """Names for declarations or relations, each used once; some may be taken from the beginning."""

    def __init__(self, taken: set[str] | None = None) -> None:
        self._used = set(taken or ())

    def new(self, wanted: str, facts: TableFacts, *, is_free: bool = False) -> str:
        """Return a name that is not in use; `is_free`: what was taken from the beginning may be taken over."""
        name, number = wanted, 2
        if name in self._used and not is_free and len(facts.table.parts) > 1:
            name = f"{facts.table.parts[-2].casefold()}_{wanted}"
        while name in self._used and not is_free:
            name, number = f"{wanted}_{number}", number + 1
        self._used.add(name)
        return name


def _columns(facts: TableFacts) -> set[str]:
    return {each.name.casefold() for each in facts.columns}
