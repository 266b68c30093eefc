"""A catalog drafted from data."""

from __future__ import annotations

from pathlib import Path

import pytest

import segql
from segql.workspace.draft.make import make
from segql.workspace.draft.words import singular
from tests.folders import database, write


def drafted(folder: Path, statements: str) -> str:
    """Draft from a database, make sure that the result is sound, and return the catalog."""
    database(folder / "a.duckdb", statements)
    make(folder, ["duckdb:///a.duckdb"])
    assert segql.open(folder).check() == []
    return (folder / "catalog.seg").read_text()


def of_file(folder: Path, text: str) -> str:
    """Draft from one CSV file, make sure that it can be run, and return the fields."""
    write(folder, {"people.csv": text})
    make(folder, [str(folder / "people.csv")])
    write(folder, {"all.seg": "everyone"})
    assert segql.open(folder)["all"].count() == text.count("\n") - 1
    catalog = (folder / "catalog.seg").read_text()
    return catalog.split("key id\n")[1].split("\n\n")[0]


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("customers", "customer"),
        ("categories", "category"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("status", "status"),
        ("bus", "bus"),
        ("data/Users.csv", "user"),
        ("dim_customers", "customer"),
        ("news.parquet", "new"),
        ("s", "s"),
    ],
)
def test_the_word_for_one_row(name: str, one: str) -> None:
    assert singular(name) == one


def test_people_are_told_from_what_they_do_and_have(tmp_path: Path) -> None:
    catalog = drafted(
        tmp_path,
        "create table products (id integer primary key, brand varchar);"
        "create table users (id integer primary key, team integer, born date not null);"
        "create table teams (id integer primary key, name varchar);"
        'create table clicks (user_id integer, "at" timestamp, path varchar);'
        "create table orders (id integer, user_id integer, product_id integer, paid_on date, made_at timestamp);"
        "create table phones (user_id integer, number varchar);"
        "create table rates (currency varchar, rate double);"
        "insert into users values (1, 1, '2000-01-01'), (2, 1, '2000-01-01'); insert into teams values (1, 'a');"
        "insert into products values (1, 'x'); insert into phones values (1, '1'), (1, '2')",
    )

    assert "entity user\n    from users\n    key id\n" in catalog
    assert "events click of user\n    from clicks\n    by user_id\n    at at\n" in catalog
    assert "events order of user\n    from orders\n    by user_id\n    at made_at\n" in catalog
    assert "many phone of user\n    from phones by user_id\n" in catalog
    assert "one product of order\n    from products key id by product_id\n" in catalog
    assert "one team of user\n    from teams key id by team\n" in catalog
    assert "# Not used, since nothing in it names a user: rates\n" in catalog


def test_declared_keys_come_before_names(tmp_path: Path) -> None:
    catalog = drafted(
        tmp_path,
        "create table people (number varchar primary key, name varchar);"
        "create table visits (who varchar references people (number), day date not null);"
        "insert into people values ('a', 'x')",
    )

    assert "key number\n" in catalog
    assert "events visit of people\n    from visits\n    by who\n    at day\n    day  date\n" in catalog


def test_tables_of_one_shop_lose_its_name(tmp_path: Path) -> None:
    catalog = drafted(
        tmp_path,
        'create table acme_customers (id integer); create table acme_orders (customer_id integer, "at" timestamp);'
        "insert into acme_customers values (1)",
    )

    assert "entity customer\n    from acme_customers\n" in catalog
    assert "events order of customer\n    from acme_orders\n" in catalog


def test_names_that_are_no_words_stand_in_backticks(tmp_path: Path) -> None:
    catalog = drafted(
        tmp_path,
        'create table "all users" ("user id" integer, "not" varchar, "Größe" double, "2nd" boolean);'
        "insert into \"all users\" values (1, 'x', 1, true)",
    )

    assert "from `all users`\n    key `user id`\n" in catalog
    assert "    `not`      text\n" in catalog
    assert "    Größe      float\n" in catalog
    assert "    `2nd`      boolean\n" in catalog


def test_types_that_the_language_lacks_are_comments(tmp_path: Path) -> None:
    catalog = drafted(
        tmp_path,
        "create table users (id integer, picture blob, tags varchar[], spans interval[], extra json);"
        "insert into users values (1, null, ['a'], null, '{}')",
    )

    assert "# picture: blob, which the language has no type for\n" in catalog
    assert "# spans: interval[], which the language has no type for\n" in catalog
    assert "tags   list of text\n" in catalog
    assert "extra  json\n" in catalog


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (["1", "-2", "30"], "integer"),
        (["1", "01"], "text"),
        (["1", "+2"], "text"),
        (["1", "2.5"], "decimal"),
        (["1.1234567"], "float"),
        (["1e5", "2"], "float"),
        (["true", "FALSE"], "boolean"),
        (["1", "true"], "text"),
        (["2025-01-01"], "date"),
        (["2025-13-01"], "text"),
        (["2025-01-01T10:00:00Z", "2025-01-01 10:00"], "timestamp"),
        (["99999999999999999999"], "float"),
        (["x", ""], "text optional"),
        (["5", ""], "integer optional"),
        ([""], "text optional"),
        (['""', "x"], "text"),
    ],
)
def test_the_strictest_type_that_every_value_fits(tmp_path: Path, values: list[str], word: str) -> None:
    rows = "".join(f"{number},{value}\n" for number, value in enumerate(values))

    assert of_file(tmp_path, f"id,v\n{rows}") == f"    id  integer\n    v   {word}"


def test_a_table_that_a_catalog_cannot_name_is_left_out(tmp_path: Path) -> None:
    catalog = drafted(
        tmp_path, 'create table users (id integer); create table "a.b" (x integer); insert into users values (1)'
    )

    assert "a.b" not in catalog
