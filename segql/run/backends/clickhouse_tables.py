"""What ClickHouse is asked alike as a server and in process: its tables, and its types in the language's words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import ClassVar

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Target
from segql.run.backends.database import Database
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of

# What a statement needs of the connection, whatever its user's profile says. Nothing is left out in silence: a limit
# that is reached is an error.
SETTINGS: dict[str, str | int] = {
    "session_timezone": "UTC",
    "max_query_size": 100_000_000,
    "max_ast_elements": 10_000_000,
    "max_expanded_ast_elements": 10_000_000,
    "max_ast_depth": 10_000,
    "query_plan_max_optimizations_to_apply": 1_000_000,
    "output_format_arrow_string_as_string": 1,
    "read_overflow_mode": "throw",
    "group_by_overflow_mode": "throw",
    "sort_overflow_mode": "throw",
    "distinct_overflow_mode": "throw",
    "result_overflow_mode": "throw",
    "set_overflow_mode": "throw",
    "join_overflow_mode": "throw",
    "timeout_overflow_mode": "throw",
    "skip_unavailable_shards": 0,
}
# Before it, days before 1900 and after 2299 silently became others.
OLDEST = (26, 8)
_CODE = re.compile(r"^.*?Code: \d+\. DB::Exception: ", re.DOTALL)
_TRACE = re.compile(r"(:? [Ii]n scope |: [Ww]hile | \(version |\. Stack trace).*", re.DOTALL)
_NAME = re.compile(r" \([A-Z_]+\)$")

_WRAPPED = re.compile(r"(?:Nullable|LowCardinality|Variant)\((.+)\)")
_ARRAY = re.compile(r"Array\((.+)\)")
_DECIMAL = re.compile(r"Decimal\((\d+), (\d+)\)")
_WORD = re.compile(r"\w+")
# Wider integers and decimals are more than the language counts with.
_DIGITS_MOST = 38
_TYPES: dict[str, Type] = {
    "Bool": BOOLEAN,
    "Int8": INTEGER,
    "Int16": INTEGER,
    "Int32": INTEGER,
    "Int64": INTEGER,
    "UInt8": INTEGER,
    "UInt16": INTEGER,
    "UInt32": INTEGER,
    "UInt64": INTEGER,
    "Float32": FLOAT,
    "Float64": FLOAT,
    "String": TEXT,
    "Date": DATE,
    "Date32": DATE,
    "DateTime": TIMESTAMP,
    "DateTime64": TIMESTAMP,
    "JSON": JSON,
}


class ClickHouseTables(Database):
    """A connection to ClickHouse: what is known of it by its own tables."""

    dialect = "clickhouse"
    # Its primary key says how rows are sorted; it may stand in many of them.
    enforces_keys: ClassVar[bool] = False

    def __init__(self, target: Target) -> None:
        # What runs for this connection is known by what its statements are logged with.
        self._tag = f"segql {uuid.uuid4()}"
        self._stop = f"KILL QUERY WHERE Settings['log_comment'] = '{self._tag}' ASYNC"
        super().__init__(target)

    def tables(self) -> Sequence[str]:
        """Return tables and views; those of the current database without its name."""
        rows = self._rows(
            "SELECT database = currentDatabase(), database, name FROM system.tables"
            " WHERE NOT is_temporary AND lower(database) NOT IN ('system', 'information_schema')"
            " ORDER BY database, name"
        )
        return [str(name) if is_own else f"{database}.{name}" for is_own, database, name in rows]

    def declared_keys(self) -> Sequence[DeclaredKey]:
        """Return nothing: a database cannot declare that a key is that of one row."""
        return []

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        *before, name = (_quoted(each) for each in table.parts)
        database = before[-1] if before else "currentDatabase()"
        rows = self._rows(
            f"SELECT name, type FROM system.columns WHERE database = {database} AND table = {name} ORDER BY position"
        )
        return {str(name): _column(str(name), str(told)) for name, told in rows} or None

    def quoted(self, name: str) -> str:
        """Return a name as it stands in a statement."""
        return f'"{_escaped(name)}"'

    def _told(self, error: Exception) -> EngineError:
        return EngineError(said(error))


def said(error: Exception) -> str:
    """Return what ClickHouse says, without the number of the error and its statement.

    Example:
        >>> said(Exception("Code: 60. DB::Exception: Unknown table expression 'x' in scope SELECT 1. (UNKNOWN_TABLE)"))
        "Unknown table expression 'x'"
    """
    line = _TRACE.sub("", _CODE.sub("", str(error), count=1)).split("\n")[0]
    return _NAME.sub("", line.strip()).removesuffix(".")


def _quoted(text: str) -> str:
    return f"'{_escaped(text)}'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"')


def type_of(told: str) -> Type:
    """Return the type that ClickHouse tells; of kind `UNKNOWN` where the language has no such type.

    Example:
        >>> str(type_of("LowCardinality(Nullable(String))")), str(type_of("Array(Decimal(18, 2))"))
        ('text', 'list of decimal(18, 2)')
    """
    if found := _WRAPPED.fullmatch(told):
        return type_of(found[1])
    if found := _ARRAY.fullmatch(told):
        item = type_of(found[1])
        return UNKNOWN if item == UNKNOWN else list_of(item)
    if found := _DECIMAL.fullmatch(told):
        digits, places = int(found[1]), int(found[2])
        return decimal(digits, places) if digits <= _DIGITS_MOST else UNKNOWN
    word = _WORD.match(told)
    return _TYPES.get(word[0], UNKNOWN) if word else UNKNOWN


def _column(name: str, told: str) -> Column:
    type_ = type_of(told)
    # With or without a zone in its name, it holds instants.
    return Column(name, told, type_, has_zone=type_ == TIMESTAMP)
