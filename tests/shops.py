"""A shop of ten tables with keys, as its own program keeps it, in each engine that has one."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engines import Absent, engine
from tests.folders import database

# In words that every engine takes; `ticket_state` is an enum where there are enums.
TABLES = """
create table plans (code varchar(20) primary key, name text not null, monthly_price numeric(8, 2) not null);
create table categories (category_id integer primary key, name text not null,
    parent_id integer references categories (category_id));
create table products (product_id integer primary key, sku varchar(40) not null unique, title text not null,
    price numeric(10, 2) not null, category_id integer not null references categories (category_id));
create table customers (customer_id integer primary key, email text not null unique, full_name text,
    country char(2) not null, birth_date date, marketing_ok boolean not null, created_at timestamp not null,
    updated_at timestamp, referred_by integer references customers (customer_id));
create table addresses (address_id integer primary key,
    customer_id integer not null references customers (customer_id), city text not null, postal_code text);
create table orders (order_id integer primary key,
    customer_id integer not null references customers (customer_id),
    billing_address_id integer references addresses (address_id),
    shipping_address_id integer references addresses (address_id),
    status text not null, total numeric(10, 2) not null, ordered_at timestamp not null, shipped_at timestamp);
create table order_items (order_id integer not null references orders (order_id), line integer not null,
    product_id integer not null references products (product_id), quantity integer not null,
    unit_price numeric(10, 2) not null, primary key (order_id, line));
create table subscriptions (subscription_id integer primary key,
    customer_id integer not null references customers (customer_id),
    plan_code varchar(20) not null references plans (code), started_at timestamp not null, ended_at timestamp);
create table web_events (event_id integer primary key, customer_id integer references customers (customer_id),
    name text not null, path text, occurred_at timestamp not null);
create table support_tickets (ticket_id integer primary key,
    customer_id integer not null references customers (customer_id),
    order_id integer references orders (order_id), state ticket_state not null, opened_at timestamp not null,
    closed_at timestamp);
"""

ROWS = """
insert into plans values ('free', 'Free', 0), ('pro', 'Pro', 19.90);
insert into categories values (1, 'Drinks', null);
insert into categories values (2, 'Coffee', 1);
insert into products values (1, 'C-1', 'House blend', 12.50, 2), (2, 'M-1', 'Mug', 8, 1);
insert into customers values
    (1, 'ada@x.example', 'Ada', 'DE', '1990-05-01', true, '2025-01-01 10:00:00', null, null);
insert into customers values
    (2, 'bob@x.example', 'Bob', 'FR', null, false, '2025-02-01 10:00:00', null, 1),
    (3, 'cy@x.example', null, 'DE', null, true, '2025-03-01 10:00:00', null, 1);
insert into addresses values (1, 1, 'Berlin', '10115'), (2, 2, 'Lyon', null), (3, 1, 'Bonn', '53111');
insert into orders values
    (10, 1, 1, 3, 'shipped', 33.00, '2025-11-20 09:00:00', '2025-11-21 09:00:00'),
    (11, 1, 1, 1, 'open', 8.00, '2025-11-30 09:00:00', null),
    (12, 2, 2, 2, 'shipped', 12.50, '2025-02-10 09:00:00', '2025-02-11 09:00:00');
insert into order_items values (10, 1, 1, 2, 12.50), (10, 2, 2, 1, 8), (11, 1, 2, 1, 8), (12, 1, 1, 1, 12.50);
insert into subscriptions values
    (1, 1, 'pro', '2025-06-01 00:00:00', null), (2, 2, 'free', '2025-02-01 00:00:00', '2025-10-01 00:00:00');
insert into web_events values
    (1, 1, 'page_view', '/pricing', '2025-11-29 12:00:00'), (2, null, 'page_view', '/', '2025-11-29 12:00:00'),
    (3, 3, 'login', null, '2025-11-28 12:00:00');
insert into support_tickets values (1, 2, 12, 'closed', '2025-02-12 08:00:00', '2025-02-13 08:00:00'),
    (2, 3, null, 'open', '2025-11-25 08:00:00', null);
"""

_ENUM = "create type ticket_state as enum ('open', 'waiting', 'closed');"
_NUMBERS = itertools.count()

ENGINES = ("duckdb", "postgres", "sqlite")


@contextmanager
def filled(name: str, folder: Path, statements: str = TABLES + ROWS) -> Iterator[str]:
    """Make a database of an engine, and lend its URL; one in a file stands in `folder`."""
    if name == "duckdb":
        database(folder / "shop.duckdb", _ENUM + statements)
        yield "duckdb:///shop.duckdb"
    elif name == "sqlite":
        with sqlite3.connect(folder / "shop.sqlite") as writer:
            writer.executescript(statements.replace("ticket_state", "text"))
        writer.close()
        yield "sqlite:///shop.sqlite"
    else:
        with schema(_ENUM + statements) as url:
            yield url


@contextmanager
def schema(statements: str) -> Iterator[str]:
    """Make a schema of its own in a PostgreSQL server, and lend a URL that sees it first."""
    with server() as (uri, run):
        name = f"shop{next(_NUMBERS)}"
        run(f"create schema {name}; set search_path to {name}; {statements}; set search_path to default;")
        try:
            yield f"{uri}&options=-csearch_path%3D{name}"
        finally:
            run(f"drop schema {name} cascade")


@contextmanager
def server() -> Iterator[tuple[str, Callable[[str], None]]]:
    """Lend a PostgreSQL server: its URL, and what runs statements on it; without one the test is left out."""
    try:
        found = engine("postgres")
    except Absent as error:
        pytest.skip(f"there is no PostgreSQL here: {error}")
    yield found.uri, found.run  # type: ignore[attr-defined]
