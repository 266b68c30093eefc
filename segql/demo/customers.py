"""Who buys at the shop, and the habits from which their orders and visits follow."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass

from segql.demo.calendar import DAYS, EXPORT, moment
from segql.demo.chance import Chance
from segql.demo.products import CATEGORIES

HOW_MANY = 3_000
FIRST_ID = 1_001

_FIRST_NAMES = """
    Ada Amélie Anna Ben Björn Carla Chiara Clara David Elif Emil Emma Felix Finn Frieda Giulia
    Hanna Hugo Ida Ines Jakob Jan Jana Jonas Julia Kai Karim Lara Lea Léon Leyla Lina Luca
    Magda Maja Marie Matteo Mila Mohamed Nadia Nele Nina Noah Olga Oskar Paul Pia Rosa Sami
    Selma Sofia Theo Tom Yara Zoë
"""
_LAST_NAMES = """
    Albrecht Bauer Becker Bianchi Brandt Demir Dubois Engel Fischer Garcia Graf Gruber Haas
    Huber Jansen Kaya Keller Klein Koch König Kowalski Krüger Lang Lehmann Martin Maurer Meier
    Moreau Müller Novak O'Brien Petit Pichler Richter Rossi Roth Sauer Schmid Schröder Schulz
    Sommer Steiner Vogel Wagner Weber Winter Wolf Yılmaz Ziegler de-Vries
"""
_CITIES: dict[str, dict[str, int]] = {
    "DE": {"Berlin": 30, "Hamburg": 18, "München": 15, "Köln": 12, "Leipzig": 9, "Freiburg": 6},
    "AT": {"Wien": 50, "Graz": 20, "Salzburg": 15, "Innsbruck": 10},
    "CH": {"Zürich": 40, "Basel": 25, "Bern": 20},
    "FR": {"Paris": 40, "Lyon": 20, "Strasbourg": 20},
    "NL": {"Amsterdam": 40, "Utrecht": 20},
    "IT": {"Milano": 30, "Bolzano": 20, "Torino": 15},
    "GB": {"London": 40, "Manchester": 20},
    "PL": {"Warszawa": 20, "Wrocław": 10},
    "US": {"New York": 20, "Portland": 10},
}
_COUNTRIES = {"DE": 46, "AT": 12, "CH": 8, "FR": 10, "NL": 7, "IT": 6, "GB": 6, "PL": 2, "US": 3}
_MAIL = {"example.com": 60, "mail.example": 25, "post.example": 15}
_SOURCES = {"search": 34, "instagram": 22, "newsletter": 14, "friend": 16, "fair": 6, "podcast": 8}
_TAGS = {"wholesale": 3, "barista": 7, "gift-giver": 12, "vip": 4, "taster": 9, "office": 5}
_MACHINES = {"espresso": 30, "filter": 40, "pod": 15, "moka": 15}


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of the table `customers`."""

    customer_id: int
    name: str
    email: str | None
    age: int | None
    birth_date: dt.date | None
    country: str
    city: str
    plan: str
    marketing_ok: bool
    signed_up_at: dt.datetime
    tags: tuple[str, ...]
    properties: str | None


@dataclass(frozen=True, slots=True)
class Habits:
    """What no table says. `gap`: days between orders, None where somebody never buys."""

    joined: int
    gap: int | None
    leaves: float
    taste: str
    coupons: float
    visits: float


def customers() -> list[tuple[Customer, Habits]]:
    """Return everyone who signed up, the earliest first, each with their habits."""
    chance = Chance("customers")
    days = sorted(_joined(chance) for _ in range(HOW_MANY))
    return [_customer(chance, FIRST_ID + place, day) for place, day in enumerate(days)]


def _joined(chance: Chance) -> int:
    """Return a day; the shop grows, so that some are drawn to the end of the two years."""
    share = chance.below(10_000) / 10_000
    return int(DAYS * (share if chance.hit(0.7) else math.sqrt(share)))


def _customer(chance: Chance, key: int, joined: int) -> tuple[Customer, Habits]:
    first, last = chance.one_of(_FIRST_NAMES.split()), chance.one_of(_LAST_NAMES.split())
    country = chance.pick(_COUNTRIES)
    born, age = _birth(chance)
    habits = _habits(chance, joined, age)
    customer = Customer(
        customer_id=key,
        name=f"{first} {last}",
        email=None if chance.hit(0.03) else _email(chance, first, last, key),
        age=age,
        birth_date=born,
        country=country,
        city=chance.pick(_CITIES[country]),
        plan="plus" if habits.gap is not None and chance.hit(8 / habits.gap) else "basic",
        marketing_ok=chance.hit(0.62),
        signed_up_at=moment(chance, joined),
        tags=tuple(sorted({chance.pick(_TAGS) for _ in range(chance.pick({0: 60, 1: 28, 2: 12}))})),
        properties=None if chance.hit(0.1) else _properties(chance),
    )
    return customer, habits


def _birth(chance: Chance) -> tuple[dt.date | None, int | None]:
    """Return birth date and age at the export; some give only their age, some neither."""
    years = chance.pick({18: 28, 25: 30, 32: 24, 42: 18, 55: 12, 68: 5}) + chance.below(13)
    if chance.hit(0.11):
        return None, None
    born = EXPORT - dt.timedelta(days=int(365.25 * years) + chance.below(365) + 1)
    age = EXPORT.year - born.year - ((EXPORT.month, EXPORT.day) < (born.month, born.day))
    return (None if chance.hit(0.12) else born), age


def _habits(chance: Chance, joined: int, age: int | None) -> Habits:
    gap = chance.pick({14: 12, 28: 30, 55: 30, 120: 18})
    return Habits(
        joined=joined,
        gap=None if chance.hit(0.13) else gap,
        leaves=0.05 if gap < 30 else 0.12,
        taste="coffee" if age is not None and age < 45 and chance.hit(0.3) else chance.pick(_TASTES),
        coupons=0.7 if chance.hit(0.12) else 0.05,
        visits=0.6 if chance.hit(0.2) else 0.15,
    )


_TASTES = dict(zip(CATEGORIES, (42, 25, 16, 10, 7), strict=True))


def _email(chance: Chance, first: str, last: str, key: int) -> str:
    plain = f"{first}.{last}".lower().translate(_PLAIN)
    return f"{plain}.{key}@{chance.pick(_MAIL)}"


_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "é": "e", "ë": "e", "ı": "i", "'": None})


def _properties(chance: Chance) -> str:
    """Return the free-form part as JSON text: where they came from, what is in the kitchen."""
    machines = [
        {"kind": chance.pick(_MACHINES), "year": 2012 + chance.below(13)}
        for _ in range(chance.pick({0: 35, 1: 50, 2: 15}))
    ]
    source: dict[str, object] = {"source": chance.pick(_SOURCES)}
    if chance.hit(0.3):
        source["campaign"] = chance.one_of(("spring", "summer", "advent"))
    return json.dumps({"utm": source, "household": 1 + chance.below(5), "machines": machines})
