"""As many random segments as asked for, each with the SQL that an expert writes for it.

What they ask of a customer comes from a small vocabulary, as the segments of one company do: some attributes, and how
often, how much or how dearly somebody did something in one of seven windows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.analyst import ON_DUCKDB, Analyst

_CATEGORIES = ("grocery", "toys", "books", "skin", "coffee", "games")
_EVENTS = ("page_view", "email_open", "email_click", "app_open", "add_to_cart", "wishlist")
_DAYS = (7, 14, 30, 60, 90, 180, 365)

CATALOG = """entity customer
    from customers
    key customer_id
    customer_id   integer
    age           integer
    country       text
    plan          text
    signed_up_at  timestamp

events purchase of customer
    from orders
    by customer_id
    at ordered_at
    amount        decimal
    category      text
    refunded      boolean
""" + "".join(
    f"""
events {name} of customer
    from events where (name = "{name}")
    by customer_id
    at occurred_at
    page          text
"""
    for name in _EVENTS
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A segment: its condition, and the query that an expert writes for its members."""

    name: str
    condition: str
    expert: str

    @property
    def text(self) -> str:
        """The segment as it stands in a file."""
        return f"segment {self.name} of customer\n    where {self.condition}\n"


def draw(count: int, seed: int, analyst: Analyst = ON_DUCKDB) -> list[Drawn]:
    """Return `count` segments; those of a smaller count are the first of a larger one with the same seed.

    Example:
        draw(50, seed=7)[0].condition
    """
    return list(_drawn(count, random.Random(seed), analyst))  # noqa: S311 (it keeps no secret)


def _drawn(count: int, chance: random.Random, analyst: Analyst) -> Iterator[Drawn]:
    for number in range(count):
        pairs = [_attribute(chance, analyst)]
        pairs += [_behaviour(chance, analyst) for _ in range(chance.choice((1, 2, 2, 3)))]
        conditions, filters = zip(*pairs, strict=True)
        yield Drawn(
            f"s{number:04}",
            "\n      and ".join(conditions),
            "select customer_id from customers where " + " and ".join(filters),
        )


def _attribute(chance: random.Random, analyst: Analyst) -> tuple[str, str]:
    """Draw what somebody is: the condition, and the filter that says it in SQL."""
    match chance.randrange(4):
        case 0:
            age = chance.choice((25, 30, 40))
            return f"age < {age}", f"age < {age}"
        case 1:
            return 'country in ("DE", "FR")', "country in ('DE', 'FR')"
        case 2:
            plan = chance.choice(("free", "pro", "team"))
            return f'plan = "{plan}"', f"plan = '{plan}'"
        case _:
            days = chance.choice((30, 180, 365))
            return f"signed_up_at in last {days} days", analyst.within("signed_up_at", days)


def _behaviour(chance: random.Random, analyst: Analyst) -> tuple[str, str]:
    """Draw what somebody did: the condition, and the filter that says it in SQL."""
    days, kind = chance.choice(_DAYS), chance.random()
    window = f"in last {days} days"
    orders = f"from orders where {analyst.within('ordered_at', days)}"
    if kind < 0.35:
        least = chance.choice((1, 2, 3))
        return f"count(purchase {window}) >= {least}", _who(orders, f"count(*) >= {least}")
    if kind < 0.55:
        category, least = chance.choice(_CATEGORIES), chance.choice((50, 100, 200))
        return (
            f'sum(purchase.amount {window} where category = "{category}") >= {least}',
            _who(f"{orders} and category = '{category}'", f"sum(amount) >= {least}"),
        )
    if kind < 0.65:
        return f"max(purchase.amount {window}) >= 150", _who(orders, "max(amount) >= 150")
    name, least = chance.choice(_EVENTS), chance.choice((1, 2, 5))
    events = f"from events where {analyst.within('occurred_at', days)} and name = '{name}'"
    return f"count({name} {window}) >= {least}", _who(events, f"count(*) >= {least}")


def _who(rows: str, having: str) -> str:
    return f"customer_id in (select customer_id {rows} group by customer_id having {having})"
