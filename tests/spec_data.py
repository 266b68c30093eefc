"""The rows of a specification: text → values, for the reference and for the engines."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from segql.catalog import Catalog, Entity, Field, Many, One, Stream, Table
from segql.types import BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, Kind, Type

Row: TypeAlias = Mapping[str, object]

# A column: the name of its table, and its own.
Place: TypeAlias = tuple[str, str]

_WORDS = {str(each): each for each in (BOOLEAN, INTEGER, DECIMAL, FLOAT, TEXT, DATE, TIMESTAMP, JSON)}
_QUOTED = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:,|$)')
_BARE = re.compile(r"([^,]*)(?:,|$)")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands between two commas."""

    text: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with its columns, each with its type, and its rows. Of a file, `text` is what stands in it."""

    table: Table
    columns: Mapping[str, Type]
    rows: tuple[Row, ...]
    text: str


def tables_of(catalog: Catalog, data: Mapping[str, str]) -> dict[str, Rows]:
    """Return every table that the catalog speaks of, by name; one without data is empty.

    Columns have the declared types. A key has the type of what it points to, else it is text, unless the header
    of the data says otherwise: `customer_id integer`.
    """
    tables = {owner.table.name: owner.table for owner in _owners(catalog)}
    headers = {name: _header(data.get(name, "")) for name in tables}
    types = _types(catalog, headers)
    columns = {name: {column: type_ for (table, column), type_ in types.items() if table == name} for name in tables}
    return {name: _rows(table, columns[name], data.get(name, "")) for name, table in tables.items()}


def list_of(text: str, key: str) -> tuple[str, ...]:
    """Return the keys in the text of a list's file."""
    head, *lines = (list(_cells(line, is_file=True)) for line in text.split("\n") if line)
    place = [cell.text for cell in head].index(key)
    return tuple(cells[place].text for cells in lines)


def _owners(catalog: Catalog) -> list[Entity | Stream | Many | One]:
    families = (catalog.entities, catalog.streams, catalog.manys, catalog.ones)
    return [owner for family in families for owner in family.values()]


def _types(catalog: Catalog, headers: Mapping[str, Mapping[str, Type | None]]) -> dict[Place, Type]:
    """Return the type of every column: declared, or said by a header, or that of the keys it holds, or text."""
    types: dict[Place, Type] = {}
    for owner in _owners(catalog):
        for field in owner.fields.values():
            types.setdefault((owner.table.name, field.column), field.type)
        if isinstance(owner, Stream):
            types.setdefault((owner.table.name, owner.at), TIMESTAMP)
    types |= {(table, name): type_ for table, names in headers.items() for name, type_ in names.items() if type_}
    links = list(_links(catalog))
    for one, other in [*links, *((other, one) for one, other in links)]:
        if one not in types and other in types:
            types[one] = types[other]
    keys = [(each.table.name, each.key) for each in catalog.entities.values()]
    others = [(table, name) for table, names in headers.items() for name in names]
    return dict.fromkeys([*keys, *(place for link in links for place in link), *others], TEXT) | types


def _links(catalog: Catalog) -> Iterator[tuple[Place, Place]]:
    """Yield pairs of columns that hold the same keys."""
    rows: list[Stream | Many] = [*catalog.streams.values(), *catalog.manys.values()]
    for each in rows:
        home = catalog.entities.get(each.entity if isinstance(each, Stream) else each.owner)
        if home is not None:
            yield (each.table.name, each.by), (home.table.name, home.key)
    owners: dict[str, Entity | Stream | Many] = {**catalog.entities, **catalog.streams, **catalog.manys}
    for one in catalog.ones.values():
        if one.owner in owners:
            yield (owners[one.owner].table.name, _column(owners[one.owner].fields, one)), (one.table.name, one.key)


def _column(fields: Mapping[str, Field], one: One) -> str:
    return fields[one.by].column if one.by in fields else one.by


def _header(text: str) -> dict[str, Type | None]:
    """Return the columns of a header, with the type of those that tell it."""
    line = text.split("\n", 1)[0]
    columns: dict[str, Type | None] = {}
    for cell in _cells(line, is_file=False) if line else ():
        name, _, word = cell.text.rpartition(" ")
        columns |= {name: _WORDS[word]} if name and word in _WORDS else {cell.text: None}
    return columns


def _rows(table: Table, columns: Mapping[str, Type], text: str) -> Rows:
    names = list(_header(text))
    rows: list[Row] = []
    for line in text.split("\n")[1:]:
        cells = list(_cells(line, is_file=table.is_file)) if line else []
        if len(cells) not in {0, len(names)}:
            raise ValueError(f"{table.name}: `{line}` has {len(cells)} cells, not {len(names)}")
        known = {
            name: _value(cell, columns[name], is_file=table.is_file) for name, cell in zip(names, cells, strict=False)
        }
        if cells:
            rows.append({name: known.get(name) for name in columns})
    return Rows(table, columns, tuple(rows), text + "\n")


def _cells(line: str, *, is_file: bool) -> Iterator[Cell]:
    """Yield what stands between the commas. In a file only quotes keep commas together, and spaces count."""
    at, is_open = 0, True
    while is_open:
        rest = line[at:] if is_file else line[at:].lstrip()
        if quoted := _QUOTED.match(rest):
            text, length = quoted[1].replace('""', '"'), quoted.end()
        elif rest[:1] in {"[", "{"} and not is_file:
            _, end = json.JSONDecoder().raw_decode(rest)
            text, length = rest[:end], len(rest) - len(rest[end:].lstrip().removeprefix(","))
        else:
            bare = _BARE.match(rest)
            assert bare is not None
            text, length = bare[1] if is_file else bare[1].strip(), bare.end()
        yield Cell(text, bool(quoted))
        at = len(line) - len(rest) + length
        is_open = rest[:length].endswith(",")


def _value(cell: Cell, type_: Type, *, is_file: bool) -> object:
    missing = "" if is_file else "NULL"
    if cell.text == missing and not cell.is_quoted:
        return None
    if not (is_file or cell.text or cell.is_quoted):
        raise ValueError('a cell is empty; write NULL where a value is missing, "" for the empty text')
    if type_.kind is Kind.LIST:
        assert type_.item is not None
        return [_of_item(each, type_.item) for each in json.loads(cell.text)]
    try:
        return _read(cell.text, type_)
    except (ValueError, KeyError, InvalidOperation):
        if not is_file:
            raise
        # The data of a file may be broken on purpose; who reads it must find that.
        return None


def _of_item(item: object, type_: Type) -> object:
    return item if item is None or isinstance(item, bool) else _read(str(item), type_)


def _read(text: str, type_: Type) -> object:
    match type_.kind:
        case Kind.BOOLEAN:
            return {"true": True, "false": False}[text]
        case Kind.INTEGER:
            return int(text)
        case Kind.DECIMAL:
            return Decimal(text)
        case Kind.FLOAT:
            return float(text)
        case Kind.DATE:
            return dt.date.fromisoformat(text)
        case Kind.TIMESTAMP:
            # What names its zone is an instant; the rest stands on the clock of its column.
            return dt.datetime.fromisoformat(text)
        case Kind.JSON:
            json.loads(text)
            return text
        case _:
            return text
