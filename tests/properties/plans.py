"""Conditions made to be redundant or impossible: few values, few literals, so that passes find much to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from segql import plan
from segql.analysis import Analyzed
from segql.compiler import check
from segql.diagnostics import Severity
from segql.plan import Clock
from segql.source import Source
from tests.properties.pieces import Chance

CATALOG = """
entity customer
    from customers
    key customer_id
    age          integer
    points       decimal
    weight       float
    country      text
    is_vip       boolean
    is_new       boolean
    born_on      date
    signed_up_at timestamp
    tags         list of text

one account of customer
    from accounts key account_id by account_id
    tier text
    seats integer

events purchase of customer
    from purchases
    by   customer_id
    at   purchased_at
    amount  integer
    product text
    is_gift boolean

events page_view of customer
    from page_views
    by   customer_id
    at   viewed_at
    path text

trait habit = count(purchase in last 30 days)
"""

LENGTHS = ("7 days", "1 weeks", "30 days", "1 months", "31 days", "36 hours", "2 quarters", "6 months", "1 years")
WINDOWS = (
    *(f"in last {each}" for each in LENGTHS),
    "more than 30 days ago", "between 60 and 30 days ago", "between 2 and 1 months ago", "in this month",
    "in this quarter", "in this year", "since 2026-02-01", "before 2026-02-01", "since 2026-03-01", "today", "yesterday",
)  # fmt: skip
AHEAD = ("in next 7 days", "in next 2 weeks", "more than 3 days from now")
NUMBERS = ("17", "18", "20", "20.5", "30")
COUNTRIES = ('"DE"', '"FR"', '"IT"', '""')


class Writer:
    """Writes conditions; each from the chance that it was given."""

    def __init__(self, chance: Chance) -> None:
        self.chance, self.pick = chance, chance.pick
        self.names: list[str] = []

    def condition(self, depth: int) -> str:
        """Return a condition about a customer."""
        return self._joined(depth, self._single)

    def event(self, depth: int) -> str:
        """Return a condition about a purchase."""
        return self._joined(depth, self._of_event)

    def _joined(self, depth: int, single: Callable[[], str]) -> str:
        if depth == 0 or self.chance.happens(0.15):
            return f"not ({single()})" if self.chance.happens(0.2) else single()
        if self.chance.happens(0.15):
            return f"not ({self._joined(depth - 1, single)})"
        words = [self._joined(depth - 1, single) for _ in range(self.pick((2, 2, 2, 3)))]
        if self.chance.happens(0.3):
            words.append(self.pick(words))
        if self.chance.happens(0.06):
            return f"at least {self.pick((1, 2))} of ({', '.join(words)})"
        return "(" + f" {self.pick(('and', 'or'))} ".join(f"({each})" for each in words) + ")"

    def _single(self) -> str:
        kinds = (self._number, self._number, self._set, self._flag, self._time, self._count, self._extreme, self._other)
        kind = self.pick(kinds)
        return kind()

    def _number(self) -> str:
        name = self.pick(
            ("age", "age", "age", "points", "weight", "age + 1", "sum(purchase.amount)", "length(country)")
        )
        if self.chance.happens(0.2):
            return f"{name} is {self.pick(('missing', 'known'))}"
        op = self.pick(("<", "<=", ">", ">=", "=", "!="))
        if self.chance.happens(0.1):
            return f"{name} between {self.pick(NUMBERS[:3])} and {self.pick(NUMBERS[2:])}"
        return f"{name} {op} {self.pick(NUMBERS)}"

    def _set(self) -> str:
        name = self.pick(("country", "country", "country", "account.tier"))
        some = ", ".join(self.pick(COUNTRIES) for _ in range(self.pick((1, 2, 3))))
        return name + self.pick(
            (
                f" = {self.pick(COUNTRIES)}",
                f" != {self.pick(COUNTRIES)}",
                f" in ({some})",
                f" not in ({some})",
                " is missing",
                " is known",
                ' contains "D"',
                ' starts with "F"',
                f" < {self.pick(COUNTRIES)}",
            )
        )

    def _flag(self) -> str:
        return self.pick(
            ("is_vip", "is_new", "is_vip = false", "is_vip is missing", "is_vip = true", "everyone", "nobody")
        )

    def _time(self) -> str:
        name = self.pick(("signed_up_at", "signed_up_at", "born_on", "last(purchase)"))
        windows = WINDOWS if name == "last(purchase)" else (*WINDOWS, *AHEAD)
        day = self.pick(("2026-02-01", "2026-03-01", "2026-02-15"))
        return f"{name} " + self.pick(
            (self.pick(windows), self.pick(windows), "is missing", "is known", f"{self.pick(('<', '>='))} {day}")
        )

    def _count(self) -> str:
        window = f" {self.pick(WINDOWS)}" if self.chance.happens(0.7) else ""
        where = f" where {self.event(self.pick((0, 0, 1)))}" if self.chance.happens(0.5) else ""
        name = self.pick(("count(purchase", "count(purchase", "count(purchase", "active days(purchase"))
        if self.chance.happens(0.1):
            name = "count(distinct purchase.product"
        op = self.pick((">=", ">=", "<", "=", "<=", ">", "!="))
        asked = self.pick((f"{op} {self.pick((0, 1, 2, 3))}",) * 5 + ("is known",))
        return f"{name}{window}{where}) {asked}"

    def _extreme(self) -> str:
        """Return what one event decides: the highest or lowest of few values, or that there is any."""
        window = f" {self.pick(WINDOWS[:6])}"
        if self.chance.happens(0.7):
            # Few windows, of which it is certain which one holds the others.
            return f"{self.pick(('did', 'did not'))} page_view in last {self.pick((7, 30, 31))} days"
        name, op = self.pick((("max", (">=", ">", "<", "=")), ("min", ("<=", "<", ">="))))
        return f"{name}(purchase.amount{window}) {self.pick(op)} {self.pick((17, 20))}"

    def _other(self) -> str:
        if self.names and self.chance.happens(0.6):
            name = self.pick(self.names)
            return self.pick(
                (f"in segment {name}", f"not in segment {name}", f"in segment {name} as of {self.pick(LENGTHS)} ago")
            )
        return self.pick(
            (
                "did purchase then page_view within 3 days",
                "1 + 2 < 4",
                '"a" in ("a", "b")',
                "2 * 3 > 7",
                'tags has "a"',
                "age in top 50%",
                "last(purchase.is_gift) = true",
                "habit >= 2",
                "age < points",
                "country matches /^D/",
                "account.seats > 3",
            )
        )

    def _of_event(self) -> str:
        return self.pick(
            (
                f"amount {self.pick(('<', '<=', '>', '>=', '=', '!='))} {self.pick((0, 1, 2, 3))}",
                f"amount {self.pick(('<', '<=', '>', '>=', '=', '!='))} {self.pick((0, 1, 2, 3))}",
                f'product {self.pick(("=", "!="))} "{self.pick("abc")}"',
                'product in ("a", "b")',
                "product is missing",
                "is_gift",
                "amount is known",
                "amount = amount",
                "customer.age < 20",
            )
        )


@dataclass(frozen=True, slots=True)
class Case:
    """Conditions with the rows and the instant at which they are asked."""

    texts: Mapping[str, str]
    analyzed: Analyzed
    tables: Mapping[str, Sequence[Mapping[str, object]]]
    clock: Clock

    @property
    def request(self) -> plan.Request:
        """All segments, but for some that only others ask for."""
        asked = [name for name in self.texts if not name.startswith("used")]
        return self.analyzed.request(asked)


INSTANTS = (
    dt.datetime(2026, 3, 29, 0, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
    dt.datetime(2024, 2, 29, 23, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
)
ZONES = ("UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe")


def case(seed: int, size: int = 10) -> Case:
    """Return the case of a seed: so many conditions, and two that they may ask for."""
    chance = Chance(seed)
    writer = Writer(chance)
    texts: dict[str, str] = {}
    for number in range(size + 2):
        name = f"used{number}" if number < 2 else f"s{number}"
        texts[name] = writer.condition(chance.pick((1, 1, 1, 2, 2)))
        writer.names.append(name)
    clock = Clock(chance.pick(INSTANTS), ZoneInfo(chance.pick(ZONES)), chance.pick((1, 7)))
    analyzed = check([Source.of("catalog", CATALOG), *_sources(texts)])
    wrong = {
        each.span.source.name: each.message
        for each in analyzed.diagnostics
        if each.severity is Severity.ERROR and each.span is not None
    }
    assert not wrong, {each: (texts.get(each), message) for each, message in wrong.items()}
    return Case(texts, analyzed, rows(chance, clock), clock)


def _sources(texts: Mapping[str, str]) -> list[Source]:
    return [Source.of(name, f"segment {name} where {text}") for name, text in texts.items()]


def rows(chance: Chance, clock: Clock) -> dict[str, list[dict[str, object]]]:
    """Return rows for the catalog: of most values some are missing, some stand where a window begins or ends."""
    pick = chance.pick

    def instant() -> dt.datetime:
        away = dt.timedelta(days=pick((-366, -92, -60, -31, -30, -29, -14, -8, -7, -1, 0, 1, 3, 7, 20)))
        return clock.as_of + away + dt.timedelta(microseconds=pick((0, 0, -1, 1, 3_600_000_000, -7_200_000_000)))

    customers: list[dict[str, object]] = [
        {
            "customer_id": number,
            "age": pick((None, 17, 18, 19, 20, 21, 30, 31)),
            "points": pick((None, Decimal(17), Decimal(18), Decimal("20.5"), Decimal(21), Decimal(40))),
            "weight": pick((None, 17.0, 18.0, 20.5, 20.6, 30.0)),
            "country": pick((None, "DE", "FR", "IT", "ES", "", "de")),
            "is_vip": pick((None, True, False)),
            "is_new": pick((None, True, False)),
            "born_on": pick((None, instant().date())),
            "signed_up_at": pick((None, instant(), instant())),
            "tags": pick((None, [], ["a"], ["a", "b"])),
            "account_id": pick((None, 1, 2, 3)),
        }
        for number in range(1, 31)
    ]
    purchases: list[dict[str, object]] = [
        {
            "customer_id": chance.randrange(1, 31),
            "purchased_at": instant(),
            "amount": pick((None, 0, 1, 2, 3)),
            "product": pick((None, "a", "b", "c")),
            "is_gift": pick((None, True, False)),
        }
        for _ in range(70)
    ]
    views: list[dict[str, object]] = [
        {"customer_id": chance.randrange(1, 31), "viewed_at": instant(), "path": pick((None, "/", "/a"))}
        for _ in range(30)
    ]
    accounts: list[dict[str, object]] = [
        {"account_id": 1, "tier": "DE", "seats": 3},
        {"account_id": 2, "tier": None, "seats": 4},
    ]
    return {"customers": customers, "purchases": purchases, "page_views": views, "accounts": accounts}
