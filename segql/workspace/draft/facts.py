"""What the data shows about tables and files: types, missing values, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from segql.catalog import Table
from segql.run.backends import Backend, Column, CompoundKey, DeclaredKey, EngineError, Promise
from segql.types import DATE, TEXT, TIMESTAMP, UNKNOWN, Kind, Type
from segql.workspace.draft.texts import FORMS, types_of_text

# So many rows of a table are looked at; a file is read whole, since its types are not told otherwise.
SAMPLE = 10_000


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column: `engine_type` in the engine's words, whether values can be missing, whether they differ.

    `is_unique` is looked at only where a name could be a key's; elsewhere it is False. `values` are those of an enum.
    """

    name: str
    type: Type
    engine_type: str
    is_missing: bool
    is_unique: bool
    values: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table or file, its columns, and what the database declares about them.

    `key` is the declared primary key; `links` are the declared foreign keys, by column; `compound` are the declared
    keys of several columns. `is_whole`: all rows were seen.
    """

    table: Table
    columns: tuple[ColumnFacts, ...]
    key: str | None
    links: Mapping[str, tuple[str, str]]
    compound: tuple[CompoundKey, ...] = ()
    is_whole: bool = True

    def column(self, name: str) -> ColumnFacts:
        """Return a column; raises KeyError for another."""
        for each in self.columns:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def has_compound_key(self) -> bool:
        """Whether only several columns together name a row."""
        return any(each.target is None for each in self.compound)


@dataclass(frozen=True, slots=True)
class Declared:
    """The keys that a database declares, asked for once."""

    keys: Sequence[DeclaredKey]
    compound: Sequence[CompoundKey]

    @classmethod
    def of(cls, backend: Backend) -> Declared:
        """Ask a database for its keys."""
        return cls(backend.declared_keys(), backend.compound_keys())


def look_at(table: Table, located: Table, backend: Backend, declared: Declared) -> TableFacts | None:
    """Return the facts about a table; `located` is the same as the engine finds it.

    None stands for a table that is not there, or whose name a catalog cannot write.

    Raises:
        EngineError: it cannot be read.

    Example:
        look_at(Table(("customers",)), Table(("customers",)), backend, Declared.of(backend)).key
    """
    columns = backend.describe(located)
    if columns is None:
        return None
    promises = backend.promises(located)
    rows = f"{backend.source(located)}"
    if not table.is_file:
        rows = f"(SELECT * FROM {rows} LIMIT {SAMPLE}) AS some_rows"
    try:
        seen = _counted(rows, columns, backend)
        types = _types(rows, columns, backend, is_file=table.is_file)
    except EngineError:
        # A view that fails on some row is still a view; of a file nothing else is known.
        if table.is_file:
            raise
        seen, types = _Counts(SAMPLE, {}, {}), {name: each.type or TEXT for name, each in columns.items()}
    is_whole = table.is_file or seen.size < SAMPLE
    keys = {each.column for each in declared.keys if each.table == table.name and each.target is None}
    keys |= {name for each in declared.compound if each.table == table.name for name in each.columns}
    # Whoever says of one column that it is never missing, says it of all that never are; a key never is.
    is_strict = any(each.may_miss is False for name, each in promises.items() if name not in keys)
    is_seen = is_whole and seen.size > 0 and not is_strict
    own = [each for each in declared.keys if each.table == table.name]
    return TableFacts(
        table,
        tuple(
            ColumnFacts(
                name,
                types[name],
                each.engine_type,
                _may_miss(seen, name, promises.get(name, Promise()), is_seen=is_seen),
                seen.size > 0 and seen.different.get(name) == seen.size,
                each.values,
                promises.get(name, Promise()).comment,
            )
            for name, each in columns.items()
        ),
        next((each.column for each in own if each.target is None), None),
        {each.column: each.target for each in own if each.target is not None},
        tuple(each for each in declared.compound if each.table == table.name),
        is_whole,
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many rows were seen, and by column how many values are known, and how many differ."""

    size: int
    known: Mapping[str, int]
    different: Mapping[str, int]


def _counted(rows: str, columns: Mapping[str, Column], backend: Backend) -> _Counts:
    names = list(columns)
    first = names[0]
    maybe_keys = [each for each in names if (could_be_key(each) or each == first) and _can_be_equal(columns[each])]
    known = [f"count({backend.quoted(each)})" for each in names]
    different = [f"count(DISTINCT {backend.quoted(each)})" for each in maybe_keys]
    query = f"SELECT count(*), {', '.join(known + different)} FROM {rows}"
    size, *counts = (each[0].as_py() for each in backend.execute(query).read_all().columns)
    return _Counts(
        size,
        dict(zip(names, counts, strict=False)),
        dict(zip(maybe_keys, counts[len(names) :], strict=True)),
    )


def _may_miss(seen: _Counts, name: str, promise: Promise, *, is_seen: bool) -> bool:
    """Say whether a value can be missing: some is, or the database allows it and the rows do not tell."""
    if promise.may_miss is False:
        return False
    if name in seen.known and seen.known[name] < seen.size:
        return True
    return promise.may_miss is True and not is_seen


def _can_be_equal(column: Column) -> bool:
    """Say whether values of a column can be compared on every engine."""
    if column.type is None:
        return True
    is_name = column.type.kind is Kind.UNKNOWN and column.engine_type.lower() == "uuid"
    return is_name or column.type.kind not in {Kind.UNKNOWN, Kind.JSON, Kind.LIST}


def could_be_key(name: str) -> bool:
    """Say whether a column's name is one that keys have.

    Example:
        >>> could_be_key("customer_id"), could_be_key("age")
        (True, False)
    """
    word = name.casefold()
    return word.endswith(("id", "key", "number", "_no", "code", "email")) or word == "customer"


def _types(rows: str, columns: Mapping[str, Column], backend: Backend, *, is_file: bool) -> dict[str, Type]:
    """Return the type of each column; of what may hold anything, by what it holds."""
    types = {name: TEXT if each.values else each.type or TEXT for name, each in columns.items()}
    types |= {name: UNKNOWN for name, each in columns.items() if "blob" in each.engine_type.lower()}
    read = [name for name, each in columns.items() if each.type is None and types[name] is TEXT]
    if read:
        query = f"SELECT {', '.join(map(backend.quoted, read))} FROM {rows}"
        # What a table declares as text is a number only by chance; a day or an instant has no other type there.
        moments = [each for each in FORMS if each.type in {DATE, TIMESTAMP}]
        is_open = {name: is_file or columns[name].engine_type == "any" for name in read}
        forms = {name: FORMS if is_open[name] else moments for name in read}
        types |= types_of_text(backend.execute(query), forms)
    return types
