"""The types of DuckDB in the words of the language."""

from __future__ import annotations

import re

from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of

INSTANT = "timestamp with time zone"

_LIST = re.compile(r"(.+)\[\d*\]", re.DOTALL)
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
# Types that list their members, at whatever length.
_LONG = re.compile(r"(enum|struct|union|map)\(", re.DOTALL)

_TYPES: dict[str, Type] = {
    "boolean": BOOLEAN,
    "tinyint": INTEGER,
    "smallint": INTEGER,
    "integer": INTEGER,
    "bigint": INTEGER,
    "hugeint": INTEGER,
    "utinyint": INTEGER,
    "usmallint": INTEGER,
    "uinteger": INTEGER,
    "ubigint": INTEGER,
    "uhugeint": INTEGER,
    "float": FLOAT,
    "double": FLOAT,
    "varchar": TEXT,
    "enum": TEXT,
    "json": JSON,
    "date": DATE,
    "timestamp": TIMESTAMP,
    "timestamp_s": TIMESTAMP,
    "timestamp_ms": TIMESTAMP,
    "timestamp_ns": TIMESTAMP,
    INSTANT: TIMESTAMP,
}


def type_of(told: str) -> Type:
    """Return the type that DuckDB tells; of kind `UNKNOWN` where the language has no such type.

    Example:
        >>> str(type_of("VARCHAR[]")), str(type_of("ENUM('a', 'b')"))
        ('list of text', 'text')
    """
    word = word_of(told)
    if found := _LIST.fullmatch(word):
        return list_of(type_of(found[1]))
    if found := _DECIMAL.fullmatch(word):
        return decimal(int(found[1]), int(found[2]))
    return _TYPES.get(word, UNKNOWN)


def word_of(told: str) -> str:
    """Return the name of a type as a message can say it: without the members of one that lists them.

    Example:
        >>> word_of("ENUM('a', 'b')"), word_of("STRUCT(a INTEGER)[]"), word_of("DECIMAL(10,2)")
        ('enum', 'struct[]', 'decimal(10,2)')
    """
    word = told.lower()
    if found := _LONG.match(word):
        return found[1] + word[word.rindex(")") + 1 :]
    return word
