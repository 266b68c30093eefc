"""What an engine guarantees of the columns that a question reads, as facts about fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from segql import plan
from segql.catalog import Catalog, Entity, Field, Many, Stream, Table
from segql.optimizer import Facts
from segql.plan import Request
from segql.plan.uses import TableUse
from segql.run.backends import Backend, Column, EngineError
from segql.tree import children
from segql.types import Kind

# A double that is no number is missing, and so is a numeric of PostgreSQL; what a json holds may be its own null.
_NEVER_NULL_IS_KNOWN = frozenset({Kind.BOOLEAN, Kind.INTEGER, Kind.TEXT, Kind.DATE, Kind.TIMESTAMP})

# An enum that holds the empty text for what it could not take is no guarantee.
_LOOSE_ENUMS = frozenset({"mysql", "mariadb"})


@dataclass(frozen=True, slots=True)
class Guarantees:
    """Asks one engine what it guarantees. `catalog` is as the engine finds it.

    The values of enums are known from what the tables were compared with. Whether a column can be missing is asked
    for one table at a time, and only where a question tells the missing from the known; each answer is kept. DuckDB,
    SQLite and PostgreSQL can tell; of files, views and on other engines nothing is certain.

    Example:
        Guarantees(located, backend).facts(request, compiled.uses, found)
    """

    catalog: Catalog
    backend: Backend
    _full: dict[str, frozenset[str]] = field(default_factory=dict)

    def facts(self, request: Request, uses: Sequence[TableUse], found: Mapping[str, Mapping[str, Column]]) -> Facts:
        """Return the facts about the fields that a request reads; `found` are the columns of its tables, by name."""
        asks = set(_kinds_of(request))
        if not asks & {plan.Not, plan.IsMissing, plan.OneOf, plan.Compare}:
            return Facts()
        tells = bool(asks & {plan.Not, plan.IsMissing})
        used = {use.table.name: use.table for use in uses}
        never_missing: set[tuple[str, str]] = set()
        values: dict[tuple[str, str], frozenset[str]] = {}
        for owner, table, each in self._fields():
            if table.name not in used:
                continue
            column = found.get(table.name, {}).get(self._folded(each.column))
            is_listed = column is not None and column.values and self.backend.dialect not in _LOOSE_ENUMS
            if column is not None and is_listed and each.type.kind is Kind.TEXT:
                values[owner, each.name] = frozenset(column.values)
            if tells and each.type.kind in _NEVER_NULL_IS_KNOWN and self._folded(each.column) in self._known(table):
                never_missing.add((owner, each.name))
        return Facts(frozenset(never_missing), values)

    def _fields(self) -> Iterator[tuple[str, Table, Field]]:
        """Yield the fields of entities, streams and relations; of a name that two of them share, none."""
        owners: list[Entity | Stream | Many] = [
            *self.catalog.entities.values(),
            *self.catalog.streams.values(),
            *self.catalog.manys.values(),
        ]
        names = [each.name for each in owners]
        for owner in owners:
            if names.count(owner.name) == 1:
                yield from ((owner.name, owner.table, each) for each in owner.fields.values())

    def _known(self, table: Table) -> frozenset[str]:
        """Return the columns of a table that are never null."""
        if table.name not in self._full:
            try:
                promises = self.backend.promises(table)
            except EngineError:
                promises = {}
            known = (name for name, each in promises.items() if each.may_miss is False)
            self._full[table.name] = frozenset(map(self._folded, known))
        return self._full[table.name]

    def _folded(self, name: str) -> str:
        return name.casefold() if self.backend.ignores_case else name


def _kinds_of(request: Request) -> Iterator[type]:
    pending = [each for part in (request.segments, request.values) for each in part]
    trees: list[object] = [*pending]
    while trees:
        each = trees.pop()
        yield type(each)
        if isinstance(each, plan.OneOf):
            trees.append(each.value)
        else:
            trees.extend(children(each))  # type: ignore[arg-type]
