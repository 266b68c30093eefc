"""Static lists: short ones are written into the statement, long ones stand in a table that the backend provides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from segql.catalog import Catalog, StaticList
from segql.diagnostics import SegqlError
from segql.sql.dialects import Dialect
from segql.sql.errors import key_without_number
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
        """Return whether a key stands in the list.

        Raises:
            SegqlError: the list holds what is no number, and keys are numbers.
        """
        declared = self.catalog.lists[name]
        type_ = self.catalog.entities[declared.entity].key_type
        keys: Sequence[str | int | Decimal] = list(dict.fromkeys(self.given[name]))
        if type_ is not None and type_.kind in {Kind.INTEGER, Kind.DECIMAL}:
            keys = _numbers(declared, type_, self.given[name])
        if not keys:
            return exp.false()
        if len(keys) <= LITERALS_MOST:
            return exp.In(this=key, expressions=[self._literal(each) for each in keys])
        if name not in self._named:
            self._named[name] = self.names.new(name)
            self.tables[self._named[name]] = tuple(
                f"{each:f}" if isinstance(each, Decimal) else str(each) for each in keys
            )
        return self.dialect.is_lent(key, self._named[name], type_)

    def _literal(self, key: str | int | Decimal) -> exp.Expr:
        """Return a key; an opaque one stays a text, which the engine reads."""
        return self.dialect.text(key) if isinstance(key, str) else self.dialect.constant(key)


def _numbers(declared: StaticList, type_: Type, keys: Sequence[str]) -> list[int | Decimal]:
    """Return the keys that a member can have: those of no more places than keys have."""
    found: dict[Decimal, None] = {}
    for each in keys:
        value = _number(each)
        if value is None:
            raise SegqlError([key_without_number(declared.name, each, declared.span)])
        if value == round(value, type_.scale):
            found[value] = None
    return [int(each) if each == each.to_integral_value() else each for each in found]


def _text(key: str | int | Decimal) -> str:
    return f"{key:f}" if isinstance(key, Decimal) else str(key)


def _number(key: str) -> Decimal | None:
    try:
        value = Decimal(key.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and len(key) <= 40 else None
