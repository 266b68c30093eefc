"""The SQL that engines share, and the places where one may say it in its own way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlglot import ErrorLevel, exp

from segql import plan
from segql.catalog import Table
from segql.sql.dialects.calendar import Calendar
from segql.sql.dialects.numbers import Numbers
from segql.sql.dialects.texts import Texts
from segql.sql.dialects.times import Times
from segql.sql.errors import Unsupported
from segql.sql.habits import Habits
from segql.sql.literals import case, cast, column, identifier, number, text
from segql.types import TEXT, Kind, Type


class Dialect(Numbers, Times, Calendar, Texts):
    """Portable SQL. A method that raises `Unsupported` has no portable form; an engine that knows one overrides it.

    `printer` is the dialect of sqlglot that prints its trees.
    """

    name = "portable"
    printer = ""
    # Whether the columns of tables may hold anything, so that each value is looked at.
    checks_values = False
    # Whether a CTE that is read in several places is made once.
    keeps_ctes = True
    habits = Habits()

    def printed(self, query: exp.Query) -> str:
        """Return a query as text; it is changed on the way, so nothing else may be done with it."""
        made = self.finished(query)
        # What a dialect cannot say was refused above; what sqlglot makes of the order of nulls is tested.
        return made.sql(
            self.printer,
            copy=False,
            pretty=True,
            identify=False,
            comments=False,
            unsupported_level=ErrorLevel.IGNORE,
        )

    def finished(self, query: exp.Query) -> exp.Query:
        """Return a query, which may be changed for that, as this engine wants it as a whole."""
        return query

    def literal(self, value: plan.Literal) -> exp.Expr:
        """Return a constant of the plan."""
        match value.value:
            case bool(given):
                return exp.true() if given else exp.false()
            case int() | Decimal() as given:
                return self.constant(given)
            case float(given):
                return self.double(given)
            case str(given):
                return self.text(given)
            case dt.datetime() as given:
                return self.timestamp(given)
            case dt.date() as given:
                return self.date(given)
        raise AssertionError(value)

    def count_where(self, condition: exp.Expr) -> exp.Expr:
        """Return how many rows of a group pass a condition."""
        if self.habits.counts_by_filter:
            return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition))
        return exp.Count(this=case(condition, number(1)))

    def text(self, value: str) -> exp.Expr:
        """Return a text."""
        return text(value)

    def steps(self, columns: Sequence[exp.Expr]) -> list[Sequence[exp.Expr]]:
        """Return columns of window functions in the steps in which they can be made, one after the other."""
        return [columns]

    def given(self, condition: exp.Expr) -> exp.Expr:
        """Return a condition as a value that is true or false, never null."""
        return exp.Coalesce(this=condition, expressions=[exp.false()])

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def converts(self, type_: Type) -> bool:
        """Say whether columns of a type must be made plain before anything is asked of them."""
        del type_
        return False

    def stored(self, value: exp.Expr, type_: Type) -> exp.Expr:
        """Return a column of a table as a value of the type, as everything else in the statement knows it."""
        del type_
        return value

    def listed(self, value: exp.Expr) -> exp.Expr:
        """Return a text whose values the catalog lists; an engine may keep such a column as an enum."""
        return value

    def wall_clock(self, value: exp.Expr) -> exp.Expr:
        """Return a column of wall-clock times as timestamps, as everything else in the statement knows them."""
        return value

    def shown(self, value: exp.Expr, type_: Type | None) -> exp.Expr:
        """Return a value of the statement as its result has it."""
        del type_
        return value

    def kind_of_time(self, value: exp.Expr, table: Table) -> exp.Expr | None:
        """Return whether a time is a `day` alone, has a `zone` of its own, or neither; None: the column tells."""
        del value, table
        return None

    def is_lent(self, key: exp.Expr, name: str, type_: Type | None) -> exp.Expr:
        """Return whether a key stands in a long list: as a text in the column `key` of a table."""
        if type_ is None:
            # Nobody said what it is; an engine that knows it is no text would not compare the two.
            key = cast(key, "text")
        return exp.In(this=key, query=exp.Subquery(this=self.lent(name, type_)))

    def lent(self, name: str, type_: Type | None) -> exp.Select:
        """Return a query of the keys of a long list, with the type that the entity's keys have."""
        wanted: exp.Expr = column("key")
        match type_.kind if type_ is not None else None:
            case Kind.INTEGER:
                wanted = cast(wanted, "bigint")
            case Kind.DECIMAL:
                assert type_ is not None
                wanted = self.decimal(wanted, type_.scale)
            case Kind.FLOAT:
                wanted = cast(wanted, "double")
            case _:
                wanted = self.stored(wanted, TEXT)
        return exp.select(wanted).from_(exp.Table(this=identifier(name)))

    # ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def from_file(self, value: exp.Expr, table: Table, type_: Type | None) -> exp.Expr:
        """Return a file's column as a value of the declared type; times without a zone as they stand."""
        raise Unsupported("files", table.span)

    def file(self, table: Table) -> exp.Expr:
        """Return a file as it stands in a `from`."""
        raise Unsupported("files", table.span)

    def broken(self, value: exp.Expr, type_: Type, *, or_day: bool) -> exp.Expr | None:
        """Return whether what stands in a column is no value of its type, nor a day where one will do.

        None where everything is one. Asked of files, and of tables where columns have no types.
        """
        raise Unsupported("files", None)

    # ── what holds other values ──────────────────────────────────────────────────────────────────────────────────────

    def json_value(self, base: exp.Expr, steps: Sequence[str], type_: Type) -> exp.Expr:
        """Return what stands in a json at a path, read as a type; null where it is of another."""
        raise Unsupported("json", None)

    def json_items(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        """Return the array in a json at a path as a list of json; null where there is none."""
        raise Unsupported("json", None)

    def json_size(self, base: exp.Expr, steps: Sequence[str]) -> exp.Expr:
        """Return the number of items of the array in a json at a path; null where there is none."""
        raise Unsupported("json", None)

    def items(self, items: exp.Expr, alias: str, item: Type | None) -> exp.Expr:
        """Return a list as rows with one column `value`, as they stand in a `from`."""
        raise Unsupported("lists", None)

    def count_items(self, items: exp.Expr, alias: str, item: Type | None, condition: exp.Expr | None) -> exp.Expr:
        """Return the number of items of a list, or of those for which a condition on the rows `alias` holds."""
        query = exp.select(exp.Count(this=exp.Star())).from_(self.items(items, alias, item))
        return exp.Subquery(this=query if condition is None else query.where(condition, copy=False))

    def item(self, value: exp.Expr, type_: Type) -> exp.Expr:
        """Return an item in the column `value` of such rows as a value of its type."""
        del type_
        return value

    def list_size(self, items: exp.Expr) -> exp.Expr:
        """Return the number of items of a list."""
        raise Unsupported("lists", None)
