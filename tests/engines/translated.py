"""Dialects whose engine cannot be run here: their SQL is read back as what it says, and asked of DuckDB.

What comes back tells whether a statement says what it means: conditions, joins, steps, bits and marks. It tells nothing
of what the engine itself makes of it. What the translation has no words for is refused, and named in `lacks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import sqlglot
from sqlglot import exp

from segql.catalog import Catalog
from tests.engines.duckdb import DuckDB
from tests.engines.engine import Database
from tests.spec_data import Rows

# Functions of the engines that DuckDB has under another name.
_MACROS = (
    "hex_digits(digits, base) AS CAST('0x' || digits AS BIGINT)",
    "get_array_length(items) AS len(items)",
    "lax_string(found) AS json_extract_string(found, '$')",
    "is_nan(value) AS isnan(value)",
    "at_timezone(moment, zone) AS timezone(zone, moment)",
    (
        "json_typeof(found) AS CASE json_type(found) WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string'"
        " WHEN 'BOOLEAN' THEN 'boolean' WHEN 'OBJECT' THEN 'object' WHEN 'NULL' THEN 'null' ELSE 'number' END"
    ),
)


@dataclass(frozen=True, slots=True)
class Translated:
    """An engine that DuckDB stands for."""

    name: str
    reads_files: bool = False
    is_quick: bool = False

    def version(self) -> str:
        return f"{self.name}, translated for DuckDB"

    @contextmanager
    def database(self, tables: Mapping[str, Rows], folder: Path) -> Iterator[Database]:
        # SQL Server has nothing that is no number; where a value is one, it is missing.
        stored = {name: _known(each) for name, each in tables.items()} if self.name == "tsql" else tables
        with DuckDB().database(stored, folder) as database:
            for each in _MACROS:
                database.connection.execute(f"CREATE OR REPLACE TEMP MACRO {each}")
            yield _Database(self.name, database)


@dataclass(frozen=True, slots=True)
class _Database:
    dialect: str
    database: Database

    def located(self, catalog: Catalog) -> Catalog:
        return self.database.located(catalog)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.database.rows(translated(sql, self.dialect))

    def provide(self, name: str, keys: Sequence[str]) -> None:
        self.database.provide(name, keys)


def _known(rows: Rows) -> Rows:
    made = ({name: None if value != value else value for name, value in row.items()} for row in rows.rows)  # noqa: PLR0124
    return replace(rows, rows=tuple(made))


def translated(sql: str, dialect: str) -> str:
    """Return a statement of a dialect in the words of DuckDB."""
    tree = sqlglot.parse_one(sql, read=dialect)
    for each in (*_OF.get(dialect, ()), _digits):
        each(tree)
    made = sqlglot.parse_one(tree.sql("duckdb", comments=False), read="duckdb")
    _months(made)
    return made.sql("duckdb")


def _months(tree: exp.Expr) -> None:
    """Add months to days: with a time DuckDB takes one month for 30 days, where both are added to the same timestamp."""
    for each in list(tree.find_all(exp.Add, exp.Sub)):
        if isinstance(each.expression, exp.Interval) and each.expression.unit.name == "MONTH":
            moved = type(each)(this=exp.cast(each.this.copy(), "date"), expression=each.expression.copy())
            begun = exp.Anonymous(this="date_trunc", expressions=[exp.Literal.string("day"), each.this.copy()])
            each.replace(
                exp.paren(exp.Add(this=moved, expression=exp.paren(exp.Sub(this=each.this, expression=begun))))
            )


def _digits(tree: exp.Expr) -> None:
    """Read hexadecimal digits."""
    for each in list(tree.find_all(exp.FromBase)):
        each.replace(exp.Anonymous(this="hex_digits", expressions=[each.this, each.expression]))
    for each in list(tree.find_all(exp.ToNumber)):
        each.replace(exp.Anonymous(this="hex_digits", expressions=[each.this, exp.Literal.number(16)]))


def _wide(tree: exp.Expr) -> None:
    """Make wide decimals of BigQuery as wide as they get, and divide what is whole as it is."""
    for each in list(tree.find_all(exp.Cast)):
        if each.to.this is exp.DataType.Type.BIGDECIMAL:
            places = len(each.this.name.partition(".")[2]) if isinstance(each.this, exp.Literal) else 8
            each.set("to", exp.DataType.build(f"decimal(38, {places})"))
    for each in list(tree.find_all(exp.IntDiv)):
        first, second = (exp.cast(side, "double") for side in (each.this, each.expression))
        quotient = exp.Div(this=exp.paren(first), expression=exp.paren(second), typed=True)
        each.replace(exp.cast(exp.Trunc(this=quotient), "decimal(38, 0)"))


def _escaped(tree: exp.Expr) -> None:
    """Say that a backslash takes away a meaning, and begin weeks on Sunday with 1."""
    for each in list(tree.find_all(exp.Like)):
        if not isinstance(each.parent, exp.Escape):
            each.replace(exp.Escape(this=each.copy(), expression=exp.Literal.string("\\")))
    for each in list(tree.find_all(exp.Extract)):
        if each.this.name.upper() == "DAYOFWEEK":
            each.replace(exp.paren(exp.Add(this=each.copy(), expression=exp.Literal.number(1))))


def _fraction(tree: exp.Expr) -> None:
    """Write moments with all their digits where the last six are read."""
    for each in list(tree.find_all(exp.Substring)):
        if each.args["start"] == exp.Literal.number(-6) or each.args["start"].sql() == "-6":
            moment = each.this.this
            each.replace(exp.Anonymous(this="strftime", expressions=[moment, exp.Literal.string("%f")]))


def _iso_days(tree: exp.Expr) -> None:
    """Begin weeks on Monday with 1."""
    for each in list(tree.find_all(exp.Extract)):
        if each.this.name.upper() == "DAY_OF_WEEK":
            each.set("this", exp.Var(this="ISODOW"))


def _any_length(tree: exp.Expr) -> None:
    """Take texts of any length for texts."""
    for each in list(tree.find_all(exp.Cast)):
        if each.to.is_type("text", "varchar"):
            each.set("to", exp.DataType.build("text"))


def _plain(tree: exp.Expr) -> None:
    """Read what only SQL Server says: collations, `+` between texts, doubles called floats, a join for each row."""
    for each in list(tree.find_all(exp.Collate)):
        each.replace(each.this)
    for each in list(tree.find_all(exp.MD5, exp.MD5Digest)):
        each.replace(exp.Unhex(this=exp.MD5(this=each.this)))
    for each in list(tree.find_all(exp.Cast)):
        if each.to.is_type("float"):
            each.set("to", exp.DataType.build("double"))
    for each in list(tree.find_all(exp.National)):
        each.replace(exp.Literal.string(each.name))
    for each in list(tree.find_all(exp.Add)):
        if any(isinstance(side, exp.Chr) or side.is_string for side in (each.this, each.expression)):
            each.replace(exp.DPipe(this=each.this, expression=each.expression))
    for each in tree.find_all(exp.Join):
        if isinstance(each.this, exp.Lateral):
            each.set("kind", "CROSS")
            each.this.set("cross_apply", None)


_OF: Mapping[str, Sequence[Callable[[exp.Expr], None]]] = {
    "bigquery": (_wide, _escaped),
    "redshift": (_any_length,),
    "trino": (_fraction, _iso_days),
    "tsql": (_plain, _any_length),
}
