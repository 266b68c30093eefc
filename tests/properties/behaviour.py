"""Conditions about people: what they did, related rows, sets; and whole segments."""

from __future__ import annotations

from tests.properties.around import Around
from tests.properties.pieces import Chance, Piece
from tests.properties.schema import Owner, Project
from tests.properties.sequences import Sequences
from tests.properties.words import Scope

TIMES = (
    "at least 2 times", "at least once", "at most 1 times", "at most twice", "exactly once",
    "exactly 2 times", "between 2 and 4 times", "exactly 0 times",
)  # fmt: skip


class Segments(Sequences, Around):
    """Writes segments; each may refer to those written before it."""

    def __init__(self, project: Project, chance: Chance) -> None:
        super().__init__(project, chance)
        self.names = []

    def all(self, count: int) -> dict[str, Piece]:
        """Return so many segments by name, a fifth of them the negation of one before."""
        segments: dict[str, Piece] = {}
        for number in range(count):
            if number % 5 == 4:
                original = segments[self.names[-1]]
                name = f"not_{self.names[-1]}"
                segments[name] = self.piece(self.member, "negation", "not (", original, ")")
            else:
                name = f"s{number}"
                segments[name] = self.condition(self.member, self.chance.pick((0, 1, 1, 2, 3)))
                self.names.append(name)
        return segments

    def single(self, scope: Scope, depth: int) -> Piece | None:
        """Return one condition that joins no others; of a member, half of them about behaviour."""
        if scope is self.member and self.chance.happens(0.5):
            return self.chance.pick(ABOUT_PEOPLE)(self, scope, depth)
        if scope.owner in self.project.streams and self.chance.happens(0.06):
            return self.also_with(scope)
        if scope.owner in self.project.streams and self.chance.happens(0.06):
            return self.of_the_member(scope)
        return super().single(scope, depth)

    def did(self, scope: Scope, depth: int) -> Piece:
        event = self.chance.pick(self.project.streams)
        verb = self.chance.pick(("did", "did", "did", "did not", "never did"))
        parts: list[str | Piece] = [f"{verb} {event.name}"]
        if verb == "did" and self.chance.happens(0.4):
            times = self.chance.pick(TIMES)
            parts.append(Piece("optional", scope.name, f"did {times}", (f" {times}",)))
        if self.chance.happens(0.7):
            window = (" ", self.event_window(scope.name))
            parts.append(Piece("optional", scope.name, "did in window", window))
        if depth > 0 and self.chance.happens(0.5):
            parts.append(self._where(event, scope, depth))
        return self.piece(scope, verb, *parts)

    def _where(self, event: Owner, scope: Scope, depth: int) -> Piece:
        inner = self.condition(Scope(event.name, event), depth - 1)
        return Piece("optional", scope.name, "where", (" where (", inner, ")"))

    def related(self, scope: Scope, depth: int) -> Piece:
        many = self.chance.pick(self.project.manys)
        how = self.quantifier()
        inner = self._where(many, scope, max(depth, 1))
        if how == "every":  # which needs something that holds for every one
            inner = Piece("where", scope.name, "where", inner.parts)
        return self.piece(scope, f"related: {how}", f"{how} {many.name}", inner)

    def gap(self, scope: Scope, depth: int) -> Piece:
        event = self.chance.pick(self.project.streams)
        op = self.chance.pick(("<", "<=", ">", ">="))
        parts = (f"avg gap({event.name}", *self._rest(event, depth))
        length = self.duration("second", "minute", "hour", "day", "week")
        near = self.chance.happens(0.7) and self.seen_gap("".join(map(str, parts)))
        return self.piece(scope, "avg gap", *parts, f" {op} {near or length}")

    def trait(self, scope: Scope, _: int) -> Piece:
        names = [name for name in ("engaged", "quiet", "is_adult") if f"trait {name} " in self._extras]
        return self.piece(scope, "boolean trait", self.chance.pick(names))

    @property
    def _extras(self) -> str:
        return "\n".join(self.project.extras)

    def windowed_trait(self, scope: Scope, _: int) -> Piece:
        op = self.chance.pick((">=", "<", "="))
        window = self.event_window(scope.name)
        return self.piece(scope, "trait in window", "purchases ", window, f" {op} {self.integer_literal()}")

    def sets(self, scope: Scope, _: int) -> Piece:
        words = ["everyone", "nobody", "in list vip_ids", "not in list vip_ids"]
        if self.names:
            one, two = (self.chance.pick(self.names) for _ in range(2))
            segments = [
                f"in segment {one}",
                f"not in segment {one}",
                f"in any segment ({one}, {two})",
            ]
            words += segments * 3
        text = self.chance.pick(words)
        return self.piece(scope, "sets: " + " ".join(text.split()[:3]).split(" s")[0], text)


ABOUT_PEOPLE = (
    Segments.did,
    Segments.did,
    Segments.did,
    Segments.related,
    Segments.gap,
    Segments.trait,
    Segments.windowed_trait,
    Segments.sets,
    Segments.extreme,
    Segments.standing,
    Segments.in_order,
    Segments.in_order,
    Segments.in_order,
    Segments.in_order,
    Segments.rhythm,
    Segments.life_cycle,
    Segments.through_time,
    Segments.through_time,
    Segments.outcome,
    Segments.outcome,
    Segments.team,
)
