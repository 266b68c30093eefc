"""What stops an engine that works in the thread of whoever asks: on Ctrl-C, and when its time is over."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from select import select
from threading import Event, Lock, Thread, current_thread, main_thread
from time import monotonic
from typing import TypeVar

from segql.run.backends.backend import EngineError, Overdue

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
        self._left: float | None = seconds
        self._until: float | None = None
        self._lock = Lock()
        # What is under way has an odd number, the next one another.
        self._turn = 0
        self._is_overdue = self._is_closed = False
        self._heard, self._told = socket.socketpair()
        self._told.setblocking(False)
        self._before = -1
        self._settled = Event()
        self._made_by = os.getpid()
        self._thread = Thread(target=self._watch, name="segql-watch", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], T]) -> T:
        """Return what `work` gives or raise what it raises; when it is stopped, by what.

        Raises:
            KeyboardInterrupt: on Ctrl-C, once the engine has stopped.
            Overdue: the time is over; the engine has stopped.
            EngineError: it was closed.
        """
        if self._is_closed:
            raise EngineError("the connection is closed")
        is_listening = current_thread() is main_thread() and _is_ctrl_c_python_s()
        self._is_overdue = False
        began = monotonic()
        with self._lock:
            self._until = None if self._left is None else began + self._left
            self._turn += 1 + self._turn % 2
        try:
            try:
                if is_listening:
                    self._before = signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
                if self._until is not None:
                    self._say(_TIME)
                return work()
            finally:
                self._over(is_listening)
        except BaseException:
            # A signal that comes late is raised at the next step of Python, and that may have been in there.
            self._over(is_listening)
            self._settle()
            if self._is_overdue:
                raise Overdue(f"it took longer than the connection allows, {self._seconds:g} s") from None
            raise
        finally:
            # What the caller does between two pieces of an answer is not the engine's time.
            if self._left is not None:
                self._left = max(0.0, self._left - (monotonic() - began))

    def restart(self) -> None:
        """Begin to count the time that a statement may take."""
        self._left = self._seconds

    def close(self) -> None:
        """Stop what is under way, and end the thread."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            under_way = self._turn % 2 == 1 and current_thread() is not main_thread()
        if under_way:
            self._stop(self._turn)
        self._turn += self._turn % 2
        self._told.close()
        if self._made_by == os.getpid():
            self._thread.join()
        self._heard.close()

    def _over(self, is_listening: bool) -> None:
        self._turn += self._turn % 2
        if is_listening:
            signal.set_wakeup_fd(self._before, warn_on_full_buffer=False)

    def _settle(self) -> None:
        """Wait until the other thread has read of all signals, so that none of them stops what is done next."""
        # In a child of the process there is no such thread.
        if self._made_by == os.getpid():
            self._settled.clear()
            if self._say(_OVER):
                self._settled.wait(_PATIENCE * 20)

    def _say(self, what: bytes) -> bool:
        """Tell the other thread; False where it is closed, or has too much to read already."""
        try:
            return self._told.send(what) > 0
        except OSError:
            return False

    # ── in the other thread ──────────────────────────────────────────────────────────────────────────────────────────

    def _watch(self) -> None:
        while True:
            with self._lock:
                turn, until = self._turn, self._until
            left = None if until is None or turn % 2 == 0 else max(0.0, until - monotonic())
            ready, _, _ = select([self._heard], [], [], left)
            if not ready:
                self._is_overdue = turn == self._turn
                self._stop(turn)
                continue
            told = self._heard.recv(_AS_MANY_AS_COME)
            if not told:
                return
            signals = told.replace(_TIME, b"").replace(_OVER, b"")
            # Whoever listened to signals before is told of them, too.
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


def _is_ctrl_c_python_s() -> bool:
    """Say whether Ctrl-C raises KeyboardInterrupt; a program with a handler of its own decides for itself."""
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler
