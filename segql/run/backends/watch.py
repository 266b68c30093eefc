"""What stops an engine that works in the thread of whoever asks: on Ctrl-C, and when its time is over."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from select import select
from threading import Event, Lock, Thread, current_thread, main_thread
from time import monotonic
from typing import TypeVar

from segql.run.backends.backend import Overdue

T = TypeVar("T")

# How often an engine is told to stop until it does: told before it began, it would begin.
_PATIENCE = 0.05
# What is written beside the numbers of signals: there is a new time to watch for, and something went wrong.
_TIME, _OVER = b"\0", b"\xff"
_AS_MANY_AS_COME = 4096


class Watch:
    """Lets work be done at once, and stops it from a thread of its own.

    Ctrl-C reaches only the main thread, and only between two steps of Python: while an engine works there, it is late
    or lost. But the number of a signal is written to a socket as it comes, and the thread at its other end stops the
    engine. Where work is handed to a thread instead, as `Worker` does, every answer is half a millisecond late.

    Example:
        >>> watch = Watch(lambda: None)
        >>> watch.do(lambda: 1 + 1)
        2
        >>> watch.close()
    """

    def __init__(self, interrupt: Callable[[], None], seconds: float | None = None) -> None:
        self._interrupt, self._seconds = interrupt, seconds
        self._until: float | None = None
        self._lock = Lock()
        # What is under way has an odd number, the next one another.
        self._turn = 0
        self._is_overdue = False
        self._heard, self._told = socket.socketpair()
        self._told.setblocking(False)
        self._before = -1
        self._settled = Event()
        self._thread = Thread(target=self._watch, name="segql-watch", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], T]) -> T:
        """Return what `work` gives or raise what it raises; when it is stopped, by what.

        Raises:
            KeyboardInterrupt: on Ctrl-C, once the engine has stopped.
            Overdue: the time is over; the engine has stopped.
        """
        self._is_overdue = False
        try:
            with self._listening():
                return work()
        except BaseException:
            self._settle()
            if self._is_overdue:
                raise Overdue(f"it took longer than the connection allows, {self._seconds:g} s") from None
            raise

    def _settle(self) -> None:
        """Wait until the other thread has read of all signals, so that none of them stops what is done next."""
        self._settled.clear()
        self._told.send(_OVER)
        self._settled.wait(_PATIENCE * 20)

    def restart(self) -> None:
        """Begin to count the time that a statement may take."""
        self._until = None if self._seconds is None else monotonic() + self._seconds

    def close(self) -> None:
        """Stop what is under way, and end the thread."""
        with suppress(OSError):
            self._told.close()
        if self._thread is not current_thread():
            self._thread.join()
        self._heard.close()

    @contextmanager
    def _listening(self) -> Iterator[None]:
        # In other threads nobody presses Ctrl-C; where signals are not handled by Python, nothing is written.
        is_main = current_thread() is main_thread()
        with self._lock:
            self._turn += 1 + self._turn % 2
        if is_main:
            self._before = signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        if self._until is not None:
            self._told.send(_TIME)
        try:
            yield
        finally:
            with self._lock:
                self._turn += 1
            if is_main:
                signal.set_wakeup_fd(self._before, warn_on_full_buffer=False)

    # ── in the other thread ──────────────────────────────────────────────────────────────────────────────────────────

    def _watch(self) -> None:
        while True:
            turn, until = self._turn, self._until
            left = None if until is None or turn % 2 == 0 else max(0.0, until - monotonic())
            ready, _, _ = select([self._heard], [], [], left)
            if not ready:
                self._is_overdue = turn == self._turn
                self._stop(turn)
                continue
            told = self._heard.recv(_AS_MANY_AS_COME)
            if not told:
                self._stop(self._turn)
                return
            # Whoever listened to signals before is told of them, too.
            signals = told.replace(_TIME, b"").replace(_OVER, b"")
            if self._before != -1 and signals:
                with suppress(OSError):
                    os.write(self._before, signals)
            if signal.SIGINT in signals and _OVER not in told:
                self._stop(self._turn)
            if _OVER in told:
                self._settled.set()

    def _stop(self, turn: int) -> None:
        """Tell the engine to stop until what is under way is over."""
        while turn % 2:
            with self._lock:
                if self._turn != turn:
                    return
                # An engine that cannot be told to stop is waited for all the same.
                with suppress(Exception):
                    self._interrupt()
            select([], [], [], _PATIENCE)
