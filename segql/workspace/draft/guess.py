"""From facts about tables to a catalog: who the people are, what they do, what belongs to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segql.types import Kind
from segql.workspace.draft.facts import ColumnFacts, TableFacts, could_be_key

# Tables with such names hold people, or whoever segments are made of.
_PEOPLE = frozenset(
    {
        "account",
        "client",
        "contact",
        "customer",
        "guest",
        "lead",
        "member",
        "patient",
        "person",
        "player",
        "profile",
        "reader",
        "shopper",
        "student",
        "subscriber",
        "user",
        "visitor",
    }
)
# What warehouses put before the names of tables.
_PREFIX = re.compile(r"^(dim|fact|fct|stg|raw|src|int|mart|tbl)_")
_TIME = re.compile(r"(^|_)(at|on|time|timestamp|ts|date|day)$")


@dataclass(frozen=True, slots=True)
class Link:
    """A column of a table that names a row of another."""

    column: str
    target: TableFacts
    target_column: str


@dataclass(frozen=True, slots=True)
class Happening:
    """A table of events: `by` names the member, `at` is the time."""

    name: str
    facts: TableFacts
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Belonging:
    """A table of rows without a time that belong to a member, named by `by`."""

    name: str
    facts: TableFacts
    by: str


@dataclass(frozen=True, slots=True)
class Reference:
    """The row of another table that `by` of the owner names."""

    name: str
    owner: str
    facts: TableFacts
    key: str
    by: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A catalog before it is written; `unused` are tables for which no place was found."""

    entity: str
    facts: TableFacts
    key: str
    happenings: tuple[Happening, ...]
    belongings: tuple[Belonging, ...]
    references: tuple[Reference, ...]
    unused: tuple[TableFacts, ...]


def draft(tables: Sequence[TableFacts]) -> Draft | None:
    """Return the likeliest catalog for these tables, or None where nothing looks like people.

    Example:
        >>> draft([]) is None
        True
    """
    keyed = {id(each): key for each in tables if (key := _key(each)) is not None}
    links = {id(each): list(_links(each, tables, keyed)) for each in tables}
    people = [each for each in tables if id(each) in keyed]
    if not people:
        return None
    whole = max(people, key=lambda each: _likeness(each, tables, links))
    names = _Names(_common_prefix(tables))
    entity = names.new(whole)
    happenings: list[Happening] = []
    belongings: list[Belonging] = []
    for each in tables:
        by = next((link.column for link in links[id(each)] if link.target is whole), None)
        if each is whole or by is None:
            continue
        at = _time(each)
        if at is None:
            belongings.append(Belonging(names.new(each), each, by))
        else:
            happenings.append(Happening(names.new(each), each, by, at))
    owners = [(entity, whole)]
    owners += [(each.name, each.facts) for each in happenings]
    owners += [(each.name, each.facts) for each in belongings]
    placed = {id(facts) for _, facts in owners}
    references = [
        Reference(names.of(link.target), owner, link.target, link.target_column, link.column)
        for owner, facts in owners
        for link in links[id(facts)]
        if id(link.target) not in placed
    ]
    placed |= {id(each.facts) for each in references}
    unused = tuple(each for each in tables if id(each) not in placed)
    key = keyed[id(whole)]
    return Draft(entity, whole, key, tuple(happenings), tuple(belongings), tuple(references), unused)


def singular(name: str) -> str:
    """Return the word for one row of a table.

    Example:
        >>> singular("dim_customers"), singular("data/categories.csv"), singular("addresses")
        ('customer', 'category', 'address')
    """
    word = name.rsplit("/", 1)[-1].rsplit(".csv", 1)[0].rsplit(".parquet", 1)[0]
    word = _PREFIX.sub("", word.casefold()) or word
    for ending, one in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + one
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2
    return word[:-1] if is_plural else word


class _Names:
    """Names for declarations, each used once."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._used: set[str] = set()

    def of(self, facts: TableFacts) -> str:
        return singular(facts.table.parts[-1].rsplit("/", 1)[-1].removeprefix(self._prefix))

    def new(self, facts: TableFacts) -> str:
        name = wanted = self.of(facts)
        number = 2
        while name in self._used:
            name, number = f"{wanted}_{number}", number + 1
        self._used.add(name)
        return name


def _common_prefix(tables: Sequence[TableFacts]) -> str:
    """Return what the names of all tables begin with, up to a `_`: the name of the shop, mostly."""
    names = [each.table.parts[-1].rsplit("/", 1)[-1] for each in tables]
    first = names[0].split("_")[:-1] if len(names) > 1 else []
    prefixes = ["_".join(first[:count]) + "_" for count in range(len(first), 0, -1)]
    shared = (each for each in prefixes if all(name.startswith(each) for name in names))
    return next(shared, "")


def _key(facts: TableFacts) -> str | None:
    if facts.key is not None:
        return facts.key
    one = singular(facts.table.parts[-1])
    unique = [each.name for each in facts.columns if each.is_unique and not each.is_missing]
    likely = ("id", f"{one}_id", f"{one}id", f"{one}_key", f"{one}key", one, "key")
    for wanted in likely:
        for each in unique:
            if each.casefold() == wanted:
                return each
    return next((each for each in unique if could_be_key(each)), None)


def _links(facts: TableFacts, tables: Sequence[TableFacts], keyed: dict[int, str]) -> Iterator[Link]:
    """Yield where the columns of a table lead: as declared, else by their names."""
    own = keyed.get(id(facts))
    for column in facts.columns:
        declared = facts.links.get(column.name)
        for target in tables:
            if declared is not None:
                if target.table.name == declared[0]:
                    yield Link(column.name, target, declared[1])
            elif target is not facts and column.name != own and id(target) in keyed:
                key = target.column(keyed[id(target)])
                if _means(column, target, key):
                    yield Link(column.name, target, key.name)


def _means(column: ColumnFacts, target: TableFacts, key: ColumnFacts) -> bool:
    if _family(column) != _family(key):
        return False
    word, one = column.name.casefold(), singular(target.table.parts[-1])
    if word == key.name.casefold():
        return word not in {"id", "key"}
    return word in {f"{one}_id", f"{one}id", f"{one}_key", one}


def _likeness(facts: TableFacts, tables: Sequence[TableFacts], links: dict[int, list[Link]]) -> tuple[bool, int, int]:
    """Return how much a table looks like people: by its name, and by what leads to it."""
    leading = [each for each in tables if any(link.target is facts for link in links[id(each)])]
    events = sum(_time(each) is not None for each in leading)
    return singular(facts.table.parts[-1]) in _PEOPLE, events, len(leading)


def _time(facts: TableFacts) -> str | None:
    moments = [each for each in facts.columns if each.type.is_moment]
    if not moments:
        return None

    def likeliness(each: ColumnFacts) -> tuple[bool, bool, bool]:
        named = bool(_TIME.search(each.name.casefold()))
        return not each.is_missing, each.type.kind is Kind.TIMESTAMP, named

    return max(moments, key=likeliness).name


def _family(column: ColumnFacts) -> str:
    return "number" if column.type.is_number else column.type.kind
