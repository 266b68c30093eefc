"""Texts that are right, and what slips of hands and minds make of them."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import strategies as st

from tests.errors_file import ALL_FILES, catalog

_WORDS = re.compile(r"\"[^\"\n]*\"|\w+|[^\w\s]|[ \t]+|\n")

CONDITIONS = (
    'age < 30 and country in ("DE", "FR") or not marketing_ok',
    'did purchase at least 3 times in last 90 days where (category = "coffee" and amount > 20)',
    "count(purchase in last 90 days where category = 'tea') >= 2 and purchases_90d between 1 and 5",
    'name starts with "Dr" and email ends with "@acme.com" and name contains any of ("VP", "Chief") ignoring case',
    "signed_up_at in last 30 days and birth_date has anniversary in next 7 days and renewal_date is tomorrow",
    'any tags where (value starts with "vip") and tags has all of ("a", "b") and size(tags) >= 3',
    'any subscription where (status = "active") and no subscription where (status = "late")',
    "at least 2 of (age < 30, is_adult, engaged) and none of (nobody, email is missing)",
    "sum(purchase.amount in last 365 days) > 2 * spend / 3 - min_spend + 5%",
    "days since last(purchase) > 60 and weekday of signed_up_at in (saturday, sunday) and avg gap(purchase) < 30 days",
    "in segment vip and not in any segment (vip, churned) and in list vip_ids and everyone",
    'properties.utm."last event" = "x" and `home town` like "B*n" and path.x = 3 or account.plan matches /^p\\/(ro|x)+$/i',
    "did purchase within 7 days after signed_up_at or never did page_view or did not purchase between 90 and 30 days ago",
    "did page_view as v then purchase within 7 days where (product_id = v.path) then not purchase within 1 day",
    "größe > 3 and round(spend, 2) != 1_000.5 and today > 2026-01-31 and now >= 2026-01-31T10:00:00Z",
    "signed_up_at more than 30 days from now or signed_up_at from 2026-01-01 to 2026-03-31 or purchases in this month = 0",
)

DECLARATIONS = """
segment young_repeat_buyers of customer
    "Under 30 and bought at least twice in the last 90 days."
    owner "growth@shop.example"
    tags lifecycle, email
    where age < 30   # a comment
      and purchases_90d >= 2

trait visits = count(page_view where path matches /^\\/pricing/)
param max_age integer = 30
list friends of customer from "lists/friends.csv" key customer_id

entity team
    from warehouse.teams where (size > 0)
    key team_id
    size integer

events login of customer "Somebody came in."
    from "logins.parquet"
    by customer_id
    at time in "Europe/Berlin"
    device text one of ("web", "app") optional column "Device Type"
    price decimal(10, 2)

one team of customer to team by team_id
many customer of team by team_id

score lead
    +20 when did login in last 30 days
    -5 for each login up to 10 points

tiers value
    gold when spend > 100
    silver otherwise

split test of segment vip
    seed "x"
    a 50%
    b 50%
"""

# What a hand may hit, and what a page or another keyboard may bring.
LETTERS = "aeZ9_ \n\t\"'`()[]{}<>=!&|;:,.+-*/%#@$^~?\\“”’–…\u00a0\u200b\u202e\u0430é名👍\x00\ufeff\ue000３"
WORDS = (
    *"and or not in is where did then when any every no between like has of from key by at true null".split(),
    *"select case if else count sum last first in last days 30 0 \"x\" 'y' /a/ 5% 2026-02-30 segment entity".split(),
    *"age purchase vip amount ignoring case ago times within since exactly at least missing ( ) == && <>".split(),
)


def texts() -> st.SearchStrategy[str]:
    """Return right texts: bare conditions, declarations, and all that the repository has."""
    return st.sampled_from((*CONDITIONS, DECLARATIONS, catalog(), *_examples(), *ALL_FILES))


def _examples() -> list[str]:
    folder = Path(__file__).parents[2] / "examples"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.seg"))]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a text with a few slips in it."""
    text = draw(texts())
    for _ in range(draw(st.integers(0, 4))):
        text = draw(st.sampled_from(_SLIPS))(draw, text)
    return text


def _letter(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    match draw(st.sampled_from(["delete", "double", "swap", "insert", "replace"])):
        case "delete":
            return text[:at] + text[at + 1 :]
        case "double":
            return text[:at] + text[at : at + 1] + text[at:]
        case "swap":
            return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
        case "insert":
            return text[:at] + draw(st.sampled_from(LETTERS)) + text[at:]
        case _:
            return text[:at] + draw(st.sampled_from(LETTERS)) + text[at + 1 :]


def _word(draw: st.DrawFn, text: str) -> str:
    words = _WORDS.findall(text)
    at = draw(st.integers(0, max(0, len(words) - 1)))
    match draw(st.sampled_from(["delete", "double", "swap", "insert", "replace"])):
        case "delete":
            del words[at : at + 1]
        case "double":
            words[at:at] = [*words[at : at + 1], " "]
        case "swap":
            words[at : at + 3] = words[at : at + 3][::-1]
        case "insert":
            words[at:at] = [" ", draw(st.sampled_from(WORDS)), " "]
        case _:
            words[at : at + 1] = [draw(st.sampled_from(WORDS))]
    return "".join(words)


def _line(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    match draw(st.sampled_from(["delete", "double", "indent", "outdent", "cut", "join"])):
        case "delete":
            del lines[at]
        case "double":
            lines.insert(at, lines[at])
        case "indent":
            lines[at] = "    " + lines[at]
        case "outdent":
            lines[at] = lines[at].lstrip()
        case "cut":
            del lines[at + 1 :]
        case _:
            lines[at : at + 2] = [" ".join(lines[at : at + 2])]
    return "\n".join(lines)


_SLIPS = (_letter, _letter, _word, _word, _line)
