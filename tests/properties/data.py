"""Rows for a generated project: missing values, ties, empty histories, boundary instants."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from segql.plan import MICROSECONDS, Clock, Relative, Unit
from segql.reference.windows import resolve
from tests.properties.pieces import Chance
from tests.properties.schema import Column, Owner, Project, Vocabulary

INTEGERS = (0, 1, 2, 2, 3, 3, -1, -7, 18, 100, 1_000_000)
DECIMALS = tuple(map(Decimal, ("0", "0.1", "0.25", "-5.5", "19.99", "100", "0.000001", "33.333333")))
FLOATS = (0.0, 0.25, -0.75, 1.5, 2.0, 100.25, 12345.5, float("nan"))
# Texts that are easily taken for each other.
TEXTS = (
    ("a", "A", " a", "a\n"),
    ("ä", "Ä", "a"),
    ("vip", "VIP", "Vip 1"),
    ("straße", "STRASSE", "STRAßE"),
    ("İ", "ı", "i", "I"),
    ("Σ", "ς", "σ"),
    ("", " ", "🙂", "\uffee"),
    ("10%", "10x", "a_b", "axb", "*", "?"),
    ("O'Hara", 'say "x"', "a\\b", "/p/7"),
    ("Anna", "An\nna", "x@acme.com"),
)
SKUS = ("P-1", "P-2", "ä")
_ELAPSED = {unit.value for unit in MICROSECONDS}
MICROSECOND = dt.timedelta(microseconds=1)


def moments(clock: Clock, words: Vocabulary) -> tuple[dt.datetime, ...]:
    """Return instants on, just before and just after the boundaries that segments speak of."""
    steps = [(sign * n, Unit(unit)) for n, unit in words.durations for sign in (-1, 1)]
    bounds = [Relative(0, Unit.DAY), *(Relative(n, unit) for n, unit in steps)]
    bounds += [Relative(n, unit, Unit.DAY, then) for n, unit in steps for then in (0, 1)]
    for unit in ("day", *words.units, *words.units):
        bounds += [Relative(0, Unit.DAY, Unit(unit), then) for then in (-2, -1, 0, 1)]
    edges = [resolve(bound, clock) for bound in bounds]
    for day in words.dates:
        wall = dt.datetime.combine(day, dt.time(), clock.zone)
        edges += [wall.astimezone(dt.UTC), (wall + dt.timedelta(days=1)).astimezone(dt.UTC)]
    edges += [stamp.astimezone(dt.UTC) for stamp in words.stamps]
    return tuple(edge + delta for edge in edges for delta in (-MICROSECOND, 0 * MICROSECOND, MICROSECOND))


def changes(zone: str, year: int) -> tuple[dt.datetime, ...]:
    """Return wall-clock times in and around the hours that the zone skips or has twice."""
    walls: list[dt.datetime] = []
    hour = dt.datetime(year - 1, 1, 1, tzinfo=dt.UTC)
    info = ZoneInfo(zone)
    while hour.year < year + 2:
        later = hour + dt.timedelta(hours=12)
        if hour.astimezone(info).utcoffset() != later.astimezone(info).utcoffset():
            start = hour.astimezone(info).replace(tzinfo=None, minute=30)
            walls += [start + dt.timedelta(hours=n) for n in range(14)]
        hour = later
    return tuple(walls)


class Rows:
    """Makes the rows of a project's tables."""

    def __init__(self, project: Project, chance: Chance) -> None:
        self._chance = chance
        self._project = project
        self._clock = project.clock
        self._moments = moments(project.clock, project.words)
        self._members = [self._key(n) for n in range(1, chance.randrange(3, 25))]
        self._changes = {
            column.zone: changes(column.zone, project.clock.as_of.year)
            for columns in project.tables().values()
            for column in columns.values()
            if column.zone
        }

    def all(self) -> dict[str, tuple[Mapping[str, object], ...]]:
        """Return the rows of every table, the members' first since events are dated from theirs."""
        made = {name: list(self._table(name)) for name in self._project.tables()}
        for stream in self._project.streams[:2]:  # the others share a table
            self._near_anchors(made[stream.table], stream, made["customers"])
            self._ties(made[stream.table], stream)
        return {name: tuple(rows) for name, rows in made.items()}

    def _ties(self, rows: list[dict[str, object]], stream: Owner) -> None:
        """Move some events to the instant of another one of the same member."""
        by, at = (column.stored for column in stream.stored[:2])
        for row in rows:
            if self._chance.happens(0.2):
                other = self._chance.pick(rows)
                row[by], row[at] = other[by], other[at]
                if self._chance.happens(0.5) and isinstance(row[at], dt.datetime):
                    row[at] = self._next(other[at])

    def _next(self, at: dt.datetime) -> dt.datetime:
        """Return a time that is about a duration of the vocabulary after another."""
        chance = self._chance
        elapsed = [n * MICROSECONDS[Unit(unit)] for n, unit in self._project.words.durations if unit in _ELAPSED]
        away = chance.pick([1_000_000, 3_600_000_000, *elapsed]) + chance.pick((-1, 0, 0, 1))
        return at + dt.timedelta(microseconds=away)

    def _near_anchors(self, rows: list[dict[str, object]], stream: Owner, members: list[dict[str, object]]) -> None:
        """Move some events to a duration of the vocabulary from a moment of their member."""
        chance, words = self._chance, self._project.words
        by, at = stream.stored[:2]
        elapsed = [(n, Unit(unit)) for n, unit in words.durations if Unit(unit) in MICROSECONDS]
        lengths = [n * MICROSECONDS[unit] for n, unit in elapsed or [(7, Unit.DAY)]]
        anchors = [column for _, column in self._project.member.of_type("date", "timestamp")][:2]
        moments_of = {row["customer_id"]: row for row in members}
        for row in rows:
            member = moments_of.get(row[by.stored])
            if not (anchors and member and at.type == "timestamp" and chance.happens(0.3)):
                continue
            anchor = chance.pick(anchors)
            zone = ZoneInfo(anchor.zone or "UTC")
            start = member.get(anchor.stored)
            if isinstance(start, dt.date):
                away = chance.pick([0, *lengths]) * chance.pick((-1, 1)) + chance.pick((-1, 0, 0, 1))
                if not isinstance(start, dt.datetime):
                    start, zone = dt.datetime.combine(start, dt.time()), self._clock.zone
                instant = (start if start.tzinfo else start.replace(tzinfo=zone)).astimezone(dt.UTC)
                row[at.stored] = self._shown(instant + dt.timedelta(microseconds=away), at)

    def _table(self, name: str) -> Iterator[dict[str, object]]:
        columns = self._project.tables()[name]
        chance = self._chance
        match name:
            case "customers":
                keys: list[object] = [*self._members, *([None] * chance.randrange(2))]
                unique = "customer_id"
            case "accounts":
                keys, unique = [*range(1, chance.randrange(2, 5)), None], "account_id"
            case "teams":
                keys, unique = list(range(1, chance.randrange(1, 4))), "team_id"
            case "products":
                keys, unique = list(SKUS[: chance.randrange(4)]), "product_id"
            case _:
                keys, unique = [0] * chance.randrange(len(self._members) * 12), ""
        if unique and keys and chance.happens(0.01):
            keys.append(keys[0])
        for key in keys:
            row = {each.stored: self.cell(each) for each in columns.values()}
            if unique:
                row[unique] = key
            yield row

    def cell(self, column: Column) -> object:
        """Return a value for the column."""
        chance = self._chance
        if chance.happens(0.05 if not column.optional else 0.15):
            return None
        match column.name:
            case "customer_id" | "user_id":
                # Few people have most of the history, some none, some of it is nobody's.
                most = self._members[: max(1, len(self._members) * 2 // 3)]
                return self._key(99) if chance.happens(0.05) else chance.pick(most)
            case "account_id" | "team_id":
                return chance.randrange(1, 6)
            case "product_id":
                return chance.pick(SKUS)
        if column.options:
            return chance.pick(column.options)
        if column.type.startswith("list of "):
            item = Column("", column.type.removeprefix("list of "))
            return [self.cell(item) for _ in range(chance.randrange(4))]
        return self._plain(column)

    def _plain(self, column: Column) -> object:
        chance = self._chance
        match column.type:
            case "integer":
                return chance.pick(INTEGERS)
            case "decimal":
                return chance.pick(DECIMALS)
            case "float":
                return chance.pick(FLOATS)
            case "text":
                return chance.pick(self._project.words.texts)
            case "boolean":
                return chance.happens(0.5)
            case "json":
                return self._json()
            case "date":
                return self._date()
            case _:
                return self._stamp(column)

    def _stamp(self, column: Column) -> dt.datetime:
        chance = self._chance
        if column.zone and self._changes[column.zone] and chance.happens(0.2):
            return chance.pick(self._changes[column.zone])
        at = chance.pick(self._moments)
        if chance.happens(0.3):
            seconds = chance.randrange(-400 * 86_400, 20 * 86_400)
            at = self._clock.as_of + dt.timedelta(seconds=seconds)
        elif chance.happens(0.3):  # whole days from a boundary: the same time of another day
            at += dt.timedelta(days=chance.randrange(-40, 2))
        return self._shown(at, column)

    def _shown(self, at: dt.datetime, column: Column) -> dt.datetime:
        """Return the instant as it stands in the column."""
        return at if column.aware else at.astimezone(ZoneInfo(column.zone or "UTC")).replace(tzinfo=None)

    def _date(self) -> dt.date:
        chance = self._chance
        at = chance.pick(self._moments).astimezone(self._clock.zone).date()
        if chance.happens(0.3):  # born on that day
            year = at.year - chance.randrange(50)
            at = dt.date(year, at.month, min(at.day, 28))
        return dt.date(2000, 2, 29) if chance.happens(0.08) else at

    def _json(self) -> str:
        chance = self._chance
        if chance.happens(0.05):
            return chance.pick(("null", "{}", "[]", "3", '"text"'))
        made: dict[str, object] = {
            "utm": {"source": chance.pick(self._project.words.texts), "n": chance.pick(INTEGERS)},
            "last event": {"name": chance.pick(("login", "logout"))},
            "total": float(chance.pick(DECIMALS)),
            "flag": chance.happens(0.5),
            "on": self._date().isoformat(),
            "list": [
                chance.pick((*self._project.words.texts, 1, 2, 2.5, None, True)) for _ in range(chance.randrange(4))
            ],
            "mixed": chance.pick((1, 1, 2, "1", 1.0, 1.5, True, None, [], "a", {})),
            "items": [
                {"sku": chance.pick(SKUS), "qty": chance.pick((1, 2, 2.0, "2", None))}
                for _ in range(chance.randrange(4))
            ],
        }
        for name in list(made):
            if chance.happens(0.2):
                made[name] = None
            if chance.happens(0.2):
                del made[name]
        return json.dumps(made, ensure_ascii=chance.happens(0.5))

    def _key(self, number: int) -> object:
        return number if self._project.key_type == "integer" else f"ö{number}"
