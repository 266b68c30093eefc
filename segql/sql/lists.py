"""Static lists: short ones are written into the statement, long ones stand in a table that the backend provides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from segql.catalog import Catalog
from segql.sql.dialects import Dialect
from segql.sql.names import Names
from segql.types import Kind, Type

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
            if _is_exact(type_):
                for each in keys:
                    if _number(each) is None:
                        self.dialect.unreadable(each)
            self._named[name] = self.names.new(name)
            self.tables[self._named[name]] = keys
        return exp.In(this=key, query=exp.Subquery(this=self.dialect.lent(self._named[name], type_)))

    def _literal(self, key: str, type_: Type | None) -> exp.Expr:
        """Return a key with the type of the entity's key; an opaque one stays a text, which the engine reads."""
        if not _is_exact(type_):
            return self.dialect.text(key)
        value = _number(key)
        if value is None:
            return self.dialect.unreadable(key)
        return self.dialect.constant(int(value) if value == value.to_integral_value() else value)


def _is_exact(type_: Type | None) -> bool:
    return type_ is not None and type_.kind in {Kind.INTEGER, Kind.DECIMAL}


def _number(key: str) -> Decimal | None:
    try:
        value = Decimal(key.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and len(key) <= 40 else None
