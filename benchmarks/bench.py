"""What all bars share: how large the data is, where it is kept, and what is open."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

from benchmarks.asked import Asked, on_duckdb
from benchmarks.ground import Ground
from benchmarks.shapes import SEQUENCE, shapes
from benchmarks.vocabulary import Drawn, draw

LARGEST_BATCH = 200


class Failed(Exception):  # noqa: N818 (it reads as what happened)
    """A process that is measured ended in a way that it should not."""


class Absent(Exception):  # noqa: N818 (it reads as what is the case)
    """What a bar is measured against cannot be had here; the text says what, and the cure."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is said on the command line.

    `linted` is how many files sqlfluff is given; None: all, if they take no more than three minutes. `whole`: requests
    look at the tables and their keys, too. `is_kept`: also the largest database stays in the folder.
    """

    folder: Path
    scale: float = 1.0
    seed: int = 7
    pairs: int = 9
    linted: int | None = None
    whole: bool = False
    is_kept: bool = False


@dataclass
class Bench:
    """A run of bars; what is opened for one is kept for the next, until the end of the `with`.

    Example:
        with Bench(Options(Path("cache"), scale=0.1)) as bench:
            measure_batch(bench)
    """

    options: Options
    _open: ExitStack = field(default_factory=ExitStack)
    _compared: set[tuple[str, ...]] = field(default_factory=set)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open; what is asked for afterwards is opened anew."""
        self._open.close()
        self.__dict__.pop("duckdb", None)

    @cached_property
    def duckdb(self) -> Asked:
        """The database of a million customers, with all segments that it is asked about."""
        path = Ground(self.options.scale).file(self.options.folder)
        drawn = [*self.drawn(LARGEST_BATCH), *shapes(), SEQUENCE]
        return self._open.enter_context(on_duckdb(path, drawn, whole=self.options.whole))

    def drawn(self, count: int) -> list[Drawn]:
        """Return random segments of the seed."""
        return draw(count, self.options.seed)

    def compared(self, drawn: list[Drawn]) -> list[str]:
        """Return the names of segments whose members are the same in both ways, which is looked at once."""
        names = tuple(each.name for each in drawn)
        if names not in self._compared:
            self.duckdb.compare(drawn)
            self._compared.add(names)
        return list(names)
