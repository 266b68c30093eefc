"""The smallest parts of segments: literals, durations, windows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from tests.properties.data import DECIMALS, INTEGERS
from tests.properties.pieces import Chance, Piece
from tests.properties.schema import Column, Owner, Project

ELAPSED = ("second", "minute", "hour", "day", "week")
SUFFIXES = {"hour": "h", "day": "d", "week": "w", "month": "m", "quarter": "q", "year": "y"}


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows a condition is about: `name` tells scopes apart, `owner` has the fields."""

    name: str
    owner: Owner

    def fields(self, *types: str) -> list[tuple[str, Column]]:
        """Return the fields of these types by the path that reads them."""
        return list(self.owner.of_type(*types))


def quoted(text: str, mark: str = '"') -> str:
    """Return the text as a literal."""
    escaped = text.replace("\\", "\\\\").replace(mark, f"\\{mark}").replace("\n", "\\n")
    return f"{mark}{escaped}{mark}"


class Words:
    """Writes literals and windows with the vocabulary of a project."""

    def __init__(self, project: Project, chance: Chance) -> None:
        self.project = project
        self.chance = chance
        self.member = Scope("customer", project.member)

    def text_literal(self) -> str:
        return quoted(self.chance.pick(self.project.words.texts), self.chance.pick(('"', "'")))

    def number_literal(self) -> str:
        number = self.chance.pick((*INTEGERS, *DECIMALS))
        if isinstance(number, Decimal):
            return "5%" if self.chance.happens(0.1) else format(number, "f")
        return f"{number:_}" if self.chance.happens(0.3) else str(number)

    def integer_literal(self) -> str:
        return str(self.chance.pick(INTEGERS))

    def date_literal(self) -> str:
        return self.chance.pick(self.project.words.dates).isoformat()

    def stamp_literal(self) -> str:
        stamp = self.chance.pick(self.project.words.stamps)
        match self.chance.randrange(3):
            case 0:
                return stamp.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            case 1:
                return (stamp + dt.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.%f+02:00")
            case _:
                wall = stamp.astimezone(self.project.clock.zone)
                return wall.strftime("%Y-%m-%dT%H:%M:%S.%f")

    def moment_literal(self) -> str:
        """Return a moment that is the same for everybody."""
        return self.chance.pick((*[self.date_literal()] * 4, *[self.stamp_literal()] * 3, "now", "today"))

    def literals(self, one: str, *more: str) -> str:
        return f"({', '.join((one, *more))})"

    def duration(self, *units: str) -> str:
        options = [each for each in self.project.words.durations if not units or each[1] in units]
        count, unit = self.chance.pick(options or [(7, "day")])
        if unit in SUFFIXES and self.chance.happens(0.3):
            return f"{count}{SUFFIXES[unit]}"
        return f"{count} {unit}{'s' if count > 1 else ''}"

    def event_window(self, scope: str) -> Piece:
        """Return a window of events."""
        kind = self.chance.pick((*WINDOWS, *WINDOWS, *DAYS, *["within"] * 3, "since field"))
        return Piece("window", scope, f"window: {kind}", (self._anchored(kind, self.member) or self.window(kind),))

    def field_window(self, scope: Scope) -> Piece:
        """Return a window of a field's values, which may lie ahead of T."""
        kind = self.chance.pick((*WINDOWS, *DAYS, *AHEAD, *["within"] * 2, "since field"))
        text = f"is {kind}" if kind in {"today", "yesterday", "tomorrow"} else self._anchored(kind, scope)
        return Piece("field window", scope.name, f"field window: {kind}", (text or self.window(kind),))

    def anniversary_window(self) -> str:
        match self.chance.randrange(5):
            case 0 | 1:
                return self.chance.pick(("today", "tomorrow", "yesterday"))
            case 2:
                return f"in {self.chance.pick(('this', 'next', 'previous'))} {self._unit()}"
            case 3:
                return f"in last {self.duration('day', 'week', 'month', 'quarter', 'year')}"
            case _:
                return f"in next {self.duration('day', 'week', 'month', 'quarter', 'year')}"

    def window(self, kind: str) -> str:
        """Return the text of a window from T."""
        pick = self.chance.pick
        match kind:
            case "in last":
                return f"in last {self.duration()}"
            case "in next":
                return f"in next {self.duration()}"
            case "between":
                count, unit = pick(self.project.words.durations)
                return f"between {count + pick((1, 2, 30))} and {count} {unit}s ago"
            case "more than ago":
                return f"more than {self.duration()} ago"
            case "more than from now":
                return f"more than {self.duration()} from now"
            case "exactly":
                days = self.duration("day", "week", "month", "quarter", "year")
                return f"exactly {days} {pick(('ago', 'from now'))}"
            case "since" | "before":
                return f"{kind} {self.moment_literal()}"
            case "from to":
                first, last = sorted(pick(self.project.words.dates) for _ in range(2))
                return f"from {first} to {last}"
            case "in this" | "in previous" | "in next unit":
                return f"{kind.removesuffix(' unit')} {self._unit()}"
            case "in previous n":
                return f"in previous {pick((2, 3))} {self._unit()}s"
            case _:
                return kind

    def _unit(self) -> str:
        return self.chance.pick(self.project.words.units)

    def _anchored(self, kind: str, scope: Scope) -> str:
        """Return a window that is measured from a field, an empty text for the others."""
        if kind not in {"within", "since field"}:
            return ""
        anchors = [name for name, _ in scope.fields("date", "timestamp")[:2]]
        if not anchors:
            return "in last 30 days"
        if kind == "since field":
            return f"{self.chance.pick(('since', 'before'))} {self.chance.pick(anchors)}"
        side = self.chance.pick(("after", "before", "of"))
        return f"{kind} {self.duration(*ELAPSED)} {side} {self.chance.pick(anchors)}"


WINDOWS = (
    "in last", "in last", "between", "more than ago", "since", "before", "from to",
    "in this", "in previous", "in previous n",
)  # fmt: skip
DAYS = ("today", "yesterday")
AHEAD = ("in next", "in next unit", "tomorrow", "more than from now", "exactly", "exactly")
