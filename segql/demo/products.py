"""What the shop sells."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """A row of the table `products`."""

    product_id: str
    name: str
    brand: str
    category: str
    price: Decimal
    organic: bool
    launched_on: dt.date


# id, name, brand, price, organic, launched on
_RANGE: dict[str, tuple[tuple[str, str, str, str, bool, str], ...]] = {
    "coffee": (
        ("C-01", "House Blend 500 g", "Nordlicht", "11.90", False, "2024-01-01"),
        ("C-02", "Ethiopia Yirgacheffe 250 g", "Nordlicht", "9.80", True, "2024-01-01"),
        ("C-03", "Colombia Huila 250 g", "Nordlicht", "9.40", True, "2024-01-01"),
        ("C-04", "Espresso Scuro 1 kg", "Torre Nera", "21.50", False, "2024-01-01"),
        ("C-05", "Espresso Bar 500 g", "Torre Nera", "12.60", False, "2024-03-15"),
        ("C-06", "Decaf Sumatra 250 g", "Nordlicht", "10.20", True, "2024-05-02"),
        ("C-07", "Filter Sampler, 4 bags", "Finca Alba", "29.00", True, "2024-09-16"),
        ("C-08", "Winter Roast 500 g", "Finca Alba", "13.90", True, "2025-10-20"),
    ),
    "tea": (
        ("T-01", "Sencha 100 g", "Teehaus Elbe", "8.90", True, "2024-01-01"),
        ("T-02", "Assam Second Flush 250 g", "Teehaus Elbe", "12.40", False, "2024-01-01"),
        ("T-03", "Peppermint 60 bags", "Kraut & Blatt", "4.90", True, "2024-01-01"),
        ("T-04", "Rooibos Vanilla 150 g", "Kraut & Blatt", "6.50", True, "2024-02-12"),
        ("T-05", "Darjeeling First Flush 100 g", "Teehaus Elbe", "14.80", True, "2025-04-28"),
    ),
    "chocolate": (
        ("S-01", "Dark 70% 100 g", "Cacao Nord", "4.20", True, "2024-01-01"),
        ("S-02", "Milk with Sea Salt 100 g", "Cacao Nord", "3.90", False, "2024-01-01"),
        ("S-03", "Drinking Chocolate 300 g", "Cacao Nord", "8.50", True, "2024-01-01"),
        ("S-04", "Truffles, box of 12", "Maison Leclerc", "14.90", False, "2024-10-01"),
    ),
    "equipment": (
        ("E-01", "Hand Grinder", "Mahlwerk", "59.00", False, "2024-01-01"),
        ("E-02", "Pour-over Set", "Mahlwerk", "34.50", False, "2024-01-01"),
        ("E-03", "French Press 1 l", "Mahlwerk", "27.90", False, "2024-01-01"),
        ("E-04", "Gooseneck Kettle", "Hario", "64.00", False, "2024-04-08"),
        ("E-05", "Electric Grinder", "Mahlwerk", "189.00", False, "2024-08-19"),
        ("E-06", "Espresso Machine", "Torre Nera", "449.00", False, "2025-02-03"),
    ),
    "gifts": (
        ("G-01", "Gift Card 25", "Gift Card", "25.00", False, "2024-01-01"),
        ("G-02", "Tasting Box", "Finca Alba", "36.00", True, "2024-03-01"),
        ("G-03", "Advent Calendar", "Cacao Nord", "39.90", False, "2024-10-21"),
    ),
}

PRODUCTS = tuple(
    Product(product_id, name, brand, category, Decimal(price), organic, dt.date.fromisoformat(launched))
    for category, rows in _RANGE.items()
    for product_id, name, brand, price, organic, launched in rows
)
BY_ID = {each.product_id: each for each in PRODUCTS}
CATEGORIES = tuple(_RANGE)


def on_sale(category: str, date: dt.date) -> tuple[Product, ...]:
    """Return what the shop sold of a category on that date."""
    return tuple(each for each in PRODUCTS if each.category == category and each.launched_on <= date)
