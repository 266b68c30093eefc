"""Every message about an engine, its data and what is written while running.

The docstring of each is its page: what it means, an example, the cure. E50 is the machine's doing,
E51 a catalog and data that do not fit each other, E52 what the data shows of a whole catalog.
"""

from __future__ import annotations

from collections.abc import Sequence

from segql.diagnostics import Diagnostic, Edit, Fix, Label, Severity
from segql.source import Span
from segql.types import Type

# ── the engine ───────────────────────────────────────────────────────────────────────────────────


def engine_failed(
    span: Span | None, what: str, why: str, *, is_part: bool = False, place: Span | None = None
) -> Diagnostic:
    """The engine began to answer and then gave up.

    Where a part of the condition fails by itself, the message points at it: each part was asked for alone after the
    failure. What a column holds, or what a view makes of it, is often to blame: a number too large to multiply, a text
    that is cast to a number. Other segments that were asked for together are still answered.

    Example:
        where age < 30 and quantity * quantity > 100    # and some quantity is 9_000_000_000_000
    Cure:
        where age < 30 and quantity > 10
    """
    hint = "run it alone, or with `segql compile` look at the SQL that the engine refused"
    if is_part:
        hint = "the engine fails on this part alone: look at the values of its columns, and at the views that make them"
    message = f"the engine could not answer {what}: {why}"
    labels = (Label(place, "asked for here"),) if place is not None else ()
    return Diagnostic("E501", "engine-failed", message, span, hint, labels=labels)


def rows_failed(span: Span, what: str, why: str) -> Diagnostic:
    """The engine could not read a table, view or column of the catalog, when it was looked at by itself.

    Example:
        from customer_ages                  # a view that casts a text to a number, and some text is none
    Cure:
        from customers
    """
    hint = "mend the view, or what stands in the tables that it reads"
    return Diagnostic("E504", "rows-failed", f"the engine could not read {what}: {why}", span, hint)


def engine_unreachable(what: str, why: str, hint: str) -> Diagnostic:
    """The database of the connection cannot be opened.

    Example:
        url = "duckdb:///shpo.duckdb"
    Cure:
        url = "duckdb:///shop.duckdb"
    """
    message = f"the database {what} cannot be opened: {why}"
    return Diagnostic("E502", "engine-unreachable", message, None, hint)


def output_failed(path: str, why: str, *, is_chosen: bool = False) -> Diagnostic:
    """The members, or a file of the project, could not be written; what was begun has been taken away again.

    Example:
        segql run vip --output /full/disk/vip.csv
    Cure:
        segql run vip --output vip.csv
    """
    rights = "see to the rights of the file and of its folder, and to the room on the disk"
    hint = "choose another place with `--output`" if is_chosen else rights
    return Diagnostic("E503", "output-failed", f"`{path}` cannot be written: {why}", None, hint)


# ── the catalog and the data ─────────────────────────────────────────────────────────────────────


def unknown_table(span: Span, name: str, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """The catalog names a table that the database does not have.

    Example:
        from custmers
    Cure:
        from customers
    """
    fix = None
    if near:
        hint = f"`{near[0]}` is the closest table"
        if span.text == name:
            fix = Fix(f"write `{near[0]}`", (Edit(span, near[0]),))
    elif known:
        hint = f"there are {_listed(known)}"
    else:
        hint = 'there are no tables; name a database in segql.toml, or a file: from "data/x.csv"'
    return Diagnostic("E511", "unknown-table", f"there is no table `{name}`", span, hint, fix=fix)


def unknown_column(span: Span, table: str, name: str, near: Sequence[str], known: Sequence[str]) -> Diagnostic:
    """The catalog names a column that the table or file does not have.

    Example:
        agee integer
    Cure:
        age integer
    """
    hint = f"`{near[0]}` is the closest column" if near else f"it has {_listed(known)}"
    message = f"`{table}` has no column `{name}`"
    return Diagnostic("E512", "unknown-column", message, span, hint)


def wrong_column_type(span: Span, column: str, declared: Type, found: str, better: str | None) -> Diagnostic:
    """A column holds values of another type than the catalog declares; nothing converts silently.

    Example:
        amount decimal                      # and the table holds text
    Cure:
        amount text
    """
    hint = f"declare it `{better}`" if better else "cast it in a view, and name the view in the catalog"
    message = f"`{column}` is declared {declared}, the table has {found}"
    return Diagnostic("E513", "wrong-column-type", message, span, hint)


def missing_file(span: Span, path: str, near: Sequence[str]) -> Diagnostic:
    """The catalog names a file that is not there.

    Example:
        from "data/custmers.csv"
    Cure:
        from "data/customers.csv"
    """
    hint = f"`{near[0]}` is the closest file" if near else "paths begin at the project's folder"
    return Diagnostic("E514", "missing-file", f"there is no file `{path}`", span, hint)


def keys_differ(span: Span, column: tuple[str, str], other: tuple[str, str], there: Span) -> Diagnostic:
    """Two columns that should name the same thing hold values of different types.

    Example:
        by customer_id                      # text here, and an integer in the entity's table
    Cure:
        by customer_number
    """
    message = f"`{column[0]}` is {column[1]}, and `{other[0]}`, which it names, is {other[1]}"
    hint = "cast one of them in a view, and name the view in the catalog"
    labels = (Label(there, other[1]),) if there != span else ()
    return Diagnostic("E515", "keys-differ", message, span, hint, labels=labels)


def repeated_key(span: Span, table: str, column: str, some: Sequence[tuple[str, int]]) -> Diagnostic:
    """A key occurs more than once, so that somebody would count double.

    Example:
        customer_id,age
        7,31
        7,32
    Cure:
        customer_id,age
        7,32
    """
    told = ", ".join(f"{key} ({count} times)" for key, count in some)
    message = f"`{column}` of `{table}` is not unique: {told}"
    hint = "keep one row for each key, or name a view that does"
    return Diagnostic("E516", "repeated-key", message, span, hint)


def broken_value(span: Span, table: str, column: str, declared: str, some: Sequence[tuple[int, str]]) -> Diagnostic:
    """A file holds values that are not of the declared type; none is changed or left out.

    Example:
        age integer                         # and the file says "about 30"
    Cure:
        age text
    """
    told = ", ".join(f"`{value}` in row {row}" for row, value in some)
    message = f"`{column}` of `{table}` holds values that are no {declared}: {told}"
    hint = "mend the values, or declare the column as what it holds"
    return Diagnostic("E517", "broken-value", message, span, hint)


def broken_data(span: Span, name: str, why: str) -> Diagnostic:
    """A table or file is there and cannot be read.

    Example:
        from "data/customers.parquet"       # and the file is a renamed CSV file
    Cure:
        from "data/customers.csv"
    """
    hint = "its ending tells how it is read: .csv or .parquet"
    return Diagnostic("E518", "broken-data", f"`{name}` cannot be read: {why}", span, hint)


def zone_twice(span: Span, column: str, zone: str) -> Diagnostic:
    """A timestamp that carries its own zone is declared to stand in another.

    Example:
        ordered_at timestamp in "Europe/Berlin"     # and the table has instants
    Cure:
        ordered_at timestamp
    """
    message = f"`{column}` holds instants already, so `in {zone}` would move them"
    return Diagnostic("E519", "zone-twice", message, span, f'leave out `in "{zone}"`')


# ── the whole catalog, asked for by `segql check --live` ─────────────────────────────────────────────────────────────


def missing_values(span: Span, table: str, column: str, missing: int, rows: int) -> Diagnostic:
    """A field has missing values and is not declared `optional`.

    A comparison with a missing value is false, so that `not` and `!=` hold for it. Who reads `optional` knows.

    Example:
        age integer                         # and 12 rows have none
    Cure:
        age integer optional
    """
    message = f"`{column}` is missing in {missing:,} of {rows:,} rows of `{table}`"
    hint = "declare it `optional`"
    return Diagnostic("E521", "missing-values", message, span, hint, Severity.WARNING)


def unlisted_values(span: Span, column: str, some: Sequence[tuple[object, int]], *, is_cut: bool) -> Diagnostic:
    """A field has values that its `one of (…)` does not list; a segment that asks for one is refused.

    Example:
        country text one of ("DE", "FR")    # and some rows hold "AT"
    Cure:
        country text one of ("AT", "DE", "FR")
    """
    told = ", ".join(f"`{value}` ({count:,} {'row' if count == 1 else 'rows'})" for value, count in some)
    message = f"`{column}` holds values that its list does not have: {told}{', …' if is_cut else ''}"
    return Diagnostic("E522", "unlisted-values", message, span, "add them to `one of`", Severity.WARNING)


def absent_values(span: Span, column: str, values: Sequence[object]) -> Diagnostic:
    """A field lists values in `one of (…)` that no row has.

    Example:
        status text one of ("open", "clsoed")
    Cure:
        status text one of ("open", "closed")
    """
    word = "value" if len(values) == 1 else "values"
    message = f"no row has the {word} {_listed(list(map(str, values)))} in `{column}`"
    hint = "are they spelt as in the data? if they are still to come, all is well"
    return Diagnostic("E523", "absent-values", message, span, hint, Severity.WARNING)


def no_times(span: Span, stream: str, column: str, rows: int) -> Diagnostic:
    """No row of an event has a time, and a row without a time is no event.

    Example:
        at shipped_at                       # and it is always missing
    Cure:
        at ordered_at
    """
    message = f"`{column}` is missing in all {rows:,} rows, so there is no event `{stream}`"
    return Diagnostic("E524", "no-times", message, span, "name the column with the time of the event", Severity.WARNING)


def times_ahead(span: Span, stream: str, column: str, ahead: int, rows: int, at: str) -> Diagnostic:
    """Events lie after the instant that is asked for, so that nobody sees them.

    Example:
        at due_on                           # the day until which it can be paid
    Cure:
        at ordered_at
    """
    told = f"all {rows:,} events" if ahead == rows else f"{ahead:,} of {rows:,} events"
    message = f"{told} `{stream}` lie after {at} by `{column}`, and are not seen"
    hint = "is it the time at which it happened, and in the right zone?"
    return Diagnostic("E525", "times-ahead", message, span, hint, Severity.WARNING)


def keys_of_nobody(span: Span, name: str, keys: int, entity: str) -> Diagnostic:
    """No key of a static list is that of a member.

    Example:
        list vip_ids of customer from "lists/vip.csv" key email
    Cure:
        list vip_ids of customer from "lists/vip.csv" key customer_id
    """
    none = "the only key" if keys == 1 else f"none of the {keys:,} keys"
    message = f"{none} of the list `{name}` is that of {'no' if keys == 1 else 'a'} {entity}"
    hint = "name the column of the file that holds keys, written as in the data"
    return Diagnostic("E526", "keys-of-nobody", message, span, hint, Severity.WARNING)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{each}`" for each in names[:12])
    return f"{shown}, …" if len(names) > 12 else shown
