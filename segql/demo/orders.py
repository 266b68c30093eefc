"""What was bought, and what is sent again every few weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from segql.demo.calendar import DAYS, OPENING, date, moment, shopping_day
from segql.demo.chance import Chance
from segql.demo.customers import Customer, Habits
from segql.demo.products import BY_ID, CATEGORIES, Product, on_sale

_ANYTHING = dict(zip(CATEGORIES, (42, 22, 20, 8, 8), strict=True))
_CHANNELS = {"web": 62, "app": 26, "store": 12}
# Boxes that are sent again and again, and every how many weeks.
_BOXES = {"C-01": 24, "C-02": 16, "C-04": 14, "C-06": 8, "T-01": 10, "T-03": 8, "C-07": 6}
_WEEKS = {2: 20, 4: 50, 6: 15, 8: 15}


@dataclass(frozen=True, slots=True)
class Order:
    """A row of the table `orders`; `customer_id` is missing for a guest."""

    order_id: int
    customer_id: int | None
    ordered_at: dt.datetime
    product_id: str
    category: str
    quantity: int
    amount: Decimal
    coupon: str | None
    channel: str
    refunded: bool


@dataclass(frozen=True, slots=True)
class Subscription:
    """A row of the table `subscriptions`; without `renews_on` nothing will be sent."""

    subscription_id: int
    customer_id: int
    product_id: str
    status: str
    every_weeks: int
    started_on: dt.date
    renews_on: dt.date | None


def orders(people: list[tuple[Customer, Habits]]) -> list[Order]:
    """Return all orders before the export, the earliest first."""
    chance = Chance("orders")
    found = [
        _order(chance, customer, habits, day, is_first=place == 0)
        for customer, habits in people
        for place, day in enumerate(_order_days(chance, habits))
    ]
    found += [_guest_order(chance) for _ in range(180)]
    found.sort(key=lambda order: (order.ordered_at, order.customer_id or 0, order.product_id))
    return [replace(order, order_id=place) for place, order in enumerate(found, 50_001)]


def _order_days(chance: Chance, habits: Habits) -> Iterator[int]:
    """Yield the days on which somebody orders: soon after joining, then until they leave."""
    if habits.gap is None:
        return
    wait = 1.0 if chance.hit(0.5) else 1 + chance.wait(25)
    day = shopping_day(chance, habits.joined + int(wait))
    while day < DAYS:
        yield day
        if chance.hit(habits.leaves):
            return
        # Nobody orders like a clock, but half of the gap is never missed.
        wait = habits.gap / 2 + chance.wait(habits.gap / 2)
        day = shopping_day(chance, day + max(1, int(wait)))


def _order(chance: Chance, customer: Customer, habits: Habits, day: int, *, is_first: bool) -> Order:
    category = habits.taste if chance.hit(0.65) else chance.pick(_ANYTHING)
    product = chance.one_of(on_sale(category, date(day)))
    coupon = _coupon(chance, habits, day, is_first=is_first)
    return _bought(chance, customer.customer_id, day, product, coupon)


def _guest_order(chance: Chance) -> Order:
    day = shopping_day(chance, chance.below(DAYS - 15))
    category = chance.pick(_ANYTHING)
    return _bought(chance, None, day, chance.one_of(on_sale(category, date(day))), None)


def _bought(chance: Chance, customer_id: int | None, day: int, product: Product, coupon: str | None) -> Order:
    quantity = 1 if product.price > 30 else chance.pick({1: 55, 2: 28, 3: 11, 4: 6})
    full = product.price * quantity
    amount = (full * Decimal("0.9")).quantize(Decimal("0.01"), ROUND_HALF_UP) if coupon else full
    return Order(
        order_id=0,
        customer_id=customer_id,
        ordered_at=moment(chance, day),
        product_id=product.product_id,
        category=product.category,
        quantity=quantity,
        amount=amount,
        coupon=coupon,
        channel="web" if customer_id is None else chance.pick(_CHANNELS),
        refunded=chance.hit(0.09 if product.category == "equipment" else 0.03),
    )


def _coupon(chance: Chance, habits: Habits, day: int, *, is_first: bool) -> str | None:
    if is_first and chance.hit(0.3):
        return "WELCOME10"
    if date(day).month == 11 and date(day).day >= 21 and chance.hit(0.35):
        return f"BLACKWEEK{date(day).year}"
    return "FRIENDS10" if chance.hit(habits.coupons) else None


def subscriptions(people: list[tuple[Customer, Habits]]) -> list[Subscription]:
    """Return the boxes that are sent every few weeks, running or not, in order of customer."""
    chance = Chance("subscriptions")
    found: list[Subscription] = []
    for customer, habits in people:
        fond = habits.taste in {"coffee", "tea"} and habits.gap is not None
        for _ in range(chance.pick({0: 70, 1: 25, 2: 5}) if fond else 0):
            found.append(_subscription(chance, len(found) + 7_001, customer, habits))
    return found


def _subscription(chance: Chance, number: int, customer: Customer, habits: Habits) -> Subscription:
    box = BY_ID[chance.pick(_BOXES)]
    weeks = chance.pick(_WEEKS)
    launched = (box.launched_on - OPENING).days
    started = min(DAYS - 1, max(launched, habits.joined + int(chance.wait(40))))
    status = chance.pick({"active": 58, "paused": 12, "cancelled": 30})
    # A box goes out every so many weeks from the day it was begun; the next time lies ahead.
    rounds = (DAYS - started) // (7 * weeks) + 1
    return Subscription(
        subscription_id=number,
        customer_id=customer.customer_id,
        product_id=box.product_id,
        status=status,
        every_weeks=weeks,
        started_on=date(started),
        renews_on=date(started + 7 * weeks * rounds) if status == "active" else None,
    )
