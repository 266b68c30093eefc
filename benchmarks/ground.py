"""The data that everything is measured on: one DuckDB file with customers, orders and web events.

At scale 1 there are a million customers, ten million orders in random order over the two years before 2025, and twenty
million events in order of time over 2024. What stands in a row follows from its number by hashes, so the data is the
same whenever and wherever it is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

_CUSTOMERS, _ORDERS, _EVENTS = 1_000_000, 10_000_000, 20_000_000

# Six kinds of events share one table, as a web tracker writes them.
_TABLES = """
CREATE TABLE customers AS
SELECT i AS customer_id,
       (18 + hash(i) % 60)::INTEGER AS age,
       ['DE', 'FR', 'US', 'GB', 'CZ', 'IS', 'RO', 'CN'][1 + (hash(i * 7) % 8)::INTEGER] AS country,
       ['free', 'pro', 'team'][1 + (hash(i * 3) % 3)::INTEGER] AS plan,
       TIMESTAMP '2022-01-01' + INTERVAL (hash(i * 5) % 94608000) SECOND AS signed_up_at
FROM range({customers}) AS numbers (i);

CREATE TABLE orders AS
SELECT i AS order_id,
       (hash(i * 11) % {customers})::BIGINT AS customer_id,
       TIMESTAMP '2023-01-01' + INTERVAL (hash(i * 13) % (86400 * 731)) SECOND AS ordered_at,
       ((1 + hash(i * 17) % 20000) / 100)::DECIMAL(18, 2) AS amount,
       ['grocery', 'toys', 'books', 'skin', 'coffee', 'games'][1 + (hash(i * 19) % 6)::INTEGER] AS category,
       hash(i * 23) % 10 < 1 AS refunded
FROM range({orders}) AS numbers (i);

CREATE TABLE events AS
SELECT i AS event_id,
       (hash(i * 29) % {customers})::BIGINT AS customer_id,
       TIMESTAMP '2024-01-01' + to_microseconds((i * (86400.0 * 366 * 1000000 / {events}))::BIGINT) AS occurred_at,
       ['page_view', 'email_open', 'email_click', 'app_open', 'add_to_cart', 'wishlist'][
           1 + (hash(i * 31) % 6)::INTEGER] AS name,
       ['/', '/pricing', '/docs', '/blog'][1 + (hash(i * 37) % 4)::INTEGER] AS page
FROM range({events}) AS numbers (i);
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """Data of a size; `more_events` times as many events as the scale gives.

    Example:
        Ground(0.1).file(Path("cache"))
    """

    scale: float = 1.0
    more_events: int = 1

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return int(_CUSTOMERS * self.scale)

    @property
    def orders(self) -> int:
        """How many orders there are."""
        return int(_ORDERS * self.scale)

    @property
    def events(self) -> int:
        """How many events there are."""
        return int(_EVENTS * self.scale * self.more_events)

    def path(self, folder: Path) -> Path:
        """Return where the database is kept in `folder`, whether or not it is there."""
        more = f"-events-{self.more_events}" if self.more_events > 1 else ""
        return folder / f"ground-{self.scale:g}{more}.duckdb"

    def file(self, folder: Path) -> Path:
        """Return the database, made now if it is not yet kept in `folder`."""
        path = self.path(folder)
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            # What was interrupted is not taken for the whole.
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            with duckdb.connect(str(unfinished)) as connection:
                connection.execute(_TABLES.format(customers=self.customers, orders=self.orders, events=self.events))
            unfinished.rename(path)
        return path
