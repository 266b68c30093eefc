"""A thread that waits for an engine, so that nobody else has to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, TypeVar

from segql.run.backends.backend import Overdue

T = TypeVar("T")

# How often an engine is told to stop until it does: told before it began, it would begin.
_PATIENCE = 0.05
# An engine that has not stopped by then, as behind a network that is gone, is left alone. In seconds.
_GIVEN_UP_AFTER = 10.0


class Worker:
    """Does one thing after the other in a thread of its own.

    `is_stuck`: it waits for what never comes, and is given up.

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
        self._asked: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        # Whoever waits for what never comes must not keep the process alive.
        self._thread = Thread(target=self._work, name="segql-engine", daemon=True)
        self._thread.start()
        self._doing: Future[Any] | None = None
        self.is_stuck = False

    def do(self, work: Callable[[], T]) -> T:
        """Return what `work` gives or raise what it raises; when interrupted, stop the engine first.

        Raises:
            KeyboardInterrupt: on Ctrl-C, once the engine has stopped.
            Overdue: the time is over; the engine has stopped.
        """
        if self.is_stuck:
            raise Overdue("it did not stop when it was told to, so the connection is given up")
        doing: Future[T] = Future()
        self._doing = doing
        self._asked.put((work, doing))
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
        self._asked.put(None)
        if not self.is_stuck:
            self._thread.join()

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            work, doing = asked
            try:
                doing.set_result(work())
            # Whatever it is, it is raised where the result is waited for.
            except BaseException as error:  # noqa: BLE001
                doing.set_exception(error)
            # What is done must not live on until there is something else to do.
            del asked, work, doing

    def _stop(self) -> None:
        until = monotonic() + _GIVEN_UP_AFTER
        while self._doing is not None and not self._doing.done() and not self.is_stuck:
            # An engine that cannot be told to stop, as one that is not there yet, is waited for all the same.
            with suppress(Exception):
                self._interrupt()
            wait([self._doing], _PATIENCE)
            self.is_stuck = monotonic() > until and not self._doing.done()
