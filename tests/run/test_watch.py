"""What stops an engine that works in the thread of whoever asks."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from segql.run.backends import EngineError, Overdue, Target
from segql.run.backends.duckdb import connect
from segql.run.backends.watch import Watch


class Engine:
    """Something that goes on until it is told to stop, deaf to all else."""

    def __init__(self) -> None:
        self.told = threading.Event()

    def work(self) -> str:
        if not self.told.wait(10):
            return "done"
        raise RuntimeError("told to stop")


def press_ctrl_c(after: float) -> None:
    threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_it_gives_what_the_work_gives_in_the_same_thread() -> None:
    watch = Watch(lambda: None)

    assert watch.do(threading.get_ident) == threading.get_ident()
    watch.close()


def test_it_raises_what_the_work_raises() -> None:
    watch = Watch(lambda: None)
    with pytest.raises(ZeroDivisionError):
        watch.do(lambda: 1 // 0)
    watch.close()


def test_ctrl_c_tells_the_engine_to_stop() -> None:
    told = threading.Event()
    watch = Watch(told.set)
    press_ctrl_c(0.2)
    # It is one piece to Python, which sees the signal only when it is over.
    with pytest.raises(KeyboardInterrupt):
        watch.do(lambda: hashlib.pbkdf2_hmac("sha256", b"", b"", 3_000_000))

    assert told.is_set()
    watch.close()


def test_what_is_over_is_stopped_no_more() -> None:
    told: list[float] = []
    watch = Watch(lambda: told.append(time.monotonic()))
    press_ctrl_c(0.2)
    with pytest.raises(KeyboardInterrupt):
        watch.do(lambda: hashlib.pbkdf2_hmac("sha256", b"", b"", 3_000_000))
    over = time.monotonic()
    watch.do(lambda: time.sleep(0.3))

    assert told
    assert all(each <= over for each in told)
    watch.close()


def test_without_work_ctrl_c_is_what_it_always_is() -> None:
    told = threading.Event()
    watch = Watch(told.set)
    watch.do(lambda: 1)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)

    assert not told.wait(0.2)
    watch.close()


def test_what_takes_too_long_is_stopped() -> None:
    engine = Engine()
    watch = Watch(engine.told.set, 0.1)
    watch.restart()
    with pytest.raises(Overdue, match=r"longer than the connection allows, 0\.1 s"):
        watch.do(engine.work)
    watch.close()


def test_the_time_is_that_of_a_statement_not_of_a_connection() -> None:
    watch = Watch(lambda: None, 0.2)
    for _ in range(3):
        watch.restart()
        assert watch.do(lambda: time.sleep(0.15)) is None
    watch.close()


def test_the_time_that_the_caller_takes_does_not_count() -> None:
    watch = Watch(lambda: None, 0.5)
    watch.restart()
    for _ in range(4):
        watch.do(lambda: time.sleep(0.05))
        time.sleep(0.2)

    assert watch.do(lambda: 3) == 3
    watch.close()


def test_what_was_closed_does_nothing_and_leaves_the_listener_alone() -> None:
    before = signal.set_wakeup_fd(-1)
    heard, told = os.pipe()
    os.set_blocking(told, False)
    signal.set_wakeup_fd(told)
    watch = Watch(lambda: None, 1)
    watch.close()
    watch.close()
    try:
        with pytest.raises(EngineError, match="the connection is closed"):
            watch.do(lambda: 1)
        assert signal.set_wakeup_fd(told) == told
    finally:
        signal.set_wakeup_fd(before)
        os.close(heard)
        os.close(told)


def test_a_program_with_its_own_ctrl_c_decides_for_itself() -> None:
    told, seen = threading.Event(), threading.Event()
    watch = Watch(told.set)
    before = signal.signal(signal.SIGINT, lambda *_: seen.set())
    try:
        press_ctrl_c(0.1)
        assert watch.do(lambda: [time.sleep(0.01) for _ in range(30)])
    finally:
        signal.signal(signal.SIGINT, before)
        watch.close()

    assert seen.is_set()
    assert not told.is_set()


def test_an_engine_that_is_stopped_in_the_middle_of_an_answer_can_be_closed(tmp_path: Path) -> None:
    backend = connect(Target(None, tmp_path))
    endless = "select a.range from range(300000) a, range(300000) b where a.range * b.range % 700000001 = 700000000"
    try:
        reader = backend.execute(f"select range from range(250000) union all {endless}")
        press_ctrl_c(0.5)
        with pytest.raises(KeyboardInterrupt) as stopped:
            reader.read_all()
        assert stopped.traceback
        again = backend.execute("select 1 as x").read_all()
    finally:
        backend.close()

    assert again.to_pydict() == {"x": [1]}


def test_an_engine_that_is_stopped_by_its_own_word_can_be_closed(tmp_path: Path) -> None:
    endless = "select count(*) from range(300000) a, range(300000) b where a.range * b.range % 700000001 = 700000000"
    with closing(connect(Target(None, tmp_path))) as backend:
        press_ctrl_c(0.5)
        with pytest.raises(KeyboardInterrupt):
            backend._rows(endless)
        assert backend._rows("select 1") == [(1,)]


def test_an_engine_that_cannot_be_told_to_stop_is_waited_for() -> None:
    def broken() -> None:
        raise RuntimeError("not there yet")

    watch = Watch(broken, 0.1)
    watch.restart()

    # It came to its end all the same.
    assert watch.do(lambda: time.sleep(0.3) or "done") == "done"
    watch.close()


def test_other_threads_work_without_listening_to_signals() -> None:
    watch = Watch(lambda: None)
    found: list[int] = []
    worker = threading.Thread(target=lambda: found.append(watch.do(lambda: 3)))
    worker.start()
    worker.join()

    assert found == [3]
    watch.close()


def test_whoever_listened_before_still_hears_of_signals() -> None:
    heard, told = os.pipe()
    os.set_blocking(told, False)
    before = signal.set_wakeup_fd(told)
    watch = Watch(lambda: None)
    try:
        press_ctrl_c(0.1)
        with pytest.raises(KeyboardInterrupt):
            watch.do(lambda: [time.sleep(0.01) for _ in range(300)])

        assert os.read(heard, 10) == bytes([signal.SIGINT])
        assert signal.set_wakeup_fd(told) == told
    finally:
        signal.set_wakeup_fd(before)
        watch.close()
        os.close(heard)
        os.close(told)
