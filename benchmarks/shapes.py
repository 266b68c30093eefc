"""The shapes that one segment can have, and a sequence of steps, each with the SQL that a good analyst writes."""

from __future__ import annotations

from benchmarks.analyst import ON_DUCKDB, Analyst
from benchmarks.vocabulary import Drawn


def shapes(analyst: Analyst = ON_DUCKDB) -> list[Drawn]:
    """Return the twelve shapes of one segment.

    Example:
        shapes()[0].condition
    """
    day = analyst.within
    lately = day("ordered_at", 90)
    return [
        _shape("young", "age < 30", "age < 30"),
        _shape("european_pros", 'country in ("DE", "FR") and plan = "pro"', "country in ('DE', 'FR') and plan = 'pro'"),
        _shape("new", "signed_up_at in last 180 days", day("signed_up_at", 180)),
        _shape(
            "buyers",
            "did purchase in last 30 days",
            f"customer_id in (select customer_id from orders where {day('ordered_at', 30)})",
        ),
        _shape("repeat_buyers", "count(purchase in last 90 days) >= 2", _who("orders", lately, "count(*) >= 2")),
        _shape(
            "toy_buyers",
            'sum(purchase.amount in last 90 days where category = "toys") >= 100',
            _who("orders", f"{lately} and category = 'toys'", "sum(amount) >= 100"),
        ),
        _shape(
            "buyers_of_much",
            "max(purchase.amount in last 180 days) >= 150",
            _who("orders", day("ordered_at", 180), "max(amount) >= 150"),
        ),
        _shape(
            "young_repeat_buyers",
            "age < 30 and count(purchase in last 90 days) >= 2",
            "age < 30 and " + _who("orders", lately, "count(*) >= 2"),
        ),
        _shape(
            "lapsed",
            "did purchase and did not purchase in last 90 days",
            f"customer_id in (select customer_id from orders where ordered_at < {analyst.now})"
            f" and not exists (select 1 from orders where orders.customer_id = customers.customer_id and {lately})",
        ),
        _shape(
            "browsing_buyers",
            "count(page_view in last 30 days) >= 5 and did purchase in last 30 days",
            _who("events", f"{day('occurred_at', 30)} and name = 'page_view'", "count(*) >= 5")
            + f" and customer_id in (select customer_id from orders where {day('ordered_at', 30)})",
        ),
        _shape(
            "teams_and_spenders",
            'plan = "team" or sum(purchase.amount in last 365 days) >= 1000',
            "plan = 'team' or " + _who("orders", day("ordered_at", 365), "sum(amount) >= 1000"),
        ),
        _shape(
            "first_buyers",
            "first(purchase) in last 30 days",
            _who("orders", f"ordered_at < {analyst.now}", f"min(ordered_at) >= {analyst.ago(30)}"),
        ),
    ]


# Both windows have the same order, so one sort serves them; the later kind comes first, so that of two events at one
# instant neither follows the other.
SEQUENCE = Drawn(
    "bought_after_mail",
    "did page_view then add_to_cart within 7 days then email_click within 14 days",
    """
WITH e AS (
  SELECT customer_id, occurred_at AS happened,
         CASE name WHEN 'page_view' THEN 1 WHEN 'add_to_cart' THEN 2 ELSE 3 END AS kind
  FROM events
  WHERE name IN ('page_view', 'add_to_cart', 'email_click') AND occurred_at < TIMESTAMP '2025-01-01'
), first AS (
  SELECT *, max(CASE WHEN kind = 1 THEN happened END)
    OVER (PARTITION BY customer_id ORDER BY happened, kind DESC ROWS UNBOUNDED PRECEDING) AS viewed
  FROM e
), second AS (
  SELECT *, max(CASE WHEN kind = 2 AND happened <= viewed + INTERVAL 7 DAY THEN happened END)
    OVER (PARTITION BY customer_id ORDER BY happened, kind DESC ROWS UNBOUNDED PRECEDING) AS carted
  FROM first
)
SELECT DISTINCT customer_id FROM second WHERE kind = 3 AND happened <= carted + INTERVAL 14 DAY
""",
)


def _shape(name: str, condition: str, where: str) -> Drawn:
    return Drawn(name, condition, f"select customer_id from customers where {where}")


def _who(table: str, where: str, having: str) -> str:
    return f"customer_id in (select customer_id from {table} where {where} group by customer_id having {having})"
