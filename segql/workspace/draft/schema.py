"""What tables are called, which column is the key of each, and where the others lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segql.types import Kind
from segql.workspace.draft.facts import ColumnFacts, TableFacts, could_be_key
from segql.workspace.draft.words import common_prefix, names_row_of, role, singular, stem, words_in

# Tables with such names hold people, or whoever segments are made of.
PEOPLE = frozenset(
    {
        "account",
        "buyer",
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
# Those of them that stand beside the people themselves, where a database has both.
_AROUND_PEOPLE = frozenset({"account", "contact", "lead", "profile"})
_TIME = re.compile(r"(^|_)(at|on|time|timestamp|ts|date|day)$")
# Parts of names of times, by how they begin. At the first a row changed, or will end, or somebody was born: it did not
# happen then. The next are times of what came of it, and the last those at which it began, mostly.
_NEVER = ("birth", "born", "delet", "due", "expir", "modif", "next", "renew", "until", "updat", "end")
_LATER = ("cancel", "churn", "clos", "finish", "last", "resolv", "deliver", "ship", "refund", "return", "paid")
_BEGINNING = ("creat", "occur", "happen", "start", "order", "open", "made", "plac", "sent", "event", "began", "insert")


@dataclass(frozen=True, slots=True)
class Link:
    """A column of a table that names a row of another; `is_declared` as a foreign key, else guessed by its name."""

    column: str
    target: TableFacts
    target_column: str
    is_declared: bool


class Schema:
    """Tables with the word for one row of each (`words`), their keys, and their links; all by table."""

    def __init__(self, tables: Sequence[TableFacts]) -> None:
        self.tables = tables
        prefix = common_prefix([stem(each.table.parts[-1]) for each in tables]) if tables else ""
        self.words = {each.table: singular(stem(each.table.parts[-1]).removeprefix(prefix)) for each in tables}
        found = ((each.table, self._key(each)) for each in tables)
        self.keys = {table: key for table, key in found if key is not None}
        self.links = {each.table: list(self._links(each)) for each in tables}

    def main(self) -> TableFacts | None:
        """Return the table that looks most like people, or None where no table has a key."""
        people = [each for each in self.tables if each.table in self.keys]
        return max(people, key=self._likeness) if people else None

    def ways_to(self, whole: TableFacts, start: TableFacts) -> list[Link]:
        """Return the links by which rows of a table belong to `whole`, the likeliest first."""
        key = self.keys[whole.table]
        ways = [each for each in self.links[start.table] if each.target is whole and each.target_column == key]
        if not ways and not any(each.target is whole for each in self.links[start.table]):
            ways = list(self._by_other_word(whole, start))
        word = self.words[whole.table]

        def likelihood(each: Link) -> tuple[bool, bool]:
            return names_row_of(each.column, word), not start.column(each.column).is_missing

        return sorted(ways, key=likelihood, reverse=True)

    def _likeness(self, facts: TableFacts) -> tuple[bool, int, bool, int, bool]:
        """Return how much a table looks like people: by its name, and by what leads to it."""
        word = self.words[facts.table]
        leading = [
            each
            for each in self.tables
            if each is not facts and any(link.target is facts for link in self.links[each.table])
        ]
        events = sum(time_of(each) is not None for each in leading)
        last = word.split("_")[-1]
        return last in PEOPLE, events, last not in _AROUND_PEOPLE, len(leading), word in PEOPLE

    def _key(self, facts: TableFacts) -> str | None:
        others = (each for each in self.tables if each is not facts)
        found = (link for each in others for link in each.links.values())
        named = Counter(column for target, column in found if _is(facts, target))
        # What the others name a row by is its name, though it may have a number besides.
        if named and named[facts.key or ""] < max(named.values()):
            return named.most_common(1)[0][0]
        if facts.key is not None or facts.has_compound_key:
            return facts.key
        unique = [each.name for each in facts.columns if each.is_unique]
        word = self.words[facts.table]
        for each in unique:
            if each.casefold() == "id":
                return each
        for each in unique:
            if names_row_of(each, word) or each.casefold() == "key":
                return each
        # With few rows the name of another table's row can be unique by chance.
        rest = [one for table, one in self.words.items() if table != facts.table]
        free = (each for each in unique if could_be_key(each) and not any(names_row_of(each, one) for one in rest))
        return next(free, None)

    def _links(self, facts: TableFacts) -> Iterator[Link]:
        """Yield where the columns of a table lead: as declared, else by their names."""
        for column in facts.columns:
            declared = facts.links.get(column.name)
            for target in self.tables:
                if declared is not None:
                    if _is(target, declared[0]):
                        yield Link(column.name, target, declared[1], is_declared=True)
                elif target is not facts and column.name != self.keys.get(facts.table):
                    key = self.keys.get(target.table)
                    if key is not None and self._means(column, target, target.column(key)):
                        yield Link(column.name, target, key, is_declared=False)

    def _means(self, column: ColumnFacts, target: TableFacts, key: ColumnFacts) -> bool:
        """Say whether a column names a row of the target, by what both are called."""
        if _family(column) != _family(key):
            return False
        word = column.name.casefold()
        if word == key.name.casefold():
            return word not in {"id", "key"}
        return names_row_of(column.name, self.words[target.table])

    def _by_other_word(self, whole: TableFacts, start: TableFacts) -> Iterator[Link]:
        """Yield columns like `user_id` that can only mean a customer: no table has users."""
        key = whole.column(self.keys[whole.table])
        if self.words[whole.table] not in PEOPLE:
            return
        others = PEOPLE - set(self.words.values())
        for each in start.columns:
            is_free = each.name not in start.links and each.name != self.keys.get(start.table)
            is_name = role(each.name) in others and role(each.name) != each.name.casefold()
            if is_free and is_name and _family(each) == _family(key):
                yield Link(each.name, whole, key.name, is_declared=False)


def time_of(facts: TableFacts) -> str | None:
    """Return the column that says when a row happened, or None where no time does."""
    moments = [each for each in facts.columns if each.type.is_moment and not _begins(each.name, _NEVER)]
    if not moments:
        return None

    def likeliness(each: ColumnFacts) -> tuple[bool, ...]:
        is_timestamp = each.type.kind is Kind.TIMESTAMP
        is_named = bool(_TIME.search(each.name.casefold()))
        return (
            not _begins(each.name, _LATER),
            not each.is_missing,
            is_timestamp,
            _begins(each.name, _BEGINNING),
            is_named,
        )

    return max(moments, key=likeliness).name


def _begins(name: str, beginnings: tuple[str, ...]) -> bool:
    """Say whether a word in a name begins so."""
    return any(each.startswith(beginnings) for each in words_in(name))


def _is(facts: TableFacts, name: str) -> bool:
    """Say whether a table is the one of that name; some databases keep it in the letters of whoever named it."""
    return facts.table.name.casefold() == name.casefold()


def _family(column: ColumnFacts) -> str:
    if column.type.kind is Kind.UNKNOWN:
        return column.engine_type
    return "number" if column.type.is_number else column.type.kind
