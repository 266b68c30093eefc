"""Names of tables and columns, and the words in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What warehouses put before the names of tables.
_PREFIX = re.compile(r"^(dim|fact|fct|stg|raw|src|int|mart|tbl)_")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# What ends the name of a column that names a row of another table.
_NAMING = re.compile(r"_?(id|key|code|uuid|no|number|fk)$")


def singular(name: str) -> str:
    """Return the word for one row of a table.

    Example:
        >>> singular("dim_customers"), singular("data/categories.csv"), singular("OrderItems")
        ('customer', 'category', 'order_item')
    """
    word = _HUMP.sub("_", stem(name)).casefold()
    word = _PREFIX.sub("", word) or word
    for ending, one in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + one
    is_plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 2
    return word[:-1] if is_plural else word


def stem(name: str) -> str:
    """Return the name of a table, or of a file without its folder and ending.

    Example:
        >>> stem("data/orders.csv")
        'orders'
    """
    return name.rsplit("/", 1)[-1].removesuffix(".csv").removesuffix(".parquet")


def common_prefix(names: Sequence[str]) -> str:
    """Return what all names begin with, up to a `_`: the name of the shop, mostly.

    Example:
        >>> common_prefix(["acme_orders", "acme_customers"])
        'acme_'
    """
    first = names[0].split("_")[:-1] if len(names) > 1 else []
    prefixes = ["_".join(first[:count]) + "_" for count in range(len(first), 0, -1)]
    shared = (each for each in prefixes if all(name.startswith(each) for name in names))
    return next(shared, "")


def names_row_of(column: str, one: str) -> bool:
    """Say whether a column is called as one that names a row of a table is, for the word of one row.

    Example:
        >>> names_row_of("OrderItemId", "order_item"), names_row_of("order_key", "order"), names_row_of("paid", "order")
        (True, True, False)
    """
    bare = one.replace("_", "")
    return column.casefold().replace("_", "") in {f"{bare}id", f"{bare}key", bare}


def role(column: str) -> str:
    """Return what a column that names a row says about that row: `shipping_address` for `shipping_address_id`.

    Example:
        >>> role("shipping_address_id"), role("ManagerId"), role("id")
        ('shipping_address', 'manager', 'id')
    """
    word = _HUMP.sub("_", column).casefold()
    return _NAMING.sub("", word) or word


def words_in(name: str) -> list[str]:
    """Return the words of a name.

    Example:
        >>> words_in("ShippedAt"), words_in("paid_on")
        (['shipped', 'at'], ['paid', 'on'])
    """
    return re.findall(r"[^\W_]+", _HUMP.sub("_", name).casefold())
