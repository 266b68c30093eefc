"""Answers batch by batch: one that fails is halved until what fails in it stands alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from segql.diagnostics import Diagnostic
from segql.run.backends import EngineError, Lost, Overdue
from segql.run.batches import halves

T = TypeVar("T")

# After so many failures of single segments, without one answer between, nothing is halved any more: what holds for all
# of them, as a table that is gone, would be asked again for each.
_PATIENCE = 16


@dataclass(slots=True)
class Halving(Generic[T]):
    """Asks for the segments of each batch with `ask`, which returns an answer or raises what the engine says.

    One failing segment of n costs about 2 * log2(n) statements, and all others are answered. `failed` returns what is
    told of segments that the engine did not answer, after so many others; `failures` grows while the answers are read.

    Example:
        Halving(counted, failure).answers([("young", "vip"), ("churned",)])
    """

    ask: Callable[[tuple[str, ...]], T]
    failed: Callable[[Sequence[str], EngineError, int], Diagnostic]
    failures: list[Diagnostic] = field(default_factory=list)

    def answers(self, batches: Sequence[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], T]]:
        """Yield segments and their answer, in the order of the batches; what fails is left out.

        Where the engine is gone or took too long, nothing more is asked.
        """
        pending = list(reversed(batches))
        patience = _PATIENCE
        while pending:
            names = pending.pop()
            try:
                answer = self.ask(names)
            except (Lost, Overdue) as error:
                self._tell([*names, *(name for each in reversed(pending) for name in each)], error)
                return
            except EngineError as error:
                if len(names) > 1 and patience:
                    first, second = halves(names)
                    pending += [second, first]
                    continue
                patience = max(0, patience - 1)
                self._tell(names, error)
            else:
                patience = _PATIENCE
                yield names, answer

    def _tell(self, names: Sequence[str], error: EngineError) -> None:
        told = self.failed(names, error, len(self.failures))
        # What changed in the database meanwhile is the same for each of them.
        if told not in self.failures:
            self.failures.append(told)
