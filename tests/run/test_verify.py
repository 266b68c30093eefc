"""A catalog and data that do not fit each other are told before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest

import segql
from segql.diagnostics import Diagnostic
from tests.folders import CATALOG, SETTINGS, csv_shop, database, shop, write


def problems(root: Path, *names: str, as_of: str = "2025-12-01") -> tuple[Diagnostic, ...]:
    with pytest.raises(segql.SegqlError) as raised:
        segql.open(root).run(names, as_of=as_of)
    return raised.value.diagnostics


def problem(root: Path, name: str, **given: str) -> Diagnostic:
    (found,) = problems(root, name, **given)
    return found


def one_table(folder: Path, column: str, declared: str, condition: str, *, settings: str = SETTINGS) -> Path:
    """Make a project whose customers have one column `v`, of some type, declared as another."""
    write(
        folder,
        {
            "segql.toml": settings,
            "catalog.seg": f"entity customer\n    from customers\n    key id\n    v {declared}\n",
            "them.seg": condition,
        },
    )
    database(folder / "shop.duckdb", f"create table customers (id integer, v {column})")
    return folder


def test_a_table_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    write(shop(tmp_path), {"catalog.seg": CATALOG.replace("from customers", "from custmers")})
    found = problem(tmp_path, "young")

    assert (found.code, found.message) == ("E511", "there is no table `custmers`")
    assert found.hint == "`customers` is the closest table"
    assert found.span is not None
    assert found.span.text == "custmers"
    assert found.fix is not None


def test_tables_without_any_name_the_way_out(tmp_path: Path) -> None:
    write(shop(tmp_path), {"segql.toml": ""})

    assert problem(tmp_path, "young").hint.startswith("there are no tables; name a database")


def test_a_column_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    write(shop(tmp_path), {"catalog.seg": CATALOG.replace("age  ", "agee "), "b.seg": "agee > 3"})
    write(tmp_path, {"segments/all.seg": "segment x\n    where everyone\n"})
    found = problem(tmp_path, "b")

    assert (found.code, found.message) == ("E512", "`customers` has no column `agee`")
    assert found.hint == "`age` is the closest column"
    assert found.span is not None
    assert found.span.source.name.endswith("catalog.seg")


def test_only_what_is_used_is_asked_for(tmp_path: Path) -> None:
    write(shop(tmp_path), {"catalog.seg": CATALOG.replace("country ", "contry  ")})

    assert segql.open(tmp_path)["young"].count() == 1


def test_everything_that_does_not_fit_is_told_at_once(tmp_path: Path) -> None:
    text = CATALOG.replace("age  ", "agee ").replace("from orders", "from ordres")
    write(shop(tmp_path), {"catalog.seg": text, "b.seg": "agee > 3 and did purchase"})
    write(tmp_path, {"segments/all.seg": "segment x\n    where everyone\n"})

    assert {each.code for each in problems(tmp_path, "b")} == {"E511", "E512"}


def test_letters_of_another_case_are_the_same_column(tmp_path: Path) -> None:
    write(shop(tmp_path), {"catalog.seg": CATALOG.replace("by customer_id", "by Customer_ID")})

    assert segql.open(tmp_path)["buyers"].count() == 2


FITTING = [
    ("integer", "integer", "v > 1"),
    ("hugeint", "integer", "v > 1"),
    ("utinyint", "integer", "v > 1"),
    ("decimal(10, 0)", "integer", "v > 1"),
    ("integer", "decimal", "v > 1"),
    ("decimal(30, 2)", "decimal", "v > 1"),
    ("real", "float", "v > 1"),
    ("double", "float", "v > 1"),
    ("varchar", "text", 'v = "a"'),
    ("enum('a', 'b')", "text", 'v = "a"'),
    ("boolean", "boolean", "v"),
    ("date", "date", "v in last 7 days"),
    ("timestamp", "timestamp", "v in last 7 days"),
    ("timestamptz", "timestamp", "v in last 7 days"),
    ("json", "json", 'v.a = "b"'),
    ("varchar", "json", 'v.a = "b"'),
    ("varchar[]", "list of text", 'v has "a"'),
]


@pytest.mark.parametrize(("column", "declared", "condition"), FITTING)
def test_types_that_fit(tmp_path: Path, column: str, declared: str, condition: str) -> None:
    assert segql.open(one_table(tmp_path, column, declared, condition))["them"].count() == 0


NOT_FITTING = [
    ("varchar", "decimal", "v > 1", "`v` is declared decimal, the table has varchar", "declare it `text`"),
    ("double", "decimal", "v > 1", "`v` is declared decimal, the table has double", "declare it `float`"),
    ("decimal(10, 2)", "integer", "v > 1", "`v` is declared integer, the table has decimal(10,2)", "`decimal`"),
    ("decimal(10, 2)", "float", "v > 1", "`v` is declared float, the table has decimal(10,2)", "`decimal`"),
    ("integer", "text", 'v = "1"', "`v` is declared text, the table has integer", "`integer`"),
    ("integer", "boolean", "v", "`v` is declared boolean, the table has integer", "`integer`"),
    ("timestamp", "date", "v in last 7 days", "`v` is declared date, the table has timestamp", "`timestamp`"),
    ("date", "timestamp", "v in last 7 days", "`v` is declared timestamp, the table has date", "`date`"),
    ("varchar", "list of text", 'v has "a"', "`v` is declared list of text, the table has varchar", "`text`"),
    ("integer[]", "list of text", 'v has "a"', "the table has integer[]", "declare it `list of integer`"),
    ("struct(a integer)", "json", "v.a = 1", "`v` is declared json, the table has struct", "cast it in a view"),
    ("uuid", "text", 'v = "1"', "`v` is declared text, the table has uuid", "cast it in a view"),
]


@pytest.mark.parametrize(("column", "declared", "condition", "message", "hint"), NOT_FITTING)
def test_types_that_do_not_fit(
    tmp_path: Path, column: str, declared: str, condition: str, message: str, hint: str
) -> None:
    found = problem(one_table(tmp_path, column, declared, condition), "them")

    assert found.code == "E513"
    assert message in found.message
    assert hint in found.hint


def test_keys_of_different_types_are_told(tmp_path: Path) -> None:
    write(shop(tmp_path), {"catalog.seg": CATALOG.replace("    customer_id   integer\n", "")})
    (tmp_path / "shop.duckdb").unlink()
    database(
        tmp_path / "shop.duckdb",
        "create table customers (customer_id integer, age integer, country text, signed_up_at timestamp);"
        "create table orders (customer_id varchar, ordered_at timestamp, amount decimal(10, 2));",
    )
    found = problem(tmp_path, "buyers")

    assert found.code == "E515"
    assert found.message == "`customer_id` is varchar, and `customer_id`, which it names, is integer"


def test_keys_are_of_whatever_type_both_have(tmp_path: Path) -> None:
    write(shop(tmp_path), {"catalog.seg": CATALOG.replace("    customer_id   integer\n", "")})
    (tmp_path / "shop.duckdb").unlink()
    database(
        tmp_path / "shop.duckdb",
        "create table customers (customer_id uuid, age integer, country text, signed_up_at timestamp);"
        "create table orders (customer_id uuid, ordered_at timestamp, amount decimal(10, 2));"
        "insert into customers (customer_id) values ('00000000-0000-0000-0000-000000000001');"
        "insert into orders select customer_id, '2025-11-30', 1 from customers;",
    )

    assert segql.open(tmp_path)["buyers"].members().to_pydict() == {
        "customer_id": ["00000000-0000-0000-0000-000000000001"]
    }


# ── instants ────────────────────────────────────────────────────────────────────────────────────

DATED = SETTINGS + '\n[connections.other]\nurl = "duckdb:///shop.duckdb"\n'


def dated(folder: Path, at: str, declared: str = "", settings: str = SETTINGS) -> Path:
    catalog = CATALOG.replace("    at ordered_at\n", f"    at ordered_at{declared}\n")
    write(shop(folder), {"segql.toml": settings, "catalog.seg": catalog})
    (folder / "shop.duckdb").unlink()
    database(
        folder / "shop.duckdb",
        "create table customers (customer_id integer, age integer, country text, signed_up_at timestamp);"
        f"create table orders (customer_id integer, ordered_at {at}, amount decimal(10, 2));"
        "insert into customers (customer_id) values (1);"
        "insert into orders values (1, '2025-11-30', 1);",
    )
    return folder


@pytest.mark.parametrize("at", ["timestamp", "timestamptz", "date", "timestamp_s"])
def test_an_event_can_be_dated_in_several_ways(tmp_path: Path, at: str) -> None:
    assert segql.open(dated(tmp_path, at))["buyers"].count() == 1


def test_text_is_no_time_of_an_event(tmp_path: Path) -> None:
    assert problem(dated(tmp_path, "varchar"), "buyers").code == "E513"


def test_a_date_whose_midnight_is_not_that_of_utc_must_be_declared(tmp_path: Path) -> None:
    found = problem(dated(tmp_path, "date", settings=f'timezone = "Asia/Tokyo"\n{SETTINGS}'), "buyers")

    assert (found.code, found.hint) == ("E513", "declare it `date`")


def test_an_instant_is_not_moved_into_another_zone(tmp_path: Path) -> None:
    found = problem(dated(tmp_path, "timestamptz", ' in "Europe/Berlin"'), "buyers")

    assert (found.code, found.hint) == ("E519", 'leave out `in "Europe/Berlin"`')


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def test_a_file_that_is_not_there_names_the_nearest(tmp_path: Path) -> None:
    csv_shop(tmp_path)
    (tmp_path / "data/orders.csv").rename(tmp_path / "data/order.csv")
    found = problem(tmp_path, "buyers")

    assert (found.code, found.message) == ("E514", "there is no file `data/orders.csv`")
    assert found.hint == "`data/order.csv` is the closest file"
    assert found.span is not None
    assert found.span.text == '"data/orders.csv"'


def test_a_column_that_a_file_lacks_is_told(tmp_path: Path) -> None:
    write(csv_shop(tmp_path), {"data/orders.csv": "customer_id,orderd_at\n"})
    found = problem(tmp_path, "buyers")

    assert (found.code, found.message) == ("E512", "`data/orders.csv` has no column `ordered_at`")


def test_a_file_of_another_kind_is_told(tmp_path: Path) -> None:
    write(csv_shop(tmp_path), {"data/orders.parquet": "customer_id\n"})
    text = (tmp_path / "catalog.seg").read_text().replace("orders.csv", "orders.parquet")
    write(tmp_path, {"catalog.seg": text})
    found = problem(tmp_path, "buyers")

    assert found.code == "E518"
    assert found.message.startswith("`data/orders.parquet` cannot be read: ")


def test_a_repeated_key_names_some(tmp_path: Path) -> None:
    write(csv_shop(tmp_path), {"data/customers.csv": "customer_id,age,country,signed_up_at\n7,1,,\n7,2,,\n8,3,,\n"})
    found = problem(tmp_path, "young")

    assert found.code == "E516"
    assert found.message == "`customer_id` of `data/customers.csv` is not unique: 7 (2 times)"


def test_a_broken_value_names_its_row(tmp_path: Path) -> None:
    write(
        csv_shop(tmp_path),
        {"data/customers.csv": "customer_id,age,country,signed_up_at\n1,30,DE,\n2,about 30,DE,\n3,,DE,\n"},
    )
    found = problem(tmp_path, "young")

    assert found.code == "E517"
    assert found.message == "`age` of `data/customers.csv` holds values that are no integer: `about 30` in row 2"
    assert found.span is not None
    assert found.span.source.name.endswith("catalog.seg")


def test_a_repeated_key_in_a_table_names_some(tmp_path: Path) -> None:
    shop(tmp_path)
    (tmp_path / "shop.duckdb").unlink()
    database(
        tmp_path / "shop.duckdb",
        "create table customers (customer_id integer, age integer);"
        "insert into customers values (1, 20), (1, 30), (2, 20), (2, 20)",
    )
    found = problem(tmp_path, "young")

    assert found.message == "`customer_id` of `customers` is not unique: 1 (2 times), 2 (2 times)"
