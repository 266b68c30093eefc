"""The thread that waits for an engine."""

from __future__ import annotations

import threading
import time

import pytest

from segql.run.backends import Overdue
from segql.run.backends.worker import Worker


def test_it_gives_what_the_work_gives() -> None:
    worker = Worker(lambda: None)

    assert worker.do(lambda: 3) == 3
    assert worker.do(threading.get_ident) == worker.do(threading.get_ident) != threading.get_ident()
    worker.close()


def test_it_raises_what_the_work_raises() -> None:
    worker = Worker(lambda: None)
    with pytest.raises(ZeroDivisionError):
        worker.do(lambda: 1 // 0)
    worker.close()


def test_closing_stops_what_is_under_way() -> None:
    stopped = threading.Event()
    worker = Worker(stopped.set)
    # As when somebody presses Ctrl-C just before the waiting begins.
    caller = threading.Thread(target=worker.do, args=(stopped.wait,))
    caller.start()
    while worker._doing is None:
        pass
    worker.close()
    caller.join(10)

    assert stopped.is_set()
    assert not caller.is_alive()


def test_an_engine_that_does_not_stop_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segql.run.backends.worker._GIVEN_UP_AFTER", 0.2)
    stuck = threading.Event()
    worker = Worker(lambda: None, 0.1)
    worker.restart()
    try:
        with pytest.raises(Overdue, match="longer than the connection allows"):
            worker.do(stuck.wait)
        with pytest.raises(Overdue, match="given up"):
            worker.do(lambda: 1)
    finally:
        worker.close()
        stuck.set()


def test_an_engine_that_cannot_be_told_to_stop_is_waited_for() -> None:
    def broken() -> None:
        raise RuntimeError("not there yet")

    worker = Worker(broken, 0.1)
    worker.restart()
    with pytest.raises(Overdue, match="longer than the connection allows"):
        worker.do(lambda: time.sleep(0.5))
    worker.close()
