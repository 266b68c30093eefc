"""Project folders on disk, for the tests of rooms that read them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

CATALOG = """\
entity customer
    from customers
    key customer_id
    customer_id   integer
    age           integer optional
    country       text
    signed_up_at  timestamp

events purchase of customer
    from orders
    by customer_id
    at ordered_at
    amount        decimal
"""

SEGMENTS = """\
segment young
    "Under 30."
    owner "growth@shop.example"
    tags email, demographic
    where age < 30

segment buyers
    tags email
    where did purchase in last 90 days

segment everyone_else
    where not in segment buyers
"""

SETTINGS = """\
as_of = "2025-12-01"

[connections.default]
url = "duckdb:///shop.duckdb"
"""

TABLES = """
create table customers (customer_id integer, age integer, country text, signed_up_at timestamp);
insert into customers values
    (1, 25, 'DE', '2025-01-01'), (2, 41, 'FR', '2025-02-01'), (3, null, 'DE', '2025-03-01');
create table orders (customer_id integer, ordered_at timestamp, amount decimal(10, 2));
insert into orders values (1, '2025-11-20', 10.50), (2, '2025-01-20', 7), (2, '2025-11-30 23:59:59', 3);
"""


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files by their paths below `folder`, and return it."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def database(path: Path, statements: str) -> Path:
    """Make a DuckDB database, and return its path."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(statements)
    return path


def shop(folder: Path) -> Path:
    """Make a project of three customers and three segments in a DuckDB database."""
    write(folder, {"segql.toml": SETTINGS, "catalog.seg": CATALOG, "segments/all.seg": SEGMENTS})
    database(folder / "shop.duckdb", TABLES)
    return folder


def csv_shop(folder: Path) -> Path:
    """Make the same of CSV files, with nothing but `.seg` files beside them."""
    files = CATALOG.replace("from customers", 'from "data/customers.csv"')
    files = files.replace("from orders", 'from "data/orders.csv"')
    return write(
        folder,
        {
            "catalog.seg": files,
            "segments/all.seg": SEGMENTS,
            "data/customers.csv": "customer_id,age,country,signed_up_at\n"
            "1,25,DE,2025-01-01\n2,41,FR,2025-02-01\n3,,DE,2025-03-01\n",
            "data/orders.csv": "customer_id,ordered_at,amount\n"
            "1,2025-11-20,10.50\n2,2025-01-20,7\n2,2025-11-30T23:59:59,3\n",
        },
    )
