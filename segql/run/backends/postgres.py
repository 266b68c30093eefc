"""PostgreSQL, by its Arrow driver: rows come as a stream of batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import pyarrow as pa
from adbc_driver_manager import dbapi as adbc
from adbc_driver_postgresql import dbapi

from segql.catalog import Table
from segql.run.backends.backend import Column, CompoundKey, DeclaredKey, EngineError, Lost, Promise, Target, Unreachable
from segql.run.backends.database import Database, hidden, secrets_of
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of

_TYPES: dict[str, Type] = {
    "bool": BOOLEAN,
    "int2": INTEGER,
    "int4": INTEGER,
    "int8": INTEGER,
    "float4": FLOAT,
    "float8": FLOAT,
    "text": TEXT,
    "varchar": TEXT,
    "bpchar": TEXT,
    "name": TEXT,
    "date": DATE,
    "timestamp": TIMESTAMP,
    "timestamptz": TIMESTAMP,
    "json": JSON,
    "jsonb": JSON,
}
# A numeric without a size; wider than any column that the language can declare.
_OPEN = decimal(38, 6)
_GONE = ("server closed the connection", "no connection to the server", "terminating connection")
_MISSING, _NO_SCHEMA = "42P01", "3F000"
# Why a server does not let us in, and what helps, by its code.
_REFUSED = {
    "28P01": ("it does not know this user with this password", "check `password_env`, and the user in the `url`"),
    "28000": ("it does not let this user in", "check the user in the `url`"),
    "3D000": ("it has no such database", "check the name after the last `/` of the `url`"),
}
_NAMED = "CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END"
# Schemas that are not the server's own.
_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_OTHER = _NAMED.replace("c.", "f.").replace("n.", "fn.")


def connect(target: Target) -> Postgres:
    """Open a database for reading.

    Raises:
        ValueError: the URL is not of the form `postgresql://user@host/database`.
        Unreachable: the server cannot be reached, or does not let us in.

    Example:
        connect(Target("postgresql://reader@localhost/shop", Path("."))).tables()
    """
    return Postgres(target)


class Postgres(Database):
    """A connection to PostgreSQL, as `Backend` describes it."""

    dialect = "postgres"

    def _open(self) -> None:
        uri = _uri(self._target)
        try:
            self._connection = dbapi.connect(uri, autocommit=True)
            self._cursor = self._connection.cursor()
            for setting in (
                "TimeZone = 'UTC'",
                "application_name = 'segql'",
                "standard_conforming_strings = on",
                "default_transaction_read_only = on",
            ):
                self._cursor.execute(f"SET {setting}")
        except adbc.Error as error:
            raise _unreachable(error, self._target) from None

    def _shut(self) -> None:
        # What the server ended is closed already.
        with suppress(adbc.Error):
            self._cursor.close()
        with suppress(adbc.Error):
            self._connection.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        self._cursor.execute(sql)
        return self._cursor.fetch_record_batch()

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        self._cursor.execute("SET default_transaction_read_only = off")
        try:
            self._cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{self.source(Table((name,)))}")
            table = pa.table({"key": pa.array(keys, pa.string())})
            self._cursor.adbc_ingest(name, table, mode="create", temporary=True)
        finally:
            self._cursor.execute("SET default_transaction_read_only = on")

    def _told(self, error: Exception) -> EngineError:
        state = getattr(error, "sqlstate", None) or ""
        said = _first_line(error)
        # Class 08 and 57P0x: the connection failed, or the server ended it. While rows come, the driver has no code.
        is_lost = state.startswith(("08", "57P0")) or any(each in str(error) for each in _GONE)
        return Lost("the connection to the server was lost") if is_lost else EngineError(said)

    def interrupt(self) -> None:
        """Stop what is running."""
        with suppress(adbc.Error):
            self._cursor.adbc_cancel()

    def tables(self) -> list[str]:
        """Return tables and views; those that need no schema before their name stand without one."""
        rows = self._rows(
            f"SELECT {_NAMED} FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition"
            f" AND {_OURS} ORDER BY 1"
        )
        return [str(name) for (name,) in rows]

    def declared_keys(self) -> list[DeclaredKey]:
        """Return primary and foreign keys of one column."""
        rows = self._rows(
            f"SELECT {_NAMED}, a.attname, CASE WHEN k.contype = 'f' THEN {_OTHER} END, fa.attname"
            " FROM pg_catalog.pg_constraint k"
            " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]"
            " LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid"
            " LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace"
            " LEFT JOIN pg_catalog.pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = k.confkey[1]"
            f" WHERE k.contype IN ('p', 'f') AND cardinality(k.conkey) = 1 AND {_OURS}"
            # What inherits from a table stands among its rows, under keys of its own.
            " AND (k.contype = 'f' OR c.relkind = 'p' OR NOT c.relhassubclass) ORDER BY 1, 2, 3"
        )
        return [
            DeclaredKey(str(table), str(name), (str(target), str(key)) if target else None)
            for table, name, target, key in rows
        ]

    def compound_keys(self) -> list[CompoundKey]:
        """Return primary and foreign keys of several columns."""
        rows = self._rows(
            f"SELECT k.oid, {_NAMED}, a.attname, CASE WHEN k.contype = 'f' THEN {_OTHER} END, fa.attname"
            " FROM pg_catalog.pg_constraint k"
            " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (own, other, place)"
            " JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.own"
            " LEFT JOIN pg_catalog.pg_class f ON f.oid = k.confrelid"
            " LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace"
            " LEFT JOIN pg_catalog.pg_attribute fa ON fa.attrelid = k.confrelid AND fa.attnum = u.other"
            f" WHERE k.contype IN ('p', 'f') AND cardinality(k.conkey) > 1 AND {_OURS} ORDER BY k.oid, u.place"
        )
        found: list[CompoundKey] = []
        for _, group in groupby(rows, key=lambda row: row[0]):
            _, tables, own, targets, theirs = zip(*group, strict=True)
            target = (str(targets[0]), tuple(map(str, theirs))) if targets[0] else None
            found.append(CompoundKey(str(tables[0]), tuple(map(str, own)), target))
        return found

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        query = f"SELECT * FROM {self.source(table)}"
        try:
            schema = self._safely(lambda: self._schema(query))
        except EngineError as error:
            if str(error) == _MISSING:
                return None
            raise
        found = {each.name: _column(each) for each in schema}
        # Only what comes as text and is none of its types can be an enum.
        strange = [each.name for each in schema if found[each.name].type == UNKNOWN and pa.types.is_string(each.type)]
        if strange:
            enums = self._enums(table)
            found |= {name: replace(found[name], values=enums[name]) for name in strange if name in enums}
        return found

    def _enums(self, table: Table) -> dict[str, tuple[str, ...]]:
        """Return the values of the columns of a table whose types are enums."""
        rows = self._rows(
            "SELECT a.attname, e.enumlabel FROM pg_catalog.pg_attribute a"
            " JOIN pg_catalog.pg_enum e ON e.enumtypid = a.atttypid"
            f" WHERE a.attrelid = {_literal(self.source(table))}::regclass AND a.attnum > 0"
            " ORDER BY a.attnum, e.enumsortorder"
        )
        return {
            str(name): tuple(str(value) for _, value in group) for name, group in groupby(rows, key=lambda row: row[0])
        }

    def promises(self, table: Table) -> Mapping[str, Promise]:
        """Return which columns of a table are declared `NOT NULL`, and the comments on them and on those of views."""
        rows = self._rows(
            "SELECT a.attname, NOT a.attnotnull, c.relkind IN ('r', 'p'), col_description(c.oid, a.attnum),"
            # An index of some rows is no promise of all, nor one that waits for the end of a transaction, nor that of a
            # table whose rows stand in its heirs as well.
            " EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid"
            " AND i.indimmediate AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum)"
            " AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid AND c.relkind = 'r')"
            " FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid"
            f" WHERE a.attrelid = {_literal(self.source(table))}::regclass AND a.attnum > 0 AND NOT a.attisdropped"
        )
        return {
            str(name): Promise(bool(may_miss) if is_table else None, str(comment or ""), bool(is_unique))
            for name, may_miss, is_table, comment, is_unique in rows
        }

    def sizes(self, tables: Sequence[Table]) -> Mapping[str, int]:
        """Return how many rows the planner takes tables to have; of one that was never analyzed it does not know."""
        asked = "SELECT reltuples::bigint FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'm') AND reltuples >= 0"
        told = {each.name: self._rows(f"{asked} AND oid = {_literal(self.source(each))}::regclass") for each in tables}
        return {name: int(str(rows[0][0])) for name, rows in told.items() if rows}

    def _schema(self, query: str) -> pa.Schema:
        try:
            return self._cursor.adbc_execute_schema(query)
        except adbc.Error as error:
            if error.sqlstate in {_MISSING, _NO_SCHEMA}:
                raise EngineError(_MISSING) from None
            raise


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _uri(target: Target) -> str:
    parts = urlsplit(target.url or "")
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ValueError("needs the form postgresql://user@host/database")
    place = parts.netloc
    if target.password is not None:
        user, _, host = place.rpartition("@")
        place = f"{user.partition(':')[0]}:{quote(target.password, safe='')}@{host}"
    options = dict(parse_qsl(parts.query))
    options.setdefault("connect_timeout", "10")
    return f"postgresql://{place}{parts.path}?{urlencode(options, quote_via=quote)}"


def _unreachable(error: adbc.Error, target: Target) -> Unreachable:
    parts = urlsplit(target.url or "")
    what = f"`{unquote(parts.path.strip('/'))}` on {parts.hostname or 'this machine'}"
    state = error.sqlstate or ""
    said = hidden(_first_line(error), secrets_of(target))
    if "password authentication failed" in str(error):
        state = "28P01"
    elif "does not exist" in str(error):
        state = "3D000" if "database" in str(error) else "28000"
    why, hint = _REFUSED.get(state, (said, "is the server running, and are host and port of the `url` right?"))
    return Unreachable(what, why, hint)


def _first_line(error: Exception) -> str:
    """Return what the server says, without what the driver says around it."""
    text = str(error)
    for start in ("ERROR:", "FATAL:"):
        if start in text:
            return text.split(start, 1)[1].split("\n", maxsplit=1)[0].split(" SQLSTATE", maxsplit=1)[0].strip()
    line = text.split("\n", maxsplit=1)[0].strip()
    return line.split("Failed to connect: ", 1)[-1].split(" SQLSTATE")[0]


def _column(field: pa.Field) -> Column:
    told: dict[bytes, bytes] = field.metadata or {}
    word = told.get(b"POSTGRESQL:type", b"").decode()
    if pa.types.is_list(field.type):
        item = _type(word.removeprefix("_"), told)
        return Column(field.name, f"{word.removeprefix('_')}[]", UNKNOWN if item == UNKNOWN else list_of(item))
    return Column(field.name, word or str(field.type), _type(word, told), has_zone=word == "timestamptz")


def _type(word: str, told: dict[bytes, bytes]) -> Type:
    if word != "numeric":
        return _TYPES.get(word, UNKNOWN)
    size = int(told.get(b"POSTGRESQL:typmod", b"-1")) - 4
    # A size is kept as two numbers in one, four more than it is.
    return _OPEN if size < 0 else decimal(size >> 16 & 0xFFFF, size & 0x7FF)
