"""What a draft cannot bind: tables two steps away, keys of several columns; as comments with the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from segql.catalog import Table
from segql.workspace.draft.facts import TableFacts
from segql.workspace.draft.fields import fields
from segql.workspace.draft.guess import Beyond, Distant, Draft, Happening
from segql.workspace.draft.schema import PEOPLE, time_of
from segql.workspace.draft.script import name_of, table_of, told
from segql.workspace.draft.words import singular, stem

# Rows that people belong to; segments of them are asked for, too.
_GROUPS = PEOPLE | {"company", "family", "firm", "group", "household", "organisation", "organization", "team", "tenant"}
_GROUPS |= {"workspace", "business", "employer", "school", "site"}


def notes(drafted: Draft, quoted: Callable[[str], str], source: Callable[[Table], str]) -> list[list[str]]:
    """Return comments, each a list of lines; `quoted` and `source` write columns and tables in the database's own way.

    Example:
        notes(draft(tables), backend.quoted, backend.source)
    """
    writing = _Writing(drafted, quoted, source)
    found = [
        *(list(writing.distant(each)) for each in drafted.distant),
        *(list(writing.beyond(each)) for each in drafted.beyond),
        *writing.groups(),
        *writing.compound(),
    ]
    if drafted.unused:
        names = ", ".join(told(each.table.name) for each in drafted.unused)
        found.append([f"# Not used, since nothing in it names a {told(drafted.entity)}: {names}"])
    return found


class _Writing:
    def __init__(self, drafted: Draft, quoted: Callable[[str], str], source: Callable[[Table], str]) -> None:
        self.drafted, self.quoted, self.source = drafted, quoted, source

    def distant(self, found: Distant) -> Iterator[str]:
        """Say how a table that names no member becomes one that does: by a view."""
        parent, entity = found.parent, self.drafted.entity
        own = time_of(found.facts)
        at = own or (parent.at if isinstance(parent, Happening) else None)
        view = f"{entity}_{stem(found.facts.table.parts[-1])}".casefold()
        brought = [(parent.by, self._free(parent.by, found))]
        if at is not None and own is None:
            brought.append((at, self._free(at, found)))
        steps = f"{found.name} → {parent.name} → {entity}"
        yield f"# {told(found.facts.table.name)} is two steps away ({told(steps)}). A view brings it near:"
        yield "#"
        columns = ", ".join(
            f"p.{told(self.quoted(each))}" + (f" AS {told(self.quoted(name))}" if name != each else "")
            for each, name in brought
        )
        tables = told(self.source(found.facts.table)), told(self.source(parent.facts.table))
        yield f"#     CREATE VIEW {told(self.quoted(view))} AS"
        yield f"#     SELECT c.*, {columns}"
        yield f"#     FROM {tables[0]} c JOIN {tables[1]} p"
        yield f"#     ON p.{told(self.quoted(found.parent_key))} = c.{told(self.quoted(found.by))}"
        yield "#"
        by = told(name_of(brought[0][1]))
        if at is None:
            yield f"# many {told(name_of(found.name))} of {told(name_of(entity))}"
            yield f"#     from {told(name_of(view))} by {by}"
        else:
            yield f"# events {told(name_of(found.name))} of {told(name_of(entity))}"
            yield f"#     from {told(name_of(view))}"
            yield f"#     by {by}"
            yield f"#     at {told(name_of(own or brought[-1][1]))}"
        known = {found.by, *([own] if own else [])}
        yield from (f"#     {each}" for each in fields(found.facts, known) if not each.startswith("#"))
        for each in found.references:
            table, key, by = table_of(each.facts.table), name_of(each.key), name_of(each.by)
            yield "#"
            yield f"# one {told(name_of(each.name))} of {told(name_of(found.name))}"
            yield f"#     from {told(table)} key {told(key)} by {told(by)}"
            yield from (f"#     {each}" for each in fields(each.facts, {each.key}) if not each.startswith("#"))

    def beyond(self, found: Beyond) -> Iterator[str]:
        """Say where a table stands that only another lookup leads to."""
        through = found.through
        steps = f"{through.owner} → {through.name} → {singular(found.facts.table.parts[-1])}"
        yield f"# {told(found.facts.table.name)} is two steps away ({told(steps)}). To ask about it, name a view of"
        yield f"# {told(through.facts.table.name)} that has its columns, too, in `one {told(through.name)}`."

    def groups(self) -> Iterator[list[str]]:
        """Say how segments of those that a member belongs to can be had."""
        entity = self.drafted.entity
        for each in self.drafted.references:
            if each.owner != entity or each.is_member or each.name.split("_")[-1] not in _GROUPS:
                continue
            name = told(name_of(each.name))
            yield [
                f"# Segments of each {told(each.name)}, too? Then let it be an entity, and say whose each segment is:",
                "#",
                f"# entity {name}",
                f"#     from {told(each.facts.table.name)}",
                f"#     key {told(name_of(each.key))}",
                "#",
                f"# one {name} of {told(name_of(entity))} to {name} by {told(name_of(each.by))}",
                f"# many {told(name_of(entity))} of {name} by {told(name_of(each.by))}",
            ]

    def compound(self) -> Iterator[list[str]]:
        """Say which tables name rows of others by several columns."""
        for each in self._tables():
            for key in each.compound:
                if key.target is not None:
                    columns = ", ".join(map(told, key.columns))
                    names = f"{told(each.table.name)} names {told(key.target[0])}"
                    yield [
                        f"# {names} by several columns ({columns}), and the language joins by one:",
                        "# views of both with one column made of them all can be joined.",
                    ]

    def _tables(self) -> Sequence[TableFacts]:
        drafted = self.drafted
        found = [drafted.facts, *(each.facts for each in drafted.happenings), *drafted.unused]
        found += [each.facts for each in drafted.belongings]
        found += [each.facts for each in drafted.references]
        found += [each.facts for each in drafted.distant]
        found += [each.facts for each in drafted.beyond]
        return list({each.table: each for each in found}.values())

    def _free(self, column: str, found: Distant) -> str:
        """Return a name for a column of the parent that the table has none of."""
        taken = {each.name.casefold() for each in found.facts.columns}
        return f"{found.parent.name}_{column}" if column.casefold() in taken else column
