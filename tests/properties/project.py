"""A generated project: clock, vocabulary, catalog, rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from segql.plan import Clock
from tests.properties.around import around, outcomes
from tests.properties.data import INTEGERS, TEXTS, Rows
from tests.properties.owners import TEAM, owners_of
from tests.properties.pieces import Chance
from tests.properties.schema import ZONES, Owner, Project, Vocabulary

# Days on which clocks change, months end, years begin; and plain ones.
INSTANTS = tuple(
    dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
    for text in (
        "2026-03-29T00:30:00",
        "2026-03-30T00:30:00",
        "2026-10-25T01:30:00",
        "2026-10-26T01:30:00",
        "2026-03-31T22:30:00",
        "2024-02-29T12:00:00",
        "2024-02-28T12:00:00",
        "2025-02-27T09:00:00",
        "2025-03-01T09:00:00",
        "2024-03-31T10:00:00",
        "2025-02-28T23:59:59.999999",
        "2026-01-01T00:00:00",
        "2025-12-31T23:00:00",
        "2026-05-31T13:14:15.161718",
        "2024-09-08T04:30:00",
        "2026-04-06T12:00:00",
        "2026-11-02T06:30:00",
        "2026-07-01T00:00:00",
    )
)

DURATIONS = (
    (1, "day"), (3, "day"), (7, "day"), (30, "day"), (90, "day"), (365, "day"), (2, "week"),
    (1, "month"), (3, "month"), (1, "quarter"), (2, "quarter"), (1, "year"), (2, "year"),
    (36, "hour"), (24, "hour"), (90, "minute"), (45, "second"),
)  # fmt: skip


def project(chance: Chance) -> Project:
    """Return a made-up project with its rows."""
    clock = Clock(chance.pick(INSTANTS), ZoneInfo(chance.pick(ZONES)), chance.pick((1, 1, 7, 6, 3)))
    key_type = chance.pick(("integer", "integer", "text"))
    member, streams, manys = owners_of(chance, key_type)
    extras, params = _extras(chance, member, streams)
    members = [n if key_type == "integer" else f"ö{n}" for n in range(1, 13)]
    made = Project(
        clock=clock,
        week_starts=clock.week_starts,
        member=member,
        streams=streams,
        manys=manys,
        key_type=key_type,
        words=_vocabulary(chance, clock),
        extras=tuple(extras),
        params=params,
        lists={"vip_ids": tuple(each for each in members if chance.happens(0.3))},
    )
    return replace(made, rows=Rows(made, chance).all())


def _vocabulary(chance: Chance, clock: Clock) -> Vocabulary:
    today = clock.today
    days = [today + dt.timedelta(days=n) for n in (-400, -100, -45, -31, -8, -1, 0, 1, 20)]
    dates = [*chance.sample(days, 3), dt.date(2024, 2, 29)]
    stamps = [clock.as_of - dt.timedelta(days=chance.randrange(-5, 100), hours=chance.randrange(24)) for _ in range(2)]
    texts = [text for group in chance.sample(TEXTS, 4) for text in group]
    return Vocabulary(
        durations=tuple(chance.sample(DURATIONS, 4)),
        units=tuple(chance.sample(("week", "month", "quarter", "year"), 2)),
        texts=tuple(texts),
        dates=tuple(dates),
        stamps=tuple(stamps),
    )


def _extras(chance: Chance, member: Owner, streams: tuple[Owner, ...]) -> tuple[list[str], dict[str, str]]:
    """Return traits, params and lists, and what is set from outside."""
    several = [each for each in member.ones if each.name == "team"]
    of = " of customer" if several else ""
    teams = "\n".join(["entity team from teams key team_id", *(TEAM.rows() if several else ())])
    extras = [
        teams if several else "",
        f"trait purchases{of} = count(purchase)",
        f"trait views{of} = count(page_view where path is known)" if _has(streams[1], "path") else "",
        f"trait spend{of} = sum(purchase.amount)" if _has(streams[0], "amount") else "",
        f"trait engaged{of} = did page_view in last 30 days",
        f"trait quiet{of} = not engaged and purchases < 3",
        f"trait place{of} = rank(purchases)",
        f"trait share{of} = purchases / average(purchases in last 90 days)",
        f"trait is_adult{of} = age >= 18" if _has(member, "age") else "",
        f"param least integer = {chance.pick(INTEGERS)}",
        'param word text = "vip"',
        'list vip_ids of customer from "lists/vip.csv" key customer_id',
        *outcomes(chance, member, streams, of),
        *(around(chance) if several else ()),
    ]
    params = {"least": str(chance.pick(INTEGERS)), "word": chance.pick(chance.pick(TEXTS))}
    return [each for each in extras if each], params if chance.happens(0.3) else {}


def _has(owner: Owner, name: str) -> bool:
    return any(column.name == name for column in owner.columns)
