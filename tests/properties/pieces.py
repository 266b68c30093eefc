"""Generated text as a small tree, so that a segment that fails can be made smaller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a segment's text.

    A piece may stand wherever another one of its sort and scope stands: `scope` names the rows
    whose fields it reads. `tag` is the construct, for counting. An `optional` piece can go.
    """

    sort: str
    scope: str
    tag: str
    parts: tuple[str | Piece, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    def below(self) -> Iterator[Piece]:
        """Yield every piece inside this one."""
        for part in self.parts:
            if isinstance(part, Piece):
                yield part
                yield from part.below()

    def tags(self) -> Iterator[str]:
        """Yield the constructs that the text is made of."""
        yield self.tag
        for piece in self.below():
            yield piece.tag


def smaller(piece: Piece) -> Iterator[Piece]:
    """Yield simpler pieces that may stand in its place, the simplest first."""
    inside = [each for each in piece.below() if (each.sort, each.scope) == (piece.sort, piece.scope)]
    yield from sorted(inside, key=lambda each: len(str(each)))
    if piece.sort == "optional" and piece.parts:
        yield replace(piece, parts=())
    for index, part in enumerate(piece.parts):
        if isinstance(part, Piece):
            for less in smaller(part):
                yield replace(piece, parts=(*piece.parts[:index], less, *piece.parts[index + 1 :]))


class Chance(Random):
    """A source of choices that is known by its seed."""

    def pick(self, options: tuple[T, ...] | list[T]) -> T:
        """Return one of the options."""
        return options[int(self.random() * len(options))]

    def happens(self, probability: float) -> bool:
        """Return True so often."""
        return self.random() < probability
