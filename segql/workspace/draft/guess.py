"""From facts about tables to a catalog: who the people are, what they do, what belongs to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segql.catalog import Table
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
    schema = _Schema(tables)
    people = [each for each in tables if each.table in schema.keys]
    if not people:
        return None
    whole = max(people, key=schema.likeness)
    names = _Names(schema.words)
    entity = names.new(whole)
    happenings: list[Happening] = []
    belongings: list[Belonging] = []
    for each in tables:
        by = next((link.column for link in schema.links[each.table] if link.target is whole), None)
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
    placed = {facts.table for _, facts in owners}
    references = tuple(
        Reference(schema.words[link.target.table], owner, link.target, link.target_column, link.column)
        for owner, facts in owners
        for link in schema.links[facts.table]
        if link.target.table not in placed
    )
    placed |= {each.facts.table for each in references}
    unused = tuple(each for each in tables if each.table not in placed)
    key = schema.keys[whole.table]
    return Draft(entity, whole, key, tuple(happenings), tuple(belongings), references, unused)


def singular(name: str) -> str:
    """Return the word for one row of a table.

    Example:
        >>> singular("dim_customers"), singular("data/categories.csv"), singular("addresses")
        ('customer', 'category', 'address')
    """
    word = _stem(name).casefold()
    word = _PREFIX.sub("", word) or word
    for ending, one in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + one
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2
    return word[:-1] if is_plural else word


class _Schema:
    """What tables are called, which column is the key of each, and where the others lead."""

    def __init__(self, tables: Sequence[TableFacts]) -> None:
        self.tables = tables
        prefix = _common_prefix([_stem(each.table.parts[-1]) for each in tables])
        self.words = {each.table: singular(_stem(each.table.parts[-1]).removeprefix(prefix)) for each in tables}
        found = ((each.table, self._key(each)) for each in tables)
        self.keys = {table: key for table, key in found if key is not None}
        self.links = {each.table: list(self._links(each)) for each in tables}

    def likeness(self, facts: TableFacts) -> tuple[bool, int, int]:
        """Return how much a table looks like people: by its name, and by what leads to it."""
        leading = [each for each in self.tables if any(link.target is facts for link in self.links[each.table])]
        events = sum(_time(each) is not None for each in leading)
        return self.words[facts.table] in _PEOPLE, events, len(leading)

    def _key(self, facts: TableFacts) -> str | None:
        if facts.key is not None:
            return facts.key
        unique = [each.name for each in facts.columns if each.is_unique and not each.is_missing]
        for wanted in ("id", *_names_of(self.words[facts.table]), "key"):
            for each in unique:
                if each.casefold() == wanted:
                    return each
        # With few rows the name of another table's row can be unique by chance.
        others = {name for table, word in self.words.items() if table != facts.table for name in _names_of(word)}
        free = (each for each in unique if could_be_key(each) and each.casefold() not in others)
        return next(free, None)

    def _links(self, facts: TableFacts) -> Iterator[Link]:
        """Yield where the columns of a table lead: as declared, else by their names."""
        for column in facts.columns:
            declared = facts.links.get(column.name)
            for target in self.tables:
                if declared is not None:
                    if target.table.name == declared[0]:
                        yield Link(column.name, target, declared[1])
                elif target is not facts and column.name != self.keys.get(facts.table):
                    key = self.keys.get(target.table)
                    if key is not None and self._means(column, target, target.column(key)):
                        yield Link(column.name, target, key)

    def _means(self, column: ColumnFacts, target: TableFacts, key: ColumnFacts) -> bool:
        """Say whether a column names a row of the target, by what both are called."""
        if _family(column) != _family(key):
            return False
        word = column.name.casefold()
        if word == key.name.casefold():
            return word not in {"id", "key"}
        return word in _names_of(self.words[target.table])


class _Names:
    """Names for declarations, each used once."""

    def __init__(self, words: Mapping[Table, str]) -> None:
        self._words = words
        self._used: set[str] = set()

    def new(self, facts: TableFacts) -> str:
        name = wanted = self._words[facts.table]
        number = 2
        while name in self._used:
            name, number = f"{wanted}_{number}", number + 1
        self._used.add(name)
        return name


def _names_of(one: str) -> tuple[str, ...]:
    """Return what columns that name a row of a table are called, for the word of one row."""
    return f"{one}_id", f"{one}id", f"{one}_key", f"{one}key", one


def _stem(name: str) -> str:
    """Return the name of a table, or of a file without its folder and ending."""
    return name.rsplit("/", 1)[-1].removesuffix(".csv").removesuffix(".parquet")


def _common_prefix(names: Sequence[str]) -> str:
    """Return what all names begin with, up to a `_`: the name of the shop, mostly."""
    first = names[0].split("_")[:-1] if len(names) > 1 else []
    prefixes = ["_".join(first[:count]) + "_" for count in range(len(first), 0, -1)]
    shared = (each for each in prefixes if all(name.startswith(each) for name in names))
    return next(shared, "")


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
