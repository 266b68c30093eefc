"""Static lists: short ones are written into the statement, long ones stand in a table that the backend provides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from segql.catalog import Catalog
from segql.sql.dialects import Dialect
from segql.sql.literals import column, identifier
from segql.sql.names import Names
from segql.types import TEXT, Kind, Type

# Past so many keys a list is a table: a literal list is looked up slowly, and statements have a longest length.
LITERALS_MOST = 1_000


class Lists:
    """The lists of a statement; `tables` holds the long ones by the name of their table, one column `key`."""

    def __init__(self, catalog: Catalog, given: Mapping[str, Sequence[str]], names: Names, dialect: Dialect) -> None:
        self.catalog, self.given, self.names, self.dialect = catalog, given, names, dialect
        self.tables: dict[str, tuple[str, ...]] = {}
        self._named: dict[str, str] = {}

    def holds(self, name: str, key: exp.Expr) -> exp.Expr:
        """Return whether a key stands in the list."""
        keys = tuple(dict.fromkeys(self.given[name]))
        if not keys:
            return exp.false()
        type_ = self.catalog.entities[self.catalog.lists[name].entity].key_type
        if len(keys) <= LITERALS_MOST:
            return exp.In(this=key, expressions=[self._literal(each, type_) for each in keys])
        if name not in self._named:
            self._named[name] = self.names.new(name)
            self.tables[self._named[name]] = keys
        wanted: exp.Expr = column("key")
        if type_ is not None and type_.is_number:
            wanted = exp.Cast(this=wanted, to=exp.DataType.build("bigint"))
        else:
            wanted = self.dialect.stored(wanted, TEXT)
        query = exp.select(wanted).from_(exp.Table(this=identifier(self._named[name])))
        return exp.In(this=key, query=exp.Subquery(this=query))

    def _literal(self, key: str, type_: Type | None) -> exp.Expr:
        """Return a key with the type of the entity's key; an opaque one stays a text, which the engine reads."""
        if type_ is not None and type_.kind in {Kind.INTEGER, Kind.DECIMAL}:
            try:
                value = Decimal(key.strip())
            except InvalidOperation:
                return self.dialect.text(key)
            if value.is_finite() and len(key) <= 40:
                return self.dialect.constant(int(value) if value == value.to_integral_value() else value)
        return self.dialect.text(key)
