"""Static lists: a long one, which is a table, holds whom a short one holds, which is written out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from segql import compiler
from segql.catalog import Table
from segql.diagnostics import SegqlError
from segql.plan import Clock
from segql.source import Source
from segql.sql import Statement
from segql.types import INTEGER, TEXT, Type, decimal
from tests.engines import ENGINES, Absent, Database, engine
from tests.spec_data import Rows

CLOCK = Clock(dt.datetime(2025, 12, 1, tzinfo=dt.UTC), ZoneInfo("UTC"))
FILLERS = [str(each) for each in range(5_000, 6_500)]
# What the catalog says of the key, what the table has, the keys of three members, a list, and who of them is in it.
CASES: list[tuple[str, Type, list[object], list[str], list[object]]] = [
    ("integer", INTEGER, [1, 2, 0], ["1", "2.5", "02"], [1, 2]),
    ("decimal(10, 2)", decimal(10, 2), [Decimal("1.50"), Decimal(2), Decimal(0)], ["1.5", "1.999"], [Decimal("1.50")]),
    ("text", TEXT, ["a", "A", "1 "], ["a", "1"], ["a"]),
    ("", INTEGER, [1, 2, 0], ["1"], [1]),
    ("", TEXT, ["a", "A", "1 "], ["A"], ["A"]),
]


def _compiled(declared: str, keys: list[str], dialect: str, database: Database | None = None) -> Statement:
    told = f"\n    id {declared}" if declared else ""
    text = (
        f"entity member\n    from members\n    key id{told}\n"
        'list vip of member\n    from "vip.csv"\n    key id\nsegment vips\n    where in list vip\n'
    )
    analyzed = compiler.check([Source.of("all.seg", text)])
    if database is not None:
        analyzed = replace(analyzed, catalog=database.located(analyzed.catalog))
    return compiler.compile(analyzed, ["vips"], CLOCK, dialect=dialect, lists={"vip": tuple(keys)})


@pytest.mark.parametrize("name", [each for each in ENGINES if each != "spark"])
@pytest.mark.parametrize(("declared", "type_", "keys", "listed", "expected"), CASES)
@pytest.mark.parametrize("fillers", [[], FILLERS], ids=["short", "long"])
def test_a_list_holds_the_same_members_however_long_it_is(
    name: str,
    declared: str,
    type_: Type,
    keys: list[object],
    listed: list[str],
    expected: list[object],
    fillers: list[str],
    tmp_path: Path,
) -> None:
    try:
        asked = engine(name)
    except Absent as error:
        pytest.skip(str(error))
    rows = Rows(Table(("members",)), {"id": type_}, tuple({"id": each} for each in keys), "")
    with asked.database({"members": rows}, tmp_path) as database:
        statement = _compiled(declared, [*listed, *fillers], name, database)
        for table, given in statement.lists.items():
            database.provide(table, given)
        found = [row[0] for row in database.rows(statement.sql)]

    # Some engines tell decimals as texts.
    plain = {str(each) if type_ is TEXT else Decimal(str(each)) for each in found}
    assert plain == {each if type_ is TEXT else Decimal(str(each)) for each in expected}


@pytest.mark.parametrize("fillers", [[], FILLERS], ids=["short", "long"])
@pytest.mark.parametrize("declared", ["integer", "decimal(10, 2)"])
def test_a_key_that_is_no_number_is_told(declared: str, fillers: list[str]) -> None:
    with pytest.raises(SegqlError, match="holds `12x`, and its keys are numbers"):
        _compiled(declared, ["1", "12x", *fillers], "duckdb")
