"""Made-up entities, events and relations."""

from __future__ import annotations

from dataclasses import replace

from tests.properties.pieces import Chance
from tests.properties.schema import ZONES, Column, Owner

COUNTRIES = ("DE", "FR", "US", "GB")
# Off while the type of a column that is not declared cannot be known: it is taken for a timestamp.
UNDECLARED_DATES = False
STATUSES = ("active", "lapsed", "paused")


def owners_of(chance: Chance, key_type: str) -> tuple[Owner, tuple[Owner, ...], tuple[Owner, ...]]:
    """Return a made-up entity, its events and its related rows."""
    key = Column("customer_id", key_type)
    account_key = Column("account_id", "integer")
    account = Owner(
        "account",
        "one account of customer\n    from accounts key account_id by account_id",
        "accounts",
        _some(chance, ("plan", "text"), ("seats", "integer"), ("opened_at", "timestamp")),
        (account_key,),
    )
    only = ' where (country in ("DE", "FR", "US"))' if chance.happens(0.15) else ""
    member = Owner(
        "customer",
        f"entity customer\n    from customers{only}\n    key customer_id",
        "customers",
        (
            *((replace(key, optional=False),) if chance.happens(0.3) else ()),
            *_some(
                chance,
                ("age", "integer"),
                ("`Order Total`" if chance.happens(0.3) else "rank", "integer"),
                ("balance", "decimal"),
                ("limit", "decimal"),
                ("weight", "float"),
                ("email", "text"),
                ("größe", "text"),
                ("vip", "boolean"),
                ("marketing_ok", "boolean"),
                ("birth_date", "date"),
                ("date", "date"),
                ("signed_up_at", "timestamp"),
                ("seen_at", "timestamp"),
                ("tags", "list of text"),
                ("numbers", "list of integer"),
                ("properties", "json"),
            ),
            Column("country", "text", options=COUNTRIES, optional=chance.happens(0.5)),
        ),
        (key, account_key, Column("team_id", "integer")),
        (account, *((TEAM,) if chance.happens(0.3) else ())),
    )
    return member, _streams(chance, key), _manys(chance, key)


# The way to a second entity, whose own declaration holds the fields.
TEAM = Owner(
    "team",
    "one team of customer to team by team_id",
    "teams",
    (Column("size", "integer"), Column("title", "text"), Column("founded", "date")),
    (Column("team_id", "integer"),),
)


def _streams(chance: Chance, key: Column) -> tuple[Owner, ...]:
    product = Owner(
        "product",
        "one product of purchase\n    from products key product_id by product_id",
        "products",
        _some(chance, ("brand", "text"), ("price", "decimal")),
        (Column("product_id", "text"),),
    )
    at, declared = _at(chance, "ordered_at")
    purchase = Owner(
        "purchase",
        f"events purchase of customer\n    from orders\n    by customer_id\n    at {_at_text(at, declared)}",
        "orders",
        declared
        + _some(
            chance,
            ("amount", "decimal"),
            ("qty", "integer"),
            ("weight", "float"),
            ("category", "text"),
            ("refunded", "boolean"),
            ("delivered_on", "date"),
            ("shipped_at", "timestamp"),
            ("labels", "list of text"),
            ("details", "json"),
        ),
        (key, at, Column("product_id", "text")),
        (product,),
    )
    seen, declared = _at(chance, "occurred_at")
    user = replace(key, name="user_id")
    names = Column("name", "text", options=("page_view", "login"))
    shared = _some(chance, ("path", "text"), ("seconds", "integer"))
    others = tuple(
        Owner(
            name,
            f"events {name} of customer\n"
            f'    from web_events where (name = "{name}")\n    by user_id\n    at {_at_text(seen, declared)}',
            "web_events",
            columns,
            (user, seen, names),
        )
        for name, columns in (("page_view", declared + shared), ("login", declared + shared[:1]))
    )
    return (purchase, *others)


def _manys(chance: Chance, key: Column) -> tuple[Owner, ...]:
    subscription = Owner(
        "subscription",
        "many subscription of customer\n    from subscriptions by customer_id",
        "subscriptions",
        (
            Column("status", "text", options=STATUSES),
            *_some(chance, ("seats", "integer"), ("price", "decimal"), ("started_on", "date")),
        ),
        (key,),
    )
    active = replace(
        subscription,
        name="active_plan",
        head='many active_plan of customer\n    from subscriptions where (status = "active") by customer_id',
        columns=subscription.columns[1:],
        stored=(key, subscription.columns[0]),
    )
    return (subscription, active)


def _at(chance: Chance, name: str) -> tuple[Column, tuple[Column, ...]]:
    """Return the column with the instant, and the fields that declare it, of which there are one or none."""
    if chance.happens(0.2):
        column = Column(name, "date")
        return column, () if UNDECLARED_DATES else (column,)
    column = _with_zone(chance, Column(name, "timestamp"))
    return column, (column,) if chance.happens(0.3) else ()


def _at_text(column: Column, declared: tuple[Column, ...]) -> str:
    if declared:
        return column.name
    return f'{column.name} in "{column.zone}"' if column.zone else column.name


def _some(chance: Chance, *fields: tuple[str, str]) -> tuple[Column, ...]:
    """Return most of the fields, at least one, with their details made up."""
    kept = [each for each in fields if chance.happens(0.85)] or [fields[0]]
    columns = []
    for name, type_ in kept:
        column = Column(name, type_, optional=chance.happens(0.7))
        if name.startswith("`") or chance.happens(0.05):
            column = replace(column, column=f"{name.strip('`')} 1")
        columns.append(_with_zone(chance, column) if type_ == "timestamp" else column)
    return tuple(columns)


def _with_zone(chance: Chance, column: Column) -> Column:
    if chance.happens(0.5):
        return replace(column, zone=chance.pick(ZONES))
    return replace(column, aware=chance.happens(0.3))
