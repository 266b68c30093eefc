"""A catalog drafted from a real database: a shop of ten tables with keys, and databases that are odd."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

import segql
from segql.workspace.draft.make import make
from segql.workspace.draft.settings import kept
from tests.cli.terminal import segql as command
from tests.folders import database
from tests.shops import ENGINES, filled, schema, server

# What can be asked at once, without an edit, as of 1 December 2025.
ASKED = {
    "did order in last 90 days": 1,
    "did order at least 2 times where (status = 'shipped' or total < 10)": 1,
    "any address where (city = 'Berlin')": 1,
    "did order where (shipping_address.city = 'Bonn')": 1,
    "did order where (billing_address.postal_code is missing)": 1,
    "did subscription where (plan.monthly_price > 10)": 1,
    "did support_ticket where (state = 'open')": 1,
    "did support_ticket where (state != 'waiting' and order.total > 10)": 1,
    "did web_event in last 7 days where (path starts with '/pricing')": 1,
    "referred_by.country = 'DE'": 2,
    "marketing_ok and birth_date is missing": 1,
}


def drafted(folder: Path, url: str) -> str:
    """Draft from a database, make sure that the result is sound and can be run, and return the catalog."""
    make(folder, [url])
    (folder / "all.seg").write_text("everyone", encoding="utf-8")
    project = segql.open(folder)
    assert project.check() == []
    project["all"].count()
    return (folder / "catalog.seg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ENGINES)
def test_a_segment_of_a_shop_is_counted_without_an_edit(tmp_path: Path, name: str) -> None:
    with filled(name, tmp_path) as url:
        make(tmp_path, [url])
        for number, condition in enumerate(ASKED):
            (tmp_path / f"s{number}.seg").write_text(condition, encoding="utf-8")
        project = segql.open(tmp_path)

        assert project.check() == []
        counts = project.count([f"s{number}" for number in range(len(ASKED))], as_of="2025-12-01")
        assert dict(zip(ASKED, counts.values(), strict=True)) == ASKED


@pytest.mark.parametrize("name", ENGINES)
def test_what_is_two_steps_away_is_told_with_a_view_that_works(tmp_path: Path, name: str) -> None:
    with filled(name, tmp_path) as url:
        make(tmp_path, [url])
        catalog = (tmp_path / "catalog.seg").read_text(encoding="utf-8")
        note = next(each for each in catalog.split("\n\n") if each.startswith("# order_items is two steps away"))
        _, view, *declarations = re.split(r"\n#\n", note)
        statement = re.sub(r"^# +", "", view, flags=re.MULTILINE)
        lines = "\n\n".join(re.sub(r"^# ", "", each, flags=re.MULTILINE) for each in declarations)
        if name == "duckdb":
            database(tmp_path / "shop.duckdb", statement)
        elif name == "sqlite":
            with sqlite3.connect(tmp_path / "shop.sqlite") as writer:
                writer.execute(statement)
            writer.close()
        else:
            place = url.rpartition("%3D")[2]
            with server() as (_, run):
                run(f"set search_path to {place}; {statement}; set search_path to default")
        (tmp_path / "items.seg").write_text(lines, encoding="utf-8")
        (tmp_path / "mugs.seg").write_text(
            "did order_item where (product.title = 'Mug' and quantity >= 1)", encoding="utf-8"
        )
        project = segql.open(tmp_path)

        assert project.check() == []
        assert project["mugs"].members(as_of="2025-12-01").to_pydict() == {"customer_id": [1]}
        assert "# categories is two steps away (order_item → product → category)." in catalog


def test_the_command_drafts_from_a_server(tmp_path: Path) -> None:
    with filled("postgres", tmp_path) as url:
        done = command("init", "--from", url, cwd=tmp_path)
        counted = command("run", "-e", "did order in last 90 days", "--count", "--as-of", "2025-12-01", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "")
    assert (counted.stdout, counted.stderr, counted.returncode) == ("segment,count\n-e,1\n", "", 0)


# ── secrets ──────────────────────────────────────────────────────────────────────────────────────


def test_a_password_is_written_nowhere(tmp_path: Path) -> None:
    with filled("postgres", tmp_path) as url:
        given = url.replace("postgres:@", "postgres:s3cr%40t@")
        done = command("init", "--from", given, cwd=tmp_path)
        settings = (tmp_path / "segql.toml").read_text(encoding="utf-8")
        without = command("run", "-e", "everyone", "--count", cwd=tmp_path)
        counted = command("run", "-e", "everyone", "--count", cwd=tmp_path, env={"POSTGRES_PASSWORD": "s3cr@t"})

    written = "".join(each.read_text(encoding="utf-8") for each in tmp_path.rglob("*") if each.is_file())
    assert done.returncode == 0
    assert "s3cr" not in written + done.stdout + done.stderr
    assert 'password_env = "POSTGRES_PASSWORD"\n' in settings
    assert "export POSTGRES_PASSWORD='…'\n" in done.stderr
    assert (without.returncode, "POSTGRES_PASSWORD" in without.stderr) == (2, True)
    assert counted.stdout == "segment,count\n-e,3\n"


@pytest.mark.parametrize(
    ("given", "url", "variable", "secrets"),
    [
        ("postgresql://db/shop", "postgresql://db/shop", None, {}),
        ("postgresql://ada@db/shop", "postgresql://ada@db/shop", None, {}),
        (
            "mysql://ada:a%2Fb@db:3306/shop?ssl=1",
            "mysql://ada@db:3306/shop?ssl=1",
            "SHOP_PASSWORD",
            {"SHOP_PASSWORD": "a/b"},
        ),
        ("postgresql://ada:${PW}@db/shop", "postgresql://ada@db/shop", "PW", {}),
        (
            "postgresql://ada:x@db/2-shops",
            "postgresql://ada@db/2-shops",
            "DB_2_SHOPS_PASSWORD",
            {"DB_2_SHOPS_PASSWORD": "x"},
        ),
        ("clickhouse://ada:x@db", "clickhouse://ada@db", "DATABASE_PASSWORD", {"DATABASE_PASSWORD": "x"}),
        ("x://db/shop?user=a&token=t&z=1", "x://db/shop?user=a&token=${SHOP_TOKEN}&z=1", None, {"SHOP_TOKEN": "t"}),
        ("x://db/shop?token=${T}", "x://db/shop?token=${T}", None, {}),
        ("postgresql://db/shop?sslkey=/k.pem", "postgresql://db/shop?sslkey=/k.pem", None, {}),
    ],
)
def test_secrets_of_a_url_become_variables(given: str, url: str, variable: str | None, secrets: dict[str, str]) -> None:
    found = kept(given)

    assert (found.connection.url, found.connection.password_env, found.secrets) == (url, variable, secrets)


@pytest.mark.parametrize(
    "sources", [["duckdb:///a.duckdb", "postgresql://ada:s3cret@db/x"], ["mysq://ada:s3cret@db/x"]]
)
def test_a_message_shows_no_password(tmp_path: Path, sources: list[str]) -> None:
    with pytest.raises(segql.SegqlError) as raised:
        make(tmp_path, sources)

    assert "s3cret" not in str(raised.value)
    assert "ada@db/x" in str(raised.value)


# ── databases that are odd ───────────────────────────────────────────────────────────────────────

ODD = """
create table "Users" ("UserId" integer primary key, "select" text not null, "First Name" text, "not" integer);
create table "OrderItems" ("UserId" integer not null references "Users" ("UserId"), "Table" text,
    "CreatedAt" timestamp not null, "UpdatedAt" timestamp not null);
insert into "Users" values (1, 'x', 'Ada', 1);
insert into "OrderItems" values (1, 'a', '2025-01-01 00:00:00', '2025-01-01 00:00:00');
"""


@pytest.mark.parametrize("name", ENGINES)
def test_names_of_any_letters_and_reserved_words(tmp_path: Path, name: str) -> None:
    with filled(name, tmp_path, ODD) as url:
        catalog = drafted(tmp_path, url)
        (tmp_path / "x.seg").write_text("`not` = 1 and did order_item where (Table = 'a')", encoding="utf-8")

        assert segql.open(tmp_path)["x"].count() == 1
    assert "entity user\n    from Users\n    key UserId\n" in catalog
    assert "    `First Name`  text optional\n" in catalog
    assert "events order_item of user\n    from OrderItems\n    by UserId\n    at CreatedAt\n" in catalog


KEYS = """
create table members (number integer primary key, code text not null unique, friend integer references members (number));
create table profiles (member_code text primary key references members (code), motto text);
create table visits (tenant integer not null, id integer not null, host_code text not null references members (code),
    guest_code text references members (code), happened_at timestamp not null, primary key (tenant, id));
create table visit_notes (note_id integer primary key, tenant integer not null, visit integer not null, note text,
    foreign key (tenant, visit) references visits (tenant, id));
insert into members values (1, 'a', null);
insert into members values (2, 'b', 1);
insert into profiles values ('a', 'x');
insert into visits values (1, 1, 'a', 'b', '2025-01-01 00:00:00'), (1, 2, 'a', null, '2025-01-02 00:00:00');
insert into visit_notes values (1, 1, 1, 'x');
"""


@pytest.mark.parametrize("name", ENGINES)
def test_keys_of_every_kind(tmp_path: Path, name: str) -> None:
    with filled(name, tmp_path, KEYS) as url:
        catalog = drafted(tmp_path, url)
        (tmp_path / "x.seg").write_text("did visit at least twice and profile.motto = 'x'", encoding="utf-8")
        (tmp_path / "y.seg").write_text("did visit_as_guest", encoding="utf-8")
        project = segql.open(tmp_path)

        assert project["x"].members().to_pydict() == {"code": ["a"]}
        assert project["y"].members().to_pydict() == {"code": ["b"]}
    # The others name a member by the code, so it is the key, and the number of a friend leads nowhere.
    assert "entity member\n    from members\n    key code\n" in catalog
    assert "one profile of member\n    from profiles key member_code by code\n" in catalog
    assert "events visit of member\n    from visits\n    by host_code\n    at happened_at\n" in catalog
    assert "events visit_as_guest of member\n    from visits\n    by guest_code\n    at happened_at\n" in catalog
    assert "# visit_notes names visits by several columns (tenant, visit)" in catalog


def test_schemas_enums_comments_and_broken_views_of_a_server(tmp_path: Path) -> None:
    statements = (
        "create type mood as enum ('so so', 'say \"hi\"');"
        "create table users (id uuid primary key, spot point, mood mood, moods mood[], tags text[], extra jsonb,"
        " age integer check (age > 0));"
        "comment on column users.age is 'In years,\nwhere \"known\"';"
        "create view broken as select id as user_id, 1 / (age - age) as nothing, now() as at from users;"
        "insert into users values ('00000000-0000-0000-0000-000000000001', null, 'so so', null, '{a}', '{}', 5)"
    )
    with schema(statements) as url, server() as (_, run):
        place = url.rpartition("%3D")[2] + "_more"
        home = url.rpartition("%3D")[2]
        run(
            f"create schema {place}; create table {place}.logins"
            f" (user_id uuid not null references {home}.users (id), logged_at timestamptz not null);"
            f"insert into {place}.logins select id, '2025-01-01' from {home}.users"
        )
        try:
            catalog = drafted(tmp_path, url)
            (tmp_path / "x.seg").write_text("mood = 'so so' and mood < 'sp' and did login", encoding="utf-8")

            assert segql.open(tmp_path)["x"].count() == 1
        finally:
            run(f"drop schema {place} cascade")
    assert f"events login of user\n    from {place}.logins\n    by user_id\n    at logged_at\n" in catalog
    assert '    mood   text one of ("so so", "say \\"hi\\"")\n' in catalog
    assert '    age    integer "In years, where \\"known\\""\n' in catalog
    assert "    # spot: point, which the language has no type for\n" in catalog
    assert "    # moods: mood[], which the language has no type for\n" in catalog
    assert "events broken of user\n" in catalog


def test_a_big_table_is_not_read_whole(tmp_path: Path) -> None:
    database(
        tmp_path / "a.duckdb",
        "create table users as select range as id, nullif(range, 19999) as late from range(20000)",
    )
    catalog = drafted(tmp_path, "duckdb:///a.duckdb")

    assert "key id  # no two of the first 10,000 rows have the same; `segql check --live` looks at all\n" in catalog
    # The database does not say that it is always there, and not all rows were seen.
    assert "late  integer optional\n" in catalog


def test_moments_that_are_kept_as_text_are_moments(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "a.db") as writer:
        writer.executescript(
            "create table users (id integer primary key, born text, zip text, photo blob, anything);"
            "create table logins (user_id integer, at text);"
            "insert into users values (1, '1990-01-01', '01234', x'00', 1), (2, null, '12345', null, 2.5);"
            "insert into logins values (1, '2025-11-30T10:00:00Z')"
        )
    writer.close()
    make(tmp_path, [str(tmp_path / "a.db")])
    catalog = (tmp_path / "catalog.seg").read_text(encoding="utf-8")
    (tmp_path / "x.seg").write_text("did login in last 7 days and born before 2000-01-01", encoding="utf-8")

    assert 'url = "sqlite:///a.db"' in (tmp_path / "segql.toml").read_text(encoding="utf-8")
    assert "    born      date optional\n    zip       text\n" in catalog
    assert "    # photo: blob, which the language has no type for\n    anything  decimal\n" in catalog
    assert segql.open(tmp_path)["x"].count(as_of="2025-12-01") == 1


def test_people_of_another_word_are_guessed_and_marked(tmp_path: Path) -> None:
    database(
        tmp_path / "a.duckdb",
        "create table customers (id integer primary key, account_id integer);"
        "create table accounts (id integer primary key, plan varchar);"
        "create table clicks (user_id integer, clicked_at timestamp);"
        "insert into customers values (1, 1); insert into accounts values (1, 'pro')",
    )
    catalog = drafted(tmp_path, "duckdb:///a.duckdb")

    assert "    by user_id  # guessed: is it a customer?\n" in catalog
    assert "# Segments of each account, too? Then let it be an entity, and say whose each segment is:\n" in catalog


WORDS = (
    "entity events one many from key by at to of where and or not in is did then when otherwise exactly true false now"
    " today everyone nobody column optional pii text integer list score tiers split segment trait param first last"
    " rank value date count sum order group user json timestamp owner tags as"
).split()


def test_a_column_may_be_called_like_any_word_of_the_language(tmp_path: Path) -> None:
    columns = ", ".join(f'"{each}" integer' for each in WORDS)
    database(
        tmp_path / "a.duckdb",
        f'create table "entity" (id integer primary key, {columns}, "a`b" integer, "c\nd" integer, "e""f" integer);'
        f"create table events (entity_id integer, happened_at timestamp, {columns})",
    )
    catalog = drafted(tmp_path, "duckdb:///a.duckdb")

    assert "# a`b: a name that the language cannot write; give it another in a view\n" in catalog
    assert "# c?d: a name that the language cannot write" in catalog
    assert "events event of entity\n" in catalog
