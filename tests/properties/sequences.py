"""Conditions about the order and spacing of events: sequences, bursts, returns."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.properties.conditions import Conditions
from tests.properties.pieces import Piece
from tests.properties.schema import Column, Owner
from tests.properties.words import ELAPSED, Scope

LONG = ("3 days", "30 days", "90 days", "52 weeks")
NUMBERS = {"integer", "decimal", "float"}


@dataclass(slots=True)
class _Steps:
    """What was written of a sequence: its parts, and its named steps."""

    parts: list[str | Piece] = field(default_factory=list)
    named: list[tuple[str, Owner]] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    is_immediate: bool = False


class Sequences(Conditions):
    """Writes conditions about the order and spacing of a member's events."""

    def in_order(self, scope: Scope, depth: int) -> Piece:
        """Return a condition about several events."""
        return self.chance.pick(
            (self._sequence, self._sequence, self._sequence, self._any_order, self._burst, self._back)
        )(scope, depth)

    def _sequence(self, scope: Scope, depth: int) -> Piece:
        steps = _Steps()
        self._first(steps, scope, depth)
        count = self.chance.pick((1, 1, 1, 2, 2, 3))
        absent = [self.chance.happens(0.2) for _ in range(count)]
        for number, is_absent in enumerate(absent):
            if is_absent:
                self._absence(steps, scope, depth)
            else:
                self._next(steps, scope, depth, number + 2)
        parts = ["did ", *steps.parts]
        if not all(absent) and self.chance.happens(0.35):
            parts.append(self._optional(scope, "all within", f" all within {self._length()}"))
        if steps.is_immediate and self.chance.happens(0.4):
            names = self.chance.pick(("any event", f"({self._event().name}, {self._event().name})"))
            parts.append(self._optional(scope, f"among {names.split(' ')[0][:3]}", f" among {names}"))
        # In brackets, since a `then` further on would go on with it.
        return self.piece(scope, f"sequence of {len(absent) + 1}", "(", *parts, ")")

    def _first(self, steps: _Steps, scope: Scope, depth: int) -> None:
        event = self._event()
        parts: list[str | Piece] = [self._ever(scope), event.name]
        if self.chance.happens(0.3):
            parts.append(self._optional(scope, "step in window", " ", self.event_window(scope.name)))
        self._rest_of_step(steps, parts, event, scope, depth, 1)

    def _next(self, steps: _Steps, scope: Scope, depth: int, number: int) -> None:
        event = self._event()
        parts: list[str | Piece] = [" then "]
        match self.chance.randrange(6):
            case 0:
                names = self.chance.pick((self._event().name, f"({self._event().name}, {self._event().name})"))
                parts.append(self._optional(scope, "then no", f"no {names} then "))
            case 1:
                parts.append(Piece("immediately", scope.name, "immediately", ("immediately ",)))
                steps.is_immediate = True
        parts += [self._ever(scope), event.name]
        match self.chance.randrange(8):
            case 0:
                parts.append(self._optional(scope, "step in window", " ", self.event_window(scope.name)))
            case 1 | 2 | 3 | 4:
                parts.append(self._optional(scope, "step within", f" within {self._length()}"))
            case 5:
                parts.append(self._optional(scope, "step after", f" after {self._length()}"))
            case 6:
                least = self.chance.pick(("30 seconds", "45 seconds"))
                words = f" within {self._length()} after {least}"
                parts.append(self._optional(scope, "step after within", words))
        self._rest_of_step(steps, parts, event, scope, depth, number)

    def _absence(self, steps: _Steps, scope: Scope, depth: int) -> None:
        event = self._event()
        parts: list[str | Piece] = [f" then not {event.name} within {self._length()}"]
        where = self._where_of(steps, event, scope, depth)
        steps.parts.append(self._optional(scope, "then not", *parts, *([where] if where else [])))

    def _rest_of_step(
        self, steps: _Steps, parts: list[str | Piece], event: Owner, scope: Scope, depth: int, number: int
    ) -> None:
        where = self._where_of(steps, event, scope, depth)
        parts += [where] if where else []
        if self.chance.happens(0.6):
            parts.append(f" as step{number}")
            steps.named.append((f"step{number}", event))
        tag = "repeated step" if event.name in steps.events else "step"
        steps.events.add(event.name)
        steps.parts.append(Piece("step", scope.name, tag, tuple(parts)))

    def _where_of(self, steps: _Steps, event: Owner, scope: Scope, depth: int) -> Piece | None:
        """Return what is asked of a step: of its own fields, of those of steps before."""
        ties = [tie for name, other in steps.named for tie in self._ties(event, name, other)]
        asked: list[str | Piece] = []
        if ties and self.chance.happens(0.5):
            tied = [self.chance.pick(ties) for _ in range(self.chance.pick((1, 1, 2)))]
            word = self.chance.pick((" and ", " and ", " or "))
            asked.append(self.piece(Scope(f"{event.name} tied", event), "where of steps", "(", word.join(tied), ")"))
        if depth > 0 and self.chance.happens(0.3):
            own = self.condition(Scope(event.name, event), depth - 1)
            asked += [" and ", "(", own, ")"] if asked else [own]
        return self._optional(scope, "where of step", " where (", *asked, ")") if asked else None

    def _ties(self, event: Owner, name: str, other: Owner) -> list[str]:
        """Return how fields of a step may be compared with those of an earlier one."""
        found: list[str] = []
        for mine, column in event.of_type(*NUMBERS, "text", "date", "timestamp", "boolean"):
            for theirs, earlier in other.of_type(*NUMBERS, "text", "date", "timestamp", "boolean"):
                if not _comparable(column, earlier):
                    continue
                found += [f"{mine} = {name}.{theirs}"] * 3 + [f"{name}.{theirs} = {mine}"]
                if column.type != "boolean":
                    found += [f"{mine} != {name}.{theirs}", f"{mine} >= {name}.{theirs}", f"{name}.{theirs} is missing"]
        return found

    def _ever(self, scope: Scope) -> Piece | str:
        return self._optional(scope, "first ever as a step", "first ") if self.chance.happens(0.15) else ""

    def _any_order(self, scope: Scope, _: int) -> Piece:
        names = [each.name for each in self.project.streams]
        chosen = self.chance.sample(names, self.chance.pick((2, 2, 3)))
        listed = ", ".join(chosen)
        return self.piece(scope, "any order", f"did all of ({listed}) in any order within {self._length()}")

    def _burst(self, scope: Scope, depth: int) -> Piece:
        event = self._event()
        times = self.chance.pick(
            ("at least 2 times", "at least twice", "at least 3 times", "at most 2 times", "at most once")
        )
        verb = self.chance.pick(("did", "did", "did not"))
        parts: list[str | Piece] = [f"{verb} {event.name} {times} in any {self._length()}"]
        if depth > 0 and self.chance.happens(0.4):
            inner = self.condition(Scope(event.name, event), depth - 1)
            parts.append(self._optional(scope, "where", " where (", inner, ")"))
        return self.piece(scope, f"in any: {times}", *parts)

    def _back(self, scope: Scope, _: int) -> Piece:
        window = self.event_window(scope.name)
        gap = f" after a gap of {self._length()}"
        return self.piece(scope, "resumed", f"resumed {self._event().name} ", window, gap)

    def _event(self) -> Owner:
        return self.chance.pick(self.project.streams)

    def _length(self) -> str:
        return self.chance.pick(LONG) if self.chance.happens(0.5) else self.duration(*ELAPSED)

    def _optional(self, scope: Scope, tag: str, *parts: str | Piece) -> Piece:
        return Piece("optional", scope.name, tag, parts)


def _comparable(one: Column, other: Column) -> bool:
    if one.options or other.options:
        return False
    return one.type == other.type or {one.type, other.type} <= NUMBERS
