"""Queries that return no row where the data is sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from segql.catalog import Entity, One, Table
from segql.plan.uses import ColumnUse
from segql.source import Span
from segql.sql.clocks import Now
from segql.sql.ctes import with_ctes
from segql.sql.dialects import Dialect
from segql.sql.frame import Asked
from segql.sql.literals import column, identifier, known, named, number
from segql.sql.sources import Source, Sources, direct, may_be_day

ROWS_MOST = 5


@dataclass(frozen=True, slots=True)
class DataCheck:
    """A query about the data; every row that it returns is a defect, at most five of them.

    `repeated-key`: rows are a key and how often it stands there. `broken-value`: rows are the number of a row of the
    file, from 1 after its header, and the text that is no value of the declared type.
    """

    kind: str
    # Most who compile never ask for it, and it takes as long to write as the statement.
    written: Callable[[], str]
    table: Table
    column: str
    span: Span

    @property
    def sql(self) -> str:
        """The query."""
        return self.written()


def checks(sources: Sources, clock: Now, dialect: Dialect, entity: Entity | None, others: Asked) -> Iterator[DataCheck]:
    """Yield the checks of everything that a statement reads, but for the key of the entity that is asked about.

    Values come before keys, since keys are read with them.
    """
    for source in sources.sources():
        is_csv = source.table.is_file and source.table.parts[0].lower().endswith(".csv")
        if is_csv or (dialect.checks_values and not source.table.is_file):
            yield from _broken_values(source, dialect)
    for source in sources.sources():
        if isinstance(source.owner, Entity | One) and source.owner is not entity:
            yield _repeated_key(source, source.owner, sources, clock, dialect, others)


def _broken_values(source: Source, dialect: Dialect) -> Iterator[DataCheck]:
    for name, use in source.columns.items():
        if use.type is None:
            continue
        broken = dialect.broken(column("value"), use.type, or_day=may_be_day(source, name))
        if broken is None:
            continue
        origin = dialect.file(source.table) if source.table.is_file else direct(source.table)
        row = named(exp.Window(this=exp.RowNumber()), "row")
        value = named(column(name), "value")
        rows = exp.Subquery(
            this=exp.select(row, value, copy=False).from_(origin, copy=False),
            alias=exp.TableAlias(this=identifier("rows")),
        )
        is_known = known(column("value"))
        query = (
            exp.select(column("row"), column("value"), copy=False)
            .from_(rows, copy=False)
            .where(exp.And(this=is_known, expression=exp.Paren(this=broken)), copy=False)
            .limit(_most(), copy=False)
        )
        yield DataCheck("broken-value", _written(query.copy, dialect), source.table, name, use.span)


def _most() -> exp.Limit:
    # Given as a number, it would be parsed.
    return exp.Limit(expression=number(ROWS_MOST))


def _repeated_key(
    source: Source, owner: Entity | One, sources: Sources, clock: Now, dialect: Dialect, others: Asked
) -> DataCheck:
    exists = others.exists(owner.name, owner.name) if isinstance(owner, Entity) else None
    fields = (each.type for each in owner.fields.values() if each.column == owner.key)
    declared = owner.key_type if isinstance(owner, Entity) else next(fields, None)
    # Where only its other columns are read, nothing has asked for the key yet.
    sources.use(source, ColumnUse(owner.key, declared, True, owner.span))
    rows = exp.select(copy=False).from_(sources.table(source, owner.name), copy=False)
    rows = rows.where(known(column(owner.key)), exists, copy=False)
    query, ctes = clock.joined(repeated(rows, column(owner.key))), clock.ctes()
    if source.name is not None:
        names = [owner.key] if exists is None else source.columns
        ctes.append((source.name, sources.plain(source, names)))
    query = with_ctes(query, ctes)
    return key_check(query.copy, source, owner, dialect)


def repeated(rows: exp.Select, key: exp.Column) -> exp.Select:
    """Return the keys that stand more than once in rows, which have no columns yet, and how often."""
    times = exp.Count(this=exp.Star())
    return (
        rows.select(key, named(times, "times"), copy=False)
        .group_by(key.copy(), copy=False)
        .having(exp.GT(this=times.copy(), expression=number(1)), copy=False)
        .order_by(key.copy(), copy=False)
        .limit(_most(), copy=False)
    )


def key_check(
    repeated_keys: Callable[[], exp.Select], source: Source, owner: Entity | One, dialect: Dialect
) -> DataCheck:
    """Return the check that a query of repeated keys makes, which is made when the check is asked for."""
    use = source.columns.get(owner.key)
    type_, span = (use.type, use.span) if use else (None, owner.span)

    def shown() -> exp.Select:
        query = repeated_keys()
        key, *others = query.expressions
        told = dialect.shown(key, type_)
        if told is not key:
            query.set("expressions", [named(told, owner.key), *others])
        return query

    return DataCheck("repeated-key", _written(shown, dialect), source.table, owner.key, span)


def _written(query: Callable[[], exp.Select], dialect: Dialect) -> Callable[[], str]:
    return lambda: dialect.printed(query())
