"""The whole catalog is compared with the database, whatever segments use of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import segql
from segql.diagnostics import Diagnostic
from segql.workspace.draft.make import make
from tests.folders import CATALOG, SETTINGS, csv_shop, database, shop, write
from tests.shops import ENGINES, filled

NOW = SETTINGS.replace('as_of = "2025-12-01"\n', "")


def live(root: Path, connection: str = "default") -> list[Diagnostic]:
    return segql.open(root, connection=connection).check(live=True)


def told(found: list[Diagnostic]) -> list[tuple[str, str, str]]:
    """Return the code, the line and the text of each message."""
    assert all(each.span is not None for each in found)
    return [
        (each.code, each.span.source.line_text(each.span.line).strip(), each.message) for each in found if each.span
    ]


def customers(folder: Path, fields: str, columns: str, rows: str = "", settings: str = SETTINGS) -> list[Diagnostic]:
    """Compare one entity with one table."""
    catalog = f"entity customer\n    from customers\n    key id\n{fields}"
    write(folder, {"segql.toml": settings, "catalog.seg": catalog, "all.seg": "everyone"})
    database(folder / "shop.duckdb", f"create table customers ({columns}); {rows}")
    return live(folder)


# ── a shop of ten tables that drifts ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ENGINES)
def test_a_catalog_that_was_drafted_fits(tmp_path: Path, name: str) -> None:
    with filled(name, tmp_path) as url:
        make(tmp_path, [url])
        (tmp_path / "segql.toml").write_text(
            'as_of = "2025-12-01"\n' + (tmp_path / "segql.toml").read_text(encoding="utf-8"), encoding="utf-8"
        )

        found = [each for each in live(tmp_path) if each.code != "E523"]
    assert found == []


DRIFT = {
    "birth_date    date optional": "birth_date    date",
    "country       text": 'country       text one of ("DE", "US")',
    "from web_events": "from webevents",
    "postal_code  text optional": "postcode  text optional",
    "by customer_id\n    at started_at": "by plan_code\n    at started_at",
    "at opened_at": "at openedat",
    "    total                decimal": "    total                boolean",
}
DRIFTED = [
    ("E522", 'country       text one of ("DE", "US")'),
    ("E523", 'country       text one of ("DE", "US")'),
    ("E521", "birth_date    date"),
    ("E513", "total                boolean"),
    ("E515", "by plan_code"),
    ("E512", "at openedat"),
    ("E511", "from webevents"),
    ("E512", "postcode  text optional"),
]


@pytest.mark.parametrize("name", ENGINES)
def test_every_line_that_drifted_is_pointed_at(tmp_path: Path, name: str) -> None:
    with filled(name, tmp_path) as url:
        make(tmp_path, [url])
        catalog = (tmp_path / "catalog.seg").read_text(encoding="utf-8")
        for before, after in DRIFT.items():
            assert before in catalog
            catalog = catalog.replace(before, after, 1)
        (tmp_path / "catalog.seg").write_text(catalog, encoding="utf-8")

        found = [(code, line) for code, line, _ in told(live(tmp_path))]
    assert found == DRIFTED


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


def test_repeated_keys_of_entities_and_lookups_are_told(tmp_path: Path) -> None:
    catalog = CATALOG + "one land of customer\n    from countries key code by country\n    name text\n"
    write(shop(tmp_path), {"catalog.seg": catalog})
    database(
        tmp_path / "shop.duckdb",
        "insert into customers values (3, 1, 'DE', '2025-01-01');"
        "create table countries (code varchar, name varchar); insert into countries values ('DE', 'a'), ('DE', 'b')",
    )

    assert [each[:2] for each in told(live(tmp_path)) if each[0] == "E516"] == [
        ("E516", "customer_id   integer"),
        ("E516", "from countries key code by country"),
    ]


def test_rows_that_an_entity_leaves_out_may_repeat(tmp_path: Path) -> None:
    found = customers(
        tmp_path, "    gone boolean\n", "id integer, gone boolean", "insert into customers values (1, false), (1, true)"
    )
    assert [each.code for each in found] == ["E516"]

    catalog = (tmp_path / "catalog.seg").read_text(encoding="utf-8")
    write(tmp_path, {"catalog.seg": catalog.replace("from customers", "from customers where (not gone)")})

    assert live(tmp_path) == []


# ── values ───────────────────────────────────────────────────────────────────────────────────────


def test_missing_values_of_a_field_that_is_not_optional(tmp_path: Path) -> None:
    rows = "insert into customers values (1, null, 'x', null), (2, 5, 'x', null)"
    fields = "    age integer\n    name text\n    note text optional\n"

    assert told(customers(tmp_path, fields, "id integer, age integer, name varchar, note varchar", rows)) == [
        ("E521", "age integer", "`age` is missing in 1 of 2 rows of `customers`")
    ]


def test_only_rows_of_an_event_count_for_it(tmp_path: Path) -> None:
    catalog = CATALOG.replace("from orders", "from orders where (kind = 'a')") + "    kind  text\n"
    write(shop(tmp_path), {"catalog.seg": catalog.replace("age           integer optional", "age integer optional")})
    database(
        tmp_path / "shop.duckdb",
        "alter table orders add column kind varchar; update orders set kind = 'a';"
        "insert into orders values (1, '2025-01-01', null, 'b'), (1, '2025-01-01', null, null)",
    )

    assert live(tmp_path) == []


def test_listed_values_are_compared_with_those_of_the_data(tmp_path: Path) -> None:
    rows = "insert into customers values (1, 'a', 1), (2, 'a', 2), (3, 'B', null), (4, null, 9)"
    fields = '    word text optional one of ("a", "b")\n    size integer optional one of (1, 2)\n'

    assert told(customers(tmp_path, fields, "id integer, word varchar, size integer", rows)) == [
        (
            "E522",
            'word text optional one of ("a", "b")',
            "`word` holds values that its list does not have: `B` (1 row)",
        ),
        ("E523", 'word text optional one of ("a", "b")', "no row has the value `b` in `word`"),
        ("E522", "size integer optional one of (1, 2)", "`size` holds values that its list does not have: `9` (1 row)"),
    ]


def test_a_table_without_rows_shows_nothing(tmp_path: Path) -> None:
    assert customers(tmp_path, '    word text one of ("a", "b")\n', "id integer, word varchar") == []


# ── times ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("times", "settings", "codes"),
    [
        ("(1, null), (1, null)", SETTINGS, ["E524"]),
        ("(1, null), (1, '2025-01-01')", SETTINGS, []),
        ("(1, '2999-01-01'), (1, '2025-12-01')", SETTINGS, ["E525"]),
        ("(1, '2999-01-01'), (1, '2025-01-01')", SETTINGS, []),
        ("(1, '2999-01-01'), (1, '2025-01-01')", NOW, ["E525"]),
        ("(1, '2020-01-01'), (1, '2025-01-01')", NOW, []),
    ],
)
def test_times_that_are_missing_or_lie_ahead(tmp_path: Path, times: str, settings: str, codes: list[str]) -> None:
    events = "events visit of customer\n    from visits\n    by customer_id\n    at seen_at\n"
    write(tmp_path, {"visits.seg": events})
    rows = f"create table visits (customer_id integer, seen_at timestamp); insert into visits values {times}"
    found = told(customers(tmp_path, "", "id integer", rows, settings))

    assert [each[:2] for each in found] == [(code, "at seen_at") for code in codes]


# ── files, lists, views ──────────────────────────────────────────────────────────────────────────


def test_files_are_compared_too(tmp_path: Path) -> None:
    write(csv_shop(tmp_path), {"data/orders.csv": "customer_id,ordered_at,amount\n1,2025-11-20,x\n1,never,3\n"})

    # A day is no timestamp, though it will do for the time of an event.
    assert [each[:2] for each in told(live(tmp_path))] == [
        ("E517", "signed_up_at  timestamp"),
        ("E517", "at ordered_at"),
        ("E517", "amount        decimal"),
    ]


def test_a_list_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    lists = 'list a of customer from "a.csv" key id\nlist b of customer from "b.csv" key id\n'
    write(shop(tmp_path), {"lists.seg": lists, "a.csv": "id\n12x\n", "b.csv": "id\n77\n78\n"})

    assert told(live(tmp_path)) == [
        ("E403", 'list a of customer from "a.csv" key id', "the list `a` holds `12x`, and its keys are numbers"),
        ("E526", 'list b of customer from "b.csv" key id', "none of the 2 keys of the list `b` is that of a customer"),
    ]


def test_a_list_without_the_key_of_a_member(tmp_path: Path) -> None:
    lists = 'list a of customer from "a.csv" key id\nlist b of customer from "b.csv" key id\n'
    write(shop(tmp_path), {"lists.seg": lists, "a.csv": "id\n1\n", "b.csv": "id\n77\n78\n"})

    assert [each for each in told(live(tmp_path)) if each[0] == "E526"] == [
        ("E526", 'list b of customer from "b.csv" key id', "none of the 2 keys of the list `b` is that of a customer")
    ]


def test_a_view_that_fails_is_told_and_the_rest_is_compared(tmp_path: Path) -> None:
    write(tmp_path, {"more.seg": "many thing of customer\n    from things by id\n    size integer\n"})
    rows = (
        "insert into customers values (1, 'x');"
        "create view things as select id, cast(word as integer) as size from customers"
    )
    found = told(customers(tmp_path, "    word text\n    more text\n", "id integer, word varchar", rows))

    assert [each[:2] for each in found] == [("E512", "more text"), ("E504", "from things by id")]


def test_files_with_errors_are_told_first(tmp_path: Path) -> None:
    write(shop(tmp_path), {"x.seg": "agee > 3", "catalog.seg": CATALOG.replace("from orders", "from ordres")})

    assert [each.code for each in live(tmp_path)] == ["E201"]


def test_the_database_is_left_as_it_was(tmp_path: Path) -> None:
    shop(tmp_path)
    before = (tmp_path / "shop.duckdb").read_bytes()
    live(tmp_path)

    assert (tmp_path / "shop.duckdb").read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["catalog.seg", "segments", "segql.toml", "shop.duckdb"]
