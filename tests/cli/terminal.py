"""The command, run as somebody at a shell would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import segql as segql_library

# The library under test, wherever the command is run.
LIBRARY = Path(segql_library.__file__).parents[1].absolute()


def segql(
    *arguments: str, cwd: Path, typed: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `segql` in a folder, with `typed` as its standard input."""
    return subprocess.run(
        [sys.executable, "-m", "segql", *arguments],
        cwd=cwd,
        input=typed.decode("utf-8", "surrogateescape"),
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        env=environment() | (env or {}),
        timeout=120,
        check=False,
    )


@contextmanager
def started(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """Start `segql` in a folder, and end it whatever happens."""
    # A shell that starts the tests in the background has them ignore Ctrl-C, and their children too.
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    running = subprocess.Popen(
        [sys.executable, "-m", "segql", *arguments],
        cwd=cwd,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment() | (env or {}),
        preexec_fn=heeding,
    )
    with running:
        try:
            yield running
        finally:
            running.kill()


def environment() -> dict[str, str]:
    """Return the environment of a plain shell, in which Python finds the library under test."""
    kept = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "TERM"}}
    return kept | {"PYTHONPATH": str(LIBRARY), "TERM": "xterm"}
