"""The thread that waits for an engine."""

from __future__ import annotations

import threading

import pytest

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
