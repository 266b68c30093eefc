"""A thread that waits for an engine, so that nobody else has to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from time import monotonic
from typing import Any, TypeVar

from segql.run.backends.backend import Overdue

T = TypeVar("T")

# How often an engine is told to stop until it does: told before it began, it would begin.
_PATIENCE = 0.05


class Worker:
    """Does one thing after the other in a thread of its own.

    Ctrl-C reaches only the main thread, and only between two steps of Python: while a driver waits
    for its engine there, it is late or lost. Here the main thread just waits, and stops the engine.

    Example:
        >>> worker = Worker(lambda: None)
        >>> worker.do(lambda: 1 + 1)
        2
        >>> worker.close()
    """

    def __init__(self, interrupt: Callable[[], None], seconds: float | None = None) -> None:
        self._interrupt, self._seconds = interrupt, seconds
        self._until: float | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="segql-engine")
        self._doing: Future[Any] | None = None

    def do(self, work: Callable[[], T]) -> T:
        """Return what `work` gives or raise what it raises; when interrupted, stop the engine first.

        Raises:
            KeyboardInterrupt: on Ctrl-C, once the engine has stopped.
            Overdue: the time is over; the engine has stopped.
        """
        doing = self._thread.submit(work)
        self._doing = doing
        try:
            done, _ = wait([doing], None if self._until is None else max(0.0, self._until - monotonic()))
            if not done:
                self._stop()
                raise Overdue(f"it took longer than the connection allows, {self._seconds:g} s")
            return doing.result()
        except KeyboardInterrupt:
            self._stop()
            raise

    def restart(self) -> None:
        """Begin to count the time that a statement may take."""
        self._until = None if self._seconds is None else monotonic() + self._seconds

    def close(self) -> None:
        """Stop what is under way, and end the thread."""
        self._stop()
        self._thread.shutdown()

    def _stop(self) -> None:
        while self._doing is not None and not self._doing.done():
            self._interrupt()
            wait([self._doing], _PATIENCE)
