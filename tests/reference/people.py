"""A small catalog, and short ways to ask the reference about rows written in a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from segql import plan
from segql.catalog.model import Catalog, Entity, Field, Many, One, Stream, Table
from segql.plan import Clock, Expr, Literal, Op, Tally
from segql.reference import evaluate, value_of
from segql.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    DURATION,
    FLOAT,
    INTEGER,
    JSON,
    TEXT,
    TIMESTAMP,
    Type,
    list_of,
)

TYPES: dict[str, Type] = {
    "id": INTEGER,
    "age": INTEGER,
    "limit": INTEGER,
    "spend": DECIMAL,
    "weight": FLOAT,
    "email": TEXT,
    "vip": BOOLEAN,
    "born": DATE,
    "joined": TIMESTAMP,
    "joined_in_berlin": TIMESTAMP,
    "tags": list_of(TEXT),
    "props": JSON,
    "account_id": INTEGER,
}
EVENT_TYPES: dict[str, Type] = {
    "amount": DECIMAL,
    "weight": FLOAT,
    "category": TEXT,
    "product_id": TEXT,
    "items": JSON,
}


def _fields(types: Mapping[str, Type]) -> dict[str, Field]:
    zones = {"joined_in_berlin": "Europe/Berlin"}
    return {name: Field(name, type_, name, zone=zones.get(name)) for name, type_ in types.items()}


CATALOG = Catalog(
    entities={"customer": Entity("customer", Table(("customers",)), "id", _fields(TYPES))},
    streams={
        "purchase": Stream(
            "purchase",
            "customer",
            Table(("orders",)),
            "customer_id",
            "at",
            None,
            _fields(EVENT_TYPES),
        ),
        "call": Stream("call", "customer", Table(("calls",)), "customer_id", "at", "America/New_York", {}),
    },
    ones={
        ("customer", "account"): One(
            "account",
            "customer",
            Table(("accounts",)),
            "account_id",
            "account_id",
            _fields({"plan": TEXT, "seats": INTEGER}),
        ),
        ("purchase", "product"): One(
            "product",
            "purchase",
            Table(("products",)),
            "product_id",
            "product_id",
            _fields({"brand": TEXT}),
        ),
    },
    manys={
        "subscription": Many(
            "subscription",
            "customer",
            Table(("subscriptions",)),
            "customer_id",
            _fields({"status": TEXT}),
        )
    },
)

Rows = Sequence[Mapping[str, object]]


def utc(text: str) -> dt.datetime:
    """Return the instant that the text shows in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def wall(text: str) -> dt.datetime:
    """Return the time that a wall clock shows, in no zone."""
    return dt.datetime.fromisoformat(text)


def clock(as_of: str = "2026-03-15T12:00", zone: str = "UTC", week_starts: int = 1) -> Clock:
    """Return a clock that stands at the UTC time."""
    return Clock(utc(as_of), ZoneInfo(zone), week_starts)


def members(
    condition: Expr,
    customers: Rows,
    at: Clock | None = None,
    lists: Mapping[str, set[object]] | None = None,
    **tables: Rows,
) -> set[object]:
    """Return the customers for whom the condition holds."""
    request = plan.Request("customer", ("s",), (plan.Segment("s", "customer", condition),))
    answers = evaluate(request, CATALOG, _tables(customers, tables), at or clock(), lists or {})
    return answers["s"]


def value(expr: Expr, at: Clock | None = None, **cells: object) -> object:
    """Return what the expression gives for a customer with these cells."""
    tables = _tables([{"id": 1, **cells}], {})
    return value_of(expr, 1, "customer", CATALOG, tables, at or clock())


def of_orders(expr: Expr, *orders: Mapping[str, object], at: Clock | None = None) -> object:
    """Return what the expression gives for a customer with these purchases."""
    tables = _tables([{"id": 1}], {"orders": [{"customer_id": 1, **order} for order in orders]})
    return value_of(expr, 1, "customer", CATALOG, tables, at or clock())


def _tables(customers: Rows, tables: Mapping[str, Rows]) -> dict[str, Rows]:
    names = ("orders", "calls", "accounts", "products", "subscriptions")
    return {"customers": customers, **{name: tables.get(name, ()) for name in names}}


def field(name: str, level: int = 0, *path: str) -> plan.Field:
    """Return a field of the member, or of the event at a level."""
    types = {**TYPES, **EVENT_TYPES, "plan": TEXT, "brand": TEXT, "status": TEXT}
    return plan.Field(level, path, name, types[name])


def literal(constant: object) -> Literal:
    """Return a literal of the type that the Python value has."""
    kinds: Iterable[tuple[type, Type]] = (
        (bool, BOOLEAN),
        (int, INTEGER),
        (Decimal, DECIMAL),
        (float, FLOAT),
        (str, TEXT),
        (dt.datetime, TIMESTAMP),
        (dt.date, DATE),
    )
    type_ = next(type_ for kind, type_ in kinds if isinstance(constant, kind))
    return Literal(constant, type_)  # type: ignore[arg-type]


def equals(name: str, constant: object) -> plan.Compare:
    """Return the condition that the member's field has this value."""
    return plan.Compare(Op.EQ, field(name), literal(constant))


def compare(left: Expr, op: Op, constant: object) -> plan.Compare:
    """Return the condition that compares the expression with a constant."""
    return plan.Compare(op, left, literal(constant))


def tally(
    kind: Tally,
    name: str | None = None,
    window: plan.Window | None = None,
    where: Expr | None = None,
) -> plan.Aggregate:
    """Return an aggregate over purchases."""
    rows = plan.Events("purchase", window, where)
    return plan.Aggregate(kind, rows, None if name is None else field(name, 1), INTEGER)


def duration(amount: int) -> Literal:
    """Return a literal of so many microseconds."""
    return Literal(amount, DURATION)
