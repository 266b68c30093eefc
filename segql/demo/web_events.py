"""What the site and the newsletter report: one stored stream of visits, carts, opens and clicks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from segql.demo.calendar import DAYS, EXPORT, date, moment
from segql.demo.chance import Chance
from segql.demo.customers import Customer, Habits
from segql.demo.orders import Order
from segql.demo.products import CATEGORIES, on_sale

_DEVICES = {"mobile": 58, "desktop": 34, "tablet": 8}
_END = dt.datetime.combine(EXPORT, dt.time())
# A letter goes out on the first Thursday of a month; opens are known of its last so many issues.
_ISSUES = 11


@dataclass(frozen=True, slots=True)
class WebEvent:
    """A row of the table `web_events`; `customer_id` is missing for an unknown visitor."""

    event_id: int
    customer_id: int | None
    name: str
    occurred_at: dt.datetime
    path: str | None
    properties: str


def web_events(people: list[tuple[Customer, Habits]], orders: list[Order]) -> list[WebEvent]:
    """Return all events before the export, the earliest first."""
    chance = Chance("web events")
    found = [event for order in orders for event in _before_an_order(chance, order)]
    for customer, habits in people:
        found += _visits(chance, customer.customer_id, habits)
        if customer.marketing_ok and customer.email is not None:
            found += _letters(chance, customer.customer_id, habits)
    found += [_event(chance, None, "page_view", chance.below(DAYS - 1), "/") for _ in range(1_200)]
    found = [event for event in found if event.occurred_at < _END - dt.timedelta(hours=1)]
    found.sort(key=lambda event: (event.occurred_at, event.customer_id or 0, event.name))
    return [replace(event, event_id=place) for place, event in enumerate(found, 900_001)]


def _before_an_order(chance: Chance, order: Order) -> Iterator[WebEvent]:
    """Yield the visit that led to an order, where the site saw it."""
    if order.channel == "store" or order.customer_id is None or not chance.hit(0.5):
        return
    path = f"/{order.category}/{order.product_id}"
    told = _told(chance)
    for name, minutes in (("page_view", 20), ("add_to_cart", 5)):
        at = order.ordered_at - dt.timedelta(seconds=60 * minutes + chance.below(240))
        yield WebEvent(0, order.customer_id, name, at, path, told)


def _visits(chance: Chance, customer_id: int, habits: Habits) -> Iterator[WebEvent]:
    """Yield visits that led to nothing, some of which left something in the cart."""
    day = habits.joined + int(chance.wait(30))
    while day < DAYS:
        path = _path(chance, habits, day)
        yield _event(chance, customer_id, "page_view", day, path)
        if path.count("/") > 1 and chance.hit(0.35):
            yield _event(chance, customer_id, "add_to_cart", day, path)
        if chance.hit(0.15 - habits.visits / 6):
            return
        day += 1 + int(chance.wait(12 / habits.visits))


def _path(chance: Chance, habits: Habits, day: int) -> str:
    if chance.hit(0.25):
        return chance.one_of(("/", "/", "/journal/grind-size", "/journal/water", "/shipping"))
    category = habits.taste if chance.hit(0.5) else chance.one_of(CATEGORIES)
    if chance.hit(0.35):
        return f"/{category}"
    return f"/{category}/{chance.one_of(on_sale(category, date(day))).product_id}"


def _letters(chance: Chance, customer_id: int, habits: Habits) -> Iterator[WebEvent]:
    """Yield what became of the monthly letter: sent, opened, clicked."""
    opens = 0.75 if chance.hit(0.3) else 0.2
    for issue in range(_ISSUES):
        day = _first_thursday(EXPORT.year, EXPORT.month - _ISSUES + issue)
        if day < habits.joined:
            continue
        month = date(day).isoformat()[:7]
        if not chance.hit(opens):
            continue
        yield _letter(chance, customer_id, "newsletter_open", day + int(chance.wait(1)), month)
        if chance.hit(0.3):
            yield _letter(chance, customer_id, "newsletter_click", day + int(chance.wait(1)), month)


def _first_thursday(year: int, month: int) -> int:
    first = dt.date(year, month, 1)
    day = first + dt.timedelta(days=(3 - first.weekday()) % 7)
    return (day - date(0)).days


def _letter(chance: Chance, customer_id: int, name: str, day: int, issue: str) -> WebEvent:
    event = _event(chance, customer_id, name, day, None)
    return replace(event, properties=json.dumps({"issue": issue}))


def _event(chance: Chance, customer_id: int | None, name: str, day: int, path: str | None) -> WebEvent:
    return WebEvent(0, customer_id, name, moment(chance, day), path, _told(chance))


def _told(chance: Chance) -> str:
    return json.dumps({"device": chance.pick(_DEVICES), "seconds": 5 + int(chance.wait(60))})
